import Models
import Storage

/// The read model: what the journals say, kept with the time during which it was known,
/// and, added up from what is known now, the cells of reports and what stands without any.
///
/// `superseded_at` is when a later entry replaced a fact (the largest integer: not yet). What was
/// known at a moment T is `recorded_at <= T AND superseded_at > T`, for any T.
enum ReadModelStore {
  static let never = Int64.max

  private static let tables = [
    "organisation_version", "facility_version", "facility_merge", "qualification_fact",
    "report_version", "cell", "standing", "fold_position", "follower",
  ]

  /// Empties the read model and the cursors, so that it is folded anew from the journals.
  static func wipe(on connection: Connection) throws {
    for table in tables { try connection.execute("DELETE FROM \(table)") }
  }

  // MARK: Organisations and facilities

  static func store(
    organisation id: String, name: String, group: String?, position: Int64, at moment: Instant,
    on connection: Connection
  ) throws {
    try connection.execute(
      """
      UPDATE organisation_version SET superseded_at = $2
      WHERE organisation_id = $1 AND superseded_at = $3
      """, [.text(id), .int(moment.milliseconds), .int(never)])
    try connection.execute(
      """
      INSERT INTO organisation_version
        (organisation_id, position, recorded_at, superseded_at, name, ownership_group)
      VALUES ($1, $2, $3, $4, $5, $6)
      """,
      [
        .text(id), .int(position), .int(moment.milliseconds), .int(never), .text(name),
        .text(group ?? name),
      ])
  }

  /// The registry's last entry that changed a facility or merged two: what is derived from
  /// facilities alone is the same as long as this is.
  static func facilitiesPosition(on connection: Connection) throws -> Int64 {
    try connection.first("SELECT position FROM fold_position WHERE name = 'facilities'")
      .map { try $0.int("position") } ?? -1
  }

  private static func noteFacilities(_ position: Int64, on connection: Connection) throws {
    try connection.execute(
      """
      INSERT INTO fold_position (name, position) VALUES ('facilities', $1)
      ON CONFLICT (name) DO UPDATE SET position = $1
      """, [.int(position)])
  }

  static func store(
    facility id: String, organisation: String, body: JSON, position: Int64, at moment: Instant,
    on connection: Connection
  ) throws {
    try noteFacilities(position, on: connection)
    try connection.execute(
      """
      UPDATE facility_version SET superseded_at = $2
      WHERE facility_id = $1 AND superseded_at = $3
      """, [.text(id), .int(moment.milliseconds), .int(never)])
    try connection.execute(
      """
      INSERT INTO facility_version
        (facility_id, position, recorded_at, superseded_at, organisation_id, body)
      VALUES ($1, $2, $3, $4, $5, $6)
      """,
      [
        .text(id), .int(position), .int(moment.milliseconds), .int(never), .text(organisation),
        .text(String(decoding: body.bytes, as: UTF8.self)),
      ])
  }

  static func store(
    merge absorbed: String, into survivor: String, position: Int64, at moment: Instant,
    on connection: Connection
  ) throws {
    try noteFacilities(position, on: connection)
    try connection.execute(
      """
      INSERT INTO facility_merge (absorbed, survivor, position, recorded_at)
      VALUES ($1, $2, $3, $4)
      """,
      [.text(absorbed), .text(survivor), .int(position), .int(moment.milliseconds)])
  }

  // MARK: Reports

  /// The reports that stand now for some facilities.
  static func reports(of facilities: [String], on connection: Connection) throws -> [ReportFact] {
    let span = try connection.first(
      """
      SELECT (SELECT MIN(month) FROM report_version) AS first,
        (SELECT MAX(month) FROM report_version) AS last
      """)
    guard let first = try span?.optionalInt("first"), let last = try span?.optionalInt("last")
    else { return [] }
    return try facilities.flatMap { id in
      try connection.query(
        "\(ofFacility) AND superseded_at = $4", [.int(first), .int(last), .text(id), .int(never)]
      ).map { try ReportFact($0) }
    }
  }

  /// The reports of the facility $3 for periods that end in the months from $1 to $2. They are
  /// looked for month by month: an index by facility first would be written to all over by the
  /// reports of each month. Nothing is said of their type here, or SQLite would rather look through
  /// all reports of that type.
  static let ofFacility = """
    WITH RECURSIVE span(number) AS (
      SELECT CAST($1 AS BIGINT) UNION ALL SELECT number + 1 FROM span WHERE number < $2)
    SELECT report_version.* FROM span CROSS JOIN report_version
    WHERE month = number AND facility_id = $3
    """

