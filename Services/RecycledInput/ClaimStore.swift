import Journal
import Models
import Reporting
import Storage

/// Claims and the credit that they are made on, which is what the reports say.
enum ClaimStore {
  static let migrations = [
    Migration(
      1,
      """
      CREATE TABLE claim (
        id TEXT PRIMARY KEY, facility_id TEXT NOT NULL, metal TEXT NOT NULL,
        quarter BIGINT NOT NULL, mass BIGINT NOT NULL, reference TEXT,
        recorded_at BIGINT NOT NULL, position BIGINT NOT NULL);
      CREATE INDEX claim_quarter ON claim (facility_id, metal, quarter, id);
      """)
  ]

  private static let members = "SELECT id FROM facility WHERE id = $1 OR merged_into = $1"

  /// - Parameters:
  ///   - changed: a report that is about to change.
  ///   - new: what it will say; nil where it is withdrawn.
  static func credit(
    _ facility: ID, _ metal: Metal, _ quarter: Quarter, with changed: ID? = nil,
    as new: RecycledInputReport? = nil, on connection: Connection
  ) throws -> Credit {
    let place: [Value] = [
      .text(facility.text), .text(metal.rawValue), .int(quarter.first.number),
    ]
    let bodies = try connection.query(
      """
      SELECT id, body FROM report
      WHERE facility_id IN (\(members)) AND series = $2 AND first_month >= $3 AND month <= $4
        AND status <> 'withdrawn'
      ORDER BY CASE WHEN facility_id = $1 THEN 0 ELSE 1 END, id
      """, place + [.int(quarter.last.number)])
    // Of reports of one month, which merged facilities have made, the first counts.
    var earned: Int64 = 0
    var months: Set<Month> = []
    for row in bodies {
      var report = try Fields.read(Array(row.text("body").utf8), as: RecycledInputReport.init)
      if try row.text("id") == changed?.text {
        guard let new else { continue }
        report = new
      }
      guard months.isDisjoint(with: report.period.months) else { continue }
      months.formUnion(report.period.months)
      earned += Credit.earned(by: report)
    }
    let claimed = try connection.query(
      """
      SELECT mass FROM claim
      WHERE facility_id IN (\(members)) AND metal = $2 AND quarter = $3
      """, place
    ).reduce(0) { $0 + (try $1.int("mass")) }
    return Credit(earned: earned, claimed: claimed)
  }

  /// The facility, metal and quarter of a report that stands.
  static func report(_ id: ID, on connection: Connection) throws -> RecycledInputReport? {
    try connection.first("SELECT body FROM report WHERE id = $1", [.text(id.text)]).map {
      try Fields.read(Array($0.text("body").utf8), as: RecycledInputReport.init)
    }
  }

  static func insert(
    _ claim: Claim, by actor: String, _ journal: Journal, on connection: Connection
  ) throws -> (json: [JSON.Member], place: Journal.Place) {
    let id = journal.random.id(at: journal.clock.now())
    let place = try journal.append(
      Event(
        .claimAccepted, subject: id.text, actor: actor,
        data: .object([.init("id", id.json)] + claim.members)), on: connection)
    try connection.execute(
      """
      INSERT INTO claim (id, facility_id, metal, quarter, mass, reference, recorded_at, position)
      VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
      """,
      [
        .text(id.text), .text(claim.facility.text), .text(claim.metal.rawValue),
        .int(claim.quarter.first.number), .int(claim.mass.grams), .optional(claim.reference),
        .int(place.recordedAt.milliseconds), .int(place.position),
      ])
    return (
      [.init("id", id.json), .init("recorded_at", place.recordedAt.json)] + claim.members, place
    )
  }

  /// A quarter's claims by id, from after one on.
  static func claims(
    _ facility: ID, _ metal: Metal, _ quarter: Quarter, after: String, limit: Int,
    on connection: Connection
  ) throws -> [JSON] {
    try connection.query(
      """
      SELECT id, mass, reference, recorded_at, position FROM claim
      WHERE facility_id IN (\(members)) AND metal = $2 AND quarter = $3 AND id > $4
      ORDER BY id LIMIT $5
      """,
      [
        .text(facility.text), .text(metal.rawValue), .int(quarter.first.number), .text(after),
        .int(limit),
      ]
    ).map { row in
      .members([
        "id": .string(try row.text("id")),
        "recorded_at": Instant(milliseconds: try row.int("recorded_at")).json,
        "mass": Mass.json(grams: Int128(try row.int("mass"))),
        "reference": .text(try row.optionalText("reference")),
        "position": .int(try row.int("position")),
      ])
    }
  }
}
