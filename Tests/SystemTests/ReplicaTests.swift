import Foundation
import Models
import ServiceKit
import Synchronization
import TestSupport
import Testing

@testable import Storage

extension RunningTests {
  /// Two replicas of each service on one database, killed at random under load to both.
  @Suite(
    "Replicas on one PostgreSQL", .serialized, .enabled(if: TestStorage.isPostgres))
  struct ReplicaTests {
    static let services = ["processor-registry"] + RunningLedger.followers
    static let rounds = 16
    private static let figures = "throughput?metal=steel&from=2010-01&to=2019-12&by=country"

    /// What the writers share.
    private final class Load: Sendable {
      struct State {
        var next = 0
        var sent: [Sent] = []
        var isOver = false
      }

      private let state = Mutex(State())
      private let facilities: [String]
      /// The registry's replicas.
      let urls: [String]
      let token: String

      init(_ facilities: [String], urls: [String], token: String) {
        self.facilities = facilities
        self.urls = urls
        self.token = token
      }

      var sent: [Sent] { state.withLock { $0.sent } }
      var isOver: Bool { state.withLock { $0.isOver } }
      func end() { state.withLock { $0.isOver = true } }
      func answered(_ one: Sent) { state.withLock { $0.sent.append(one) } }

      func take() -> Sent {
        let number = state.withLock { state in
          defer { state.next += 1 }
          return state.next
        }
        let rest = number / facilities.count
        return Sent(
          key: UUID().uuidString,
          body: Sample.report(
            facilities[number % facilities.count], Sample.month(rest % Sample.months),
            metal: Metal.allCases[rest / Sample.months].rawValue, purchased: 1000 + number))
      }
    }

    @Test("Of two replicas of each service one is killed again and again, and nothing is lost")
    func kills() async throws {
      var random = Seeded(stream: 3_000_003)
      try await withLedger { ledger in
        for service in Self.services {
          for replica in [1, 2] { try await ledger.start(service, replica: replica) }
        }
        let caller = try await ledger.signIn(try ledger.operatorKey)
        let load = try await load(ledger, caller)
        try await withThrowingTaskGroup(of: Void.self) { group in
          for _ in 0..<8 { group.addTask { try await Self.write(load) } }
          for _ in 0..<Self.rounds {
            let goal = load.sent.count + random.int(5...60)
            while load.sent.count < goal { await Task.yield() }
            let service = random.chance(50) ? "processor-registry" : random.one(Self.services)
            let replica = random.int(1...2)
            try await ledger.kill(RunningLedger.name(service, replica: replica))
            try await ledger.start(service, replica: replica)
          }
          load.end()
          try await group.waitForAll()
        }
        print("\(Self.rounds) kills of replicas, \(load.sent.count) reports answered")
        try await examine(ledger, caller, load)
      }
    }

