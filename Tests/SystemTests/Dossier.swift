import Models
import Testing

/// A report on its way through its review, with those who take part in that.
struct Dossier {
  let kind: ReportKind
  let plant: Plant
  /// Of the facility's authority.
  let verifier: Caller
  let body: JSON
  let id: String
  private(set) var etag: String
  /// The service's journal with the last change in it.
  private(set) var position: String

  /// Registers a facility and reports its month.
  init(_ kind: ReportKind, _ month: String) async throws {
    let caller = try SharedLedger.first
    self.kind = kind
    plant = try await caller.enrol(kind)
    verifier = try await caller.issue("verifier@authority:130000")
    body = kind.month(plant.facility, month)
    let first = try await plant.reporter.accepted(body, to: kind)
    id = try first.id
    etag = try #require(first.etag)
    position = try #require(first.position)
  }

  /// The same month with another figure, and why.
  var corrected: JSON { kind.corrected(body).with("reason", "weighed again") }

  /// Who takes an action, if nobody else is named.
  private func usual(_ action: String) -> Caller {
    action == "answer" ? plant.reporter : verifier
  }

  /// Takes a step that must be possible.
  @discardableResult
  mutating func take(
    _ action: String, _ text: String? = nil, by caller: Caller? = nil,
    at location: SourceLocation = #_sourceLocation
  ) async throws -> Reply {
    let reply = try await attempt(action, text, by: caller)
    return try note(reply, 201, at: location)
  }

  /// Sends a step as it may be refused.
  func attempt(_ action: String, _ text: String? = nil, by caller: Caller? = nil) async throws
    -> Reply
  {
    try await (caller ?? usual(action)).review(action, text, of: id, at: kind, ifMatch: etag)
  }

  /// Sends a revision that must be taken: 200, or 202 while it waits for a second person.
  @discardableResult
  mutating func revise(
    _ body: JSON, by caller: Caller? = nil, expecting status: Int = 200,
    at location: SourceLocation = #_sourceLocation
  ) async throws -> Reply {
    let reply = try await (caller ?? plant.reporter).put(body, to: kind, id, ifMatch: etag)
    return try note(reply, status, at: location)
  }

  private mutating func note(_ reply: Reply, _ status: Int, at location: SourceLocation) throws
    -> Reply
  {
    try #require(reply.status == status, "\(kind): \(reply.text)", sourceLocation: location)
    etag = try #require(reply.etag, sourceLocation: location)
    position = try #require(reply.position, sourceLocation: location)
    return reply
  }

  func read(_ path: String = "") async throws -> Reply {
    try await plant.reporter.read(kind, "/\(id)\(path)")
  }

  /// The month's total in the dashboard, once all of this is in it. The month is nobody else's.
  func total(_ month: String) async throws -> JSON? {
    let answer = try await SharedLedger.first.figures(
      kind.figures(month), after: [plant.position, position])
    return kind.total(answer)
  }
}

extension ReportKind {
  /// An acceptable month.
  func month(_ facility: String, _ month: String) -> JSON {
    switch self {
    case .throughput: Sample.report(facility, month)
    case .recycledInput: Mill.month(facility, month)
    case .hydrogenUse: Hydrogen.month(facility, month)
    }
  }

  /// A path to the figure that a correction changes, and its values before and after.
  private var change: (path: String, before: JSON, after: JSON) {
    switch self {
    case .throughput: ("input", Sample.mass("950"), Sample.mass("951"))
    case .recycledInput: ("inputs/0/gross", Sample.mass("900"), Sample.mass("901"))
    case .hydrogenUse: ("uses/0/mass", Sample.mass("1"), Sample.mass("1.001"))
    }
  }

  func corrected(_ body: JSON) -> JSON { body.with(change.path, change.after) }

  /// Whether a report has the figure of before or after a correction; nil where it has neither.
  func isCorrected(_ report: JSON?) -> Bool? {
    var value = report
    for name in change.path.split(separator: "/") {
      if let index = Int(name) {
        value = value?.elements.dropFirst(index).first
      } else {
        value = value?[String(name)]
      }
    }
    if value == change.after { return true }
    return value == change.before ? false : nil
  }

  /// The dashboard's figures of a month.
  func figures(_ month: String) -> String {
    "\(rawValue)?from=\(month)&to=\(month)&by=country"
  }

  /// The total of a month that one report was made for.
  func total(_ figures: Reply) -> JSON? {
    let total = figures["total"]?.elements.first
    return switch self {
    case .throughput: total?["throughput"]
    case .recycledInput: total?.share("SCRAP_RATE_KG_T")?["numerator"]
    case .hydrogenUse: total?["used"]
    }
  }

  /// What ``total(_:)`` is before and after a correction.
  var totals: (before: JSON, after: JSON) {
    switch self {
    case .throughput: (Sample.mass("950"), Sample.mass("951"))
    case .recycledInput: (Sample.mass("1000"), Sample.mass("1001"))
    case .hydrogenUse: (Sample.mass("1"), Sample.mass("1.001"))
    }
  }
}
