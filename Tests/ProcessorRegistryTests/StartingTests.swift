import Foundation
import Models
import TestSupport
import Testing

@Suite("Starting and stopping the registry", .serialized)
struct StartingTests {
  @Test("What was written is there after a restart, under the same keys and origin")
  func restart() async throws {
    try await withFolder { folder in
      let first = try await RunningRegistry(in: folder)
      let caller = try await first.operator
      let enrolled = try await Enrolled(by: caller)
      let report = try await enrolled.report()
      let key = Caller.fresh()
      let body = Sample.organisation()
      let made = try await caller.post("organisations", body, key: key)
      let size = try #require(made.journalSize)
      let operatorKey = try first.key()
      #expect(await first.stop() == 0)
      let second = try await RunningRegistry(in: folder)
      #expect(try second.key() == operatorKey, "the first operator is made once")
      let again = try await second.operator
      let read = try await again.get("throughput/\(report["id"]?.text ?? "")")
      #expect(read.body == report.body)
      let replay = try await again.post("organisations", body, key: key)
      #expect(replay.header("Idempotent-Replay") == "true")
      #expect(try await again.mark() == size + 1)
      let old = Caller(registry: second, token: caller.token, key: "")
      #expect(try await old.get("me").status == 200, "a token outlives a restart")
      #expect(await second.stop() == 0)
    }
  }

  @Test("Key files and the database are only their owner's to read")
  func rights() async throws {
    try await withRegistry { registry in
      let manager = FileManager.default
      let database = TestStorage.isPostgres ? [] : ["registry.sqlite"]
      for name in database + ["keys/operator.key", "keys/service.key"] {
        let file = registry.folder.appending(path: name).path()
        let rights = try manager.attributesOfItem(atPath: file)[.posixPermissions] as? Int
        #expect(rights == 0o600, "\(name)")
      }
      #expect(!registry.standardError.text.contains(try registry.key()))
    }
  }

  private func start(_ settings: [String: String], arguments: [String] = []) async throws
    -> (code: Int32, text: String)
  {
    try await withFolder { folder in
      let gathered = Gathered()
      let all = try RunningRegistry.settings(in: folder).merging(settings) { $1 }
      let process = try Launched(
        "processor-registry", arguments: arguments, settings: all, standardError: gathered)
      let code = await process.exit()
      _ = await gathered.line(containing: "\u{0}never")
      return (code, gathered.text)
    }
  }

  @Test(
    "A wrong setting stops the start with exit code 78 and a sentence that says what to write",
    arguments: [
      ("REMELT_HTTP_PORT", "abc"), ("REMELT_HTTP_PORT", "70000"), ("REMELT_HTTP_PORT", "-1"),
      ("REMELT_LOG_LEVEL", "loud"), ("REMELT_LOG_FORMAT", "xml"), ("REMELT_PUBLIC_URL", "ftp://x"),
      ("REMELT_PUBLIC_URL", "http://x/"), ("REMELT_HTTP_DEADLINE_SECONDS", "0"),
      ("REMELT_BALANCE_TOLERANCE_PERMILLE", "1001"), ("REMELT_CONFIG", "/nowhere/remelt.json"),
    ])
  func wrongSetting(name: String, value: String) async throws {
    let (code, text) = try await start([name: value])
    #expect(code == 78)
    #expect(text.contains(name), "\(text)")
    #expect(text.lowercased().contains("write"), "\(text)")
    #expect(!text.contains("Fatal"), "\(text)")
  }

  @Test(
    "A storage address that cannot be used stops the start with a sentence",
    arguments: ["mysql://x", "sqlite:", "sqlite:/proc/nowhere/x.sqlite"])
  func wrongStorage(url: String) async throws {
    let (code, text) = try await start(["REMELT_STORAGE_URL": url])
    #expect(code == 78)
    #expect(text.contains("storage.url") || text.contains("REMELT_STORAGE_URL"), "\(text)")
  }

  @Test(
    "A second process on the same SQLite file is refused, and the first goes on",
    .enabled(if: !TestStorage.isPostgres))
  func second() async throws {
    try await withRegistry { registry in
      let gathered = Gathered()
      let process = try Launched(
        "processor-registry", settings: try RunningRegistry.settings(in: registry.folder),
        standardError: gathered)
      #expect(await process.exit() != 0)
      _ = await gathered.line(containing: "\u{0}never")
      #expect(gathered.text.contains("Another process has this database open"), "\(gathered.text)")
      _ = try await registry.operator.mark()
    }
  }

  @Test("Settings come from a file as well, and the environment goes before it")
  func file() async throws {
    try await withFolder { folder in
      let file = folder.appending(path: "remelt.json")
      try Data(#"{"balance": {"tolerance": {"permille": 0}}, "http": {"port": "abc"}}"#.utf8)
        .write(to: file)
      try await withRegistry(["REMELT_CONFIG": file.path()]) { registry in
        let enrolled = try await Enrolled(by: try await registry.operator)
        let off = try await enrolled.report { $0.with("closing", Sample.mass("175.000001")) }
        #expect(off.status == 422)
      }
    }
  }

  @Test(
    "Help names the settings, and a wrong argument is refused", arguments: ["--help", "--bogus"])
  func help(argument: String) async throws {
    let (code, _) = try await start([:], arguments: [argument])
    #expect(code == (argument == "--help" ? 0 : 64))
  }
}