    private func load(_ ledger: RunningLedger, _ caller: Caller) async throws -> Load {
      let organisation = try await caller.post("organisations", Sample.organisation()).id
      var facilities: [String] = []
      for _ in 0..<16 {
        facilities.append(try await caller.post("facilities", Sample.facility(organisation)).id)
      }
      let issued = try await caller.post(
        "credentials",
        .members([
          "holder": "Scale house", "holder_kind": "machine",
          "grants": .array([.string("reporter@organisation:\(organisation)")]),
        ]))
      let reporter = try await ledger.signIn(try #require(issued["key"]?.text, "\(issued.text)"))
      return Load(
        facilities,
        urls: try [1, 2].map {
          try ledger[RunningLedger.name("processor-registry", replica: $0)].url
        }, token: reporter.token)
    }

    /// Sends reports, each until a replica has answered it; every third to both at once, under one
    /// key.
    private static func write(_ load: Load) async throws {
      var number = Int.random(in: 0...1)
      let client = HTTPClient(concurrency: 4, userAgent: "remelt-replica-tests")
      while !load.isOver {
        number += 1
        var one = load.take()
        if number % 3 == 0 {
          let both = one
          async let first = post(both, to: load.urls[0], load.token, client)
          async let second = post(both, to: load.urls[1], load.token, client)
          let ids = try await [first, second]
          #expect(Set(ids.compactMap { $0 }).count <= 1, "one key, two reports")
        }
        for attempt in 0..<4000 where one.id == nil {
          one.id = try await post(
            one, to: load.urls[(number + attempt) % 2], load.token, client)
        }
        #expect(one.id != nil, "no replica answered")
        load.answered(one)
      }
    }

    /// - Returns: the report's id, or nil where the replica is away.
    private static func post(
      _ one: Sent, to url: String, _ token: String, _ client: HTTPClient
    ) async throws -> String? {
      do {
        let reply = Reply(
          try await client.send(
            HTTPCall(
              method: "POST", url: url + "/registry/v1/throughput",
              headers: [
                ("Authorization", "Bearer \(token)"), ("Content-Type", "application/json"),
                ("Idempotency-Key", one.key),
              ], body: one.body.bytes, timeoutSeconds: 60, retries: 0)))
        #expect(reply.status == 201, "\(reply.text)")
        return reply["id"]?.text
      } catch is HTTPFailure {
        await Task.yield()
        return nil
      }
    }

    private func examine(_ ledger: RunningLedger, _ caller: Caller, _ load: Load) async throws {
      let position = try await caller.position()
      for service in ["recycled-input", "hydrogen-use"] {
        var reply = try await caller.get(service, "/\(service)/v1/journal", after: position)
        for _ in 0..<12 where reply.status == 503 {
          reply = try await caller.get(service, "/\(service)/v1/journal", after: position)
        }
        #expect(reply.status == 200, "\(reply.text)")
      }
      let pages = try await figures(ledger, caller, position)
      #expect(pages[0]["rows"] == pages[1]["rows"], "two replicas, two answers")
      let note = try await caller.get(
        "processor-registry", "/registry/v1/journal?limit=1", after: position)["checkpoint"]?.text
      try await ledger.stopAll()
      try await Examination(kind: .throughput, sent: load.sent, note: try #require(note)).run(
        ledger)

      let size = Int64(position.replacing("registry=", with: ""))
      for service in RunningLedger.followers {
        let database = try ledger.database(service)
        let followed = try await database.read {
          try $0.first("SELECT size FROM follower WHERE source = 'registry'")?.int("size")
        }
        #expect(followed == size, "\(service)")
        try database.close()
      }
      try await ledger.holdAgainstJournal()
      try await holdAgainstRebuild(ledger, caller, position)
    }

    /// Both replicas' answers, once they have followed so far.
    private func figures(_ ledger: RunningLedger, _ caller: Caller, _ position: String) async throws
      -> [Reply]
    {
      var replies: [Reply] = []
      for replica in [1, 2] {
        let name = RunningLedger.name("dashboard", replica: replica)
        var reply: Reply?
        for _ in 0..<12 where reply?.status != 200 {
          reply = try await caller.get(name, "/dashboard/v1/" + Self.figures, after: position)
        }
        #expect(reply?.status == 200, "\(reply?.text ?? "")")
        replies.append(try #require(reply))
      }
      return replies
    }

    private func tables(_ ledger: RunningLedger) async throws -> [String: [[Value]]] {
      let database = try ledger.database("dashboard")
      defer { try? database.close() }
      return try await database.read { try FoldedModel.tables(on: $0) }
    }

    private func holdAgainstRebuild(_ ledger: RunningLedger, _ caller: Caller, _ position: String)
      async throws
    {
      let before = try await tables(ledger)
      let log = Gathered()
      let process = try Launched(
        "dashboard", arguments: ["rebuild"],
        settings: try RunningService.settings("dashboard", in: ledger.folder), standardError: log)
      #expect(await process.exit() == 0, "\(log.text)")
      #expect(try await tables(ledger).values.allSatisfy(\.isEmpty))
      for service in ["processor-registry", "dashboard"] { try await ledger.start(service) }
      try await caller.becomeKnown(to: "dashboard")
      _ = try await caller.dashboard(Self.figures, after: position)
      try await ledger.stopAll()
      let after = try await tables(ledger)
      for (table, rows) in before {
        let isSame = after[table] == rows
        #expect(isSame, "\(table) differs after a rebuild")
      }
    }

    @Test("When the replica that follows is killed, the other goes on within seconds")
    func failover() async throws {
      try await withLedger { ledger in
        try await ledger.start("processor-registry")
        for replica in [1, 2] { try await ledger.start("dashboard", replica: replica) }
        let caller = try await ledger.signIn(try ledger.operatorKey)
        try await caller.becomeKnown(to: "dashboard")
        for _ in 0..<3 {
          let (killed, survivor) = try await killHolder(ledger)
          let position = try await caller.position()
          let start = ContinuousClock.now
          var reply = try await caller.get(survivor, "/dashboard/v1/sources", after: position)
          while reply.status == 503, ContinuousClock.now - start < .seconds(12) {
            reply = try await caller.get(survivor, "/dashboard/v1/sources", after: position)
          }
          #expect(reply.status == 200, "\(reply.text)")
          print("\(survivor) followed \(ContinuousClock.now - start) after \(killed) was killed")
          try await ledger.start("dashboard", replica: killed == "dashboard" ? 1 : 2)
        }
        // One that leaves in good order lets the other follow at once.
        try await ledger.stop("dashboard#2")
        let next = try await caller.position()
        #expect(try await caller.dashboard("sources", after: next).status == 200)
        try await ledger.stopAll()
      }
    }

    /// Kills the replica that has the turn: the one after whose end the turn is renewed no more.
    private func killHolder(_ ledger: RunningLedger) async throws -> (String, String) {
      let names = ["dashboard", "dashboard#2"]
      try await ledger.kill(names[0])
      let before = try await turn(ledger)
      for _ in 0..<100 {
        // A turn is renewed at least every second or so.
        try await Task.sleep(for: .milliseconds(25))
        guard try await turn(ledger) != before else { continue }
        try await ledger.start("dashboard")
        try await ledger.kill(names[1])
        return (names[1], names[0])
      }
      return (names[0], names[1])
    }

    private func turn(_ ledger: RunningLedger) async throws -> Int64? {
      let database = try ledger.database("dashboard")
      defer { try? database.close() }
      return try await database.read {
        try $0.first("SELECT held_until FROM follower_turn WHERE source = 'registry'")?
          .int("held_until")
      }
    }

    @Test("Figures come from a standby, which says how far it lags; without it from the primary")
    func standby() async throws {
      let primary = try TestCluster()
      let standby = try TestCluster(standbyOf: primary)
      try await withLedger { ledger in
        try await ledger.start("processor-registry")
        try await ledger.start(
          "dashboard",
          settings: [
            "REMELT_STORAGE_URL": primary.url, "REMELT_STORAGE_READ_URL": standby.url,
          ])
        let caller = try await ledger.signIn(try ledger.operatorKey)
        try await caller.becomeKnown(to: "dashboard")
        let fresh = try await caller.get("dashboard", "/dashboard/v1/" + Self.figures)
        let lag = try #require(fresh["standby_lag_ms"]?.int, "\(fresh.text)")
        #expect((0..<5000).contains(lag), "\(fresh.text)")

        // What the standby has not replayed is not there, and the answer says how old it is. Whoever
        // names what was written reads from the primary.
        try standby.execute("SELECT pg_wal_replay_pause()")
        let position = try await caller.position()
        let own = try await caller.dashboard(Self.figures, after: position)
        #expect(own.status == 200 && own["standby_lag_ms"] == nil, "\(own.text)")
        let size = Int(position.replacing("registry=", with: "")) ?? 0
        #expect(own["sources"]?.elements.first?["size"]?.int ?? 0 >= size, "\(own.text)")
        var stale = try await caller.get("dashboard", "/dashboard/v1/" + Self.figures)
        for _ in 0..<200 where stale["standby_lag_ms"]?.int ?? 0 < 3000 {
          // Until time has passed over the standby.
          try await Task.sleep(for: .milliseconds(25))
          stale = try await caller.get("dashboard", "/dashboard/v1/" + Self.figures)
        }
        #expect(stale["standby_lag_ms"]?.int ?? 0 >= 3000, "\(stale.text)")
        #expect(stale["sources"]?.elements.first?["size"]?.int ?? size < size, "\(stale.text)")
        let table = try await caller.send(
          "GET", "dashboard", "/dashboard/v1/" + Self.figures, headers: [("Accept", "text/csv")])
        #expect(table.header("Standby-Lag-Ms").flatMap { Int($0) } ?? 0 >= 3000)

        try standby.execute("SELECT pg_wal_replay_resume()")
        var caughtUp = stale
        for _ in 0..<200 where caughtUp["sources"]?.elements.first?["size"]?.int ?? 0 < size {
          // The standby's own pace of replaying.
          try await Task.sleep(for: .milliseconds(25))
          caughtUp = try await caller.get("dashboard", "/dashboard/v1/" + Self.figures)
        }
        #expect(caughtUp["standby_lag_ms"] != nil, "\(caughtUp.text)")
        #expect(caughtUp["sources"]?.elements.first?["size"]?.int ?? 0 >= size)

        try standby.stop("immediate")
        let alone = try await caller.get("dashboard", "/dashboard/v1/" + Self.figures)
        #expect(alone.status == 200 && alone["standby_lag_ms"] == nil, "\(alone.text)")
        try await ledger.stopAll()
      }
    }
  }
}
