import Foundation
import TestSupport
import Testing

@testable import Storage

/// Concurrent writes share a transaction, and none of them can tell.
@Suite(.timeLimit(.minutes(2)))
struct GroupCommitTests {
  struct Refusal: Error {}

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
          CREATE TABLE item (id BIGINT PRIMARY KEY);
          CREATE TABLE later (
            item BIGINT NOT NULL REFERENCES item (id) DEFERRABLE INITIALLY DEFERRED);
          """)
      ])
    guard !TestStorage.isPostgres else { return }
    try await database.write {
      try $0.script(
        """
        CREATE TRIGGER item_end BEFORE INSERT ON item WHEN NEW.id = 666
        BEGIN SELECT RAISE(ROLLBACK, 'ended'); END;
        """)
    }
  }

  /// Has the engine end the transaction, as a full disk or a server that is shut down does.
  private func end(on connection: Connection) throws {
    if TestStorage.isPostgres {
      _ = try connection.query("SELECT pg_terminate_backend(pg_backend_pid())")
    } else {
      try insert(666, on: connection)
    }
  }

  private func ids() async throws -> [Int64] {
    try await database.read { try $0.query("SELECT id FROM item ORDER BY id") }
      .map { try $0.int("id") }
  }

  private func insert(_ id: Int, on connection: Connection) throws {
    try connection.execute("INSERT INTO item (id) VALUES ($1)", [.int(id)])
  }

  @Test("A write gives back what its body gave")
  func value() async throws {
    let value = try await database.write { connection in
      try self.insert(7, on: connection)
      return try connection.first("SELECT id FROM item")?.int("id")
    }
    #expect(value == 7)
  }

  @Test("A body that throws leaves nothing, and its own error comes out")
  func thrown() async throws {
    await #expect(throws: Refusal.self) {
      try await database.write { connection in
        try self.insert(1, on: connection)
        throw Refusal()
      }
    }
    #expect(try await ids() == [])
  }

  @Test("One write of a group fails alone; the others are kept")
  func alone() async throws {
    let failures = try await database.together(20) { number, connection in
      try self.insert(number, on: connection)
      if number == 4 { throw Refusal() }
      if number == 9 { try self.insert(0, on: connection) }
    }
    #expect(Set(failures.keys) == [4, 9])
    #expect(failures[4] is Refusal)
    #expect((failures[9] as? StorageFailure)?.description.contains("constraint") == true)
    #expect(try await ids() == (0..<20).filter { $0 != 4 && $0 != 9 })
  }

  @Test("A write sees those that went before it in its group, and not the failed ones")
  func order() async throws {
    let failures = try await database.together(30) { number, connection in
      let row = try connection.first("SELECT COUNT(*) AS count FROM item")
      // Every third write fails after its insert.
      let expected = (0..<number).count { $0 % 3 != 2 }
      guard try row?.int("count") == Int64(expected) else { throw Refusal() }
      try self.insert(number, on: connection)
      if number % 3 == 2 { throw Refusal() }
    }
    #expect(Set(failures.keys) == Set((0..<30).filter { $0 % 3 == 2 }))
  }

  @Test("When the engine ends the transaction the whole group fails, and nobody is acknowledged")
  func ended() async throws {
    let failures = try await database.together(10) { number, connection in
      if number == 5 { try self.end(on: connection) }
      try self.insert(number, on: connection)
    }
    #expect(Set(failures.keys) == Set(0..<10))
    for failure in failures.values {
      switch failure as? StorageFailure {
      case .engine, .away: continue
      default: Issue.record("\(failure) is not the engine's failure")
      }
    }
    #expect(try await ids() == [])
    try await database.write { try self.insert(1, on: $0) }
    #expect(try await ids() == [1])
  }

  @Test("A body that swallows the end of its transaction writes nothing any more")
  func swallowed() async throws {
    let failures = try await database.together(3) { number, connection in
      try self.insert(number, on: connection)
      guard number == 1 else { return }
      try? connection.savepoint { try self.end(on: connection) }
      try? connection.savepoint { try self.insert(50, on: connection) }
      try? self.insert(51, on: connection)
    }
    #expect(Set(failures.keys) == [0, 1, 2])
    #expect(try await ids() == [])
  }

  @Test("When the commit itself is refused the whole group fails, and the next write goes on")
  func refused() async throws {
    let failures = try await database.together(5) { number, connection in
      try self.insert(number, on: connection)
      if number == 2 { try connection.execute("INSERT INTO later (item) VALUES (404)") }
    }
    #expect(Set(failures.keys) == Set(0..<5))
    #expect(try await ids() == [])
    try await database.write { try self.insert(1, on: $0) }
    #expect(try await ids() == [1])
  }

  @Test("More than 1,024 waiting writes are refused at once, and those that wait are kept")
  func overload() async throws {
    let gate = Gate()
    try await withThrowingTaskGroup(of: Bool.self) { group in
      group.addTask {
        try await database.write { _ in gate.hold() }
        return true
      }
      await gate.reached()
      for number in 0..<1124 {
        group.addTask {
          do {
            try await database.write { try self.insert(number + 1000, on: $0) }
            return true
          } catch StorageFailure.overloaded {
            return false
          }
        }
      }
      // Nothing but refusals can come while the gate is closed.
      for _ in 0..<100 { #expect(try await group.next() == false) }
      #expect(database.waitingWrites == 1024)
      gate.open()
      var kept = 0
      for try await accepted in group {
        #expect(accepted)
        kept += 1
      }
      #expect(kept == 1025)
    }
    #expect(try await database.count("item") == 1024)
    #expect(database.waitingWrites == 0)
  }

  @Test("Five hundred concurrent writes are all there when the file is opened again")
  func durable() async throws {
    let path = folder.file("many.sqlite")
    try await Self.write(500, to: path)
    let again = try Database(url: TestStorage.url(path))
    let ids = try await again.read { try $0.query("SELECT id FROM item ORDER BY id") }
    #expect(try ids.map { try $0.int("id") } == Array(0..<500))
  }

  private static func write(_ count: Int64, to path: String) async throws {
    let database = try Database(url: TestStorage.url(path))
    try await database.migrate("test", [Migration(1, "CREATE TABLE item (id BIGINT PRIMARY KEY)")])
    try await withThrowingTaskGroup(of: Int64.self) { group in
      for id in 0..<count {
        group.addTask {
          try await database.write {
            try $0.execute("INSERT INTO item (id) VALUES ($1)", [.int(id)])
            return id
          }
        }
      }
      let kept = try await group.reduce(into: Set()) { $0.insert($1) }
      #expect(kept == Set(0..<count))
    }
    try database.close()
  }

  @Test(
    "What was answered is in the files as they lie on the disk",
    .enabled(if: !TestStorage.isPostgres))
  func copied() async throws {
    for id in 0..<10 {
      try await database.write { try self.insert(id, on: $0) }
      for end in ["", "-wal"] {
        try FileManager.default.copyItem(
          atPath: folder.file("test.sqlite\(end)"), toPath: folder.file("copy\(id)\(end)"))
      }
      let copy = try folder.database("copy\(id)")
      #expect(try await copy.count("item") == Int64(id + 1))
    }
  }

  @Test("A read keeps to one snapshot while others write")
  func snapshot() async throws {
    let gate = Gate()
    async let counts = database.read { connection in
      let before = try connection.first("SELECT COUNT(*) AS count FROM item")?.int("count")
      gate.hold()
      let after = try connection.first("SELECT COUNT(*) AS count FROM item")?.int("count")
      return [before, after]
    }
    await gate.reached()
    defer { gate.open() }
    try await database.write { try self.insert(1, on: $0) }
    #expect(try await database.count("item") == 1)
    gate.open()
    #expect(try await counts == [0, 0])
  }

  @Test("A write to a closed database fails and crashes nothing")
  func closed() async throws {
    try database.close()
    await #expect(throws: (any Error).self) {
      try await database.write { try self.insert(1, on: $0) }
    }
    await #expect(throws: (any Error).self) { try await ids() }
  }
}
