import Models
import Storage

/// What was known at a moment: what is known now, less what has come since and with what has gone.
/// A facility that changed since, or is one with others, is taken out as a whole and put in as it
/// was; of all others only the reports that changed are. A month most of whose reports have come
/// since is added up from what was there.
struct Past {
  /// Where more facilities have changed, everything is added up.
  static let mostUndone = 200
  /// Where more reports would have to be in memory at once, too: adding up takes a month at a time.
  static let mostReports = 50_000

  private let series: Series
  private let months: ClosedRange<Month>
  private let moment: Instant
  private let connection: Connection
  private let now: KnownFacilities
  private let then: KnownFacilities
  private let most: Int
  private let mostReports: Int
  /// The facilities that stand for themselves now and were touched since, and those that stood for
  /// themselves then.
  private var nowRoots: Set<String> = []
  private var thenRoots: Set<String> = []
  /// All ids of these.
  private var touched: Set<String> = []

  init(
    _ series: Series, _ months: ClosedRange<Month>, _ moment: Instant,
    most: Int = Past.mostUndone, mostReports: Int = Past.mostReports, on connection: Connection
  ) throws {
    self.mostReports = mostReports
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
    let reported = try Figures.reported(series, months, on: connection)
    let cells = try touched.count > most ? addedUp() : undone(reported)
    return Figures.merged(cells, standing, series, months)
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

  /// The months by themselves, but January with February, whichever of them is asked for: a report
  /// may be of both, and one of either may count in its place.
  private var parts: [ClosedRange<Int>] {
    var parts: [ClosedRange<Int>] = []
    var month = months.lowerBound
    while month <= months.upperBound {
      let first = month.month == 2 ? month.previous : month
      let last = month.month == 1 ? month.next : month
      parts.append(first.number...last.number)
      month = last.next
    }
    return parts
  }

  /// Asks month by month, so that an index leads to what has come since, and not to all of a month.
  private func query(_ what: String, _ part: ClosedRange<Int>, _ condition: String) throws -> [Row]
  {
    try part.flatMap { month in
      try connection.query(
        """
        SELECT \(what) FROM report_version
        WHERE type = $2 AND metal = $3 AND month = $4 AND \(condition)
        """, since + series.values + [.int(month)])
    }
  }

  /// Whether more versions have come since than half of the reports that there are now.
  private func isMostlyNew(_ part: ClosedRange<Int>, _ cells: [CellKey: Cell]) throws -> Bool {
    let new = try query("COUNT(*)", part, "recorded_at > $1").reduce(0) { try $0 + $1.int(at: 0) }
    guard new > 0 else { return false }
    let all = cells.reduce(Int128(0)) { sum, one in
      part.contains(one.key.period.last.number) ? sum + one.value.reports : sum
    }
    return 2 * Int128(new) > all
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

  private func undone(_ reported: [CellKey: Cell]) throws -> [CellKey: Cell] {
    var new: [ClosedRange<Int>] = []
    var (known, changed): ([Row], [Row]) = ([], [])
    for part in parts {
      if try isMostlyNew(part, reported) {
        new.append(part)
        known += try query("*", part, "recorded_at <= $1 AND superseded_at > $1")
      } else {
        changed += try changes(part)
      }
      guard known.count + changed.count <= mostReports else { return try addedUp() }
    }
    // Of facilities that are one with others, another report may count in place of one.
    let merged = try now.merged
    var roots = nowRoots
    for row in known + changed {
      let id = try row.text("facility_id")
      if merged.contains(id) { roots.insert(try now.root(id)) }
    }
    guard roots.count <= most else { return try addedUp() }
    let whole = touched.union(try roots.flatMap(now.members))
    var cells = reported
    try counting(now, nil).each(.some(roots)) { try add($0, now, -1, to: &cells) }
    cells = cells.filter { key, _ in !new.contains { $0.contains(key.period.last.number) } }
    for row in known where !whole.contains(try row.text("facility_id")) {
      try add(row, moment, 1, to: &cells)
    }
    for row in changed where !whole.contains(try row.text("facility_id")) {
      let (recorded, superseded) = (try row.int("recorded_at"), try row.int("superseded_at"))
      if superseded == ReadModelStore.never { try add(row, nil, -1, to: &cells) }
      if recorded <= moment.milliseconds, superseded > moment.milliseconds {
        try add(row, moment, 1, to: &cells)
      }
    }
    try counting(then, moment).each(.some(Set(try whole.map(then.root)))) {
      try add($0, then, 1, to: &cells)
    }
    return cells
  }

  /// The versions that were recorded, superseded or locked since.
  private func changes(_ part: ClosedRange<Int>) throws -> [Row] {
    let never = ReadModelStore.never
    var found: [String: Row] = [:]
    for change in [
      "recorded_at > $1", "superseded_at > $1 AND superseded_at < \(never)",
      "locked_at > $1 AND locked_at < \(never)",
    ] {
      for row in try query("*", part, change) {
        found["\(try row.text("report_id")) \(try row.int("revision"))"] = row
      }
    }
    return Array(found.values)
  }

  /// A report of a facility that is the same now as then.
  private func add(
    _ row: Row, _ moment: Instant?, _ sign: Int64, to cells: inout [CellKey: Cell]
  ) throws {
    let id = try row.text("facility_id")
    guard let facility = try now.facility(id) else { return }
    let fact = try ReportFact(row, asOf: moment)
    try add(Counting(fact: fact, row: row, root: id, facility: facility), now, sign, to: &cells)
  }

  private func add(
    _ one: Counting, _ known: KnownFacilities, _ sign: Int64, to cells: inout [CellKey: Cell]
  ) throws {
    for (key, cell) in try one.cells(in: months, known) {
      cells[key, default: .zero] += sign < 0 ? -cell : cell
    }
  }
}
