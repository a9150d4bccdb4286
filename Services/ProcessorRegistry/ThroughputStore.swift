import Journal
import Models
import ServiceKit
import Storage

/// A recorded report at its current revision.
struct StoredThroughput: Sendable {
  let id: ID
  let revision: Int64
  let status: String
  let firstRecordedAt: Instant
  let recordedAt: Instant
  let report: Throughput

  var isWithdrawn: Bool { status == "withdrawn" }

  /// - Parameter permille: the tolerance, for the allowance that is shown.
  func json(permille: Int, warnings: [String] = []) -> JSON {
    let balance = MaterialBalance(report, permille: permille)
    return .object(
      [
        .init("id", id.json), .init("revision", .int(revision)), .init("status", .string(status)),
        .init("recorded_at", recordedAt.json),
        .init("late", .bool(ThroughputRules.isLate(report.month, recordedAt: firstRecordedAt))),
        .init("stock_difference", Mass.json(grams: Int128(balance.stockDifference))),
        .init("processing_difference", Mass.json(grams: Int128(balance.processingDifference))),
        .init("warnings", .array(warnings.map { .string($0) })),
      ] + report.members)
  }
}

extension StoredThroughput {
  init(_ row: Row) throws {
    guard let id = ID(try row.text("id")), let facility = ID(try row.text("facility_id")) else {
      throw StorageFailure.misuse("a stored id is no id")
    }
    let report = try Fields.read(Array(row.text("body").utf8), as: Throughput.init)
    self.init(
      id: id, revision: try row.int("revision"), status: try row.text("status"),
      firstRecordedAt: Instant(milliseconds: try row.int("first_recorded_at")),
      recordedAt: Instant(milliseconds: try row.int("recorded_at")),
      report: report.facility == facility ? report : Throughput(report, movedTo: facility))
  }
}

extension RegistryStore {
  private static let columns =
    "t.id, t.facility_id, t.revision, t.status, t.first_recorded_at, t.recorded_at, t.body"

  func throughput(_ id: ID, on connection: Connection) throws -> StoredThroughput? {
    try connection.first(
      "SELECT \(Self.columns) FROM throughput t WHERE t.id = $1", [.text(id.text)]
    ).map(StoredThroughput.init)
  }

  /// A month's report of a facility and metal, and what stands before and after it.
  struct Neighbours: Sendable {
    let previousClosing: Mass?
    let same: StoredThroughput?
    let next: StoredThroughput?
  }

  func neighbours(_ facility: ID, _ metal: Metal, _ month: Month, on connection: Connection) throws
    -> Neighbours
  {
    let rows = try connection.query(
      """
      SELECT \(Self.columns), t.month, t.closing FROM throughput t
      WHERE t.facility_id = $1 AND t.metal = $2 AND t.month BETWEEN $3 AND $4
        AND t.status <> 'withdrawn'
      """,
      [
        .text(facility.text), .text(metal.rawValue), .int(month.previous.number),
        .int(month.next.number),
      ])
    let row = { (month: Month) in try rows.first { try $0.int("month") == Int64(month.number) } }
    return Neighbours(
      previousClosing: try row(month.previous).map { Mass(grams: try $0.int("closing")) },
      same: try row(month).map(StoredThroughput.init),
      next: try row(month.next).map(StoredThroughput.init))
  }

  /// The closing stocks of all months that are reported, by the month's number.
  func closings(_ facility: ID, _ metal: Metal, on connection: Connection) throws -> [Int: Mass] {
    try connection.query(
      """
      SELECT month, closing FROM throughput
      WHERE facility_id = $1 AND metal = $2 AND status <> 'withdrawn'
      """, [.text(facility.text), .text(metal.rawValue)]
    ).reduce(into: [:]) {
      $0[Int(try $1.int("month"))] = Mass(grams: try $1.int("closing"))
    }
  }

