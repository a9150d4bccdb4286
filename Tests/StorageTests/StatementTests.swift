import TestSupport
import Testing

@testable import Storage

/// What goes into a statement and comes out of it.
struct StatementTests {
  let folder: TemporaryFolder
  let database: Database

  init() async throws {
    folder = try TemporaryFolder()
    database = try folder.database()
    try await database.migrate(
      "test",
      [
        Migration(
          1,
          """
          CREATE TABLE item (
            id BIGINT PRIMARY KEY, name TEXT, data BYTEA,
            size BIGINT CHECK (size >= 0), code TEXT UNIQUE);
          CREATE TABLE part (item BIGINT NOT NULL REFERENCES item (id));
          """)
      ])
  }

  /// Stores a row and reads it from another connection.
  private func stored(
    _ name: Value, _ data: Value, _ size: Value = .null
  ) async throws -> Row {
    try await database.write {
      try $0.execute("DELETE FROM item")
      try $0.execute(
        "INSERT INTO item (id, name, data, size) VALUES (1, $1, $2, $3)", [name, data, size])
    }
    return try #require(
      try await database.read { try $0.first("SELECT name, data, size FROM item") })
  }

  @Test("A parameter is bound by its number and not by its place in the text")
  func numbers() async throws {
    let row = try await database.read {
      try $0.first("SELECT $2 AS second, $1 AS first, $2 || $1 AS both", [.text("a"), .text("b")])
    }
    #expect(try row?.text("first") == "a")
    #expect(try row?.text("second") == "b")
    #expect(try row?.text("both") == "ba")
  }

  @Test("The tenth parameter is not the first")
  func tenth() async throws {
    let columns = (1...10).reversed().map { "CAST($\($0) AS BIGINT) AS c\($0)" }
    let row = try await database.read {
      try $0.first("SELECT \(columns.joined(separator: ", "))", (1...10).map { .int($0) })
    }
    for number in 1...10 { #expect(try row?.int("c\(number)") == Int64(number)) }
  }

  @Test("A parameter without a value is refused")
  func missing() async throws {
    for sql in ["SELECT $1, $2", "SELECT :name"] {
      await #expect(throws: StorageFailure.self) {
        try await database.read { try $0.query(sql, [.int(1)]) }
      }
    }
  }

  @Test("A value of one call is not left in the statement for the next")
  func cleared() async throws {
    let sql = "SELECT $1 AS value"
    let before = try await database.read { try $0.first(sql, [.text("kept?")]) }
    #expect(try before?.text("value") == "kept?")
    await #expect(throws: StorageFailure.self) { try await database.read { try $0.first(sql) } }
    let after = try await database.read { try $0.first(sql, [.null]) }
    #expect(try after?.optionalText("value") == nil)
  }

  @Test(
    "Text comes back as it went",
    arguments: [
      "", " ", "a", "废钢", "𠮷", "e\u{301}", "\u{E9}", "👩‍🏭", "'; DROP TABLE item; --", "$1",
      "\u{FEFF}bom", "line\r\nline", String(repeating: "示范", count: 1_000_000),
    ])
  func text(_ text: String) async throws {
    let row = try await stored(.text(text), .null)
    #expect(try Array(row.text("name").utf8) == Array(text.utf8))
  }

  @Test("Bytes come back as they went", arguments: [[], [0], [0, 1, 255], Array("text".utf8)])
  func blob(_ bytes: [UInt8]) async throws {
    let row = try await stored(.null, .blob(bytes))
    #expect(try row.blob("data") == bytes)
  }

  @Test("Large bytes come back as they went")
  func largeBlob() async throws {
    var random = Seeded()
    let bytes = random.bytes(3_000_000)
    #expect(try await stored(.null, .blob(bytes)).blob("data") == bytes)
  }

  @Test("Whole numbers come back over their whole range", arguments: [0, 1, Int64.max])
  func int(_ value: Int64) async throws {
    #expect(try await stored(.null, .null, .int(value)).int("size") == value)
    let negative = try await database.read {
      try $0.first("SELECT CAST($1 AS BIGINT) AS n", [.int(-value - 1)])
    }
    #expect(try negative?.int("n") == -value - 1)
  }

  @Test("Any text and any bytes come back as they went")
  func anything() async throws {
    var random = Seeded()
    for _ in 0..<100 {
      let text = random.text(maximum: 40)
      let bytes = random.bytes(random.int(0...80))
      let row = try await stored(.text(text), .blob(bytes))
      #expect(try Array(row.text("name").utf8) == Array(text.utf8))
      #expect(try row.blob("data") == bytes)
    }
  }

  @Test("Null is no text, no number and no bytes, and empty text and bytes are not null")
  func null() async throws {
    let row = try await stored(.null, .null)
    #expect(try row.optionalText("name") == nil)
    #expect(try row.optionalInt("size") == nil)
    #expect(throws: StorageFailure.misuse("name is null")) { try row.text("name") }
    #expect(throws: StorageFailure.misuse("size is null")) { try row.int("size") }
    #expect(throws: StorageFailure.misuse("the column data is not bytes")) { try row.blob("data") }
    let empty = try await stored(.text(""), .blob([]))
    #expect(try empty.optionalText("name") == "")
    #expect(try empty.blob("data") == [])
  }

  @Test("Optional values and flags are what they say")
  func values() {
    #expect(Value.optional(String?.none) == .null)
    #expect(Value.optional("") == .text(""))
    #expect(Value.optional(Int64?.none) == .null)
    #expect(Value.optional(Int64(7)) == .int(Int64(7)))
    #expect(Value.flag(true) == .int(1) && Value.flag(false) == .int(0))
  }

  @Test("A column that is not there, or of another type, is a defect and not a crash")
  func columns() async throws {
    let row = try await stored(.text("7"), .blob([1]), .int(0))
    #expect(throws: StorageFailure.misuse("a row has no column nmae")) { try row.text("nmae") }
    #expect(throws: StorageFailure.misuse("the column name is not a whole number")) {
      try row.int("name")
    }
    #expect(throws: StorageFailure.misuse("the column size is not text")) { try row.text("size") }
    #expect(throws: StorageFailure.misuse("the column name is not bytes")) { try row.blob("name") }
    #expect(try row.flag("size") == false)
  }

  @Test("A change may return rows")
  func returning() async throws {
    let rows = try await database.write {
      try $0.query("INSERT INTO item (id, name) VALUES (1, 'a'), (2, 'b') RETURNING id, name")
    }
    #expect(try rows.map { try $0.text("name") } == ["a", "b"])
  }

  @Test(
    "What the schema forbids is a constraint's failure",
    arguments: [
      "INSERT INTO item (id) VALUES (1)", "INSERT INTO item (id, code) VALUES (2, 'one')",
      "INSERT INTO item (id, size) VALUES (3, -1)", "INSERT INTO part (item) VALUES (NULL)",
      "INSERT INTO part (item) VALUES (404)",
    ])
  func constraint(_ sql: String) async throws {
    try await database.write { try $0.script("INSERT INTO item (id, code) VALUES (1, 'one')") }
    do {
      _ = try await database.write { try $0.execute(sql) }
      Issue.record("it was accepted")
    } catch StorageFailure.constraint(let text) {
      #expect(text.contains("constraint"))
    }
    #expect(try await database.count("item") == 1)
    #expect(try await database.count("part") == 0)
  }

  @Test("A statement that failed can be used again")
  func again() async throws {
    let sql = "INSERT INTO item (id) VALUES ($1)"
    try await database.write { connection in
      try connection.execute(sql, [.int(1)])
      #expect(throws: StorageFailure.self) {
        try connection.savepoint { try connection.execute(sql, [.int(1)]) }
      }
      try connection.execute(sql, [.int(2)])
    }
    #expect(try await database.count("item") == 2)
  }

  @Test("A part of a write can fail alone, and parts can stand in parts")
  func parts() async throws {
    struct Refusal: Error {}
    try await database.write { connection in
      for id in 1...4 {
        try? connection.savepoint {
          try connection.execute("INSERT INTO item (id) VALUES ($1)", [.int(id)])
          try? connection.savepoint {
            try connection.execute("INSERT INTO item (id) VALUES ($1)", [.int(id * 10)])
            if id == 3 { throw Refusal() }
          }
          if id == 2 { throw Refusal() }
        }
      }
    }
    let ids = try await database.read { try $0.query("SELECT id FROM item ORDER BY id") }
    #expect(try ids.map { try $0.int("id") } == [1, 3, 4, 10, 40])
  }

  @Test("A read cannot write")
  func readOnly() async throws {
    await #expect(throws: (any Error).self) {
      try await database.read { try $0.execute("INSERT INTO item (id) VALUES (1)") }
    }
    #expect(try await database.count("item") == 0)
  }
}
