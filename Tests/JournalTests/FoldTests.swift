import Foundation
import Models
import TestSupport
import Testing

@testable import Journal
@testable import Storage

/// A journal in one database, followed into another.
struct FoldTests {
  let folder: TemporaryFolder
  let ledger: Ledger

  init() async throws {
    folder = try TemporaryFolder()
    ledger = try await Ledger(try folder.database("source.sqlite"))
  }

  /// A database that follows, and knows nothing yet.
  private func follower(_ name: String) async throws -> Database {
    let database = try folder.database(name)
    try await database.migrate("follower", Follower.migrations)
    try await database.migrate(
      "seen",
      [
        Migration(
          1,
          """
          CREATE TABLE seen (
            position BIGINT PRIMARY KEY, type TEXT NOT NULL, subject TEXT NOT NULL,
            recorded_at BIGINT NOT NULL, data TEXT NOT NULL);
          CREATE TABLE total (subject TEXT PRIMARY KEY, number BIGINT NOT NULL);
          """)
      ])
    return database
  }

  private func cursor(of database: Database) async throws -> Cursor? {
    try await database.read { try Cursor("registry", on: $0) }
  }

  /// Facts, and a sum that shows whether something was applied twice.
  private static func fold(_ entries: [Followed], on connection: Connection) throws {
    for entry in entries {
      let data = String(decoding: entry.data.bytes, as: UTF8.self)
      try connection.execute(
        """
        INSERT INTO seen (position, type, subject, recorded_at, data) VALUES ($1, $2, $3, $4, $5)
        ON CONFLICT (position) DO NOTHING
        """,
        [
          .int(entry.position), .optional(entry.type?.rawValue), .text(entry.subject),
          .int(entry.recordedAt.milliseconds), .text(data),
        ])
      try connection.execute(
        """
        INSERT INTO total (subject, number) VALUES ($1, $2)
        ON CONFLICT (subject) DO UPDATE SET number = total.number + $2
        """, [.text(entry.subject), .int(entry.data["number"]?.int ?? 0)])
    }
  }

  /// Applies a page as ``Follower/follow()`` does.
  private func apply(_ page: JournalPage, to database: Database, at cursor: Cursor?) async throws {
    let next = try page.extending(cursor, source: "registry")
    try await database.write { connection in
      let now = try Cursor("registry", on: connection)
      guard now?.frontier == cursor?.frontier, !page.entries.isEmpty else { return }
      try Self.fold(page.entries, on: connection)
      try next.store("registry", on: connection)
    }
  }

  /// Follows to the signed end, with pages of the given length.
  private func follow(into database: Database, limit: () -> Int) async throws {
    while true {
      let cursor = try await cursor(of: database)
      let json = try await ledger.page(after: cursor?.frontier.size ?? 0, limit: limit())
      let page = try JournalPage(json.bytes)
      if page.entries.isEmpty { return }
      try await apply(page, to: database, at: cursor)
    }
  }

  /// Everything that a follower holds.
  private func content(of database: Database) async throws -> [[Value]] {
    try await database.read { connection in
      try ["follower", "seen", "total"].flatMap {
        try connection.query("SELECT * FROM \($0) ORDER BY 1").map(\.values)
      }
    }
  }

