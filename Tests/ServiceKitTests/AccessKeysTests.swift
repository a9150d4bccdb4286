import Crypto
import Foundation
import Models
import ServiceKit
import Storage
import Testing

@Suite("Verifying access tokens against keys and revocations")
struct AccessKeysTests {
  private static let issuer = "https://registry.test"
  private static let credential = "01890000-0000-7000-8000-000000000001"

  /// A database that knows a key, and tokens signed with it by hand.
  private struct Signer {
    let key = P256.Signing.PrivateKey()
    let kid = "01890000-0000-7000-8000-00000000aaaa"

    var published: JSON {
      let point = Array(key.publicKey.rawRepresentation)
      return .members([
        "type": "remelt.key.published.v1", "subject": .string(kid), "time": "2025-01-01T00:00:00Z",
        "data": .members([
          "kid": .string(kid), "issuer": .string(AccessKeysTests.issuer),
          "x": .string(Base64URL.encode(Array(point[..<32]))),
          "y": .string(Base64URL.encode(Array(point[32...]))),
        ]),
      ])
    }

    func token(
      header: [String: JSON?] = [:], claims: [String: JSON?] = [:], at seconds: Int64
    ) throws -> String {
      let head: [String: JSON?] = [
        "alg": "ES256", "typ": "at+jwt", "kid": .string(kid),
      ]
      let body: [String: JSON?] = [
        "iss": .string(AccessKeysTests.issuer), "sub": .string(AccessKeysTests.credential),
        "client_id": .string(AccessKeysTests.credential), "aud": "remelt", "iat": .int(seconds),
        "exp": .int(seconds + 3600), "jti": "x", "grants": ["analyst@all", "boss@all"],
      ]
      let text = [head.merging(header) { $1 }, body.merging(claims) { $1 }].map { part in
        Base64URL.encode(
          JSON.object(
            part.sorted { $0.key < $1.key }.compactMap { name, value in
              value.map { .init(name, $0) }
            }
          ).bytes)
      }.joined(separator: ".")
      let signature = try key.signature(for: Data(text.utf8)).rawRepresentation
      return text + "." + Base64URL.encode(Array(signature))
    }
  }

  private func with(
    _ body: (AccessKeys, Signer, Time, Database) async throws -> Void
  ) async throws {
    let time = try Time("2025-06-01T00:00:00Z")
    let signer = Signer()
    try await withDatabase { database in
      let keys = try await AccessKeys(database: database, clock: time.clock)
      try await database.write { try AccessKeys.apply(signer.published, on: $0) }
      try await keys.reload()
      try await body(keys, signer, time, database)
    }
  }

  private func isRefused(_ keys: AccessKeys, _ token: String) async throws -> Bool {
    do {
      _ = try await keys.actor(for: token)
      return false
    } catch let problem as Problem {
      #expect(problem.kind == .unauthenticated)
      return true
    }
  }

  @Test("A good token names its credential, and only grants that exist")
  func good() async throws {
    try await with { keys, signer, time, _ in
      let actor = try await keys.actor(for: try signer.token(at: time.seconds))
      #expect(actor.credential.text == Self.credential)
      #expect(actor.grants.map(\.text) == ["analyst@all"])
      let shouted = try signer.token(header: ["typ": "AT+JWT"], at: time.seconds)
      #expect(try await !isRefused(keys, shouted), "typ has no case")
    }
  }

  @Test("A token ends with the second it says, remembered or not")
  func expired() async throws {
    try await with { keys, signer, time, _ in
      let token = try signer.token(at: time.seconds)
      #expect(try await !isRefused(keys, token))
      time.pass(seconds: 3599)
      #expect(try await !isRefused(keys, token))
      let unseen = try signer.token(claims: ["jti": "y"], at: time.seconds - 3600)
      #expect(try await isRefused(keys, unseen))
      time.pass(seconds: 1)
      #expect(try await isRefused(keys, token))
    }
  }

