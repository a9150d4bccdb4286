import TestSupport
import Testing

@testable import Storage

struct MigrationTests {
  static let first = Migration(1, "CREATE TABLE item (id BIGINT PRIMARY KEY)")
  static let second = Migration(
    2, "ALTER TABLE item ADD COLUMN name TEXT; INSERT INTO item (id, name) VALUES (1, 'one')")

  let folder: TemporaryFolder
  let database: Database

  init() throws {
    folder = try TemporaryFolder()
    database = try folder.database()
  }

  private func steps() async throws -> [String] {
    try await database.read {
      try $0.query("SELECT component, number FROM schema_migration ORDER BY component, number")
    }.map { "\(try $0.text("component")) \(try $0.int("number"))" }
  }

  @Test("Steps are applied once, in order, and new ones when they come")
  func once() async throws {
    try await database.migrate("test", [Self.first])
    try await database.migrate("test", [Self.first])
    #expect(try await steps() == ["test 1"])
    for _ in 0..<2 { try await database.migrate("test", [Self.first, Self.second]) }
    #expect(try await steps() == ["test 1", "test 2"])
    #expect(try await database.count("item") == 1)
  }

  @Test("Two components have their own numbers")
  func components() async throws {
    try await database.migrate("a", [Self.first, Self.second])
    try await database.migrate("b", [Migration(1, "CREATE TABLE other (id BIGINT)")])
    try await database.migrate("a", [Self.first, Self.second])
    #expect(try await steps() == ["a 1", "a 2", "b 1"])
  }

  @Test("A database of a newer version is refused")
  func newer() async throws {
    try await database.migrate("test", [Self.first, Self.second])
    await #expect(
      throws: StorageFailure.unusable(
        "The database was made by a newer Remelt (schema test 2): start that version.")
    ) { try await database.migrate("test", [Self.first]) }
    #expect(try await steps() == ["test 1", "test 2"])
  }

  @Test("A step that was edited after it landed is refused, and nothing after it is applied")
  func edited() async throws {
    try await database.migrate("test", [Self.first])
    let edited = Migration(1, Self.first.sql + " ")
    await #expect(
      throws: StorageFailure.unusable(
        "Step 1 of the schema test differs from the one this database was made with.")
    ) { try await database.migrate("test", [edited, Self.second]) }
    #expect(try await steps() == ["test 1"])
    #expect(try await database.count("item") == 0)
  }

  @Test("A step that fails in its middle leaves nothing of itself or of those before it")
  func failing() async throws {
    let bad = Migration(2, "CREATE TABLE other (id BIGINT); INSERT INTO nowhere VALUES (1)")
    await #expect(throws: StorageFailure.self) {
      try await database.migrate("test", [Self.first, bad])
    }
    for table in ["item", "other", "schema_migration"] {
      await #expect(throws: StorageFailure.self) { try await database.count(table) }
    }
    try await database.migrate("test", [Self.first, Self.second])
    #expect(try await steps() == ["test 1", "test 2"])
  }
}