  @Test("A follower ends with every entry, in order, at the signed root")
  func folded() async throws {
    var random = Seeded()
    let database = try await follower("follower.sqlite")
    var size = 0
    for _ in 0..<12 {
      let step = random.int(0...60)
      try await ledger.append(size..<size + step)
      size += step
      ledger.time.advance(seconds: 1)
      try await ledger.keeper.keep()
      if random.int(0...2) > 0 {
        try await follow(into: database) { random.int(1...25) }
      }
    }
    try await follow(into: database) { random.int(1...25) }
    let cursor = try await cursor(of: database)
    #expect(cursor?.frontier.size ?? 0 == Int64(size))
    #expect(cursor?.frontier.root ?? Merkle.emptyRoot == ledger.keeper.published?.checkpoint.root)
    let seen = try await database.read { try $0.query("SELECT * FROM seen ORDER BY position") }
    #expect(seen.count == size)
    for (number, row) in seen.enumerated() {
      #expect(try row.int("position") == Int64(number))
      #expect(
        try row.text("data") == String(decoding: Ledger.event(number).data.bytes, as: UTF8.self))
    }
  }

  @Test("A page that is applied twice changes nothing the second time")
  func twice() async throws {
    let database = try await follower("follower.sqlite")
    try await ledger.append(0..<40)
    try await ledger.keeper.keep()
    let page = try JournalPage(try await ledger.page(after: 0, limit: 30).bytes)
    try await apply(page, to: database, at: nil)
    let once = try await content(of: database)
    try await apply(page, to: database, at: nil)
    #expect(try await content(of: database) == once)
    // Against the cursor that stands there it is no continuation.
    let cursor = try #require(try await cursor(of: database))
    #expect(throws: BrokenJournal.self) { try page.extending(cursor, source: "registry") }
  }

  @Test("Two replicas that follow into one database apply every page once")
  func replicas() async throws {
    let database = try await follower("shared.sqlite")
    let alone = try await follower("alone.sqlite")
    try await ledger.append(0..<120)
    try await ledger.keeper.keep()
    try await withThrowingTaskGroup(of: Void.self) { group in
      for limit in [7, 11] {
        group.addTask { try await self.follow(into: database) { limit } }
      }
      try await group.waitForAll()
    }
    try await follow(into: alone) { 1000 }
    #expect(try await content(of: database) == (try await content(of: alone)))
  }

  @Test("What fails while a page is applied leaves neither its entries nor its cursor")
  func failing() async throws {
    struct Refusal: Error {}
    let database = try await follower("follower.sqlite")
    try await ledger.append(0..<10)
    try await ledger.keeper.keep()
    let page = try JournalPage(try await ledger.page(after: 0).bytes)
    let next = try page.extending(nil, source: "registry")
    await #expect(throws: Refusal.self) {
      try await database.write { connection in
        try Self.fold(page.entries, on: connection)
        try next.store("registry", on: connection)
        throw Refusal()
      }
    }
    #expect(try await content(of: database) == [])
    try await follow(into: database) { 1000 }
    #expect(try await cursor(of: database)?.frontier == next.frontier)
  }

  @Test("A follower that is wiped and built again ends equal")
  func wiped() async throws {
    var random = Seeded()
    let database = try await follower("follower.sqlite")
    try await ledger.append(0..<300)
    try await ledger.keeper.keep()
    try await follow(into: database) { random.int(1...90) }
    let before = try await content(of: database)
    try await database.write {
      try $0.script("DELETE FROM follower; DELETE FROM seen; DELETE FROM total")
    }
    #expect(try await cursor(of: database) == nil)
    try await follow(into: database) { random.int(1...90) }
    #expect(try await content(of: database) == before)
    let fresh = try await follower("fresh.sqlite")
    try await follow(into: fresh) { random.int(1...90) }
    #expect(try await content(of: fresh) == before)
  }

  @Test("Two journals are followed side by side without touching each other")
  func sources() async throws {
    let database = try await follower("follower.sqlite")
    try await ledger.append(0..<4)
    try await ledger.keeper.keep()
    let page = try JournalPage(try await ledger.page(after: 0).bytes)
    let next = try page.extending(nil, source: "registry")
    try await database.write { try next.store("mills", on: $0) }
    #expect(try await cursor(of: database) == nil)
    try await database.write { try next.store("registry", on: $0) }
    let stored = try #require(try await cursor(of: database))
    #expect(stored.origin == next.origin && stored.verifier == next.verifier)
    #expect(stored.frontier == next.frontier && stored.recordedAt == next.recordedAt)
  }
}
