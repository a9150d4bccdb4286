import Foundation
import Hummingbird
import Journal
import Models
import ServiceKit
import Storage

/// The routes of a type of report: reported once per facility, metal and period; corrected by
/// revision; reviewed.
package struct ReportRoutes<Rules: Rulebook>: Sendable {
  package typealias Report = Rules.Report
  typealias Recorded = StoredReport<Report>

  let reporting: Reporting<Rules>
  /// Such as `/registry/v1/throughput`.
  private let path: String

  package init(_ reporting: Reporting<Rules>, path: String) {
    self.reporting = reporting
    self.path = path
  }

  var store: ReportStore<Report> { reporting.store }
  var database: Database { store.database }

  /// - Parameter name: the path's last part.
  package func add(to group: RouterGroup<Context>, _ name: String) {
    group.post("\(name)", use: report)
    group.get("\(name)", use: list)
    group.post("\(name)/bulk", use: bulk)
    group.get("\(name)/{id}", use: show)
    group.put("\(name)/{id}", use: revise)
    group.post("\(name)/{id}/withdrawal", use: withdraw)
    group.get("\(name)/{id}/revisions", use: revisions)
    group.get("\(name)/{id}/revisions/{revision}", use: revision)
    group.get("\(name)/{id}/receipt", use: receipt)
    group.get("\(name)/{id}/review", use: review)
    group.post("\(name)/{id}/review", use: step)
  }

  // MARK: Answers

  func json(
    _ one: Recorded, of facility: StoredFacility? = nil, warnings: [String] = [],
    on connection: Connection
  ) throws -> JSON {
    let facility =
      try facility ?? store.facilities.facility(one.report.facility, on: connection)
    let proposal = one.review == .locked ? try store.proposal(one.id, on: connection) : nil
    let derived = try reporting.rules.derived(one.report, of: facility, on: connection)
    return .object(
      [
        .init("id", one.id.json), .init("version", .int(one.version)),
        .init("revision", .int(one.revision)), .init("status", .string(one.status.rawValue)),
        .init("review", .string(one.review.rawValue)), .init("recorded_at", one.recordedAt.json),
        .init("late", .bool(one.isLate)),
        .init(
          "warnings",
          .array((reporting.rules.warnings(one.report) + warnings).map { .string($0) })),
      ] + (proposal.map { [.init("proposal", $0.json)] } ?? [])
        + derived + one.report.members)
  }

  func json(_ taken: Reporting<Rules>.Taken, on connection: Connection) throws -> JSON {
    try json(taken.report, of: taken.facility, warnings: taken.warnings, on: connection)
  }

  func headers(_ one: Recorded, _ place: Journal.Place) -> [(name: String, value: String)] {
    [("ETag", ETag.text(one.version)), store.position(place)]
  }

  /// Does something once under the request's idempotency key, in one transaction.
  func once(
    _ creation: Creation, _ work: @escaping @Sendable (Connection) throws -> Answer
  ) async throws -> Response {
    try await Idempotency.once(creation, at: store.clock.now(), in: database, work).response
  }

  private func report(_ request: Request, _ context: Context) async throws -> Response {
    let actor = try context.actor
    let creation = try await Creation(request, context)
    let draft = try Fields.read(creation.body, as: Report.init)
    return try await once(creation) { connection in
      let taken = try reporting.report(draft, by: actor, on: connection)
      return Answer(
        201, try json(taken, on: connection),
        headers: [("Location", "\(path)/\(taken.report.id)")]
          + headers(taken.report, taken.place))
    }
  }

  private func list(_ request: Request, _ context: Context) async throws -> Response {
    let query = Query(request)
    let names = ["facility_id", "metal", "review", "from", "to", "limit", "cursor"]
    try query.only(names.filter { $0 != "metal" || Report.type != .hydrogenUse })
    let visible = Visibility(try context.actor)
    let page = try Page(request)
    let filter = ReportStore<Report>.Filter(
      facility: try query.id("facility_id"), metal: try query.word("metal"),
      review: try query.word("review"), from: try query.month("from"), to: try query.month("to"))
    let (found, isCut) = try await database.read { connection in
      let (reports, isCut) = try store.reports(
        filter, visible: visible, page: page, on: connection)
      var known: [ID: StoredFacility] = [:]
      let items = try reports.map { one in
        let id = one.report.facility
        if known[id] == nil {
          known[id] = try store.facilities.facility(id, on: connection)
        }
        return (one.id, try json(one, of: known[id], on: connection))
      }
      return (items, isCut)
    }
    return page.response(found, request, isCut: isCut, key: { [$0.0.text] }) { $0.1 }
  }

  private func show(_ request: Request, _ context: Context) async throws -> Response {
    let id = try context.id()
    let actor = try context.actor
    return try await database.read { connection in
      let (one, facility) = try reporting.visible(id, to: actor, on: connection)
      return Answer(
        200, try json(one, of: facility, on: connection),
        headers: [("ETag", ETag.text(one.version))])
    }.response
  }

  /// The report, if the caller may see it: said before a body is looked at.
  func demandVisible(_ context: Context) async throws -> ID {
    let id = try context.id()
    let actor = try context.actor
    _ = try await database.read { try reporting.visible(id, to: actor, on: $0).0 }
    return id
  }

  /// A report with the reason for changing it.
  private func revisionDraft(_ fields: Fields) -> (Report, String)? {
    let reason = fields.text("reason", maximum: 500)
    let report = Report(fields)
    guard let reason, let report else { return nil }
    return (report, reason)
  }

  private func revise(_ request: Request, _ context: Context) async throws -> Response {
    let id = try await demandVisible(context)
    let actor = try context.actor
    let ifMatch = request.headers[.ifMatch]
    let (draft, reason) = try Fields.read(
      try await request.document("application/json"), as: revisionDraft)
    return try await database.write { connection in
      let (old, _) = try reporting.visible(id, to: actor, on: connection)
      try ETag.check(ifMatch, is: old.version)
      let (taken, isProposed) = try reporting.revise(
        old, to: draft, reason: reason, by: actor, on: connection)
      return Answer(
        isProposed ? 202 : 200,
        try json(taken, on: connection),
        headers: headers(taken.report, taken.place))
    }.response
  }

  /// A body that is only `{"reason": …}`.
  private func reason(_ fields: Fields) -> String? {
    let reason = fields.text("reason", maximum: 500)
    fields.end()
    return reason
  }

  private func withdraw(_ request: Request, _ context: Context) async throws -> Response {
    let id = try await demandVisible(context)
    let actor = try context.actor
    let ifMatch = request.headers[.ifMatch]
    let creation = try await Creation(request, context)
    let reason = try Fields.read(creation.body, as: reason)
    return try await once(creation) { connection in
      let (old, facility) = try reporting.visible(id, to: actor, on: connection)
      try ETag.check(ifMatch, is: old.version)
      try reporting.demandReporter(actor, of: facility)
      let change = try reporting.withdraw(old, reason: reason, by: actor, on: connection)
      return Answer(
        201, try json(change.report, of: facility, on: connection),
        headers: headers(change.report, change.place))
    }
  }

  private func bulk(_ request: Request, _ context: Context) async throws -> Response {
    let actor = try context.actor
    guard actor.has(.reporter) else {
      throw Problem(.forbidden, "Reporting needs the role reporter.")
    }
    let (reporting, rules) = (reporting, reporting.rules)
    return try await Bulk.respond(to: request, context, convert: { rules.row($0) }) { rows in
      try await reporting.take(rows, by: actor)
    }
  }
}
