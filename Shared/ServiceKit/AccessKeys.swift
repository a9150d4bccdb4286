import Crypto
import Foundation
import JWTKit
import Models
import Storage
import Synchronization

/// What an access token says (RFC 9068).
package struct AccessClaims: JWTPayload {
  package let iss: String
  package let sub: String
  package let aud: String
  package let client_id: String
  /// Seconds since 1970.
  package let iat: Int64
  package let exp: Int64
  package let jti: String
  package let grants: [String]

  /// Every service's tokens are for all of them.
  package static let audience = "remelt"
  package static let type = "at+jwt"

  package init(
    issuer: String, credential: ID, grants: [String], at now: Int64, seconds: Int64, id: ID
  ) {
    iss = issuer
    sub = credential.text
    aud = AccessClaims.audience
    client_id = credential.text
    iat = now
    exp = now + seconds
    jti = id.text
    self.grants = grants
  }

  /// Time, issuer and audience are checked by ``AccessKeys``, against its own clock.
  package func verify(using _: some JWTAlgorithm) throws {}
}

/// Verifies access tokens locally: against the public keys and revocations that this service has,
/// its own (the registry) or followed (the others). Verified tokens are remembered until they
/// expire.
package final class AccessKeys: Sendable {
  package static let migrations = [
    Migration(
      1,
      """
      CREATE TABLE access_key (
        kid TEXT PRIMARY KEY, issuer TEXT NOT NULL, x TEXT NOT NULL, y TEXT NOT NULL,
        published_at BIGINT NOT NULL, revoked_at BIGINT);
      CREATE TABLE access_revocation (
        credential TEXT PRIMARY KEY, revoked_at BIGINT NOT NULL);
      """)
  ]

  /// Longer than any token lives: older revocations concern no living token.
  private static let revocationHorizon: Int64 = 86_400
  private static let rememberedTokens = 20_000
  private static let refreshMilliseconds: Int64 = 1000
  /// How soon they are read again for a token whose key is not known.
  private static let retryMilliseconds: Int64 = 100

  private struct Key {
    let issuer: String
    let publicKey: ES256PublicKey
  }

  private struct State {
    var loadedAt = Instant(milliseconds: 0)
    var keys: [String: Key] = [:]
    var revoked: Set<String> = []
    var verified: [String: (actor: Actor, kid: String, expires: Int64)] = [:]
  }

  private let database: Database
  private let clock: Clock
  private let state = Mutex(State())

  package init(database: Database, clock: Clock) async throws {
    self.database = database
    self.clock = clock
    try await database.migrate("access", Self.migrations)
    try await reload()
  }

  /// Stores what a registry's event says about keys and credentials, inside its transaction.
  package static func apply(_ event: JSON, on connection: Connection) throws {
    guard let type = event["type"]?.text.flatMap(EventType.init),
      [.keyPublished, .keyRevoked, .credentialRevoked].contains(type), let data = event["data"],
      let time = event["time"]?.text.flatMap(Instant.init)
    else { return }
    let moment = Value.int(time.milliseconds)
    switch type {
    case .keyPublished:
      let texts = ["kid", "issuer", "x", "y"].map { Value.text(data[$0]?.text ?? "") }
      try connection.execute(
        """
        INSERT INTO access_key (kid, issuer, x, y, published_at) VALUES ($1, $2, $3, $4, $5)
        ON CONFLICT (kid) DO NOTHING
        """, texts + [moment])
    case .keyRevoked:
      try connection.execute(
        "UPDATE access_key SET revoked_at = $2 WHERE kid = $1",
        [.text(data["kid"]?.text ?? ""), moment])
    case .credentialRevoked:
      try connection.execute(
        """
        INSERT INTO access_revocation (credential, revoked_at) VALUES ($1, $2)
        ON CONFLICT (credential) DO NOTHING
        """, [.text(event["subject"]?.text ?? ""), moment])
    default: return
    }
  }

  /// Reads keys and revocations anew.
  package func reload() async throws {
    let now = clock.now()
    let horizon = now.adding(seconds: -Self.revocationHorizon).milliseconds
    let (keys, revoked) = try await database.read { connection in
      let keys = try connection.query(
        "SELECT kid, issuer, x, y FROM access_key WHERE revoked_at IS NULL"
      ).map { row in
        (
          try row.text("kid"),
          Key(
            issuer: try row.text("issuer"),
            publicKey: try ES256PublicKey(parameters: (x: row.text("x"), y: row.text("y"))))
        )
      }
      let revoked = try connection.query(
        "SELECT credential FROM access_revocation WHERE revoked_at > $1", [.int(horizon)]
      ).map { try $0.text("credential") }
      return (Dictionary(uniqueKeysWithValues: keys), Set(revoked))
    }
    state.withLock {
      $0.loadedAt = now
      $0.keys = keys
      $0.revoked = revoked
    }
  }

  /// Who a token stands for.
  /// - Throws: ``Problem`` `unauthenticated`, saying what is wrong with it.
  package func actor(for token: String) async throws -> Actor {
    let now = clock.now()
    if now.milliseconds - state.withLock({ $0.loadedAt.milliseconds }) > Self.refreshMilliseconds {
      try await reload()
    }
    if let known = remembered(token, at: now) { return known }
    let (actor, kid, expires) = try await verify(token, at: now)
    state.withLock {
      if $0.verified.count >= Self.rememberedTokens { $0.verified.removeAll() }
      $0.verified[token] = (actor, kid, expires)
    }
    return actor
  }

  private func remembered(_ token: String, at now: Instant) -> Actor? {
    state.withLock { state in
      guard let known = state.verified[token], known.expires > now.milliseconds / 1000,
        state.keys[known.kid] != nil, !state.revoked.contains(known.actor.credential.text)
      else { return nil }
      return known.actor
    }
  }

  /// jwt-kit falls back to a default key for an unknown `kid` and does not look at `typ`: header
  /// and claims are checked here, one by one, and the key is named.
  private func verify(_ token: String, at now: Instant) async throws -> (Actor, String, Int64) {
    let parts = token.split(separator: ".", omittingEmptySubsequences: false)
    guard parts.count == 3, let header = Self.json(parts[0]), header["alg"]?.text == "ES256",
      header["typ"]?.text?.lowercased() == AccessClaims.type, let kid = header["kid"]?.text,
      header["crit"] == nil
    else { throw Problem(.unauthenticated, "This is no access token of Remelt.") }
    let unknown = state.withLock { $0.keys[kid] == nil ? $0.loadedAt : now }
    if now.milliseconds - unknown.milliseconds > Self.retryMilliseconds {
      // A key that was published a moment ago, perhaps.
      try await reload()
    }
    guard let key = state.withLock({ $0.keys[kid] }) else {
      throw Problem(
        .unauthenticated,
        "The token was signed with a key that is not known (any more): fetch a new token.")
    }
    let collection = JWTKeyCollection()
    await collection.add(ecdsa: key.publicKey, kid: JWKIdentifier(string: kid))
    let claims: AccessClaims
    do {
      claims = try await collection.verify(token, as: AccessClaims.self)
    } catch {
      throw Problem(.unauthenticated, "The token's signature does not hold.")
    }
    let seconds = now.milliseconds / 1000
    guard claims.iss == key.issuer, claims.aud == AccessClaims.audience,
      let credential = ID(claims.client_id), claims.sub == claims.client_id
    else { throw Problem(.unauthenticated, "The token was made for something else.") }
    guard claims.exp > seconds, claims.iat <= seconds + 60 else {
      throw Problem(.unauthenticated, "The token has expired: fetch a new one.")
    }
    guard !state.withLock({ $0.revoked.contains(credential.text) }) else {
      throw Problem(.unauthenticated, "This credential was revoked.")
    }
    let actor = Actor(credential: credential, grants: Set(claims.grants.compactMap(Grant.init)))
    return (actor, kid, claims.exp)
  }

  private static func json(_ part: Substring) -> JSON? {
    Base64URL.decode(String(part)).flatMap { try? JSONParser.parse($0) }
  }
}

/// Base64 for URLs, without padding (RFC 4648 §5).
package enum Base64URL {
  package static func encode(_ bytes: [UInt8]) -> String {
    Data(bytes).base64EncodedString().replacing("+", with: "-").replacing("/", with: "_")
      .replacing("=", with: "")
  }

  package static func decode(_ text: String) -> [UInt8]? {
    guard text.utf8.allSatisfy({ $0 != UInt8(ascii: "+") && $0 != UInt8(ascii: "/") }) else {
      return nil
    }
    let standard = text.replacing("-", with: "+").replacing("_", with: "/")
    let padding = String(repeating: "=", count: (4 - standard.utf8.count % 4) % 4)
    return Data(base64Encoded: standard + padding).map(Array.init)
  }
}
