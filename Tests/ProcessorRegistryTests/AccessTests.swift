import Crypto
import Foundation
import Models
import ServiceKit
import Testing

@Suite("Tokens, credentials and keys", .registry, .serialized)
struct AccessTests {
  private func token(
    _ form: String, type: String = "application/x-www-form-urlencoded", basic: String? = nil
  ) async throws -> Reply {
    let registry = try RunningRegistry.current
    let headers =
      [("Content-Type", type)] + (basic.map { [("Authorization", "Basic \($0)")] } ?? [])
    return Reply(
      try await registry.client.send(
        HTTPCall(
          method: "POST", url: registry.url + "/registry/v1/token", headers: headers,
          body: Array(form.utf8), retries: 0)))
  }

  private func me(_ authorization: String?) async throws -> Reply {
    let registry = try RunningRegistry.current
    let headers = authorization.map { [(name: "Authorization", value: $0)] } ?? []
    return Reply(
      try await registry.client.send(
        HTTPCall(
          url: registry.url + "/registry/v1/me", headers: headers, timeoutSeconds: 120,
          retries: 0)))
  }

  @Test("A key gives a token of an hour, in the form or as HTTP Basic")
  func token() async throws {
    let parts = try RunningRegistry.current.key().split(separator: ".").map(String.init)
    let good = try await token(
      "grant_type=client_credentials&client_id=\(parts[0])&client_secret=\(parts[1])")
    #expect(good.status == 200)
    #expect(good["token_type"]?.text == "Bearer")
    #expect(good["expires_in"]?.int == 3600)
    #expect(good.header("Cache-Control") == "no-store")
    let basic = Data("\(parts[0]):\(parts[1])".utf8).base64EncodedString()
    let second = try await token("grant_type=client_credentials", basic: basic)
    #expect(second.status == 200)
    let who = try await me("bearer \(second["access_token"]?.text ?? "")")
    #expect(who["credential_id"]?.text == parts[0])
    #expect(who["grants"] == ["analyst@all", "operator@all", "verifier@all"])
  }

  @Test("A token request that is wrong is refused as RFC 6749 says")
  func tokenErrors() async throws {
    let parts = try RunningRegistry.current.key().split(separator: ".").map(String.init)
    let (id, secret) = (parts[0], parts[1])
    let cases = [
      ("", 400, "invalid_request"),
      ("client_id=\(id)&client_secret=\(secret)", 400, "invalid_request"),
      (
        "grant_type=password&client_id=\(id)&client_secret=\(secret)", 400, "unsupported_grant_type"
      ),
      ("grant_type=client_credentials&client_id=\(id)&client_secret=x", 401, "invalid_client"),
      ("grant_type=client_credentials&client_id=\(id)&client_secret=", 401, "invalid_client"),
      ("grant_type=client_credentials&client_id=x&client_secret=\(secret)", 401, "invalid_client"),
      ("grant_type=client_credentials", 401, "invalid_client"),
      ("grant_type=client_credentials&client_id=%00&client_secret=%FF", 401, "invalid_client"),
    ]
    for (form, status, error) in cases {
      let reply = try await token(form)
      #expect(reply.status == status, "\(form)")
      #expect(reply["error"]?.text == error, "\(form)")
      #expect(reply["error_description"]?.text != nil)
      #expect(!reply.text.contains(secret))
    }
    #expect(try await token("{}", type: "application/json").status == 415)
  }

  @Test("Without a token, or with one that is none, nobody is let in")
  func noToken() async throws {
    let values = [
      nil, "", "Bearer", "Bearer ", "Basic eDp5", "Bearer x", "Bearer a.b.c", "Bearer ..",
      "Token x",
    ]
    for value in values {
      let reply = try await me(value)
      #expect(reply.status == 401, "\(value ?? "none")")
      #expect(reply.header("WWW-Authenticate") == "Bearer")
      #expect(reply.problem == "unauthenticated")
    }
  }

