import Journal
import Models
import Storage

/// The facilities that a service knows: the registry's own, or a copy that follows the registry's
/// journal. Both stand in a table `facility` and are read alike.
package struct Facilities: Sendable {
  private let readings = Readings<StoredFacility>(limit: 10_000)

  package init() {}

  /// The facility of an id; a merged id gives the one it was merged into.
  package func facility(_ id: ID, on connection: Connection) throws -> StoredFacility? {
    try connection.first(
      """
      SELECT s.id, s.version, s.body FROM facility f
      JOIN facility s ON s.id = COALESCE(f.merged_into, f.id) WHERE f.id = $1
      """, [.text(id.text)]
    ).map(read)
  }

  /// A facility's id and those that were merged into it; none where it is not known.
  func members(_ id: ID, on connection: Connection) throws -> [String] {
    try connection.query(
      """
      SELECT id FROM facility WHERE id = $1 OR merged_into = $1
      """, [.text(try facility(id, on: connection)?.id.text ?? id.text)]
    ).map { try $0.text("id") }
  }

  private func read(_ row: Row) throws -> StoredFacility {
    let (version, body) = (try row.int("version"), try row.text("body"))
    return try readings.model("\(try row.text("id")) \(version)", body) { _ in
      try StoredFacility(row)
    }
  }

  /// A facility that the caller may see.
  /// - Throws: ``Problem`` `notFound`, for what is not there and for what is another's alike.
  package func visible(_ id: ID, to actor: Actor, on connection: Connection) throws
    -> StoredFacility
  {
    guard let found = try facility(id, on: connection), found.isVisible(to: actor) else {
      throw Problem(.notFound, "There is no facility with this id.")
    }
    return found
  }
}

extension StoredFacility {
  package func isVisible(to actor: Actor) -> Bool {
    actor.may(
      [.reporter, .operator, .verifier, .analyst], organisation: facility.organisation,
      authority: facility.location.authority)
  }
}
