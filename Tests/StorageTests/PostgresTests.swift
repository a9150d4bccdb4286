import Foundation
import Synchronization
import TestSupport
import Testing

@testable import Storage

/// What only PostgreSQL does: it goes away and comes back, and others write to it too.
@Suite(.enabled(if: TestStorage.isPostgres), .timeLimit(.minutes(3)))
struct PostgresTests {
  static let items = [
    Migration(1, "CREATE TABLE item (id BIGINT PRIMARY KEY, name TEXT)")
  ]

  /// The sentence with which a URL is refused.
  private func refusal(_ url: String, at location: SourceLocation = #_sourceLocation) -> String {
    do {
      _ = try Database(url: url, patience: .milliseconds(200))
      Issue.record("it was opened", sourceLocation: location)
    } catch StorageFailure.unusable(let sentence) {
      return sentence
    } catch {
      Issue.record(error, sourceLocation: location)
    }
    return ""
  }

  @Test(
    "A URL that libpq cannot read is refused with its form, and the password is not repeated",
    arguments: [
      "postgres://u:secret%@h/d", "postgres://u:secret@h:port:9/d", "postgres://u:secret@h/d?bad=1",
    ])
  func form(_ url: String) {
    let sentence = refusal(url)
    #expect(sentence.hasPrefix("storage.url cannot be read: write postgres://USER@HOST"))
    #expect(!sentence.contains("secret"))
  }

  @Test("A server that is not there, and a database that is not, are refused with libpq's reason")
  func absent() throws {
    let cluster = try TestCluster()
    #expect(
      refusal("\(cluster.url)x").hasSuffix(#"database "remeltx" does not exist"#))
    try cluster.stop()
    let sentence = refusal(cluster.url)
    #expect(sentence.hasPrefix("The database of storage.url cannot be used: connection to server"))
    #expect(sentence.contains("Connection refused"))
  }

  @Test("A database of another encoding is refused with the statement that makes the right one")
  func encoding() throws {
    let cluster = try TestCluster()
    try cluster.execute("CREATE DATABASE bytes TEMPLATE template0 ENCODING 'SQL_ASCII' LOCALE 'C'")
    let url = cluster.url.replacing(/remelt$/, with: "bytes")
    #expect(
      refusal(url).hasSuffix(
        "make it with CREATE DATABASE bytes TEMPLATE template0 ENCODING 'UTF8' LOCALE 'C'."))
  }

