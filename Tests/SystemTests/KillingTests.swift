import Crypto
import Foundation
import Journal
import Models
import ServiceKit
import Synchronization
import TestSupport
import Testing

@testable import Storage

extension RunningTests {
  @Suite("Services killed under load", .serialized)
  struct KillingTests {
    static let rounds = ProcessInfo.processInfo.environment["REMELT_KILLS"].flatMap(Int.init)
    static let writers = 8

    /// Reports that nobody has sent yet: facilities and months in turn.
    private struct Supply {
      let kind: ReportKind
      let facilities: [String]
      var next = 0

      mutating func take() -> Sent {
        defer { next += 1 }
        let facility = facilities[next % facilities.count]
        let rest = next / facilities.count
        return Sent(key: UUID().uuidString, body: kind.body(facility, rest, 1000 + next))
      }
    }

    private final class Book: Sendable {
      struct State {
        var supply: Supply
        var sent: [Sent] = []
        /// Without an answer: to be sent again under the same key.
        var open: [Sent] = []
        var answers = 0
      }

      let state: Mutex<State>

      init(_ kind: ReportKind, _ facilities: [String]) {
        state = Mutex(State(supply: Supply(kind: kind, facilities: facilities)))
      }

      func next() -> Sent { state.withLock { $0.open.popLast() ?? $0.supply.take() } }
    }

    @Test(
      "Every answered report is in the journal once, after many kills",
      arguments: [(ReportKind.throughput, 50), (.recycledInput, 25), (.hydrogenUse, 25)])
    func kills(_ kind: ReportKind, usual: Int) async throws {
      var random = Seeded(stream: 1_000_001)
      let rounds = Self.rounds ?? usual
      try await withLedger { ledger in
        try await ledger.start("processor-registry")
        let caller = try await ledger.signIn(try ledger.operatorKey)
        let organisation = try await caller.post("organisations", Sample.organisation()).id
        var facilities: [String] = []
        for _ in 0..<32 {
          let site = Sample.facility(organisation, roles: [kind.role])
          facilities.append(try await caller.post("facilities", site).id)
        }
        let reporter = try await reporter(of: organisation, by: caller)
        if kind.service != "processor-registry" {
          try await ledger.start(kind.service)
          try await reporter.becomeKnown(
            to: kind.service, facility: try #require(facilities.last))
        }
        let book = Book(kind, facilities)
        for round in 0..<rounds {
          try await write(book, kind, reporter, killAfter: random.int(0...40), "round \(round)")
          try await ledger.start(kind.service)
        }
        try await settle(book, kind, reporter)
        let sent = book.state.withLock { $0.sent }
        print("\(rounds) kills of \(kind.service), \(sent.count) reports answered")
        try await readAll(sent, kind, reporter)
        let checkpoint = try await checkpoint(kind, caller, reporter, facilities[0])
        for service in ledger.started { try await ledger.stop(service) }
        try await Examination(kind: kind, sent: sent, note: checkpoint).run(ledger)
      }
    }

    private func reporter(of organisation: String, by caller: Caller) async throws -> Caller {
      let issued = try await caller.post(
        "credentials",
        .members([
          "holder": "Scale house", "holder_kind": "machine",
          "grants": .array([.string("reporter@organisation:\(organisation)")]),
        ]))
      return try await caller.ledger.signIn(try #require(issued["key"]?.text, "\(issued.text)"))
    }

    /// Eight at once, until so many answers have come; then SIGKILL in the middle of the rest.
    private func write(
      _ book: Book, _ kind: ReportKind, _ reporter: Caller, killAfter limit: Int, _ round: String
    ) async throws {
      let goal = book.state.withLock { $0.answers } + limit
      let process = try reporter.ledger[kind.service].process
      try await withThrowingTaskGroup(of: Void.self) { group in
        for _ in 0..<Self.writers {
          group.addTask {
            while try await self.send(book.next(), book, kind, reporter, round) {
              if book.state.withLock({ $0.answers }) >= goal { process.signal(9) }
            }
          }
        }
        try await group.waitForAll()
      }
      try await reporter.ledger.kill(kind.service)
    }

    /// - Returns: whether the service lives.
    private func send(
      _ sent: Sent, _ book: Book, _ kind: ReportKind, _ reporter: Caller, _ round: String
    ) async throws -> Bool {
      do {
        let reply = try await reporter.report(sent.body, as: kind, key: sent.key)
        #expect(reply.status == 201, "\(round): \(reply.text)")
        var sent = sent
        sent.id = reply["id"]?.text
        book.state.withLock { [sent] in
          $0.sent.append(sent)
          $0.answers += 1
        }
        return true
      } catch is HTTPFailure {
        book.state.withLock { $0.open.append(sent) }
        return false
      }
    }

    /// What had no answer gets one; what had one gets the same again.
    private func settle(_ book: Book, _ kind: ReportKind, _ reporter: Caller) async throws {
      let (open, sent) = book.state.withLock { ($0.open, $0.sent) }
      for one in open { #expect(try await send(one, book, kind, reporter, "at the end")) }
      for one in sent.shuffled().prefix(60) {
        let reply = try await reporter.report(one.body, as: kind, key: one.key)
        #expect(reply.status == 201 && reply["id"]?.text == one.id, "\(reply.text)")
        #expect(reply.header("Idempotent-Replay") == "true")
      }
    }

    /// Each report is there to be read, and no other.
    private func readAll(_ sent: [Sent], _ kind: ReportKind, _ reporter: Caller) async throws {
      var found: [String: JSON] = [:]
      var path: String? = "\(kind.path)?limit=200"
      while let next = path {
        let page = try await reporter.get(kind.service, next)
        for item in page["items"]?.elements ?? [] { found[item["id"]?.text ?? ""] = item }
        path = page.header("Link").flatMap { $0.firstMatch(of: /<([^>]+)>; *rel="next"/) }
          .map { String($0.1) }
      }
      #expect(found.count == sent.count)
      for one in sent {
        let item = found[one.id ?? ""]
        #expect(item?["facility_id"] == one.body["facility_id"])
        for member in kind.members { #expect(item?[member] == one.body[member], "\(member)") }
      }
    }

    /// The published note, once it covers all: a report more names the size to wait for.
    private func checkpoint(
      _ kind: ReportKind, _ caller: Caller, _ reporter: Caller, _ facility: String
    ) async throws -> String {
      if kind == .throughput {
        let position = try await caller.position()
        let page = try await caller.get(
          kind.service, "/registry/v1/journal?limit=1", after: position)
        return try #require(page["checkpoint"]?.text, "\(page.text)")
      }
      let list = try await reporter.get(kind.service, "\(kind.path)?limit=1")
      let id = try #require(list["items"]?.elements.first?["id"]?.text)
      let step = try await caller.send(
        "POST", kind.service, "\(kind.path)/\(id)/review",
        headers: [
          ("Content-Type", "application/json"), ("Idempotency-Key", Caller.fresh()),
          ("If-Match", "\"1\""),
        ], body: Array(#"{"action": "accept"}"#.utf8))
      let position = try #require(step.position, "\(step.text)")
      let page = try await caller.get(
        kind.service, "/\(kind.source)/v1/journal?limit=1", after: position)
      return try #require(page["checkpoint"]?.text, "\(page.text)")
    }
  }
}
