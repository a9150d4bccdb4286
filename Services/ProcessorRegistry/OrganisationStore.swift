import Journal
import Models
import Reporting
import ServiceKit
import Storage

extension RegistryStore {
  func organisation(_ id: ID, on connection: Connection) throws -> Stored? {
    try connection.first(
      "SELECT id, version, body FROM organisation WHERE id = $1", [.text(id.text)]
    ).map(Stored.init)
  }

  func organisation(_ identifier: Identifier, on connection: Connection) throws -> Stored? {
    try connection.first(
      "SELECT id, version, body FROM organisation WHERE scheme = $1 AND value = $2",
      [.text(identifier.scheme), .text(identifier.value)]
    ).map(Stored.init)
  }

  /// Registers an organisation and journals it.
  /// - Throws: ``Problem`` `duplicate`, naming the one that has the identifier.
  func register(_ organisation: Organisation, by actor: String, on connection: Connection) throws
    -> (Stored, Journal.Place)
  {
    if let known = try self.organisation(organisation.identifier, on: connection) {
      throw duplicate(of: known)
    }
    let stored = Stored(
      id: random.id(at: clock.now()), version: 1, body: .object(organisation.members))
    try connection.execute(
      "INSERT INTO organisation (id, scheme, value, name, body, version) VALUES ($1, $2, $3, $4, $5, 1)",
      [.text(stored.id.text)] + columns(organisation))
    let place = try journal.append(
      Event(.organisationRegistered, subject: stored.id.text, actor: actor, data: stored.json),
      on: connection)
    return (stored, place)
  }

  /// Replaces an organisation's entry.
  /// - Throws: ``Problem`` `notFound`, `stale`, `preconditionRequired`, `duplicate`.
  func change(
    _ id: ID, to organisation: Organisation, ifMatch: String?, by actor: String,
    on connection: Connection
  ) throws -> (Stored, Journal.Place) {
    guard let old = try self.organisation(id, on: connection) else {
      throw Problem(.notFound, "There is no organisation with this id.")
    }
    try ETag.check(ifMatch, is: old.version)
    if let other = try self.organisation(organisation.identifier, on: connection), other.id != id {
      throw duplicate(of: other)
    }
    let stored = Stored(id: id, version: old.version + 1, body: .object(organisation.members))
    try connection.execute(
      """
      UPDATE organisation SET scheme = $2, value = $3, name = $4, body = $5, version = $6
      WHERE id = $1
      """, [.text(id.text)] + columns(organisation) + [.int(stored.version)])
    let place = try journal.append(
      Event(.organisationChanged, subject: id.text, actor: actor, data: stored.json),
      on: connection)
    return (stored, place)
  }

  private func columns(_ organisation: Organisation) -> [Value] {
    let body = String(decoding: JSON.object(organisation.members).bytes, as: UTF8.self)
    return [
      .text(organisation.identifier.scheme), .text(organisation.identifier.value),
      .text(organisation.name), .text(body),
    ]
  }

  private func duplicate(of known: Stored) -> Problem {
    let candidate = JSON.members([
      "id": known.id.json, "name": known.body["name"], "reason": "same_identifier",
    ])
    return Problem(
      .duplicate, "An organisation with this identifier is registered already.",
      extra: [.init("candidates", [candidate])])
  }

  /// Organisations a caller may see, by id, from after one on.
  func organisations(
    _ identifier: Identifier?, visible: Visibility, page: Page, on connection: Connection
  ) throws -> [Stored] {
    var conditions = Conditions(after: [.int(page.limit + 1)])
    conditions.add("o.id > ?", .text(page.after?.first ?? ""))
    if let identifier {
      conditions.add(
        "o.scheme = ? AND o.value = ?", .text(identifier.scheme), .text(identifier.value))
    }
    if !visible.all {
      conditions.add(
        """
        EXISTS (SELECT 1 FROM facility f
          WHERE f.organisation_id = o.id AND \(visible.condition.sql))
        """, values: visible.condition.values)
    }
    return try connection.query(
      """
      SELECT o.id, o.version, o.body FROM organisation o
      WHERE \(conditions.sql) ORDER BY o.id LIMIT $1
      """, conditions.parameters
    ).map(Stored.init)
  }
}

extension RegistryStore {
  /// Whether a caller may see an organisation. An operator of an authority may: one registers the facilities of
  /// its own authority for organisations that are at home, or have no facility yet, elsewhere.
  func isVisible(organisation id: ID, to actor: Actor, on connection: Connection) throws -> Bool {
    try actor.isRegistrar || isHeld(organisation: id, by: actor, on: connection)
  }

  /// Whether a caller's scope holds an organisation: all, itself, or a facility of it.
  func isHeld(organisation id: ID, by actor: Actor, on connection: Connection) throws -> Bool {
    if actor.grants.contains(where: { $0.scope == .organisation(id) && $0.role != .service }) {
      return true
    }
    let visible = Visibility(actor)
    if visible.all { return true }
    var conditions = Conditions()
    conditions.add("f.organisation_id = ?", .text(id.text))
    conditions.add(visible.condition.sql, values: visible.condition.values)
    return try connection.first(
      "SELECT f.id FROM facility f WHERE \(conditions.sql) LIMIT 1", conditions.parameters) != nil
  }
}
