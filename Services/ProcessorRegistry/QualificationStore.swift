import Journal
import Models
import Reporting
import Storage

extension RegistryStore {
  /// The latest event of a facility for a metal.
  func lastQualification(_ facility: ID, _ metal: Metal, on connection: Connection) throws
    -> (event: QualificationEvent, effective: Day)?
  {
    guard
      let row = try connection.first(
        """
        SELECT event, effective FROM qualification WHERE facility_id = $1 AND metal = $2
        ORDER BY position DESC LIMIT 1
        """, [.text(facility.text), .text(metal.rawValue)]),
      let event = QualificationEvent(rawValue: try row.text("event"))
    else { return nil }
    return (event, Day(number: Int(try row.int("effective"))))
  }

  /// Who made the running application, so that nobody judges their own.
  func lastApplicant(facility: ID, _ metal: Metal, on connection: Connection) throws -> String? {
    try connection.first(
      """
      SELECT actor FROM qualification WHERE facility_id = $1 AND metal = $2 AND event = 'applied'
      ORDER BY position DESC LIMIT 1
      """, [.text(facility.text), .text(metal.rawValue)])?.text("actor")
  }

  /// Records an event of a qualification and journals it.
  /// - Returns: the wire form and the place.
  func record(_ record: QualificationRecord, by actor: String, on connection: Connection) throws
    -> (JSON, Journal.Place)
  {
    let id = random.id(at: clock.now())
    var members = [JSON.Member("id", id.json)] + record.members
    if let facts = record.facts, let set = record.criteriaSet {
      members.append(.init("evaluation", Evaluation(facts, by: set).json))
    }
    let json = JSON.object(members)
    let place = try journal.append(
      Event(.qualificationRecorded, subject: record.facility.text, actor: actor, data: json),
      on: connection)
    try connection.execute(
      """
      INSERT INTO qualification (id, facility_id, metal, event, effective, actor, position, body)
      VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
      """,
      [
        .text(id.text), .text(record.facility.text), .text(record.metal.rawValue),
        .text(record.event.rawValue), .int(record.effective.number), .text(actor),
        .int(place.position), .text(String(decoding: json.bytes, as: UTF8.self)),
      ])
    return (json, place)
  }

  /// A facility's events, oldest first.
  func qualifications(_ facility: ID, on connection: Connection) throws -> [JSON] {
    try connection.query(
      "SELECT body FROM qualification WHERE facility_id = $1 ORDER BY position",
      [.text(facility.text)]
    ).map { .raw(Array(try $0.text("body").utf8)) }
  }

  /// The state of each facility on a day: its last event that is effective by then.
  func statesOfQualification(_ metal: Metal, on day: Day, on connection: Connection) throws
    -> [(facility: StoredFacility, event: QualificationEvent)]
  {
    try connection.query(
      """
      SELECT f.id, f.version, f.body, q.event FROM qualification q
      JOIN facility f ON f.id = q.facility_id
      WHERE q.metal = $1 AND q.position = (
        SELECT MAX(l.position) FROM qualification l
        WHERE l.facility_id = q.facility_id AND l.metal = $1 AND l.effective <= $2)
      """, [.text(metal.rawValue), .int(day.number)]
    ).compactMap { row in
      guard let event = QualificationEvent(rawValue: try row.text("event")) else { return nil }
      return (try StoredFacility(row), event)
    }
  }
}