  @Test(
    "A server that would lose acknowledged commits is refused; a lazy commit is made a real one")
  func durability() async throws {
    let cluster = try TestCluster()
    try cluster.execute("ALTER SYSTEM SET synchronous_commit = off")
    try cluster.execute("SELECT pg_reload_conf()")
    let database = try Database(url: cluster.url)
    let setting = try await database.write {
      try $0.first("SELECT current_setting('synchronous_commit') AS value")?.text("value")
    }
    #expect(setting == "on")
    try database.close()
    try cluster.execute("ALTER SYSTEM SET fsync = off")
    try cluster.execute("SELECT pg_reload_conf()")
    #expect(
      refusal(cluster.url)
        == "PostgreSQL would not be durable here: set fsync and full_page_writes to on.")
  }

  @Test("Writes of several replicas take turns: what one has looked up holds until it commits")
  func turns() async throws {
    let folder = try TemporaryFolder()
    let replicas = try (0..<3).map { _ in try folder.database() }
    try await withThrowingTaskGroup(of: Void.self) { group in
      for database in replicas {
        group.addTask { try await database.migrate("test", Self.items) }
      }
      try await group.waitForAll()
    }
    let failures = await withThrowingTaskGroup(of: Void.self) { group in
      for number in 0..<300 {
        group.addTask {
          try await replicas[number % 3].write { connection in
            let next = try connection.first(
              "SELECT COALESCE(MAX(id), 0) + 1 AS next FROM item")?.int("next")
            try connection.execute(
              "INSERT INTO item (id) VALUES ($1)", [.int(next ?? -1)])
          }
        }
      }
      var failures = 0
      while let result = await group.nextResult() {
        if case .failure = result { failures += 1 }
      }
      return failures
    }
    #expect(failures == 0)
    #expect(try await replicas[0].count("item") == 300)
    for database in replicas { try database.close() }
  }

  @Test("While the server is away everything fails at once; when it is back all goes on")
  func away() async throws {
    let cluster = try TestCluster()
    let database = try Database(url: cluster.url)
    try await database.migrate("test", Self.items)
    try await database.write { try $0.execute("INSERT INTO item (id) VALUES (1)") }
    #expect(try await database.count("item") == 1)
    try cluster.stop("immediate")
    for _ in 0..<20 {
      await expectAway { try await database.write { try $0.execute("DELETE FROM item") } }
      await expectAway { _ = try await database.count("item") }
    }
    try cluster.start()
    var tries = 0
    while tries < 1000 {
      do {
        try await database.write { try $0.execute("INSERT INTO item (id) VALUES (2)") }
        break
      } catch StorageFailure.away {
        tries += 1
        // The database's own pace of trying again.
        try await Task.sleep(for: .milliseconds(20))
      }
    }
    #expect(try await database.count("item") == 2)
  }

  private func expectAway(_ body: () async throws -> Void) async {
    do {
      try await body()
      Issue.record("it succeeded")
    } catch StorageFailure.away {
    } catch {
      Issue.record(error)
    }
  }

  /// What was acknowledged, until the test ends.
  final class Tally: Sendable {
    private let state = Mutex((acknowledged: Set<Int64>(), isOver: false))

    var acknowledged: Set<Int64> { state.withLock { $0.acknowledged } }
    var isOver: Bool { state.withLock { $0.isOver } }

    func acknowledge(_ id: Int64) { state.withLock { _ = $0.acknowledged.insert(id) } }
    func end() { state.withLock { $0.isOver = true } }
  }

  private static func insert(_ lane: Int64, into database: Database, _ tally: Tally) async throws {
    for id in lane * 100_000..<(lane + 1) * 100_000 where !tally.isOver {
      do {
        try await database.write {
          try $0.execute("INSERT INTO item (id) VALUES ($1)", [.int(id)])
        }
        tally.acknowledge(id)
      } catch StorageFailure.away {
        await Task.yield()
      }
    }
  }

  @Test("Nothing acknowledged is lost when the server crashes again and again under load")
  func crashes() async throws {
    let cluster = try TestCluster()
    let database = try Database(url: cluster.url)
    try await database.migrate("test", Self.items)
    let tally = Tally()
    try await withThrowingTaskGroup(of: Void.self) { group in
      for lane in Int64(0)..<16 {
        group.addTask { try await Self.insert(lane, into: database, tally) }
      }
      for round in 1...3 {
        while tally.acknowledged.count < round * 200 { await Task.yield() }
        try cluster.stop("immediate")
        try cluster.start()
      }
      tally.end()
      try await group.waitForAll()
    }
    let again = try Database(url: cluster.url)
    let kept = try await again.read { try $0.query("SELECT id FROM item") }
    let ids = Set(try kept.map { try $0.int("id") })
    let known = tally.acknowledged
    #expect(known.count >= 600)
    #expect(known.subtracting(ids).isEmpty, "acknowledged and lost")
  }

  @Test("Connections that the server ended while they idled are made anew without a failure")
  func ended() async throws {
    let cluster = try TestCluster()
    let database = try Database(url: cluster.url)
    try await database.migrate("test", Self.items)
    for id in Int64(0)..<5 {
      #expect(try await database.count("item") == id)
      try cluster.execute(
        """
        SELECT pg_terminate_backend(pid) FROM pg_stat_activity
        WHERE application_name = 'remelt' AND pid <> pg_backend_pid()
        """)
      try await database.write { try $0.execute("INSERT INTO item (id) VALUES ($1)", [.int(id)]) }
    }
  }

  @Test("U+0000, which PostgreSQL cannot keep, is refused and cuts no text short")
  func nul() async throws {
    let database = try TemporaryFolder().database()
    try await database.migrate("test", Self.items)
    await #expect(throws: StorageFailure.self) {
      try await database.write {
        try $0.execute("INSERT INTO item (id, name) VALUES (1, $1)", [.text("a\u{0}b")])
      }
    }
    #expect(try await database.count("item") == 0)
  }

  @Test("Changes that are sent without waiting fail their own write and no other")
  func deferred() async throws {
    let database = try TemporaryFolder().database()
    try await database.migrate("test", Self.items)
    let failures = try await database.together(40) { number, connection in
      try connection.execute("INSERT INTO item (id) VALUES ($1)", [.int(number)])
      if number % 4 == 3 {
        try connection.execute("INSERT INTO item (id) VALUES ($1)", [.int(number)])
        try connection.execute("INSERT INTO item (id) VALUES ($1)", [.int(1000 + number)])
      }
    }
    #expect(Set(failures.keys) == Set((0..<40).filter { $0 % 4 == 3 }))
    #expect(try await database.count("item") == 30)
  }

  @Test("Many changes in one write go through, whatever their number and size")
  func many() async throws {
    let database = try TemporaryFolder().database()
    try await database.migrate("test", Self.items)
    try await database.write { connection in
      for id in 0..<3000 {
        try connection.execute(
          "INSERT INTO item (id, name) VALUES ($1, $2)",
          [.int(id), .text(String(repeating: "废", count: id))])
      }
    }
    let sum = try await database.read {
      try $0.first("SELECT CAST(SUM(LENGTH(name)) AS BIGINT) AS sum FROM item")?.int("sum")
    }
    #expect(sum == (0..<3000).reduce(0, +))
  }

  @Test("More statements than are kept prepared go through")
  func statements() async throws {
    let database = try TemporaryFolder().database()
    try await database.read { connection in
      for number in 0..<1200 {
        let row = try connection.first("SELECT CAST($1 AS BIGINT) + \(number) AS n", [.int(1)])
        #expect(try row?.int("n") == Int64(number + 1))
      }
    }
  }

  @Test("Reads beyond the pool wait for their turn, and a closed database lets nobody wait")
  func pool() async throws {
    let folder = try TemporaryFolder()
    let database = try Database(url: TestStorage.url(folder.file("pool")), readers: 2)
    let gate = Gate()
    async let held: Void = withThrowingTaskGroup(of: Void.self) { group in
      for _ in 0..<2 { group.addTask { try await database.read { _ in gate.hold() } } }
      try await group.waitForAll()
    }
    for _ in 0..<2 { await gate.reached() }
    async let third = database.read { try $0.first("SELECT 3 AS three")?.int("three") }
    for _ in 0..<2 { gate.open() }
    try await held
    #expect(try await third == 3)
    try database.close()
    await expectAway { try await database.read { _ in } }
    await expectAway { try await database.write { _ in } }
  }

  @Test("TLS settings of the URL are libpq's: a server with another's certificate is refused")
  func tls() async throws {
    let folder = try TemporaryFolder()
    let cluster = try TestCluster()
    try cluster.useTLS()
    let open = { (root: String) in
      try Database(
        url: "\(cluster.url)?sslmode=verify-full&sslrootcert=\(root)", patience: .milliseconds(200))
    }
    let database = try open("\(cluster.folder)/data/server.crt")
    let isEncrypted = try await database.read {
      try $0.first(
        "SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()")?.flag("ssl")
    }
    #expect(isEncrypted == true)
    try database.close()
    let other = folder.file("other.crt")
    try TestCluster.certificate(other, key: folder.file("other.key"))
    do {
      _ = try open(other)
      Issue.record("another's certificate was accepted")
    } catch StorageFailure.unusable(let sentence) {
      #expect(sentence.contains("certificate"), "\(sentence)")
    }
  }

  @Test("Whoever waits for a writer that hangs is told so after ten seconds, all of them together")
  func hanging() async throws {
    let folder = try TemporaryFolder()
    let (one, other) = (try folder.database(), try folder.database())
    try await one.migrate("test", Self.items)
    let gate = Gate()
    async let held: Void = one.write { _ in gate.hold() }
    await gate.reached()
    let start = ContinuousClock.now
    await withTaskGroup(of: Void.self) { group in
      for id in 0..<200 {
        group.addTask {
          await expectAway {
            try await other.write {
              try $0.execute("INSERT INTO item (id) VALUES ($1)", [.int(id)])
            }
          }
        }
      }
    }
    // The limit itself, which one group after the other would pass many times over.
    #expect(ContinuousClock.now - start < .seconds(19))
    gate.open()
    try await held
    try await other.write { try $0.execute("INSERT INTO item (id) VALUES (1)") }
    #expect(try await one.count("item") == 1)
  }

  @Test("A task that is cancelled stops waiting for the database at once")
  func cancelled() async throws {
    let folder = try TemporaryFolder()
    let database = try Database(url: TestStorage.url(folder.file("one")), readers: 1)
    try await database.migrate("test", Self.items)
    let gate = Gate()
    async let held: Void = database.read { _ in gate.hold() }
    await gate.reached()
    let writing = Gate()
    async let written: Void = database.write { _ in writing.hold() }
    await writing.reached()
    await withTaskGroup(of: Void.self) { group in
      group.addTask {
        await #expect(throws: CancellationError.self) { _ = try await database.count("item") }
      }
      group.addTask {
        await #expect(throws: CancellationError.self) {
          try await database.write { try $0.execute("INSERT INTO item (id) VALUES (1)") }
        }
      }
      group.cancelAll()
    }
    gate.open()
    writing.open()
    _ = try await (held, written)
    // The connection came back, and nobody was written for who had given up.
    #expect(try await database.count("item") == 0)
  }

  @Test("A body that throws after a change that failed unseen harms no other write")
  func unseen() async throws {
    struct Refusal: Error {}
    let database = try TemporaryFolder().database()
    try await database.migrate("test", Self.items)
    let failures = try await database.together(12) { number, connection in
      try connection.execute("INSERT INTO item (id) VALUES ($1)", [.int(number)])
      guard number % 3 == 1 else { return }
      // A part in a part: its failure must not take the rows before it, nor leave them unasked.
      try? connection.savepoint {
        try connection.execute("INSERT INTO item (id) VALUES ($1)", [.int(number)])
        throw Refusal()
      }
      if number % 2 == 0 {
        try connection.execute("INSERT INTO item (id) VALUES ($1)", [.int(number)])
        throw Refusal()
      }
    }
    #expect(Set(failures.keys) == [4, 10])
    #expect(try await database.count("item") == 10)
  }

  @Test("A server that refuses a service which it knew is away, until it knows it again")
  func refusing() async throws {
    let cluster = try TestCluster()
    try cluster.execute("CREATE ROLE reader LOGIN SUPERUSER")
    let url = cluster.url.replacing("remelt@", with: "reader@")
    let database = try Database(url: url)
    try await database.migrate("test", Self.items)
    try cluster.execute("ALTER ROLE reader RENAME TO other")
    try cluster.execute(
      "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'remelt'")
    await expectAway { _ = try await database.count("item") }
    await expectAway { try await database.write { _ in } }
    try cluster.execute("ALTER ROLE other RENAME TO reader")
    var tries = 0
    while tries < 1000 {
      do {
        #expect(try await database.count("item") == 0)
        break
      } catch StorageFailure.away {
        tries += 1
        // The database's own pace of trying again.
        try await Task.sleep(for: .milliseconds(20))
      }
    }
    #expect(tries < 1000)
  }

  @Test("A service does not start on a database that a move has filled by half")
  func half() async throws {
    let database = try TemporaryFolder().database()
    try await database.write { try $0.script("CREATE TABLE store_move (restore TEXT PRIMARY KEY)") }
    await #expect(throws: StorageFailure.self) { try await database.migrate("test", Self.items) }
  }
}
