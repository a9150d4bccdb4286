import Foundation
import Synchronization
import TestSupport
import Testing

@testable import Storage

/// Moving a store from SQLite to PostgreSQL.
@Suite(.enabled(if: TestStorage.isPostgres), .timeLimit(.minutes(2)))
struct StoreMoveTests {
  static let migrations = [
    Migration(
      1,
      """
      CREATE TABLE place (
        id TEXT PRIMARY KEY, name TEXT, merged_into TEXT REFERENCES place (id), data BYTEA);
      CREATE TABLE part (
        place TEXT NOT NULL REFERENCES place (id), number BIGINT NOT NULL, size BIGINT,
        PRIMARY KEY (place, number));
      CREATE TABLE old (id BIGINT PRIMARY KEY, gone TEXT);
      """),
    Migration(2, "ALTER TABLE old DROP COLUMN gone"),
  ]

  let folder: TemporaryFolder
  let source: Database
  let target: Database

  init() async throws {
    folder = try TemporaryFolder()
    source = try Database(url: "sqlite:\(folder.file("source.sqlite"))")
    target = try folder.database("target")
    try await source.migrate("test", Self.migrations)
    try await source.migrate("other", [Migration(1, "CREATE TABLE lone (id BYTEA PRIMARY KEY)")])
  }

  struct Interruption: Error {}

  /// 5,000 places, each but the last merged into one whose id comes later, and parts of them.
  private func fill() async throws {
    let seeded = Mutex(Seeded())
    try await source.write { connection in
      for number in (0..<5000).reversed() {
        let (name, bytes) = seeded.withLock { ($0.text(), $0.bytes($0.int(0...40))) }
        try connection.execute(
          "INSERT INTO place (id, name, merged_into, data) VALUES ($1, $2, $3, $4)",
          [
            .text(String(format: "%06d", number)), number % 7 == 0 ? .null : .text(name),
            number == 4999 ? .null : .text(String(format: "%06d", number + 1)),
            number % 5 == 0 ? .null : .blob(bytes),
          ])
        try connection.execute(
          "INSERT INTO part (place, number, size) VALUES ($1, $2, $3), ($1, $4, $5)",
          [
            .text(String(format: "%06d", number)), .int(-number), .int(Int64.max),
            .int(number + 1), .null,
          ])
      }
      try connection.execute("INSERT INTO lone (id) VALUES ($1), ($2)", [.blob([0]), .blob([])])
    }
  }

  private func content(_ database: Database) async throws -> [String: [[Value]]] {
    var content: [String: [[Value]]] = [:]
    for (table, key) in ["place": "1", "part": "1, 2", "old": "1", "lone": "1"] {
      content[table] = try await database.read {
        try $0.query("SELECT * FROM \(table) ORDER BY \(key)").map(\.values)
      }
    }
    return content
  }

  @Test("Interrupted at any step and begun again, everything arrives once and as it was")
  func interrupted() async throws {
    try await fill()
    var runs = 0
    var isDone = false
    while !isDone {
      runs += 1
      let steps = Mutex(0)
      let limit = runs * 2
      do {
        try await StoreMove(from: source, to: target).run { _ in
          let count = steps.withLock { steps -> Int in
            steps += 1
            return steps
          }
          if count > limit { throw Interruption() }
        }
        isDone = true
      } catch is Interruption {}
      try #require(runs < 100)
    }
    #expect(runs > 2)
    let (expected, found) = (try await content(source), try await content(target))
    for (table, rows) in expected {
      let isSame = found[table] == rows
      #expect(isSame, "\(table) differs")
    }
    try await target.migrate("test", Self.migrations)
    // The foreign keys are back.
    await #expect(throws: StorageFailure.self) {
      try await target.write {
        try $0.execute("INSERT INTO part (place, number) VALUES ('nowhere', 1)")
      }
    }
    await #expect(throws: StorageFailure.self) { try await target.count("store_move") }
  }

  @Test("A database that holds something else is refused and stays as it is")
  func full() async throws {
    try await target.write { try $0.script("CREATE TABLE mine (id BIGINT)") }
    await #expect(
      throws: StorageFailure.unusable(
        "The database to move to is not empty: it holds mine. Name an empty one.")
    ) { try await StoreMove(from: source, to: target).run { _ in } }
  }

  @Test("Nothing is moved the other way")
  func backwards() {
    #expect(throws: StorageFailure.self) { try StoreMove(from: target, to: source) }
    #expect(throws: StorageFailure.self) { try StoreMove(from: target, to: target) }
  }
}
