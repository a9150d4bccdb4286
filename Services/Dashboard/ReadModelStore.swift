import Models
import Storage

/// The read model: what the journals say, kept with the time during which it was known,
/// and the cells added up from what is known now.
///
/// `superseded_at` is when a later entry replaced a fact (the largest integer: not yet). What was
/// known at a moment T is `recorded_at <= T AND superseded_at > T`, for any T.
enum ReadModelStore {
  static let never = Int64.max

  static let migrations = [
    Migration(
      1,
      """
      CREATE TABLE organisation_fact (id TEXT PRIMARY KEY, name TEXT NOT NULL);
      CREATE TABLE facility_version (
        facility_id TEXT NOT NULL, position BIGINT NOT NULL, recorded_at BIGINT NOT NULL,
        superseded_at BIGINT NOT NULL, body TEXT NOT NULL, PRIMARY KEY (facility_id, position));
      CREATE TABLE facility_merge (
        absorbed TEXT PRIMARY KEY, survivor TEXT NOT NULL, recorded_at BIGINT NOT NULL);
      CREATE INDEX facility_merge_survivor ON facility_merge (survivor);
      CREATE TABLE qualification_fact (
        position BIGINT PRIMARY KEY, facility_id TEXT NOT NULL, metal TEXT NOT NULL,
        event TEXT NOT NULL, effective BIGINT NOT NULL, recorded_at BIGINT NOT NULL);
      CREATE INDEX qualification_fact_metal ON qualification_fact (metal, facility_id, position);
      CREATE TABLE throughput_version (
        report_id TEXT NOT NULL, revision BIGINT NOT NULL, position BIGINT NOT NULL,
        recorded_at BIGINT NOT NULL, superseded_at BIGINT NOT NULL, first_recorded_at BIGINT NOT NULL,
        facility_id TEXT NOT NULL, metal TEXT NOT NULL, month BIGINT NOT NULL, nil BIGINT NOT NULL,
        throughput BIGINT NOT NULL, from_processors BIGINT NOT NULL, purchased BIGINT NOT NULL,
        shipped BIGINT NOT NULL, PRIMARY KEY (report_id, revision));
      CREATE INDEX throughput_version_month ON throughput_version (metal, month, report_id);
      CREATE INDEX throughput_version_facility ON throughput_version (facility_id);
      CREATE TABLE cell (
        metal TEXT NOT NULL, month BIGINT NOT NULL, place TEXT NOT NULL, throughput BIGINT NOT NULL,
        from_processors BIGINT NOT NULL, purchased BIGINT NOT NULL, shipped BIGINT NOT NULL,
        capacity BIGINT NOT NULL, owed BIGINT NOT NULL, received BIGINT NOT NULL,
        nils BIGINT NOT NULL, reports BIGINT NOT NULL, PRIMARY KEY (metal, month, place));
      """),
    // Reports of every type, and steel by enterprise. What was folded is folded anew.
    Migration(
      2,
      """
      DROP TABLE throughput_version;
      DROP TABLE cell;
      DROP TABLE facility_version;
      CREATE TABLE facility_version (
        facility_id TEXT NOT NULL, position BIGINT NOT NULL, recorded_at BIGINT NOT NULL,
        superseded_at BIGINT NOT NULL, organisation_id TEXT NOT NULL, body TEXT NOT NULL,
        PRIMARY KEY (facility_id, position));
      CREATE INDEX facility_version_organisation
        ON facility_version (organisation_id, superseded_at);
      CREATE TABLE report_version (
        report_id TEXT NOT NULL, revision BIGINT NOT NULL, position BIGINT NOT NULL,
        recorded_at BIGINT NOT NULL, superseded_at BIGINT NOT NULL,
        first_recorded_at BIGINT NOT NULL, facility_id TEXT NOT NULL, type TEXT NOT NULL,
        metal TEXT NOT NULL, first_month BIGINT NOT NULL, month BIGINT NOT NULL,
        nil BIGINT NOT NULL, throughput BIGINT NOT NULL, from_processors BIGINT NOT NULL,
        purchased BIGINT NOT NULL, shipped BIGINT NOT NULL, amounts TEXT NOT NULL,
        PRIMARY KEY (report_id, revision));
      CREATE INDEX report_version_month ON report_version (type, metal, month, report_id);
      CREATE INDEX report_version_facility ON report_version (facility_id);
      CREATE TABLE cell (
        type TEXT NOT NULL, metal TEXT NOT NULL, month BIGINT NOT NULL,
        first_month BIGINT NOT NULL, place TEXT NOT NULL, throughput BIGINT NOT NULL,
        from_processors BIGINT NOT NULL, purchased BIGINT NOT NULL, shipped BIGINT NOT NULL,
        capacity BIGINT NOT NULL, owed BIGINT NOT NULL, received BIGINT NOT NULL,
        nils BIGINT NOT NULL, reports BIGINT NOT NULL, amounts TEXT NOT NULL,
        PRIMARY KEY (type, metal, month, first_month, place));
      DELETE FROM organisation_fact;
      DELETE FROM facility_merge;
      DELETE FROM qualification_fact;
      DELETE FROM follower;
      """),
  ]