  /// Stores a first report and journals it.
  func insert(_ report: Throughput, by actor: String, on connection: Connection) throws
    -> (StoredThroughput, Journal.Place)
  {
    let id = random.id(at: clock.now())
    let body = report.json.bytes
    let place = try journal.append(
      Event(
        .throughputReported, subject: id.text, actor: actor,
        data: .raw(Array(#"{"id":"\#(id)","revision":1,"#.utf8) + body.dropFirst())),
      on: connection)
    let moment = Value.int(place.recordedAt.milliseconds)
    try connection.execute(
      """
      INSERT INTO throughput (id, facility_id, metal, month, revision, status, closing,
        first_recorded_at, recorded_at, body)
      VALUES ($1, $2, $3, $4, 1, 'reported', $5, $6, $6, $7)
      """,
      [
        .text(id.text), .text(report.facility.text), .text(report.metal.rawValue),
        .int(report.month.number), .int(report.closing.grams), moment,
        .text(String(decoding: body, as: UTF8.self)),
      ])
    try index(id, 1, place, on: connection)
    return (
      StoredThroughput(
        id: id, revision: 1, status: "reported", firstRecordedAt: place.recordedAt,
        recordedAt: place.recordedAt, report: report), place
    )
  }

  /// Stores a revision of a report and journals it; the old one stays in the journal.
  func revise(
    _ old: StoredThroughput, to report: Throughput, reason: String, by actor: String,
    on connection: Connection
  ) throws -> (StoredThroughput, Journal.Place) {
    let revision = old.revision + 1
    let head: [JSON.Member] = [
      .init("id", old.id.json), .init("revision", .int(revision)),
      .init("reason", .string(reason)),
    ]
    let place = try journal.append(
      Event(
        .throughputRevised, subject: old.id.text, actor: actor,
        data: .object(head + report.members)), on: connection)
    try connection.execute(
      """
      UPDATE throughput SET revision = $2, status = 'revised', closing = $3, recorded_at = $4,
        body = $5 WHERE id = $1
      """,
      [
        .text(old.id.text), .int(revision), .int(report.closing.grams),
        .int(place.recordedAt.milliseconds), body(report),
      ])
    try index(old.id, revision, place, on: connection)
    return (
      StoredThroughput(
        id: old.id, revision: revision, status: "revised", firstRecordedAt: old.firstRecordedAt,
        recordedAt: place.recordedAt, report: report), place
    )
  }

  /// Withdraws a report: it counts no more, and stays readable.
  func withdraw(
    _ old: StoredThroughput, reason: String, by actor: String, on connection: Connection
  )
    throws -> (StoredThroughput, Journal.Place)
  {
    let revision = old.revision + 1
    let place = try journal.append(
      Event(
        .throughputWithdrawn, subject: old.id.text, actor: actor,
        data: .members([
          "id": old.id.json, "revision": .int(revision), "reason": .string(reason),
          "facility_id": old.report.facility.json, "metal": .string(old.report.metal.rawValue),
          "month": old.report.month.json,
        ])), on: connection)
    try connection.execute(
      "UPDATE throughput SET revision = $2, status = 'withdrawn', recorded_at = $3 WHERE id = $1",
      [.text(old.id.text), .int(revision), .int(place.recordedAt.milliseconds)])
    try index(old.id, revision, place, on: connection)
    return (
      StoredThroughput(
        id: old.id, revision: revision, status: "withdrawn", firstRecordedAt: old.firstRecordedAt,
        recordedAt: place.recordedAt, report: old.report), place
    )
  }

  private func body(_ report: Throughput) -> Value {
    .text(String(decoding: report.json.bytes, as: UTF8.self))
  }

  private func index(_ id: ID, _ revision: Int64, _ place: Journal.Place, on connection: Connection)
    throws
  {
    try connection.execute(
      "INSERT INTO throughput_revision (report_id, revision, position) VALUES ($1, $2, $3)",
      [.text(id.text), .int(revision), .int(place.position)])
  }

  /// The journal's entries of a report, oldest first.
  func revisions(_ id: ID, on connection: Connection) throws -> [(revision: Int64, entry: Entry)] {
    try connection.query(
      "SELECT revision, position FROM throughput_revision WHERE report_id = $1 ORDER BY revision",
      [.text(id.text)]
    ).compactMap { row in
      guard let entry = try Journal.entry(at: row.int("position"), on: connection) else {
        return nil
      }
      return (try row.int("revision"), entry)
    }
  }

  struct ThroughputFilter: Sendable {
    var facility: ID?
    var metal: Metal?
    var from: Month
    var to: Month
  }

  /// Reports a caller may see, by id, from after one on.
  func throughputs(
    _ filter: ThroughputFilter, visible: Visibility, page: Page, on connection: Connection
  ) throws -> [StoredThroughput] {
    var conditions = Conditions(after: [.int(page.limit + 1)])
    conditions.add("t.id > ?", .text(page.after?.first ?? ""))
    conditions.add("t.month BETWEEN ? AND ?", .int(filter.from.number), .int(filter.to.number))
    if let facility = filter.facility { conditions.add("t.facility_id = ?", .text(facility.text)) }
    if let metal = filter.metal { conditions.add("t.metal = ?", .text(metal.rawValue)) }
    conditions.add(visible.condition.sql, values: visible.condition.values)
    return try connection.query(
      """
      SELECT \(Self.columns) FROM throughput t JOIN facility f ON f.id = t.facility_id
      WHERE \(conditions.sql) ORDER BY t.id LIMIT $1
      """, conditions.parameters
    ).map(StoredThroughput.init)
  }
}
