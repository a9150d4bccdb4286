import Crypto
import Foundation
import JWTKit
import Journal
import Models
import ServiceKit
import Storage

/// A credential of a person or a machine; its secret is stored as a hash only.
struct Credential: Sendable {
  let id: ID
  let holder: String
  let holderKind: HolderKind
  let grants: [Grant]
  let createdAt: Instant
  let revokedAt: Instant?

  enum HolderKind: String, CaseIterable, Sendable { case person, machine }

  var json: JSON {
    .members([
      "id": id.json, "holder": .string(holder), "holder_kind": .string(holderKind.rawValue),
      "grants": .array(grants.map { .string($0.text) }), "created_at": createdAt.json,
      "revoked_at": revokedAt?.json,
    ])
  }
}

extension Credential {
  init(_ row: Row) throws {
    guard let id = ID(try row.text("id")),
      let kind = HolderKind(rawValue: try row.text("holder_kind"))
    else { throw StorageFailure.misuse("a stored credential cannot be read") }
    self.init(
      id: id, holder: try row.text("holder"), holderKind: kind,
      grants: try row.text("grants").split(separator: " ").compactMap { Grant(String($0)) },
      createdAt: Instant(milliseconds: try row.int("created_at")),
      revokedAt: try row.optionalInt("revoked_at").map(Instant.init(milliseconds:)))
  }
}

extension RegistryStore {
  private static let columns = "id, holder, holder_kind, grants, created_at, revoked_at"

  /// Issues a credential and journals it without its secret.
  /// - Returns: the credential, and its key `<id>.<secret>`, which is not kept.
  func issue(
    holder: String, kind: Credential.HolderKind, grants: [Grant], by actor: String,
    on connection: Connection
  ) throws -> (Credential, key: String, Journal.Place) {
    let now = clock.now()
    let secret = Base64URL.encode(random.bytes(32))
    let credential = Credential(
      id: random.id(at: now), holder: holder, holderKind: kind, grants: grants, createdAt: now,
      revokedAt: nil)
    try connection.execute(
      """
      INSERT INTO credential (id, holder, holder_kind, grants, secret_hash, created_at)
      VALUES ($1, $2, $3, $4, $5, $6)
      """,
      [
        .text(credential.id.text), .text(holder), .text(kind.rawValue),
        .text(grants.map(\.text).joined(separator: " ")), .blob(Self.hash(secret)),
        .int(now.milliseconds),
      ])
    let place = try journal.append(
      Event(.credentialIssued, subject: credential.id.text, actor: actor, data: credential.json),
      on: connection)
    return (credential, "\(credential.id).\(secret)", place)
  }

  /// The secret has 256 random bits: a plain hash is enough.
  private static func hash(_ secret: String) -> [UInt8] {
    Array(SHA256.hash(data: Array(secret.utf8)))
  }

  /// The credential a key opens, or nil.
  func credential(_ id: ID, secret: String) async throws -> Credential? {
    try await database.read { connection in
      guard
        let row = try connection.first(
          "SELECT \(Self.columns), secret_hash FROM credential WHERE id = $1 AND revoked_at IS NULL",
          [.text(id.text)])
      else { return nil }
      let (known, given) = (try row.blob("secret_hash"), Self.hash(secret))
      let difference = zip(known, given).reduce(0) { $0 | ($1.0 ^ $1.1) }
      return known.count == given.count && difference == 0 ? try Credential(row) : nil
    }
  }

  func credential(_ id: ID, on connection: Connection) throws -> Credential? {
    try connection.first(
      "SELECT \(Self.columns) FROM credential WHERE id = $1", [.text(id.text)]
    ).map(Credential.init)
  }

  func credentials(page: Page, on connection: Connection) throws -> [Credential] {
    try connection.query(
      "SELECT \(Self.columns) FROM credential WHERE id > $1 ORDER BY id LIMIT $2",
      [.text(page.after?.first ?? ""), .int(page.limit + 1)]
    ).map(Credential.init)
  }

  /// Revokes a credential: its tokens are refused by every service that has followed this far.
  func revoke(_ credential: Credential, reason: String, by actor: String, on connection: Connection)
    throws -> Journal.Place
  {
    guard credential.revokedAt == nil else {
      throw Problem(.conflict, "This credential was revoked already.")
    }
    try connection.execute(
      "UPDATE credential SET revoked_at = $2 WHERE id = $1",
      [.text(credential.id.text), .int(clock.now().milliseconds)])
    return try recordAccess(
      Event(
        .credentialRevoked, subject: credential.id.text, actor: actor,
        data: .members(["reason": .string(reason)])), on: connection)
  }

