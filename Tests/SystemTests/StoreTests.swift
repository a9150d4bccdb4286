import Foundation
import Models
import ServiceKit
import Storage
import TestSupport
import Testing

extension RunningTests {
  /// A service's database as an operator handles it: moved, verified, backed up, restored.
  @Suite("Keeping a store", .serialized)
  struct StoreTests {
    private static let figures = "throughput?metal=steel&from=2025-01&to=2025-12&by=country"

    private static func ops(_ script: String) -> URL {
      URL(filePath: #filePath).deletingLastPathComponent()
        .appending(path: "../../ops/\(script)").standardized
    }

    /// Runs a program, and gives back its exit code and everything it said.
    private func run(_ program: URL, _ arguments: [String]) throws -> (code: Int32, text: String) {
      let (process, pipe) = try Spawning.run { process in
        let pipe = Pipe()
        process.executableURL = program
        process.arguments = arguments
        process.environment = ProcessInfo.processInfo.environment.merging([
          "REMELT_CLI": Launched.products.appending(path: "remelt").path()
        ]) { $1 }
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = pipe
        process.standardError = pipe
        return pipe
      }
      let said = try pipe.fileHandleForReading.readToEnd() ?? Data()
      process.waitUntilExit()
      return (process.terminationStatus, String(decoding: said, as: UTF8.self))
    }

    private func remelt(_ arguments: String...) throws -> (code: Int32, text: String) {
      try run(Launched.products.appending(path: "remelt"), arguments)
    }

    /// A registry with some reports, in a database at that address.
    private func report(_ ledger: RunningLedger, at url: String) async throws -> Caller {
      try await ledger.start("processor-registry", settings: ["REMELT_STORAGE_URL": url])
      let caller = try await ledger.signIn(try ledger.operatorKey)
      let organisation = try await caller.post("organisations", Sample.organisation()).id
      let issued = try await caller.post(
        "credentials",
        .members([
          "holder": "A reporter", "holder_kind": "person",
          "grants": .array([.string("reporter@organisation:\(organisation)")]),
        ]))
      let reporter = try await ledger.signIn(try #require(issued["key"]?.text))
      for _ in 0..<3 {
        let site = try await caller.post("facilities", Sample.facility(organisation)).id
        for month in 1...9 {
          let reply = try await reporter.post("throughput", Sample.report(site, "2025-0\(month)"))
          #expect(reply.status == 201, "\(reply.text)")
        }
      }
      return caller
    }

    private func checkpoint(_ caller: Caller) async throws -> String {
      let page = try await caller.get(
        "processor-registry", "/registry/v1/journal?limit=1", after: try await caller.position())
      return try #require(page["checkpoint"]?.text, "\(page.text)")
    }

    @Test(
      "Moved to PostgreSQL, a registry goes on under the same journal and its follower notices nothing",
      .enabled(if: TestStorage.isPostgres))
    func move() async throws {
      try await withLedger { ledger in
        let old = "sqlite:\(ledger.folder.path())old.sqlite"
        let new = try TestStorage.url(ledger.folder.appending(path: "new").path())
        let caller = try await report(ledger, at: old)
        try await ledger.start("dashboard")
        try await caller.becomeKnown(to: "dashboard")
        let position = try await caller.position()
        let before = try await caller.dashboard(Self.figures, after: position)
        let inUse = try remelt("move-store", "--from", old, "--to", new)
        #expect(inUse.code == 2 && inUse.text.contains("Another process has this database open"))
        let signed = try await checkpoint(caller)
        try await ledger.stop("processor-registry")

        let moved = try remelt("move-store", "--from", old, "--to", new)
        #expect(moved.code == 0, "\(moved.text)")
        #expect(moved.text.contains("Moved."), "\(moved.text)")
        let again = try remelt("move-store", "--from", old, "--to", new)
        #expect(again.code == 1 && again.text.contains("is not empty"), "\(again.text)")

        try await ledger.start("processor-registry", settings: ["REMELT_STORAGE_URL": new])
        let note = try await caller.get("processor-registry", "/registry/v1/journal/checkpoint")
        #expect(note.text == signed, "the checkpoint is not the one that was signed before")
        let next = try await caller.position()
        let after = try await caller.dashboard(Self.figures, after: next)
        #expect(after["rows"] == before["rows"] && after["total"] == before["total"])
        #expect(after["sources"]?.elements.first?["state"]?.text == "following", "\(after.text)")
        try await ledger.stopAll()
        let verified = try remelt("verify-store", new)
        #expect(verified.code == 0 && verified.text.contains("root "), "\(verified.text)")
      }
    }

    @Test("A backup taken under load, restored elsewhere, holds and goes on; its root was signed")
    func backup() async throws {
      try await withLedger { ledger in
        let clusters = TestStorage.isPostgres ? [try TestCluster(), try TestCluster()] : []
        let url = clusters.first?.url ?? "sqlite:\(ledger.folder.path())here.sqlite"
        let elsewhere = clusters.last?.url ?? "sqlite:\(ledger.folder.path())elsewhere.sqlite"
        let caller = try await report(ledger, at: url)
        let file = ledger.folder.appending(path: "backup").path()
        async let posts: Void = {
          for _ in 0..<200 { _ = try await caller.position() }
        }()
        let taken = try run(Self.ops("backup"), [url, file])
        #expect(taken.code == 0, "\(taken.text)")
        try await posts
        let twice = try run(Self.ops("backup"), [url, file])
        #expect(twice.code != 0, "an existing file was overwritten")

        let restored = try run(Self.ops("restore"), [file, elsewhere])
        #expect(restored.code == 0, "\(restored.text)")
        let root = try #require(restored.text.firstMatch(of: /root (\S+)/)?.1, "\(restored.text)")
        let verified = try remelt("verify-store", elsewhere)
        #expect(verified.code == 0 && verified.text.contains(root), "\(verified.text)")
        let full = try run(Self.ops("restore"), [file, elsewhere])
        #expect(full.code != 0, "a place that was not empty was restored to")

        try await ledger.stop("processor-registry")
        // What the backup says it holds was signed by the registry that was backed up.
        let signed = try #require(taken.text.firstMatch(of: /root (\S+)/)?.1, "\(taken.text)")
        #expect(try await Self.signedRoots(url).contains(String(signed)), "\(taken.text)")
        try await ledger.start(
          "processor-registry",
          settings: ["REMELT_STORAGE_URL": elsewhere])
        #expect(try await caller.post("organisations", Sample.organisation()).status == 201)
        try await ledger.stopAll()
      }
    }

    private static func signedRoots(_ url: String) async throws -> [String] {
      let database = try Database(url: url)
      defer { try? database.close() }
      return try await database.read {
        try $0.query("SELECT root FROM journal_checkpoint").map {
          Data(try $0.blob("root")).base64EncodedString()
        }
      }
    }

    @Test("A journal in which a byte was changed does not verify")
    func changed() async throws {
      try await withLedger { ledger in
        let path = ledger.folder.appending(path: "processor-registry.sqlite").path()
        let caller = try await report(ledger, at: try TestStorage.url(path))
        _ = try await checkpoint(caller)
        try await ledger.stopAll()
        let url = try TestStorage.url(path)
        #expect(try remelt("verify-store", url).code == 0)
        try await TestStorage.change(
          path, "UPDATE journal SET salt = leaf WHERE position = 5")
        let changed = try remelt("verify-store", url)
        #expect(changed.code == 1, "\(changed.text)")
        #expect(
          changed.text.contains("entry 5 is not what its hash commits to"), "\(changed.text)")
        try await TestStorage.change(path, "DELETE FROM journal WHERE position = 5")
        let gone = try remelt("verify-store", url)
        #expect(gone.code == 1 && gone.text.contains("there is no entry 5"), "\(gone.text)")
      }
    }

    @Test("A database that is not there is not made by verifying it")
    func absent() throws {
      let answer = try remelt("verify-store", "sqlite:/tmp/there-is-no-such.sqlite")
      #expect(answer.code == 2 && answer.text.contains("There is no database"))
    }
  }
}
