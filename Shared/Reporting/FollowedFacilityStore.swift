import Journal
import Models
import Storage

/// A copy of the registry's facilities in the database of another service.
package enum FollowedFacilities {
  /// What was followed before there was such a copy is followed again.
  package static let migrations = [
    Migration(
      1,
      """
      CREATE TABLE facility (
        id TEXT PRIMARY KEY, organisation_id TEXT NOT NULL, authority TEXT, body TEXT NOT NULL,
        version BIGINT NOT NULL, blast_furnace BIGINT NOT NULL, merged_into TEXT);
      CREATE INDEX facility_organisation ON facility (organisation_id, id);
      CREATE INDEX facility_furnace ON facility (organisation_id) WHERE blast_furnace = 1;
      CREATE INDEX facility_merged ON facility (merged_into) WHERE merged_into IS NOT NULL;
      DELETE FROM follower WHERE source = 'registry';
      """)
  ]

  package static func wipe(on connection: Connection) throws {
    try connection.execute("DELETE FROM facility")
  }

  /// Takes what the registry's entries say of facilities.
  package static func apply(_ entries: [Followed], on connection: Connection) throws {
    for entry in entries {
      switch entry.type {
      case .facilityRegistered, .facilityChanged: try store(entry, on: connection)
      case .facilityMerged: try merge(entry, on: connection)
      default: continue
      }
    }
  }

  private static func store(_ entry: Followed, on connection: Connection) throws {
    guard case .object(let members) = entry.data else { return }
    let body = JSON.object(members.filter { !["id", "version"].contains($0.name) })
    let facility = try Fields.read(body, as: Facility.init)
    try connection.execute(
      """
      INSERT INTO facility (id, organisation_id, authority, body, version, blast_furnace)
      VALUES ($1, $2, $3, $4, $5, $6)
      ON CONFLICT (id) DO UPDATE SET organisation_id = $2, authority = $3, body = $4, version = $5,
        blast_furnace = $6
      """,
      [
        .text(entry.subject), .text(facility.organisation.text),
        .optional(facility.location.authority),
        .text(String(decoding: body.bytes, as: UTF8.self)),
        .int(entry.data["version"]?.int ?? 1), .flag(!facility.blastFurnaces.isEmpty),
      ])
  }

  /// The reports stay under the ids they were made for; they are read as the survivor's.
  private static func merge(_ entry: Followed, on connection: Connection) throws {
    guard let survivor = entry.data["survivor"]?.text, let absorbed = entry.data["absorbed"]?.text
    else { return }
    try connection.execute(
      "UPDATE facility SET merged_into = $1 WHERE id = $2 OR merged_into = $2",
      [.text(survivor), .text(absorbed)])
  }

  /// The facilities of an organisation that stand for themselves and have, or had, a blast furnace.
  package static func withBlastFurnace(_ organisation: ID, on connection: Connection) throws
    -> [Facility]
  {
    try connection.query(
      """
      SELECT body FROM facility
      WHERE organisation_id = $1 AND blast_furnace = 1 AND merged_into IS NULL
      """, [.text(organisation.text)]
    ).map { try Fields.read(Array($0.text("body").utf8), as: Facility.init) }
  }
}
