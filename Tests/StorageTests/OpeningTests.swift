import Foundation
import TestSupport
import Testing

@testable import Storage

/// What is refused when a SQLite file is opened, and with which sentence.
@Suite(.enabled(if: !TestStorage.isPostgres))
struct OpeningTests {
  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  /// The sentence with which a URL is refused.
  private func refusal(_ url: String, at location: SourceLocation = #_sourceLocation) -> String {
    do {
      _ = try Database(url: url)
      Issue.record("it was opened", sourceLocation: location)
    } catch StorageFailure.unusable(let sentence) {
      return sentence
    } catch {
      Issue.record(error, sourceLocation: location)
    }
    return ""
  }

  @Test("What is acknowledged survives a power failure: WAL with synchronous=FULL")
  func durability() async throws {
    let database = try folder.database()
    let (level, mode) = try await database.write { connection in
      (
        try connection.first("PRAGMA synchronous")?.int("synchronous"),
        try connection.first("PRAGMA journal_mode")?.text("journal_mode")
      )
    }
    #expect(level == 2)
    #expect(mode == "wal")
  }

  @Test("Foreign keys are on")
  func foreignKeys() async throws {
    let database = try folder.database()
    let writer = try await database.write { try $0.first("PRAGMA foreign_keys") }
    #expect(try writer?.flag("foreign_keys") == true)
  }

  @Test(
    "A storage.url of another form is refused",
    arguments: ["", "sqlite:", "registry.sqlite", "SQLITE:x", "mysql://localhost/registry"])
  func form(_ url: String) {
    #expect(
      refusal(url)
        == "storage.url is \"\(url)\": write sqlite:PATH, such as sqlite:var/registry.sqlite, or postgres://USER@HOST/DATABASE"
    )
  }

  @Test("A second opening of the same file is refused, and the first goes on")
  func second() async throws {
    let database = try folder.database()
    #expect(
      refusal("sqlite:\(folder.file("test.sqlite"))")
        == "Another process has this database open (\(folder.file("test.sqlite")).lock): stop it, or give this one its own storage.url."
    )
    #expect(try await database.read { try $0.query("SELECT 1 AS one").count } == 1)
  }

  @Test("A file that another process has is refused until that process ends")
  func process() throws {
    let (other, (input, output)) = try Spawning.run { other in
      let (input, output) = (Pipe(), Pipe())
      other.executableURL = URL(filePath: "/usr/bin/env")
      other.arguments = [
        "python3", "-c",
        """
        import fcntl, sys
        file = open(sys.argv[1], "w")
        fcntl.flock(file, fcntl.LOCK_EX)
        print("held", flush=True)
        sys.stdin.read()
        """, folder.file("test.sqlite.lock"),
      ]
      other.standardInput = input
      other.standardOutput = output
      return (input, output)
    }
    let held = try output.fileHandleForReading.read(upToCount: 5)
    #expect(held == Data("held\n".utf8))
    #expect(
      refusal("sqlite:\(folder.file("test.sqlite"))").hasPrefix(
        "Another process has this database open"))
    try input.fileHandleForWriting.close()
    other.waitUntilExit()
    _ = try folder.database()
  }

  @Test("The folder of the file is made, whatever its name")
  func folders() async throws {
    let name = "a b/废#%41?/test.sqlite"
    let database = try folder.database(name)
    try await database.write { try $0.script("CREATE TABLE item (id BIGINT)") }
    #expect(FileManager.default.fileExists(atPath: folder.file(name)))
  }

  @Test("Only the owner may read the files, which hold the journal's key")
  func rights() async throws {
    let database = try folder.database()
    try await database.write { try $0.script("CREATE TABLE item (id BIGINT)") }
    let files = try FileManager.default.contentsOfDirectory(atPath: folder.path)
    #expect(files.count == 4)
    for file in files {
      let attributes = try FileManager.default.attributesOfItem(atPath: folder.file(file))
      #expect(attributes[.posixPermissions] as? Int == 0o600, "\(file)")
    }
  }

  @Test("A path that cannot be a database is refused with the path and what to check")
  func unusable() throws {
    try Data("no folder".utf8).write(to: URL(filePath: folder.file("file")))
    let inFile = refusal("sqlite:\(folder.file("file/test.sqlite"))")
    #expect(inFile.hasPrefix("The database \(folder.file("file/test.sqlite")) cannot be opened"))
    #expect(inFile.hasSuffix("Check storage.url and the folder's rights."))
    let noDatabase = Data(repeating: 0x41, count: 5000)
    try noDatabase.write(to: URL(filePath: folder.file("letter.txt")))
    #expect(refusal("sqlite:\(folder.file("letter.txt"))").contains("cannot be opened"))
    #expect(try Data(contentsOf: URL(filePath: folder.file("letter.txt"))) == noDatabase)
  }

  @Test("A file that was refused or closed can be opened again")
  func again() async throws {
    for _ in 0..<3 {
      let database = try folder.database()
      try await database.write { try $0.script("CREATE TABLE IF NOT EXISTS item (id BIGINT)") }
      _ = refusal("sqlite:\(folder.file("test.sqlite"))")
      try database.close()
    }
  }
}