  /// Empties the read model and the cursors, so that it is folded anew from the journals.
  static func wipe(on connection: Connection) throws {
    for table in [
      "organisation_fact", "facility_version", "facility_merge", "qualification_fact",
      "report_version", "cell", "follower",
    ] {
      try connection.execute("DELETE FROM \(table)")
    }
  }

  static func store(organisation id: String, name: String, on connection: Connection) throws {
    try connection.execute(
      """
      INSERT INTO organisation_fact (id, name) VALUES ($1, $2)
      ON CONFLICT (id) DO UPDATE SET name = $2
      """, [.text(id), .text(name)])
  }

  static func isSurvivor(_ id: String, on connection: Connection) throws -> Bool {
    try connection.first(
      "SELECT absorbed FROM facility_merge WHERE survivor = $1 LIMIT 1", [.text(id)]) != nil
  }

  /// The facility an id stands for, as far as merges are known.
  static func root(_ facility: String, on connection: Connection) throws -> String {
    var root = facility
    while let next = try connection.first(
      "SELECT survivor FROM facility_merge WHERE absorbed = $1", [.text(root)])
    {
      root = try next.text("survivor")
    }
    return root
  }

  static func facility(
    _ id: String, readings: Readings<Facility>, on connection: Connection
  ) throws -> Facility? {
    try connection.first(
      "SELECT body FROM facility_version WHERE facility_id = $1 AND superseded_at = $2",
      [.text(id), .int(never)]
    ).map { row in
      try readings.model(id, try row.text("body")) {
        try Fields.read(Array($0.utf8), as: Facility.init)
      }
    }
  }

  /// The ids of an organisation's facilities that stand for themselves.
  static func facilities(of organisation: String, on connection: Connection) throws -> [String] {
    try connection.query(
      """
      SELECT facility_id FROM facility_version
      WHERE organisation_id = $1 AND superseded_at = $2 AND NOT EXISTS (
        SELECT 1 FROM facility_merge WHERE absorbed = facility_id)
      """, [.text(organisation), .int(never)]
    ).map { try $0.text("facility_id") }
  }

  static func store(
    facility id: String, organisation: String, body: JSON, position: Int64, at moment: Instant,
    on connection: Connection
  ) throws {
    try connection.execute(
      "UPDATE facility_version SET superseded_at = $2 WHERE facility_id = $1 AND superseded_at = $3",
      [.text(id), .int(moment.milliseconds), .int(never)])
    try connection.execute(
      """
      INSERT INTO facility_version (facility_id, position, recorded_at, superseded_at,
        organisation_id, body)
      VALUES ($1, $2, $3, $4, $5, $6)
      """,
      [
        .text(id), .int(position), .int(moment.milliseconds), .int(never), .text(organisation),
        .text(String(decoding: body.bytes, as: UTF8.self)),
      ])
  }

  static func store(
    merge absorbed: String, into survivor: String, at moment: Instant, on connection: Connection
  ) throws {
    try connection.execute(
      "INSERT INTO facility_merge (absorbed, survivor, recorded_at) VALUES ($1, $2, $3)",
      [.text(absorbed), .text(survivor), .int(moment.milliseconds)])
  }

