import Hummingbird
import Models
import ServiceKit
import Storage
import Synchronization
import Testing

/// Signs everybody in as the credential that `X-Who` names.
private struct Anybody: RouterMiddleware {
  func handle(
    _ request: Request, context: Context, next: (Request, Context) async throws -> Response
  ) async throws -> Response {
    var context = context
    let id = request.header("X-Who").flatMap(ID.init)
    context.caller = id.map { Actor(credential: $0, grants: []) }
    return try await next(request, context)
  }
}

@Suite("Doing something once under a key")
struct IdempotencyTests {
  private static let one = "01890000-0000-7000-8000-000000000001"
  private static let two = "01890000-0000-7000-8000-000000000002"

  /// A route that counts how often it did its work; `{"fail": true}` fails after having counted.
  private func served(
    _ time: Time, _ body: @escaping @Sendable (Served) async throws -> Void
  ) async throws {
    try await withDatabase { database in
      try await database.migrate("idempotency", Idempotency.migrations)
      try await database.migrate("work", [Migration(1, "CREATE TABLE work (n BIGINT NOT NULL)")])
      try await Served.with({ router in
        router.add(middleware: Anybody()).post("work") { request, context in
          let creation = try await Creation(request, context)
          return try await database.write { connection in
            try Idempotency.once(creation, at: time.clock.now(), on: connection) {
              try connection.execute("INSERT INTO work (n) VALUES (1)")
              let count = try connection.first("SELECT COUNT(*) AS n FROM work")?.int("n") ?? 0
              if creation.body.contains(UInt8(ascii: "!")) { throw Problem(.conflict, "No.") }
              var answer = Answer(
                201, .members(["count": .int(count), "secret": "s"]), headers: [("X-Mark", "a: b")])
              answer.replayBody = JSON.members(["count": .int(count)]).bytes
              return answer
            }
          }.response
        }
      }) { try await body($0) }
    }
  }

  private func work(
    _ served: Served, _ key: String?, _ body: String = "1", who: String = one, query: String = ""
  ) async throws -> Served.Reply {
    try await served.call(
      "POST", "/work\(query)",
      [("X-Who", who), ("Content-Type", "application/json")]
        + (key.map { [("Idempotency-Key", $0)] } ?? []), body: body)
  }

  @Test("The first answer comes again, its headers too, without the secret in it")
  func replay() async throws {
    try await served(try Time("2025-01-01T00:00:00Z")) { served in
      let first = try await work(served, "k")
      #expect(first.json == .members(["count": .int(1), "secret": "s"]))
      #expect(first.header("Idempotent-Replay") == nil)
      let again = try await work(served, "k")
      #expect(again.status == 201)
      #expect(again.json == .members(["count": .int(1)]))
      #expect(again.header("X-Mark") == "a: b")
      #expect(again.header("Idempotent-Replay") == "true")
    }
  }

  @Test("A key is one credential's, and one body's and query's")
  func scope() async throws {
    try await served(try Time("2025-01-01T00:00:00Z")) { (served: Served) async throws in
      #expect(try await work(served, "k").json["count"]?.int == 1)
      #expect(try await work(served, "k", who: Self.two).json["count"]?.int == 2)
      #expect(try await work(served, "l").json["count"]?.int == 3)
      #expect(try await work(served, "k", "2").problem == "idempotency-key-reused")
      #expect(try await work(served, "k", query: "?a=1").problem == "idempotency-key-reused")
      #expect(try await work(served, nil).status == 400)
    }
  }

  @Test("A refusal leaves nothing behind, neither the work nor the key")
  func refusal() async throws {
    try await served(try Time("2025-01-01T00:00:00Z")) { (served: Served) async throws in
      #expect(try await work(served, "k", "!").status == 409)
      #expect(try await work(served, "k", "1").json["count"]?.int == 1)
    }
  }

  @Test("An answer is kept for seven days, and goes with the next one after")
  func kept() async throws {
    let time = try Time("2025-01-01T00:00:00Z")
    try await served(time) { served in
      #expect(try await work(served, "old").json["count"]?.int == 1)
      time.pass(seconds: 7 * 86_400)
      #expect(try await work(served, "new").json["count"]?.int == 2)
      #expect(try await work(served, "old").header("Idempotent-Replay") == "true")
      time.pass(seconds: 1)
      #expect(try await work(served, "newer").json["count"]?.int == 3)
      let forgotten = try await work(served, "old")
      #expect(forgotten.header("Idempotent-Replay") == nil)
      #expect(forgotten.json["count"]?.int == 4)
    }
  }

  @Test("Concurrent duplicates do the work once and all hear of it")
  func concurrent() async throws {
    try await served(try Time("2025-01-01T00:00:00Z")) { served in
      let counts = try await withThrowingTaskGroup(of: Int?.self) { group in
        for _ in 0..<20 {
          group.addTask { try await work(served, "k").json["count"]?.int }
        }
        return try await group.reduce(into: [Int?]()) { $0.append($1) }
      }
      #expect(counts == Array(repeating: 1, count: 20))
    }
  }
}
