import Models
import Testing

@Suite("Repeating a request with its idempotency key", .registry, .serialized)
struct RepeatingTests {
  @Test("Without a key, or with one that is no key, nothing is created")
  func missing() async throws {
    let caller = try await RunningRegistry.current.operator
    let keys = [nil, "", " ", "a b", "clé", String(repeating: "x", count: 101)]
    try await expectNothingWritten(caller) {
      for key in keys {
        let reply = try await caller.post("organisations", Sample.organisation(), key: key)
        #expect(reply.status == 400, "\(key ?? "none")")
        #expect(reply.problem == "malformed")
      }
    }
    let longest = String(repeating: "x", count: 100)
    #expect(
      try await caller.post("organisations", Sample.organisation(), key: longest).status == 201)
  }

  @Test("The same key and body give the first answer again, and one entry")
  func replay() async throws {
    let caller = try await RunningRegistry.current.operator
    let (key, body) = (Caller.fresh(), Sample.organisation())
    let first = try await caller.post("organisations", body, key: key)
    #expect(first.header("Idempotent-Replay") == nil)
    try await expectNothingWritten(caller) {
      let again = try await caller.post("organisations", body, key: key)
      #expect(again.status == 201)
      #expect(again.body == first.body)
      #expect(again.header("Idempotent-Replay") == "true")
      for name in ["Location", "ETag", "Journal-Position", "Content-Type"] {
        #expect(again.header(name) == first.header(name), "\(name)")
      }
    }
  }

  @Test("The same key with another body, query or precondition is refused")
  func otherBody() async throws {
    let caller = try await RunningRegistry.current.operator
    let (key, body) = (Caller.fresh(), Sample.organisation())
    _ = try await caller.post("organisations", body, key: key)
    try await expectNothingWritten(caller) {
      let other = try await caller.post("organisations", body.with("name", "Other"), key: key)
      #expect(other.status == 422)
      #expect(other.problem == "idempotency-key-reused")
      let precondition = try await caller.post("organisations", body, key: key, ifMatch: "\"1\"")
      #expect(precondition.status == 422)
    }
  }

  @Test("A key belongs to a credential and a path")
  func scope() async throws {
    let caller = try await RunningRegistry.current.operator
    let other = try await caller.issue(["operator@all"])
    let key = Caller.fresh()
    #expect(try await caller.post("organisations", Sample.organisation(), key: key).status == 201)
    #expect(try await other.post("organisations", Sample.organisation(), key: key).status == 201)
    #expect(try await caller.post("keys", .object([]), key: key).status == 201)
  }

  @Test("A refusal leaves the key free for the corrected request")
  func refusal() async throws {
    let caller = try await RunningRegistry.current.operator
    let key = Caller.fresh()
    let wrong = try await caller.post(
      "organisations", Sample.organisation().with("name", nil), key: key)
    #expect(wrong.status == 422)
    #expect(try await caller.post("organisations", Sample.organisation(), key: key).status == 201)
  }

  @Test("A credential's secret is told once; a replay has none")
  func credential() async throws {
    let caller = try await RunningRegistry.current.operator
    let body = JSON.members([
      "holder": "A tester", "holder_kind": "machine", "grants": ["analyst@all"],
    ])
    let key = Caller.fresh()
    let first = try await caller.post("credentials", body, key: key)
    #expect(first.status == 201)
    #expect(first["key"]?.text?.hasPrefix("\(first["id"]?.text ?? "?").") == true)
    #expect(first.header("Cache-Control") == "no-store")
    let again = try await caller.post("credentials", body, key: key)
    #expect(again.status == 201)
    #expect(again["key"] == nil)
    #expect(again["id"] == first["id"])
    let shown = try await caller.get("credentials/\(first["id"]?.text ?? "")")
    #expect(shown["key"] == nil)
    let journal = try await caller.get("journal?after=0&limit=1000")
    let secret = try #require(first["key"]?.text?.split(separator: ".").last)
    #expect(!journal.text.contains(secret))
  }

  @Test("Concurrent duplicates give one entry and one answer")
  func concurrent() async throws {
    let caller = try await RunningRegistry.current.operator
    let (key, body) = (Caller.fresh(), Sample.organisation())
    let before = try await caller.mark()
    let bodies = try await withThrowingTaskGroup(of: Reply.self) { group in
      for _ in 0..<24 {
        group.addTask { try await caller.post("organisations", body, key: key) }
      }
      return try await group.reduce(into: [Reply]()) { $0.append($1) }
    }
    #expect(bodies.allSatisfy { $0.status == 201 })
    #expect(Set(bodies.map(\.text)).count == 1)
    #expect(bodies.count { $0.header("Idempotent-Replay") == nil } == 1)
    #expect(try await caller.mark() == before + 2)
  }

  @Test(
    "Concurrent reports of one month under different keys give one entry, and the others name it")
  func race() async throws {
    let caller = try await RunningRegistry.current.operator
    let enrolled = try await Enrolled(by: caller)
    let before = try await caller.mark()
    let replies = try await withThrowingTaskGroup(of: Reply.self) { group in
      for _ in 0..<16 { group.addTask { try await enrolled.report() } }
      return try await group.reduce(into: [Reply]()) { $0.append($1) }
    }
    let made = replies.filter { $0.status == 201 }
    #expect(made.count == 1)
    #expect(replies.count { $0.status == 409 } == 15)
    #expect(
      replies.filter { $0.status == 409 }.allSatisfy { $0["existing"] == made.first?["id"] })
    #expect(try await caller.mark() == before + 2)
  }
}
