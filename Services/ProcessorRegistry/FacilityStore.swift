import Journal
import Models
import Reporting
import ServiceKit
import Storage

extension RegistryStore {
  /// The facility of an identifier; a merged one's gives the one it was merged into.
  func facility(_ identifier: Identifier, on connection: Connection) throws -> StoredFacility? {
    try connection.first(
      """
      SELECT s.id, s.version, s.body FROM facility f
      JOIN facility s ON s.id = COALESCE(f.merged_into, f.id)
      WHERE f.scheme = $1 AND f.value = $2
      ORDER BY CASE WHEN f.merged_into IS NULL THEN 0 ELSE 1 END, f.id LIMIT 1
      """, [.text(identifier.scheme), .text(identifier.value)]
    ).map(StoredFacility.init)
  }

  /// The ids that were merged into a facility.
  func mergedIDs(_ id: ID, on connection: Connection) throws -> [String] {
    try connection.query(
      "SELECT id FROM facility WHERE merged_into = $1 ORDER BY id", [.text(id.text)]
    ).map { try $0.text("id") }
  }

  /// The wire form with the merged ids.
  func json(_ facility: StoredFacility, on connection: Connection) throws -> JSON {
    guard case .object(let members) = facility.stored.json else { return facility.stored.json }
    let merged = try mergedIDs(facility.id, on: connection)
    return .object(
      members.prefix(2) + [.init("merged_ids", .array(merged.map { .string($0) }))]
        + members.dropFirst(2))
  }

  /// Registers a facility and journals it.
  /// - Throws: ``Problem`` `duplicate` with the candidates, unless `confirmed`.
  func register(
    _ facility: Facility, confirmed: Bool, by actor: String, on connection: Connection
  ) throws -> (StoredFacility, Journal.Place) {
    if !confirmed { try refuseDuplicates(of: facility, except: nil, on: connection) }
    let stored = Stored(id: random.id(at: clock.now()), version: 1, body: facility.json)
    try connection.execute(
      """
      INSERT INTO facility (id, organisation_id, scheme, value, folded_name, province, authority,
        latitude_e6, longitude_e6, body, version)
      VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
      """, columns(stored, facility))
    try storeRoles(of: facility, stored.id, on: connection)
    let place = try journal.append(
      Event(.facilityRegistered, subject: stored.id.text, actor: actor, data: stored.json),
      on: connection)
    return (StoredFacility(stored: stored, facility: facility), place)
  }

  /// Replaces a facility's entry.
  func change(
    _ old: StoredFacility, to facility: Facility, confirmed: Bool, by actor: String,
    on connection: Connection
  ) throws -> (StoredFacility, Journal.Place) {
    let moved =
      facility.name != old.facility.name || facility.location != old.facility.location
      || facility.identifier != old.facility.identifier
    if moved, !confirmed { try refuseDuplicates(of: facility, except: old.id, on: connection) }
    let stored = Stored(id: old.id, version: old.stored.version + 1, body: facility.json)
    try connection.execute(
      """
      UPDATE facility SET organisation_id = $2, scheme = $3, value = $4, folded_name = $5,
        province = $6, authority = $7, latitude_e6 = $8, longitude_e6 = $9, body = $10,
        version = $11 WHERE id = $1
      """, columns(stored, facility))
    try storeRoles(of: facility, stored.id, on: connection)
    let place = try journal.append(
      Event(.facilityChanged, subject: stored.id.text, actor: actor, data: stored.json),
      on: connection)
    return (StoredFacility(stored: stored, facility: facility), place)
  }

  private func storeRoles(of facility: Facility, _ id: ID, on connection: Connection) throws {
    try connection.execute("DELETE FROM facility_role WHERE facility_id = $1", [.text(id.text)])
    for role in facility.roles {
      try connection.execute(
        "INSERT INTO facility_role (facility_id, role) VALUES ($1, $2)",
        [.text(id.text), .text(role.rawValue)])
    }
  }