  /// The parts of a good token with header and claims changed, and its old signature.
  private func forged(
    _ token: String, header: (JSON) -> JSON = { $0 }, claims: (JSON) -> JSON = { $0 },
    signature: String? = nil
  ) throws -> String {
    let parts = token.split(separator: ".").map(String.init)
    let read = { (part: String) in try JSONParser.parse(try #require(Base64URL.decode(part))) }
    let write = { (json: JSON) in Base64URL.encode(json.bytes) }
    return [
      write(header(try read(parts[0]))), write(claims(try read(parts[1]))), signature ?? parts[2],
    ].joined(separator: ".")
  }

  @Test("A forged token is refused, whatever was forged")
  func forgeries() async throws {
    let caller = try await RunningRegistry.current.operator
    let good = caller.token
    let key = P256.Signing.PrivateKey()
    let signed = { (token: String) in
      let text = token.split(separator: ".").prefix(2).joined(separator: ".")
      let signature = try key.signature(for: Data(text.utf8)).rawRepresentation
      return text + "." + Base64URL.encode(Array(signature))
    }
    let tokens = [
      try forged(good, claims: { $0.with("exp", .int(4_000_000_000)) }),
      try forged(good, claims: { $0.with("grants", ["operator@all", "service@all"]) }),
      try forged(good, header: { $0.with("kid", "01890000-0000-7000-8000-00000000dead") }),
      try forged(good, header: { $0.with("kid", nil) }),
      try forged(good, header: { $0.with("kid", .int(1)) }),
      try forged(good, header: { $0.with("alg", "none") }, signature: ""),
      try forged(good, header: { $0.with("alg", "none") }),
      try forged(good, header: { $0.with("alg", "HS256") }),
      try forged(good, header: { $0.with("typ", "JWT") }),
      try forged(good, header: { $0.with("typ", nil) }),
      try forged(good, header: { $0.with("crit", ["exp"]) }),
      try signed(good), try signed(try forged(good, header: { $0.with("kid", "x") })),
      String(good.dropLast()), good + "x", good + ".", "." + good, good.uppercased(),
    ]
    for token in tokens {
      let reply = try await me("Bearer \(token)")
      #expect(reply.status == 401, "\(token)")
    }
    #expect(try await me("Bearer \(good)").status == 200)
  }

  @Test("A revoked credential is refused within two seconds, and its key gives no token")
  func revoked() async throws {
    let caller = try await RunningRegistry.current.operator
    let analyst = try await caller.issue(["analyst@all"])
    #expect(try await analyst.get("me").status == 200)
    let id = analyst.key.split(separator: ".")[0]
    let revoke = { (path: String) in
      try await caller.post(path, .members(["reason": "left"]))
    }
    #expect(try await revoke("credentials/\(id)/revocation").status == 201)
    let end = ContinuousClock.now + .seconds(2)
    var status = try await analyst.get("me").status
    while status != 401, ContinuousClock.now < end { status = try await analyst.get("me").status }
    #expect(status == 401)
    let secret = analyst.key.split(separator: ".")[1]
    let refused = try await token(
      "grant_type=client_credentials&client_id=\(id)&client_secret=\(secret)")
    #expect(refused.status == 401)
    #expect(refused["error"]?.text == "invalid_client")
    #expect(try await revoke("credentials/\(id)/revocation").status == 409)
    let shown = try await caller.get("credentials/\(id)")
    #expect(shown["revoked_at"]?.text != nil)
    #expect(
      try await revoke("credentials/01890000-0000-7000-8000-00000000dead/revocation").status == 404)
  }

  @Test("After a rotation old tokens go on; after a revocation of the key they end")
  func rotation() async throws {
    let registry = try RunningRegistry.current
    let caller = try await registry.operator
    let kid = { (token: String) in
      let header = Base64URL.decode(String(token.split(separator: ".")[0])) ?? []
      return try JSONParser.parse(header)["kid"]?.text
    }
    let old = try #require(try kid(caller.token))
    let rotated = try await caller.post("keys", .object([]))
    #expect(rotated.status == 201)
    let new = try await registry.operator
    #expect(try kid(new.token) == rotated["kid"]?.text)
    #expect(try await caller.get("me").status == 200, "the old token goes on")
    let published = { () async throws -> [String] in
      try await caller.get("/registry/v1/keys.json")["keys"]?.elements
        .compactMap { $0["kid"]?.text } ?? []
    }
    #expect(try await published().contains(old))
    let reason = JSON.members(["reason": "leaked"])
    #expect(try await new.post("keys/\(old)/revocation", reason).status == 201)
    #expect(try await caller.get("me").status == 401, "the old token ends")
    #expect(try await new.get("me").status == 200)
    #expect(try await new.post("keys/\(old)/revocation", reason).status == 404)
    #expect(try await !published().contains(old))
    let last = try #require(rotated["kid"]?.text)
    #expect(try await new.post("keys/\(last)/revocation", reason).status == 201)
    #expect(try await new.get("me").status == 401)
    let third = try await registry.operator
    #expect(try await third.get("me").status == 200, "the last key was replaced")
  }

  @Test("Only an operator over all issues credentials and keys")
  func issuing() async throws {
    let caller = try await RunningRegistry.current.operator
    let body = JSON.members([
      "holder": "x", "holder_kind": "person", "grants": ["operator@all"],
    ])
    for grant in ["operator@authority:130000", "analyst@all", "verifier@all", "service@all"] {
      let other = try await caller.issue([grant])
      #expect(try await other.post("credentials", body).status == 403, "\(grant)")
      #expect(try await other.get("credentials").status == 403, "\(grant)")
      #expect(try await other.post("keys", .object([])).status == 403, "\(grant)")
      let feed = try await other.get("journal")
      #expect(feed.status == (grant == "service@all" ? 200 : 403), "\(grant)")
    }
    let wrong: [(String, JSON?)] = [
      ("grants", []), ("grants", ["boss@all"]), ("grants", ["analyst"]), ("grants", [.int(1)]),
      ("grants", ["analyst@authority:999999"]), ("grants", ["reporter@organisation:x"]),
      ("grants", ["reporter@organisation:01890000-0000-7000-8000-00000000dead"]), ("grants", nil),
      ("holder", nil), ("holder_kind", "robot"), ("key", "x"),
    ]
    for (path, value) in wrong {
      let reply = try await caller.post("credentials", body.with(path, value))
      #expect(reply.status == 422, "\(path) \(value as Any)")
      #expect(reply.pointers == ["/\(path)"], "\(reply.text)")
    }
  }

  @Test("A reporter sees and changes what is its own organisation's, and no more")
  func reporter() async throws {
    let caller = try await RunningRegistry.current.operator
    let (own, other) = (try await Enrolled(by: caller), try await Enrolled(by: caller))
    let theirs = try await other.report()
    let reporter = own.reporter
    let id = theirs["id"]?.text ?? ""
    for path in [
      "facilities/\(other.facility)", "organisations/\(other.organisation)", "throughput/\(id)",
      "throughput/\(id)/revisions", "throughput/\(id)/receipt", "throughput/\(id)/revisions/1",
      "facilities/\(other.facility)/qualification",
    ] {
      #expect(try await reporter.get(path).status == 404, "\(path)")
    }
    let revised = Sample.report(other.facility).with("reason", "x")
    #expect(try await reporter.put("throughput/\(id)", revised, ifMatch: "\"1\"").status == 404)
    #expect(
      try await reporter.post(
        "throughput/\(id)/withdrawal", .members(["reason": "x"]), ifMatch: "\"1\""
      ).status == 404)
    let site = Sample.facility(other.organisation)
    #expect(
      try await reporter.put("facilities/\(other.facility)", site, ifMatch: "\"1\"").status == 404)
    #expect(try await reporter.post("facilities", site).pointers == ["/organisation_id"])
    let listed = { (path: String) in
      try await reporter.get(path)["items"]?.elements.compactMap { $0["id"]?.text }
    }
    #expect(try await listed("facilities") == [own.facility])
    #expect(try await listed("organisations") == [own.organisation])
    #expect(try await listed("throughput") == [])
    #expect(try await listed("throughput?facility_id=\(other.facility)") == [])
    #expect(try await reporter.post("facilities", Sample.facility(own.organisation)).status == 201)
    let designated = Sample.facility(own.organisation).with(
      "designations", [.members(["kind": "green_factory", "from": "2025-01-01"])])
    #expect(try await reporter.post("facilities", designated).status == 403)
    #expect(try await reporter.post("organisations", Sample.organisation()).status == 403)
    let organisation = "organisations/\(own.organisation)"
    #expect(
      try await reporter.put(organisation, Sample.organisation(), ifMatch: "\"1\"").status == 403)
    #expect(try await reporter.bulk("facilities/bulk", "x").status == 403)
  }

  @Test("An operator of an authority registers and changes what is there, and no more")
  func authority() async throws {
    let caller = try await RunningRegistry.current.operator
    let hebei = try await caller.issue(["operator@authority:130000"])
    let there = try await Enrolled(by: caller)
    let elsewhere = try await Enrolled(by: caller, province: "140000")
    #expect(try await hebei.get("facilities/\(there.facility)").status == 200)
    #expect(try await hebei.get("facilities/\(elsewhere.facility)").status == 404)
    let made = try await hebei.post("organisations", Sample.organisation())
    #expect(made.status == 201)
    let id = made["id"]?.text ?? ""
    #expect(try await hebei.get("organisations/\(id)").status == 200, "its own Location")
    let first = try await hebei.post("facilities", Sample.facility(id))
    #expect(first.status == 201, "\(first.text)")
    let foreign = Sample.facility(id, province: "140000")
    #expect(try await hebei.post("facilities", foreign).status == 403)
    let guest = try await hebei.post("facilities", Sample.facility(elsewhere.organisation))
    #expect(guest.status == 201, "an organisation at home elsewhere opens a site here")
    let path = "organisations/\(try await Enrolled(by: caller, province: "140000").organisation)"
    #expect(try await hebei.put(path, Sample.organisation(), ifMatch: "\"1\"").status == 403)
    let report = try await there.report()
    #expect(try await hebei.get("throughput/\(report["id"]?.text ?? "")").status == 200)
    #expect(
      try await hebei.post("throughput", Sample.report(there.facility, "2025-02")).status == 403)
    let far = try await elsewhere.report()
    #expect(try await hebei.get("throughput/\(far["id"]?.text ?? "")").status == 404)
    let listed = try await hebei.get("facilities?province=140000")
    #expect(listed["items"] == [])
  }
}
