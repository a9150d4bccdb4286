import Foundation
import Models
import ServiceKit
import TestSupport
import Testing

@testable import Storage

extension RunningTests {
  @Suite("The dashboard as a follower", .serialized)
  struct FollowerTests {
    static let entries = 5000
    private static let figures = "throughput?metal=steel&from=2010-01&to=2019-12&by=country"

    /// Registers facilities and says which.
    private func facilities(_ count: Int, by caller: Caller) async throws -> [String] {
      let organisation = try await caller.post("organisations", Sample.organisation()).id
      var ids: [String] = []
      for _ in 0..<count {
        ids.append(try await caller.post("facilities", Sample.facility(organisation)).id)
      }
      return ids
    }

    private func reporter(_ ledger: RunningLedger) async throws -> Caller {
      let first = try await ledger.signIn(try ledger.operatorKey)
      let issued = try await first.post(
        "credentials",
        .members([
          "holder": "A tester", "holder_kind": "person",
          "grants": ["operator@all", "reporter@all", "analyst@all"],
        ]))
      return try await ledger.signIn(try #require(issued["key"]?.text, "\(issued.text)"))
    }

    @Test("Killed again and again while it follows, it misses nothing and counts nothing twice")
    func kills() async throws {
      var random = Seeded(stream: 2_000_002)
      try await withLedger { ledger in
        try await ledger.start("processor-registry")
        let caller = try await reporter(ledger)
        let sites = try await facilities(28, by: caller)
        let reports = sites.flatMap { site in
          (0..<Sample.months).map { Sample.report(site, Sample.month($0)) }
        }.prefix(Self.entries)
        var rest = reports[...]
        var reached = [0]
        while !rest.isEmpty {
          let piece = Array(rest.prefix(random.int(100...500)))
          rest = rest.dropFirst(piece.count)
          async let summary = caller.bulk("throughput/bulk", piece)
          try await ledger.start("dashboard")
          // A random moment: after so many answers of the living dashboard, at times once it has
          // applied a page more.
          if random.chance(50) { try await progress(caller, beyond: reached.last ?? 0) }
          for _ in 0..<random.int(0...150) {
            _ = try await caller.get("dashboard", "/health/live")
          }
          try await ledger.kill("dashboard")
          #expect(try await summary["created"]?.int == piece.count)
          let size = try await content(ledger).1
          #expect(size >= reached.last ?? 0, "the follower went back from \(reached) to \(size)")
          reached.append(size)
        }
        let position = try await caller.position()
        try await ledger.start("dashboard")
        try await caller.becomeKnown(to: "dashboard")
        let before = try await caller.dashboard(Self.figures, after: position)
        try await ledger.stop("dashboard")
        let (tables, size) = try await content(ledger)
        let seen = Int(position.replacing("registry=", with: "")) ?? -1
        #expect(size == seen)
        print("the dashboard was killed at \(reached) of \(size) entries")
        #expect(Set(reached).count > 3, "the kills met no following: \(reached)")

        try await rebuild(ledger)
        #expect(try await content(ledger).0.values.allSatisfy(\.isEmpty))
        try await ledger.start("dashboard")
        try await caller.becomeKnown(to: "dashboard")
        let after = try await caller.dashboard(Self.figures, after: position)
        try await ledger.stop("dashboard")
        #expect(after["rows"] == before["rows"])
        #expect(after["total"]?.elements.count == 120)
        let rebuilt = try await content(ledger).0
        for (table, rows) in tables {
          let isSame = rebuilt[table] == rows
          #expect(isSame, "\(table) differs after a rebuild")
        }
        try await ledger.stop("processor-registry")
        try await ledger.holdAgainstJournal()
      }
    }

    /// Waits, for at most 1,200 requests, until the dashboard has followed further.
    private func progress(_ caller: Caller, beyond size: Int) async throws {
      for _ in 0..<1200 {
        let reply = try await caller.get("dashboard", "/dashboard/v1/sources")
        let line = reply["items"]?.elements.first { $0["source"]?.text == "registry" }
        if line?["size"]?.int ?? 0 > size { return }
        // The follower's own pace.
        try await Task.sleep(for: .milliseconds(10))
      }
    }

    private func rebuild(_ ledger: RunningLedger) async throws {
      let log = Gathered()
      let process = try Launched(
        "dashboard", arguments: ["rebuild"],
        settings: try RunningService.settings("dashboard", in: ledger.folder), standardError: log)
      #expect(await process.exit() == 0, "\(log.text)")
    }

    /// The stopped dashboard's read model, and how far it followed the registry.
    private func content(_ ledger: RunningLedger) async throws -> ([String: [[Value]]], Int) {
      let database = try ledger.database("dashboard")
      defer { try? database.close() }
      return try await database.read { connection in
        let cursor = try connection.first("SELECT size FROM follower WHERE source = 'registry'")
        return (try FoldedModel.tables(on: connection), Int(try cursor?.int("size") ?? 0))
      }
    }

    @Test("A registry that was set back and goes on otherwise is not followed, and that is said")
    func setBack() async throws {
      try await withLedger { ledger in
        try await ledger.start("processor-registry")
        let caller = try await reporter(ledger)
        let sites = try await facilities(3, by: caller)
        _ = try await caller.post("throughput", Sample.report(sites[0], "2011-01"))
        let copied = try await caller.position()
        try await ledger.stop("processor-registry")
        let path = ledger.folder.appending(path: "processor-registry.sqlite").path()
        try TestStorage.save(path, to: path + ".backup")

        try await ledger.start("processor-registry")
        try await ledger.start("dashboard")
        try await caller.becomeKnown(to: "dashboard")
        for month in ["2011-01", "2011-02"] {
          _ = try await caller.post("throughput", Sample.report(sites[1], month))
        }
        let position = try await caller.position()
        #expect(position != copied)
        let before = try await caller.dashboard(Self.figures, after: position)
        #expect(before["total"]?.elements.isEmpty == false)

        try await ledger.stop("processor-registry")
        try TestStorage.restore(path, from: path + ".backup")
        try await ledger.start("processor-registry")
        #expect(try await state(caller, of: "registry") { $0 == "stopped" } == "stopped")
        let shrunk = try await sourceLine(caller, "registry")["detail"]?.text ?? ""
        #expect(shrunk.contains("has shrunk to"), "\(shrunk)")
        try await expectUnharmed(caller, before)

        // Grown past what the dashboard knows, it is another history still.
        for number in 0..<30 {
          _ = try await caller.post("throughput", Sample.report(sites[2], Sample.month(number)))
        }
        try await ledger.stop("dashboard")
        try await ledger.start("dashboard")
        #expect(try await state(caller, of: "registry") { $0 == "stopped" } == "stopped")
        let rewritten = try await sourceLine(caller, "registry")["detail"]?.text ?? ""
        #expect(rewritten.contains("was rewritten before entry"), "\(rewritten)")
        #expect(try ledger["dashboard"].log.text.contains("critical"))
        try await expectUnharmed(caller, before)
        try await ledger.stopAll()
      }
    }

    private func expectUnharmed(_ caller: Caller, _ before: Reply) async throws {
      let now = try await caller.get("dashboard", "/dashboard/v1/" + Self.figures)
      #expect(now["rows"] == before["rows"] && now["total"] == before["total"], "\(now.text)")
      #expect(try await caller.get("dashboard", "/health/live").status == 200)
      #expect(try await caller.get("dashboard", "/health/ready").status == 200)
    }
  }
}
