import Models
import Storage

/// What was known at a moment: what is known now, less what has come since and with what has gone.
/// A facility that changed since, or is one with others, is taken out as a whole and put in as it
/// was; of all others only the reports that changed are.
///
/// Where more has come since than was there, it is added up from what was there.
struct Past {
  private let series: Series
  private let months: ClosedRange<Month>
  private let moment: Instant
  private let connection: Connection
  private let now: KnownFacilities
  private let then: KnownFacilities
  /// The facilities that stand for themselves now and were touched since, and those that stood for
  /// themselves then.
  private var nowRoots: Set<String> = []
  private var thenRoots: Set<String> = []
  /// All ids of these.
  private var touched: Set<String> = []

  init(
    _ series: Series, _ months: ClosedRange<Month>, _ moment: Instant, on connection: Connection
  ) throws {
    self.series = series
    self.months = months
    self.moment = moment
    self.connection = connection
    now = KnownFacilities(on: connection)
    then = KnownFacilities(asOf: moment, on: connection)
    try findTouched()
  }

  func cells() throws -> [CellKey: Cell] {
    var standing = try Figures.standing(series, on: connection)
    for root in nowRoots { try add(root, now, -1, to: &standing) }
    for root in thenRoots { try add(root, then, 1, to: &standing) }
    let reported = try isMostlyNew ? addedUp() : undone()
    return Figures.merged(reported, standing, series, months)
  }

  // MARK: Facilities

  private var since: [Value] { [.int(moment.milliseconds)] }

  /// What the registry said since: changed facilities, merges, and, where steel is counted by
  /// enterprise, all facilities of an enterprise whose blast furnaces may have changed.
  private mutating func findTouched() throws {
    let changed = try connection.query(
      "SELECT DISTINCT facility_id FROM facility_version WHERE recorded_at > $1", since
    ).map { try $0.text("facility_id") }
    let merged = try connection.query(
      "SELECT absorbed, survivor FROM facility_merge WHERE recorded_at > $1", since
    ).flatMap { [try $0.text("absorbed"), try $0.text("survivor")] }
    var ids = Set(changed + merged)
    if series == Series(.recycledInput, .steel) {
      for known in [now, then] {
        var organisations: Set<ID> = []
        for id in ids {
          guard let facility = try known.facility(id), !facility.blastFurnaces.isEmpty else {
            continue
          }
          organisations.insert(facility.organisation)
        }
        for organisation in organisations {
          for known in [now, then] {
            ids.formUnion(try known.facilities(of: organisation))
          }
        }
      }
    }
    nowRoots = Set(try ids.map(now.root))
    touched = Set(try nowRoots.flatMap(now.members))
    thenRoots = Set(try touched.map(then.root))
  }

  private func add(
    _ root: String, _ known: KnownFacilities, _ sign: Int64, to sums: inout [String: Standing]
  ) throws {
    guard let facility = try known.facility(root), Standing.series(facility).contains(series)
    else { return }
    sums[facility.place, default: .zero].add(Standing(facility, series), sign)
  }

  // MARK: Reports

  /// A month on either side is looked at, too, as for ``Figures/counting``.
  private var wider: ClosedRange<Month> { months.lowerBound.previous...months.upperBound.next }

  private static let inSpan =
    "type = $1 AND metal = $2 AND month >= $3 AND month <= $4 AND first_month <= $5"

  private func number(_ condition: String) throws -> Int64 {
    try connection.first(
      "SELECT COUNT(*) AS number FROM report_version WHERE \(Self.inSpan) AND \(condition)",
      Figures.span(series, wider) + since
    ).map { try $0.int("number") } ?? 0
  }

  private var isMostlyNew: Bool {
    get throws {
      let new = try number("recorded_at > $6")
      return try new > 500 && new > number("recorded_at <= $6")
    }
  }

  /// Everything that counted then.
  private func addedUp() throws -> [CellKey: Cell] {
    var cells: [CellKey: Cell] = [:]
    try add(
      Figures.counting(series, months, then, asOf: moment, on: connection), then, 1, to: &cells)
    return cells
  }

  private func undone() throws -> [CellKey: Cell] {
    var cells = try Figures.reported(series, months, on: connection)
    // What is one with others, or was, is looked at as a whole; so is what changed itself.
    try add(counting(of: touched, now, nil), now, -1, to: &cells)
    try add(counting(of: touched, then, moment), then, 1, to: &cells)
    let changed = try changedReports()
    var whole: Set<String> = []
    for id in Set(try changed.map { try $0.text("facility_id") }) where !touched.contains(id) {
      let members = try now.members(of: now.root(id))
      if members.count > 1 { whole.formUnion(members) }
    }
    try add(counting(of: whole, now, nil), now, -1, to: &cells)
    try add(counting(of: whole, then, moment), then, 1, to: &cells)
    for row in changed {
      let id = try row.text("facility_id")
      guard !touched.contains(id), !whole.contains(id) else { continue }
      if try row.int("superseded_at") == ReadModelStore.never {
        try add(Figures.counting([row], months, now, asOf: nil), now, -1, to: &cells)
      }
      let (recorded, superseded) = (try row.int("recorded_at"), try row.int("superseded_at"))
      if recorded <= moment.milliseconds, superseded > moment.milliseconds {
        try add(Figures.counting([row], months, then, asOf: moment), then, 1, to: &cells)
      }
    }
    return cells
  }

  /// The versions that were recorded, superseded or locked since.
  private func changedReports() throws -> [Row] {
    let never = ReadModelStore.never
    var found: [String: Row] = [:]
    for condition in [
      "recorded_at > $6", "superseded_at > $6 AND superseded_at < \(never)",
      "locked_at > $6 AND locked_at < \(never)",
    ] {
      let rows = try connection.query(
        "SELECT * FROM report_version WHERE \(Self.inSpan) AND \(condition)",
        Figures.span(series, wider) + since)
      for row in rows { found["\(try row.text("report_id")) \(try row.int("revision"))"] = row }
    }
    return Array(found.values)
  }

  private func counting(
    of facilities: Set<String>, _ known: KnownFacilities, _ moment: Instant?
  ) throws -> [Figures.Counting] {
    let rows = try facilities.flatMap { id in
      try connection.query(
        """
        SELECT * FROM report_version WHERE facility_id = $7 AND \(Self.inSpan)
          AND recorded_at <= $6 AND superseded_at > $6
        """,
        Figures.span(series, wider)
          + [.int(moment?.milliseconds ?? ReadModelStore.never - 1), .text(id)])
    }
    return try Figures.counting(rows, months, known, asOf: moment)
  }

  private func add(
    _ counting: [Figures.Counting], _ known: KnownFacilities, _ sign: Int64,
    to cells: inout [CellKey: Cell]
  ) throws {
    for one in counting {
      let shares = try one.fact.share(of: one.facility) {
        try known.isShortProcess(one.facility.organisation, in: one.fact.period)
      }
      for (key, cell) in shares where months.reaches(key.period) {
        cells[key, default: .zero] += sign < 0 ? -cell : cell
      }
    }
  }
}
