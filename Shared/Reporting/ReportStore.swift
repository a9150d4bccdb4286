import Journal
import Models
import ServiceKit
import Storage

/// The reports of a service: every statement, the same for each type of report. A change is stored
/// together with its entry in the journal.
package struct ReportStore<Report: MonthlyReport>: Sendable {
  package let database: Database
  package let journal: Journal
  package let facilities: Facilities
  /// The service's name in `Journal-Position`.
  private let source: String

  package typealias Recorded = StoredReport<Report>

  package init(database: Database, journal: Journal, facilities: Facilities, source: String) {
    self.database = database
    self.journal = journal
    self.facilities = facilities
    self.source = source
  }

  package var clock: Clock { journal.clock }

  /// The field that says how far the journal is once a write is in it.
  package func position(_ place: Journal.Place) -> (name: String, value: String) {
    ("Journal-Position", "\(source)=\(place.size)")
  }

  // MARK: Reading

  package func report(_ id: ID, on connection: Connection) throws -> Recorded? {
    try connection.first(
      "SELECT \(Recorded.columns) FROM \(Recorded.source) WHERE r.id = $1", [.text(id.text)]
    ).map(Recorded.init)
  }

  /// What stands before, in and after a period of a facility's reports.
  package struct Neighbours: Sendable {
    package let previousClosing: Mass?
    /// Those of the same months, or of some of them; the one that counts comes last.
    package let overlapping: [Recorded]
    package let next: Recorded?
  }

  package func neighbours(
    _ facility: ID, _ metal: Metal?, _ period: Period, on connection: Connection
  ) throws -> Neighbours {
    // The report after may be of two months.
    let rows = try connection.query(
      """
      SELECT \(Recorded.columns), r.first_month, r.month, r.closing FROM \(Recorded.source)
      WHERE \(Self.isOf) AND r.series = $2 AND r.month BETWEEN $3 AND $4
        AND r.first_month <= $5 AND r.status <> 'withdrawn'
      ORDER BY \(Self.countingLast)
      """,
      [
        .text(facility.text), .text(Self.series(metal)), .int(period.first.previous.number),
        .int(period.last.next.next.number), .int(period.last.next.number),
      ])
    var (previous, overlapping, next) = (nil as Mass?, [] as [Recorded], nil as Recorded?)
    for row in rows {
      let (first, last) = (Int(try row.int("first_month")), Int(try row.int("month")))
      if last < period.first.number {
        previous = Mass(grams: try row.int("closing"))
      } else if first > period.last.number {
        next = try Recorded(row)
      } else {
        overlapping.append(try Recorded(row))
      }
    }
    return Neighbours(previousClosing: previous, overlapping: overlapping, next: next)
  }

  /// The closing stocks of all months that are reported, by the month's number.
  package func closings(_ facility: ID, _ metal: Metal?, on connection: Connection) throws
    -> [Int: Mass]
  {
    try connection.query(
      """
      SELECT r.first_month, r.month, r.closing FROM report r
      WHERE \(Self.isOf) AND r.series = $2 AND r.status <> 'withdrawn'
      ORDER BY \(Self.countingLast)
      """, [.text(facility.text), .text(Self.series(metal))]
    ).reduce(into: [:]) {
      for month in Int(try $1.int("first_month"))...Int(try $1.int("month")) {
        $0[month] = Mass(grams: try $1.int("closing"))
      }
    }
  }

  /// What a facility reports once per period: the metal, or the type itself.
  static func series(_ metal: Metal?) -> String { metal?.rawValue ?? Report.type.rawValue }

  /// Whether a report is the facility's, `$1`, or of one that was merged into it. In the registry's
  /// own merges the reports move, so that there the id says it.
  private static var isOf: String {
    Report.type == .throughput
      ? "r.facility_id = $1"
      : "r.facility_id IN (SELECT id FROM facility WHERE id = $1 OR merged_into = $1)"
  }

  /// Of two reports of one month the one that counts comes last, and stays.
  private static var countingLast: String {
    "CASE WHEN r.facility_id = $1 THEN 1 ELSE 0 END, r.id DESC"
  }

  package struct Filter: Sendable {
    package var facility: ID?
    package var metal: Metal?
    package var review: ReviewState?
    package var from: Month?
    package var to: Month?
  }

  /// Texts of reports that one page holds; what comes after is the next page's.
  private static var pageBytes: Int { 1 << 20 }
  /// Rows that are fetched at once.
  private static var slice: Int { 64 }

  /// Reports a caller may see, by id, from after one on, and whether the page was cut short since
  /// they are long.
  func reports(
    _ filter: Filter, visible: Visibility, page: Page, on connection: Connection
  ) throws -> (reports: [Recorded], isCut: Bool) {
    var found: [Recorded] = []
    var bytes = 0
    var after = page.after?.first ?? ""
    while found.count <= page.limit {
      let count = min(Self.slice, page.limit + 1 - found.count)
      let rows = try self.rows(filter, visible, after: after, limit: count, on: connection)
      for row in rows {
        bytes += try row.text("body").utf8.count
        if bytes > Self.pageBytes, !found.isEmpty { return (found, true) }
        found.append(try Recorded(row))
        after = try row.text("id")
      }
      if rows.count < count { break }
    }
    return (found, false)
  }

  private func rows(
    _ filter: Filter, _ visible: Visibility, after: String, limit: Int, on connection: Connection
  ) throws -> [Row] {
    var conditions = Conditions(after: [.int(limit)])
    conditions.add("r.id > ?", .text(after))
    if let from = filter.from { conditions.add("r.month >= ?", .int(from.number)) }
    if let to = filter.to {
      // A period of two months may begin in the last month that is asked for.
      conditions.add(
        "r.first_month <= ? AND r.month <= ?", .int(to.number), .int(to.number + 1))
    }
    if let metal = filter.metal { conditions.add("r.series = ?", .text(metal.rawValue)) }
    if let review = filter.review {
      conditions.add("r.status <> 'withdrawn' AND r.review = ?", .text(review.rawValue))
      // In the words of the index that holds what somebody is waited for.
      if review == .questioned || review == .answered {
        conditions.add("r.review IN ('questioned', 'answered')")
      }
    }
    if let facility = filter.facility {
      let ids = try facilities.members(facility, on: connection)
      guard !ids.isEmpty else { return [] }
      let marks = ids.map { _ in "?" }.joined(separator: ", ")
      conditions.add("r.facility_id IN (\(marks))", values: ids.map { .text($0) })
    }
    if !visible.all {
      conditions.add(
        """
        r.facility_id IN (
          SELECT m.id FROM facility m JOIN facility f ON f.id = COALESCE(m.merged_into, m.id)
          WHERE \(visible.condition.sql))
        """, values: visible.condition.values)
    }
    return try connection.query(
      """
      SELECT \(Recorded.columns) FROM \(Recorded.source)
      WHERE \(conditions.sql) ORDER BY r.id LIMIT $1
      """, conditions.parameters)
  }

  /// The journal's entries of a report, oldest first.
  func entries(_ id: ID, on connection: Connection) throws -> [(revision: Int64, entry: Entry)] {
    try connection.query(
      "SELECT revision, position FROM report_entry WHERE report_id = $1 ORDER BY version",
      [.text(id.text)]
    ).compactMap { row in
      guard let entry = try Journal.entry(at: row.int("position"), on: connection) else {
        return nil
      }
      return (try row.int("revision"), entry)
    }
  }

  package func proposal(_ id: ID, on connection: Connection) throws -> Proposal<Report>? {
    try connection.first(
      "SELECT revision, reason, author, proposed_at, body FROM report_proposal WHERE report_id = $1",
      [.text(id.text)]
    ).map {
      Proposal(
        revision: try $0.int("revision"), reason: try $0.text("reason"),
        author: try $0.text("author"),
        proposedAt: Instant(milliseconds: try $0.int("proposed_at")),
        report: try Fields.read(Array($0.text("body").utf8), as: Report.init))
    }
  }
}