  /// The current reports of a facility and of those merged into it.
  static func reports(of root: String, on connection: Connection) throws -> [ReportFact] {
    try connection.query(
      """
      WITH RECURSIVE member (id) AS (
        SELECT $1 UNION SELECT absorbed FROM facility_merge JOIN member ON survivor = member.id)
      SELECT * FROM report_version
      WHERE superseded_at = $2 AND facility_id IN (SELECT id FROM member)
      """, [.text(root), .int(never)]
    ).map(ReportFact.init)
  }

  static func report(_ id: String, on connection: Connection) throws -> (
    ReportFact, first: Instant
  )? {
    try connection.first(
      "SELECT * FROM report_version WHERE report_id = $1 AND superseded_at = $2",
      [.text(id), .int(never)]
    ).map { (try ReportFact($0), Instant(milliseconds: try $0.int("first_recorded_at"))) }
  }

  static func supersede(report id: String, at moment: Instant, on connection: Connection) throws {
    try connection.execute(
      "UPDATE report_version SET superseded_at = $2 WHERE report_id = $1 AND superseded_at = $3",
      [.text(id), .int(moment.milliseconds), .int(never)])
  }

  static func store(
    _ fact: ReportFact, revision: Int64, position: Int64, at moment: Instant, first: Instant,
    on connection: Connection
  ) throws {
    try connection.execute(
      """
      INSERT INTO report_version (report_id, revision, position, recorded_at, superseded_at,
        first_recorded_at, facility_id, type, metal, first_month, month, nil, throughput,
        from_processors, purchased, shipped, amounts)
      VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17)
      """,
      [
        .text(fact.report.text), .int(revision), .int(position), .int(moment.milliseconds),
        .int(never), .int(first.milliseconds), .text(fact.facility.text),
        .text(fact.series.type.rawValue), .text(fact.series.metal?.rawValue ?? ""),
        .int(fact.period.first.number), .int(fact.period.last.number), .flag(fact.isNil),
        .int(fact.throughput), .int(fact.fromProcessors), .int(fact.purchased),
        .int(fact.shipped), .text(fact.amounts.text),
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

  /// Adds to a cell. The named amounts are read first, where some change; the rest adds itself.
  static func add(_ cell: Cell, to key: CellKey, on connection: Connection) throws {
    let place: [Value] = [
      .text(key.series.type.rawValue), .text(key.series.metal?.rawValue ?? ""),
      .int(key.period.last.number), .int(key.period.first.number), .text(key.place),
    ]
    var amounts = ""
    var amountsChange = ""
    if !cell.amounts.isEmpty {
      let old = try connection.first(
        """
        SELECT amounts FROM cell
        WHERE type = $1 AND metal = $2 AND month = $3 AND first_month = $4 AND place = $5
        """, place
      ).flatMap { Amounts(text: try $0.text("amounts")) }
      amounts = ((old ?? .zero) + cell.amounts).text
      amountsChange = ", amounts = $15"
    }
    try connection.execute(
      """
      INSERT INTO cell (type, metal, month, first_month, place, throughput, from_processors,
        purchased, shipped, capacity, owed, received, nils, reports, amounts)
      VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)
      ON CONFLICT (type, metal, month, first_month, place) DO UPDATE SET
        throughput = cell.throughput + $6, from_processors = cell.from_processors + $7,
        purchased = cell.purchased + $8, shipped = cell.shipped + $9,
        capacity = cell.capacity + $10, owed = cell.owed + $11, received = cell.received + $12,
        nils = cell.nils + $13, reports = cell.reports + $14\(amountsChange)
      """,
      place + [
        .int(cell.throughput), .int(cell.fromProcessors), .int(cell.purchased),
        .int(cell.shipped), .int(cell.capacity), .int(cell.owed), .int(cell.received),
        .int(cell.nils), .int(cell.reports), .text(amounts),
      ])
    // A cell that has nothing in it any more goes, so that a rebuild ends with the same rows.
    guard cell.reports < 0 || cell.owed < 0 || cell.capacity < 0 || cell.received < 0 else {
      return
    }
    try connection.execute(
      """
      DELETE FROM cell
      WHERE type = $1 AND metal = $2 AND month = $3 AND first_month = $4 AND place = $5
        AND reports = 0 AND owed = 0 AND capacity = 0 AND received = 0
      """, place)
  }
}
