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
  @Suite("The registry killed under load", .serialized)
  struct KillingTests {
    static let rounds =
      ProcessInfo.processInfo.environment["REMELT_KILLS"].flatMap(Int.init) ?? 50
    static let writers = 8

    /// Reports that nobody has sent yet: facilities and months in turn.
    private struct Supply {
      let facilities: [String]
      var next = 0

      mutating func take() -> Sent {
        defer { next += 1 }
        let facility = facilities[next % facilities.count]
        let rest = next / facilities.count
        let metal = Metal.allCases[rest % 3].rawValue
        return Sent(
          key: UUID().uuidString,
          body: Sample.report(
            facility, Sample.month(rest / 3), metal: metal, purchased: 1000 + next))
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

      init(_ facilities: [String]) { state = Mutex(State(supply: Supply(facilities: facilities))) }

      func next() -> Sent { state.withLock { $0.open.popLast() ?? $0.supply.take() } }
    }

    @Test("Every answered report is in the journal once, after fifty kills")
    func kills() async throws {
      var random = Seeded(stream: 1_000_001)
      try await withLedger { ledger in
        try await ledger.start("processor-registry")
        let caller = try await ledger.signIn(try ledger.operatorKey)
        let organisation = try await caller.post("organisations", Sample.organisation()).id
        var facilities: [String] = []
        for _ in 0..<32 {
          facilities.append(try await caller.post("facilities", Sample.facility(organisation)).id)
        }
        let reporter = try await reporter(of: organisation, by: caller)
        let book = Book(facilities)
        for round in 0..<Self.rounds {
          try await write(book, reporter, killAfter: random.int(0...40), "round \(round)")
          try await ledger.start("processor-registry")
        }
        try await settle(book, reporter)
        let sent = book.state.withLock { $0.sent }
        print("\(Self.rounds) kills, \(sent.count) reports answered")
        try await readAll(sent, reporter)
        let checkpoint = try await checkpoint(caller)
        try await ledger.stop("processor-registry")
        try await Examination(sent: sent, note: checkpoint).run(ledger)
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
    private func write(_ book: Book, _ reporter: Caller, killAfter limit: Int, _ round: String)
      async throws
    {
      let goal = book.state.withLock { $0.answers } + limit
      let process = try reporter.ledger["processor-registry"].process
      try await withThrowingTaskGroup(of: Void.self) { group in
        for _ in 0..<Self.writers {
          group.addTask {
            while try await self.send(book.next(), book, reporter, round) {
              if book.state.withLock({ $0.answers }) >= goal { process.signal(9) }
            }
          }
        }
        try await group.waitForAll()
      }
      try await reporter.ledger.kill("processor-registry")
    }

    /// - Returns: whether the registry lives.
    private func send(_ sent: Sent, _ book: Book, _ reporter: Caller, _ round: String)
      async throws -> Bool
    {
      do {
        let reply = try await reporter.post("throughput", sent.body, key: sent.key)
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
    private func settle(_ book: Book, _ reporter: Caller) async throws {
      let (open, sent) = book.state.withLock { ($0.open, $0.sent) }
      for one in open { #expect(try await send(one, book, reporter, "at the end")) }
      for one in sent.shuffled().prefix(60) {
        let reply = try await reporter.post("throughput", one.body, key: one.key)
        #expect(reply.status == 201 && reply["id"]?.text == one.id, "\(reply.text)")
        #expect(reply.header("Idempotent-Replay") == "true")
      }
    }

    /// Each report is there to be read, and no other.
    private func readAll(_ sent: [Sent], _ reporter: Caller) async throws {
      var found: [String: JSON] = [:]
      var path: String? = "/registry/v1/throughput?limit=200"
      while let next = path {
        let page = try await reporter.get("processor-registry", next)
        for item in page["items"]?.elements ?? [] { found[item["id"]?.text ?? ""] = item }
        path = page.header("Link").flatMap { $0.firstMatch(of: /<([^>]+)>; *rel="next"/) }
          .map { String($0.1) }
      }
      #expect(found.count == sent.count)
      for one in sent {
        let item = found[one.id ?? ""]
        #expect(item?["facility_id"] == one.body["facility_id"])
        #expect(item?["month"] == one.body["month"])
        #expect(item?["purchases"] == one.body["purchases"])
      }
    }

    /// The published note, once it covers all.
    private func checkpoint(_ caller: Caller) async throws -> String {
      let position = try await caller.position()
      let page = try await caller.get(
        "processor-registry", "/registry/v1/journal?limit=1", after: position)
      return try #require(page["checkpoint"]?.text, "\(page.text)")
    }
  }
}