  private func columns(_ stored: Stored, _ facility: Facility) -> [Value] {
    let place = facility.location
    let millionths = { (degrees: Double?) in
      Value.optional(degrees.map { Int64(($0 * 1_000_000).rounded(.toNearestOrEven)) })
    }
    return [
      .text(stored.id.text), .text(facility.organisation.text),
      .optional(facility.identifier?.scheme), .optional(facility.identifier?.value),
      .text(Likeness.folded(facility.name)), .optional(place.province), .optional(place.authority),
      millionths(place.latitude), millionths(place.longitude),
      .text(String(decoding: stored.body.bytes, as: UTF8.self)), .int(stored.version),
    ]
  }

  private func refuseDuplicates(of facility: Facility, except id: ID?, on connection: Connection)
    throws
  {
    var candidates: [JSON] = []
    if let identifier = facility.identifier,
      let same = try self.facility(identifier, on: connection), same.id != id
    {
      candidates.append(
        .members([
          "id": same.id.json, "name": .string(same.facility.name), "reason": "same_identifier",
        ]))
    }
    candidates += try near(facility, on: connection).filter { $0.0.id != id }.map { near, metres in
      .members([
        "id": near.id.json, "name": .string(near.facility.name), "reason": "like_name_nearby",
        "distance_m": .int(Int(metres)),
      ])
    }
    guard candidates.isEmpty else {
      throw Problem(
        .duplicate,
        "This is likely registered already. Look at the candidates; if it is another one, send it again with ?confirm_duplicate=true.",
        extra: [.init("candidates", .array(candidates))])
    }
  }

  /// Facilities of a like name within the distance, at most 20.
  private func near(_ facility: Facility, on connection: Connection) throws
    -> [(StoredFacility, Double)]
  {
    guard let latitude = facility.location.latitude, let longitude = facility.location.longitude
    else { return [] }
    let name = Likeness.folded(facility.name)
    let reach = Int64(20_000)
    // Near the poles a degree of longitude is short: look at all of them.
    let wide = abs(latitude) > 80 ? 360_000_000 : reach * 6
    let place = (Int64(latitude * 1_000_000), Int64(longitude * 1_000_000))
    return try connection.query(
      """
      SELECT id, version, body, folded_name FROM facility
      WHERE latitude_e6 BETWEEN $1 AND $2 AND longitude_e6 BETWEEN $3 AND $4
        AND merged_into IS NULL ORDER BY id
      """,
      [
        .int(place.0 - reach), .int(place.0 + reach), .int(place.1 - wide), .int(place.1 + wide),
      ]
    ).compactMap { row in
      guard Likeness.areAlike(name, try row.text("folded_name")) else { return nil }
      let other = try StoredFacility(row)
      guard let lat = other.facility.location.latitude, let lon = other.facility.location.longitude
      else { return nil }
      let metres = Likeness.metres((latitude, longitude), (lat, lon))
      return metres <= Likeness.distance ? (other, metres) : nil
    }.prefix(20).map { $0 }
  }

  struct FacilityFilter: Sendable {
    var province: String?
    var role: FacilityRole?
    var organisation: ID?
    var identifier: Identifier?
  }

  /// Facilities a caller may see, by id, from after one on.
  func facilities(
    _ filter: FacilityFilter, visible: Visibility, page: Page, on connection: Connection
  ) throws -> [StoredFacility] {
    var conditions = Conditions(after: [.int(page.limit + 1)])
    conditions.add("f.id > ?", .text(page.after?.first ?? ""))
    conditions.add("f.merged_into IS NULL")
    if let province = filter.province { conditions.add("f.province = ?", .text(province)) }
    if let organisation = filter.organisation {
      conditions.add("f.organisation_id = ?", .text(organisation.text))
    }
    if let identifier = filter.identifier {
      conditions.add(
        "f.scheme = ? AND f.value = ?", .text(identifier.scheme), .text(identifier.value))
    }
    if let role = filter.role {
      conditions.add(
        "EXISTS (SELECT 1 FROM facility_role r WHERE r.facility_id = f.id AND r.role = ?)",
        .text(role.rawValue))
    }
    conditions.add(visible.condition.sql, values: visible.condition.values)
    return try connection.query(
      """
      SELECT f.id, f.version, f.body FROM facility f
      WHERE \(conditions.sql) ORDER BY f.id LIMIT $1
      """, conditions.parameters
    ).map(StoredFacility.init)
  }
}
