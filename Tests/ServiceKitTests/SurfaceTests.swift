import Foundation
import Hummingbird
import Logging
import Models
import TestSupport
import ServiceKit
import ServiceLifecycle
import Storage
import Synchronization
import Testing

/// The surface around a few routes, over a real socket.
struct Served: Sendable {
  let port: Int
  let client = HTTPClient(concurrency: 16, userAgent: "remelt-tests")

  struct Reply {
    let answer: HTTPAnswer
    var status: Int { answer.status }
    var json: JSON { (try? JSONParser.parse(answer.body)) ?? .null }
    var text: String { String(decoding: answer.body, as: UTF8.self) }
    var problem: String? { json["type"]?.text?.split(separator: ":").last.map(String.init) }
    func header(_ name: String) -> String? { answer.header(name) }
  }

  func call(
    _ method: String, _ path: String, _ headers: [(name: String, value: String)] = [],
    body: String? = nil
  ) async throws -> Reply {
    Reply(
      answer: try await client.send(
        HTTPCall(
          method: method, url: "http://127.0.0.1:\(port)\(path)", headers: headers,
          body: body.map { Array($0.utf8) }, timeoutSeconds: 120, retries: 0)))
  }

  /// Serves until the body has ended.
  static func with(
    deadline: Duration = .seconds(30), _ add: (Router<Context>) -> Void,
    _ body: @escaping @Sendable (Served) async throws -> Void
  ) async throws {
    let router = Router(context: Context.self)
    add(router)
    let (ports, running) = AsyncStream.makeStream(of: Int.self)
    let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
    let application = Application(
      responder: Surface(
        routes: router.buildResponder(), methods: MethodTable(router), deadline: deadline),
      configuration: .init(address: .hostname("127.0.0.1", port: 0)),
      onServerRunning: { running.yield($0.localAddress?.port ?? 0) }, logger: logger)
    let group = ServiceGroup(
      configuration: .init(services: [application], gracefulShutdownSignals: [], logger: logger))
    try await withThrowingTaskGroup(of: Void.self) { tasks in
      tasks.addTask { try await group.run() }
      tasks.addTask {
        for await port in ports {
          do {
            try await body(Served(port: port))
          } catch {
            await group.triggerGracefulShutdown()
            throw error
          }
          break
        }
        await group.triggerGracefulShutdown()
      }
      try await tasks.waitForAll()
    }
  }
}

/// A database in a temporary folder that is removed after.
func withDatabase<Result>(_ body: (Database) async throws -> Result) async throws -> Result {
  let folder = FileManager.default.temporaryDirectory.appending(
    path: "remelt-\(UUID().uuidString)", directoryHint: .isDirectory)
  defer { try? FileManager.default.removeItem(at: folder) }
  let database = try Database(url: TestStorage.url("\(folder.path())test.sqlite"))
  let result = try await body(database)
  try database.close()
  return result
}

/// A clock that a test sets.
final class Time: Sendable {
  private let now: Mutex<Instant>

  init(_ text: String) throws { now = Mutex(try #require(Instant(text))) }

  var clock: Clock { Clock { self.now.withLock { $0 } } }
  var seconds: Int64 { now.withLock { $0.milliseconds / 1000 } }
  func pass(seconds: Int64) { now.withLock { $0 = $0.adding(seconds: seconds) } }
}

@Suite("The surface that every request passes")
struct SurfaceTests {
  private struct Unforeseen: Error { let secret = "hunter2" }

  @Test("An error that nobody foresaw is told as our fault, and nothing of it leaks")
  func unforeseen() async throws {
    try await Served.with({ $0.get("x") { _, _ -> Response in throw Unforeseen() } }) { served in
      let reply = try await served.call("GET", "/x")
      #expect(reply.status == 500)
      #expect(reply.problem == "internal")
      #expect(reply.header("Content-Type") == "application/problem+json")
      #expect(!reply.text.contains("hunter2") && !reply.text.contains("Unforeseen"))
    }
  }

  @Test("Too many waiting writes are told as 503, with when to come again")
  func overloaded() async throws {
    try await Served.with({ $0.get("x") { _, _ -> Response in throw StorageFailure.overloaded } }) {
      let reply = try await $0.call("GET", "/x")
      #expect(reply.status == 503)
      #expect(reply.problem == "unavailable")
      #expect(reply.header("Retry-After") == "1")
    }
  }

  @Test(
    "Every kind of problem leaves with its own status and type", arguments: Problem.Kind.allCases)
  func kinds(kind: Problem.Kind) async throws {
    try await Served.with({ $0.get("x") { _, _ -> Response in throw Problem(kind, "Why.") } }) {
      let reply = try await $0.call("GET", "/x")
      #expect(reply.status == kind.status)
      #expect(reply.problem == kind.rawValue)
      #expect(reply.json["status"]?.int == kind.status)
      #expect(reply.json["detail"]?.text == "Why.")
      #expect((reply.header("WWW-Authenticate") != nil) == (kind == .unauthenticated))
    }
  }

  @Test("A request that takes too long is cancelled and answered with 408")
  func deadline() async throws {
    try await Served.with(
      deadline: .milliseconds(200),
      {
        $0.get("x") { _, _ -> Response in
          let (endless, _) = AsyncStream.makeStream(of: Int.self)
          for await _ in endless {}
          try Task.checkCancellation()
          return .text("never")
        }
      }
    ) { served in
      let reply = try await served.call("GET", "/x")
      #expect(reply.status == 408)
      #expect(reply.header("Connection") == "close")
    }
  }

  @Test("405 names the methods of the path, the most literal one first; 404 the path")
  func methods() async throws {
    try await Served.with({
      $0.get("a/{id}") { _, _ in Response.text("") }
      $0.put("a/{id}") { _, _ in Response.text("") }
      $0.post("a/bulk") { _, _ in Response.text("") }
      $0.get("gone") { _, _ -> Response in throw Problem(.notFound, "Gone.") }
    }) { served in
      #expect(try await served.call("POST", "/a/1").header("Allow") == "GET, PUT")
      let bulk = try await served.call("PUT", "/a/bulk")
      #expect(bulk.status == 405)
      #expect(bulk.header("Allow") == "POST")
      let nothing = try await served.call("GET", "/b")
      #expect(nothing.status == 404)
      #expect(nothing.text.contains("/b"))
      #expect(try await served.call("GET", "/gone").text.contains("Gone."))
    }
  }

  @Test("Answers over 1 KiB are compressed for who accepts gzip, and only for them")
  func gzip() async throws {
    try await Served.with({
      $0.get("long") { _, _ in Response.text(String(repeating: "x", count: 1025)) }
      $0.get("short") { _, _ in Response.text(String(repeating: "x", count: 1024)) }
    }) { served in
      let long = try await served.call("GET", "/long")
      #expect(long.header("Content-Encoding") == "gzip")
      #expect(long.header("Vary") == "Accept-Encoding")
      #expect(long.answer.body.count == 1025)
      #expect(try await served.call("GET", "/short").header("Content-Encoding") == nil)
      let plain = try await served.call("GET", "/long", [("Accept-Encoding", "identity")])
      #expect(plain.header("Content-Encoding") == nil)
    }
  }
}