  func hasSigningKey(on connection: Connection) throws -> Bool {
    try connection.first("SELECT kid FROM signing_key WHERE revoked_at IS NULL") != nil
  }

  func hasCredential(on connection: Connection) throws -> Bool {
    try connection.first("SELECT id FROM credential LIMIT 1") != nil
  }

  /// Makes a new signing key; tokens are signed with the newest.
  func makeSigningKey(issuer: String, by actor: String, on connection: Connection) throws
    -> (kid: String, Journal.Place)
  {
    let key = P256.Signing.PrivateKey()
    let kid = random.id(at: clock.now()).text
    try connection.execute(
      "INSERT INTO signing_key (kid, private_key, created_at) VALUES ($1, $2, $3)",
      [
        .text(kid), .blob(Array(key.rawRepresentation)), .int(clock.now().milliseconds),
      ])
    let point = Array(key.publicKey.rawRepresentation)
    let place = try recordAccess(
      Event(
        .keyPublished, subject: kid, actor: actor,
        data: .members([
          "kid": .string(kid), "issuer": .string(issuer), "kty": "EC", "crv": "P-256",
          "alg": "ES256", "x": .string(Base64URL.encode(Array(point[..<32]))),
          "y": .string(Base64URL.encode(Array(point[32...]))),
        ])), on: connection)
    return (kid, place)
  }

  /// Revokes a signing key and all tokens it signed. The last one is replaced first.
  func revokeSigningKey(
    _ kid: String, issuer: String, reason: String, by actor: String, on connection: Connection
  ) throws -> Journal.Place {
    let living = try connection.query(
      "SELECT kid FROM signing_key WHERE revoked_at IS NULL"
    ).map { try $0.text("kid") }
    guard living.contains(kid) else {
      throw Problem(.notFound, "There is no living key with this kid.")
    }
    if living == [kid] { _ = try makeSigningKey(issuer: issuer, by: actor, on: connection) }
    try connection.execute(
      "UPDATE signing_key SET revoked_at = $2 WHERE kid = $1",
      [.text(kid), .int(clock.now().milliseconds)])
    return try recordAccess(
      Event(
        .keyRevoked, subject: kid, actor: actor,
        data: .members(["kid": .string(kid), "reason": .string(reason)])), on: connection)
  }

  /// Journals what concerns access, and takes it in as every follower does.
  private func recordAccess(_ event: Event, on connection: Connection) throws -> Journal.Place {
    let place = try journal.append(event, on: connection)
    try AccessKeys.apply(
      .members([
        "type": .string(event.type.rawValue), "subject": .string(event.subject),
        "time": place.recordedAt.json, "data": event.data,
      ]), on: connection)
    return place
  }

  /// Signs an access token with the newest key.
  func token(for credential: Credential, issuer: String, seconds: Int64) async throws -> String {
    let row = try await database.read { connection in
      try connection.first(
        """
        SELECT kid, private_key FROM signing_key WHERE revoked_at IS NULL
        ORDER BY created_at DESC, kid DESC LIMIT 1
        """)
    }
    guard let row else { throw StorageFailure.misuse("there is no signing key") }
    let key = try P256.Signing.PrivateKey(rawRepresentation: row.blob("private_key"))
    let kid = JWKIdentifier(string: try row.text("kid"))
    let keys = JWTKeyCollection()
    await keys.add(ecdsa: try ES256PrivateKey(backing: key), kid: kid)
    let now = clock.now()
    let claims = AccessClaims(
      issuer: issuer, credential: credential.id, grants: credential.grants.map(\.text),
      at: now.milliseconds / 1000, seconds: seconds, id: random.id(at: now))
    return try await keys.sign(
      claims, kid: kid, header: JWTHeader(fields: ["typ": .string(AccessClaims.type)]))
  }

  /// The public keys for outsiders (RFC 7517).
  func jwks(on connection: Connection) throws -> JSON {
    let keys = try connection.query(
      "SELECT kid, x, y FROM access_key WHERE revoked_at IS NULL ORDER BY published_at, kid"
    ).map { row in
      JSON.members([
        "kty": "EC", "crv": "P-256", "alg": "ES256", "use": "sig",
        "kid": .string(try row.text("kid")), "x": .string(try row.text("x")),
        "y": .string(try row.text("y")),
      ])
    }
    return .members(["keys": .array(keys)])
  }
}