  static func report(_ id: String, on connection: Connection) throws -> ReportFact? {
    try connection.first(
      "SELECT * FROM report_version WHERE report_id = $1 AND superseded_at = $2",
      [.text(id), .int(never)]
    ).map { try ReportFact($0) }
  }

  static func supersede(report id: String, at moment: Instant, on connection: Connection) throws {
    try connection.execute(
      "UPDATE report_version SET superseded_at = $2 WHERE report_id = $1 AND superseded_at = $3",
      [.text(id), .int(moment.milliseconds), .int(never)])
  }

  static func lock(report id: String, at moment: Instant, on connection: Connection) throws {
    try connection.execute(
      "UPDATE report_version SET locked_at = $2 WHERE report_id = $1 AND superseded_at = $3",
      [.text(id), .int(moment.milliseconds), .int(never)])
  }

  static func store(
    _ fact: ReportFact, position: Int64, at moment: Instant, on connection: Connection
  ) throws {
    try connection.execute(
      """
      INSERT INTO report_version (report_id, revision, position, recorded_at, superseded_at,
        first_recorded_at, locked_at, facility_id, type, metal, first_month, month, nil, amounts)
      VALUES ($1, $2, $3, $4, $5, $6, $5, $7, $8, $9, $10, $11, $12, $13)
      """,
      [
        .text(fact.report.text), .int(fact.revision), .int(position), .int(moment.milliseconds),
        .int(never), .int(fact.first.milliseconds), .text(fact.facility.text),
        .text(fact.series.type.rawValue), .text(fact.series.metal?.rawValue ?? ""),
        .int(fact.period.first.number), .int(fact.period.last.number), .flag(fact.isNil),
        .text(fact.amounts.text),
      ])
  }

  static func store(
    _ record: QualificationRecord, position: Int64, at moment: Instant, on connection: Connection
  ) throws {
    try connection.execute(
      """
      INSERT INTO qualification_fact (position, facility_id, metal, event, effective, recorded_at)
      VALUES ($1, $2, $3, $4, $5, $6)
      """,
      [
        .int(position), .text(record.facility.text), .text(record.metal.rawValue),
        .text(record.event.rawValue), .int(record.effective.number), .int(moment.milliseconds),
      ])
  }

  // MARK: Sums

  /// Adds to a cell. One that has nothing in it any more goes, so that a rebuild ends with the same
  /// rows.
  static func add(_ cell: Cell, to key: CellKey, on connection: Connection) throws {
    let place =
      key.series.values + [
        .int(key.period.last.number), .int(key.period.first.number), .text(key.place),
      ]
    let at = "WHERE type = $1 AND metal = $2 AND month = $3 AND first_month = $4 AND place = $5"
    let old = try connection.first("SELECT amounts FROM cell \(at)", place)
      .map { try Cell($0) }
    let new = (old ?? .zero) + cell
    if new.isEmpty {
      try connection.execute("DELETE FROM cell \(at)", place)
    } else {
      try connection.execute(
        """
        INSERT INTO cell (type, metal, month, first_month, place, amounts)
        VALUES ($1, $2, $3, $4, $5, $6)
        ON CONFLICT (type, metal, month, first_month, place) DO UPDATE SET amounts = $6
        """, place + [.text(new.text)])
    }
  }

  static func add(
    _ standing: Standing, to series: Series, at place: String, on connection: Connection
  ) throws {
    let key = series.values + [.text(place)]
    let at = "WHERE type = $1 AND metal = $2 AND place = $3"
    var new = standing
    if let old = try connection.first("SELECT sums FROM standing \(at)", key) {
      new.add(try Standing(old), 1)
    }
    if new == .zero {
      try connection.execute("DELETE FROM standing \(at)", key)
    } else {
      try connection.execute(
        """
        INSERT INTO standing (type, metal, place, sums) VALUES ($1, $2, $3, $4)
        ON CONFLICT (type, metal, place) DO UPDATE SET sums = $4
        """, key + [.blob(new.bytes)])
    }
  }
}

extension Cell {
  /// From a row that begins with a cell's amounts.
  init(_ row: Row) throws {
    guard let cell = Amounts(text: try row.text(at: 0)) else {
      throw StorageFailure.misuse("a stored sum cannot be read")
    }
    self = cell
  }
}

extension Standing {
  init(_ row: Row) throws {
    guard let standing = Standing(bytes: try row.blob("sums")) else {
      throw StorageFailure.misuse("a stored sum cannot be read")
    }
    self = standing
  }
}