extension StoredReport {
  fileprivate static var columns: String {
    """
    r.id, COALESCE(made.merged_into, r.facility_id) AS facility_id, r.facility_id AS made_for,
      r.version, r.revision, r.status, r.review, r.author, r.first_recorded_at, r.recorded_at, r.body
    """
  }

  /// The reports, each with what the facility that it was made for was merged into.
  fileprivate static var source: String {
    "report r LEFT JOIN facility made ON made.id = r.facility_id"
  }

  fileprivate init(_ row: Row) throws {
    guard let id = ID(try row.text("id")), let madeFor = ID(try row.text("made_for")),
      let facility = ID(try row.text("facility_id")),
      let status = Status(rawValue: try row.text("status")),
      let review = ReviewState(rawValue: try row.text("review"))
    else { throw StorageFailure.misuse("a stored report cannot be read") }
    let report = try Fields.read(Array(row.text("body").utf8), as: Report.init)
    self.init(
      id: id, version: try row.int("version"), revision: try row.int("revision"), status: status,
      review: review, author: try row.text("author"),
      firstRecordedAt: Instant(milliseconds: try row.int("first_recorded_at")),
      recordedAt: Instant(milliseconds: try row.int("recorded_at")), madeFor: madeFor,
      report: report.moved(to: facility))
  }
}
