import Models
import Storage

/// What was known at a moment: what is known now, less what has come since and with what has gone.
/// A facility that changed since, or is one with others, is taken out as a whole and put in as it
/// was; of all others only the reports that changed are.
///
/// Where much has come since, it is added up from what was there.
struct Past {
  /// More changed facilities, or more new reports than were there and than this, are added up.
  static let mostUndone = 200

  private let series: Series
  private let months: ClosedRange<Month>
  private let moment: Instant
  private let connection: Connection
  private let now: KnownFacilities
  private let then: KnownFacilities
  private let most: Int
  /// The facilities that stand for themselves now and were touched since, and those that stood for
  /// themselves then.
  private var nowRoots: Set<String> = []
  private var thenRoots: Set<String> = []
  /// All ids of these.
  private var touched: Set<String> = []

  init(
    _ series: Series, _ months: ClosedRange<Month>, _ moment: Instant,
    most: Int = Past.mostUndone, on connection: Connection
  ) throws {
    self.most = most
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
    if ids.count > most {
      // Together they are read faster than one by one.
      _ = try now.all
      _ = try then.all
    }
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

  /// A month on either side is looked at, too, as for ``CountingReports``.
  private var wider: ClosedRange<Month> { months.lowerBound.previous...months.upperBound.next }

  private func number(_ condition: String) throws -> Int64 {
    try connection.first(
      "SELECT COUNT(*) AS number FROM report_version WHERE \(Figures.inSpan) AND \(condition)",
      Figures.span(series, wider) + since
    ).map { try $0.int("number") } ?? 0
  }

  private var isMostlyNew: Bool {
    get throws {
      guard touched.count <= most else { return true }
      let new = try number("recorded_at > $6")
      return try new > most && new > number("recorded_at <= $6")
    }
  }

  private func counting(_ known: KnownFacilities, _ moment: Instant?) -> CountingReports {
    CountingReports(
      series: series, months: months, moment: moment, known: known, connection: connection)
  }

  /// Everything that counted then.
  private func addedUp() throws -> [CellKey: Cell] {
    var cells: [CellKey: Cell] = [:]
    try counting(then, moment).each { try add($0, then, 1, to: &cells) }
    return cells
  }

  private func undone() throws -> [CellKey: Cell] {
    var cells = try Figures.reported(series, months, on: connection)
    let changed = try changedReports()
    // What changed, or is one with others, is looked at as a whole.
    var now = nowRoots
    var whole = touched
    let merged = try self.now.merged
    for id in Set(try changed.map { try $0.text("facility_id") }) where merged.contains(id) {
      let root = try self.now.root(id)
      now.insert(root)
      whole.formUnion(try self.now.members(of: root))
    }
    try counting(self.now, nil).each(.some(now)) { try add($0, self.now, -1, to: &cells) }
    try counting(then, moment).each(.some(Set(try whole.map(then.root)))) {
      try add($0, then, 1, to: &cells)
    }
    for row in changed where !whole.contains(try row.text("facility_id")) {
      let (recorded, superseded) = (try row.int("recorded_at"), try row.int("superseded_at"))
      if superseded == ReadModelStore.never { try add(row, self.now, nil, -1, to: &cells) }
      if recorded <= moment.milliseconds, superseded > moment.milliseconds {
        try add(row, then, moment, 1, to: &cells)
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
        "SELECT * FROM report_version WHERE \(Figures.inSpan) AND \(condition)",
        Figures.span(series, wider) + since)
      for row in rows { found["\(try row.text("report_id")) \(try row.int("revision"))"] = row }
    }
    return Array(found.values)
  }

  private func add(
    _ row: Row, _ known: KnownFacilities, _ moment: Instant?, _ sign: Int64,
    to cells: inout [CellKey: Cell]
  ) throws {
    let id = try row.text("facility_id")
    guard let facility = try known.facility(id) else { return }
    let fact = try ReportFact(row, asOf: moment)
    try add(
      Counting(fact: fact, row: row, root: id, facility: facility), known, sign, to: &cells)
  }

  private func add(
    _ one: Counting, _ known: KnownFacilities, _ sign: Int64, to cells: inout [CellKey: Cell]
  ) throws {
    for (key, cell) in try one.cells(in: months, known) {
      cells[key, default: .zero] += sign < 0 ? -cell : cell
    }
  }
}