  @Test("A token from more than a minute ahead is refused")
  func ahead() async throws {
    try await with { keys, signer, time, _ in
      let (minute, later) = (
        try signer.token(at: time.seconds + 60), try signer.token(at: time.seconds + 61)
      )
      #expect(try await !isRefused(keys, minute))
      #expect(try await isRefused(keys, later))
    }
  }

  @Test("Header and claims are checked one by one")
  func checks() async throws {
    try await with { keys, signer, time, _ in
      let now = time.seconds
      let headers: [[String: JSON?]] = [
        ["alg": "none"], ["alg": "HS256"], ["alg": "ES384"], ["alg": nil], ["typ": "JWT"],
        ["typ": nil], ["kid": "x"], ["kid": nil], ["kid": .int(1)], ["crit": ["exp"]],
      ]
      for header in headers {
        let token = try signer.token(header: header, at: now)
        #expect(try await isRefused(keys, token), "\(header)")
      }
      let claims: [[String: JSON?]] = [
        ["aud": "other"], ["aud": nil], ["aud": ["remelt"]], ["iss": "https://evil.test"],
        ["iss": nil], ["sub": "x"], ["client_id": "x"], ["exp": nil],
        ["exp": "soon"], ["exp": .int(now)], ["exp": .number("1e400")], ["iat": nil],
        ["grants": nil], ["client_id": "not-a-uuid", "sub": "not-a-uuid"],
      ]
      for claim in claims {
        let token = try signer.token(claims: claim, at: now)
        #expect(try await isRefused(keys, token), "\(claim)")
      }
    }
  }

  @Test("A token signed with another key is refused, whatever kid it names")
  func otherKey() async throws {
    try await with { keys, signer, time, _ in
      let forged = try Signer().token(at: time.seconds)
      #expect(try await isRefused(keys, forged))
      let good = try signer.token(at: time.seconds)
      let swapped = good.split(separator: ".").prefix(2) + [forged.split(separator: ".")[2]]
      #expect(try await isRefused(keys, swapped.joined(separator: ".")))
      for text in ["", ".", "..", "...", "a.b.c", good + ".", " " + good] {
        #expect(try await isRefused(keys, text), "\(text)")
      }
    }
  }

  private func event(_ type: String, _ subject: String, _ moment: String) -> JSON {
    .members([
      "type": .string(type), "subject": .string(subject), "time": .string(moment),
      "data": .members(["kid": .string(subject), "reason": "x"]),
    ])
  }

  @Test("A revoked credential's remembered token is refused a second later at most")
  func revokedCredential() async throws {
    try await with { keys, signer, time, database in
      let token = try signer.token(at: time.seconds)
      #expect(try await !isRefused(keys, token))
      let revoked = event("remelt.credential.revoked.v1", Self.credential, "2025-06-01T00:00:00Z")
      try await database.write { try AccessKeys.apply(revoked, on: $0) }
      time.pass(seconds: 2)
      #expect(try await isRefused(keys, token))
      time.pass(seconds: 3000)
      #expect(try await isRefused(keys, token), "as long as the token lives")
    }
  }

  @Test("A revoked key's tokens are refused, and another key's go on")
  func revokedKey() async throws {
    try await with { keys, signer, time, database in
      let second = Signer()
      let renamed = String(
        decoding: second.published.bytes, as: UTF8.self
      ).replacing(second.kid, with: "second")
      let published = try JSONParser.parse(Array(renamed.utf8))
      let revoked = event("remelt.key.revoked.v1", signer.kid, "2025-06-01T00:00:00Z")
      let token = try signer.token(at: time.seconds)
      #expect(try await !isRefused(keys, token))
      try await database.write { connection in
        try AccessKeys.apply(published, on: connection)
        try AccessKeys.apply(revoked, on: connection)
      }
      time.pass(seconds: 2)
      #expect(try await isRefused(keys, token))
      let other = try second.token(header: ["kid": "second"], at: time.seconds)
      #expect(try await !isRefused(keys, other))
    }
  }
}
