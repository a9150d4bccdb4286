import Models
import Storage
import TestSupport
import Testing

@testable import Journal

/// What is signed, by whom, and what never is.
@Suite(.timeLimit(.minutes(2)))
struct JournalKeeperTests {
  let folder: TemporaryFolder
  let ledger: Ledger

  init() async throws {
    folder = try TemporaryFolder()
    ledger = try await Ledger(try folder.database())
  }

  private func checkpoints() async throws -> [Int64] {
    try await ledger.database.read {
      try $0.query("SELECT size FROM journal_checkpoint ORDER BY size")
    }
    .map { try $0.int("size") }
  }

  private func change(_ sql: String) async throws {
    let zeros = sql.contains("$1") ? [Value.blob([UInt8](repeating: 0, count: 32))] : []
    let changed = try await ledger.database.write {
      try $0.query(sql + " RETURNING 1 AS one", zeros)
    }
    #expect(!changed.isEmpty)
  }

  /// Another process on the same journal.
  private func successor() async throws -> JournalKeeper {
    try await Ledger.keeper(ledger.database, time: ledger.time)
  }

  @Test("An empty journal is signed as empty")
  func empty() async throws {
    let published = try #require(ledger.keeper.published)
    #expect(published.checkpoint.size == 0)
    #expect(published.checkpoint.root == Merkle.emptyRoot)
    #expect(published.checkpoint.origin == Ledger.origin)
    let verifier = ledger.keeper.signer.verifier
    #expect(Checkpoint(note: published.note, verifier: verifier) == published.checkpoint)
  }

  @Test("What is new is signed, over all leaves so far, and what was signed stays")
  func new() async throws {
    var size = 0
    for step in [1, 2, 5, 247, 1, 1, 300] {
      try await ledger.append(size..<size + step)
      size += step
      try await ledger.keeper.keep()
      let published = try #require(ledger.keeper.published)
      #expect(published.checkpoint.size == Int64(size))
      #expect(published.checkpoint.root == Frontier(try await ledger.leaves()).root)
      #expect(
        Checkpoint(note: published.note, verifier: ledger.keeper.signer.verifier)
          == published.checkpoint)
    }
    #expect(try await checkpoints() == [0, 1, 3, 8, 255, 256, 257, 557])
    #expect(ledger.keeper.stoppedBecause == nil)
  }

  @Test("Nothing is signed twice")
  func nothingNew() async throws {
    try await ledger.append(0..<3)
    for _ in 0..<3 { try await ledger.keeper.keep() }
    #expect(try await checkpoints() == [0, 3])
  }

  @Test("A journal keeps its origin and its key over restarts")
  func restart() async throws {
    try await ledger.append(0..<3)
    try await ledger.keeper.keep()
    ledger.time.advance(seconds: 11)
    let again = try await Ledger.keeper(
      ledger.database, time: ledger.time, origin: "moved.example/registry")
    #expect(again.signer.origin == Ledger.origin)
    #expect(again.signer.verifier == ledger.keeper.signer.verifier)
    #expect(again.published?.note == ledger.keeper.published?.note)
    #expect(try await checkpoints() == [0, 3])
  }

  @Test("A journal that the release before made is opened, and goes on")
  func before() async throws {
    let database = try folder.database("before.sqlite")
    try await database.migrate("journal", Array(Journal.migrations.prefix(1)))
    try await database.write {
      try $0.execute(
        """
        INSERT INTO journal_head (id, origin, size, recorded_at, signing_key, signer, signer_until)
        VALUES (1, 'old.example/registry', 0, 0, $1, 'somebody', 4000000000000)
        """, [.blob([UInt8](repeating: 7, count: 32))])
    }
    let old = try await Ledger(database, origin: "new.example/registry")
    try await old.append(0..<3)
    try await old.keeper.keep()
    #expect(old.keeper.signer.origin == "old.example/registry")
    #expect(old.keeper.published?.checkpoint.size == 3)
  }

  @Test("Two journals have two keys")
  func keys() async throws {
    let other = try await Ledger(try folder.database("other.sqlite"))
    #expect(other.keeper.signer.verifier.key != ledger.keeper.signer.verifier.key)
  }

  @Test("A rewritten journal is not signed any more, and the keeper says why")
  func rewritten() async throws {
    try await ledger.append(0..<5)
    try await ledger.keeper.keep()
    let before = try #require(ledger.keeper.published)
    try await change("UPDATE journal SET leaf = $1 WHERE position = 2")
    try await ledger.append(5..<6)
    try await ledger.keeper.keep()
    #expect(
      ledger.keeper.stoppedBecause
        == "the first 5 entries of the journal are not those that were signed; see RUNBOOK, JournalStopped"
    )
    #expect(ledger.keeper.published?.note == before.note)
    try await ledger.append(6..<9)
    try await ledger.keeper.keep()
    #expect(ledger.keeper.published?.note == before.note)
    #expect(try await checkpoints() == [0, 5])
  }

  @Test("A successor does not sign a rewritten journal either, and has nothing to publish")
  func rewrittenBetween() async throws {
    try await ledger.append(0..<5)
    try await ledger.keeper.keep()
    try await change("UPDATE journal SET leaf = $1 WHERE position = 4")
    let next = try await successor()
    #expect(next.stoppedBecause != nil)
    #expect(next.published == nil)
    #expect(try await checkpoints() == [0, 5])
  }

  @Test("A tile that was rewritten is noticed")
  func rewrittenTile() async throws {
    try await ledger.append(0..<600)
    try await ledger.keeper.keep()
    try await change("UPDATE journal_tile SET root = $1 WHERE tile = 1")
    try await ledger.append(600..<601)
    try await ledger.keeper.keep()
    #expect(ledger.keeper.stoppedBecause != nil)
    #expect(try await checkpoints() == [0, 600])
  }

  @Test(
    "A journal that lost signed entries is not signed any more, and the keeper says why",
    arguments: [
      "DELETE FROM journal WHERE position = 0", "DELETE FROM journal WHERE position >= 4",
      "DELETE FROM journal WHERE position >= 1", "DELETE FROM journal",
    ])
  func lost(_ sql: String) async throws {
    try await ledger.append(0..<7)
    try await ledger.keeper.keep()
    try await change(sql)
    try await change("UPDATE journal_head SET size = size + 1")
    try await ledger.keeper.keep()
    #expect(ledger.keeper.stoppedBecause?.hasPrefix("the first 7 entries") == true)
    #expect(try await checkpoints() == [0, 7])
    #expect(try await successor().stoppedBecause != nil)
  }

  @Test("A journal whose head was set back below what was signed is not signed again")
  func setBack() async throws {
    try await ledger.append(0..<7)
    try await ledger.keeper.keep()
    try await change("DELETE FROM journal WHERE position >= 4")
    try await change("UPDATE journal_head SET size = 4")
    let next = try await successor()
    #expect(next.stoppedBecause != nil)
    #expect(try await checkpoints() == [0, 7])
  }

  @Test("A keeper whose database was set back under it publishes and signs nothing more")
  func setBackUnder() async throws {
    try await ledger.append(0..<7)
    try await ledger.keeper.keep()
    try await change("DELETE FROM journal WHERE position >= 4")
    try await change("DELETE FROM journal_checkpoint WHERE size > 4")
    try await change("UPDATE journal_head SET size = 4")
    try await ledger.keeper.keep()
    #expect(ledger.keeper.stoppedBecause?.hasPrefix("the first 7 entries") == true)
  }

  @Test("A keeper notices another history of the same length")
  func anotherHistory() async throws {
    try await ledger.append(0..<3)
    try await ledger.keeper.keep()
    let note = try #require(ledger.keeper.published?.note)
    try await change("DELETE FROM journal")
    try await change("DELETE FROM journal_checkpoint")
    try await change("UPDATE journal_head SET size = 0")
    try await ledger.append(10..<13)
    _ = try await successor()
    try await ledger.keeper.keep()
    #expect(ledger.keeper.stoppedBecause != nil)
    #expect(ledger.keeper.published?.note == note)
  }

  @Test("A head set back below what was signed gets no second checkpoint, though all entries stand")
  func headSetBack() async throws {
    try await ledger.append(0..<7)
    try await ledger.keeper.keep()
    try await change("UPDATE journal_head SET size = 4")
    let next = try await successor()
    #expect(next.stoppedBecause != nil)
    #expect(try await checkpoints() == [0, 7])
  }

  @Test("When too many writes wait the keeper goes on, and signs later")
  func overloaded() async throws {
    try await ledger.append(0..<1)
    let gate = Gate()
    try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask { try await ledger.database.write { _ in gate.hold() } }
      await gate.reached()
      for _ in 0..<1024 { group.addTask { try await ledger.database.write { _ in } } }
      while ledger.database.waitingWrites < 1024 { await Task.yield() }
      try await ledger.keeper.keep()
      #expect(ledger.keeper.published?.checkpoint.size == 0)
      gate.open()
      try await group.waitForAll()
    }
    try await ledger.keeper.keep()
    #expect(ledger.keeper.published?.checkpoint.size == 1)
  }

  @Test("Of two processes on one journal either signs what is new, once, and both publish it")
  func two() async throws {
    let other = try await successor()
    for number in 0..<6 {
      try await ledger.append(number..<number + 1)
      let (first, second) = number % 2 == 0 ? (ledger.keeper, other) : (other, ledger.keeper)
      try await first.keep()
      #expect(second.published?.checkpoint.size == Int64(number))
      try await second.keep()
      #expect(first.published?.checkpoint.size == Int64(number + 1))
      #expect(second.published?.note == first.published?.note)
    }
    #expect(try await checkpoints() == Array(0...6))
    #expect(ledger.keeper.stoppedBecause == nil && other.stoppedBecause == nil)
  }

  @Test("Two processes that sign at the same moment sign one chain")
  func together() async throws {
    let other = try await successor()
    for number in 0..<30 {
      try await ledger.append(number..<number + 1)
      async let one: Void = ledger.keeper.keep()
      async let two: Void = other.keep()
      _ = try await (one, two)
    }
    #expect(try await checkpoints() == Array(0...30))
    #expect(ledger.keeper.stoppedBecause == nil && other.stoppedBecause == nil)
  }

  @Test("A process does not publish what another signed over a rewritten journal")
  func rewrittenByAnother() async throws {
    let other = try await successor()
    try await ledger.append(0..<5)
    try await ledger.keeper.keep()
    try await change("UPDATE journal SET leaf = $1 WHERE position = 2")
    try await other.keep()
    #expect(other.stoppedBecause?.hasPrefix("the first 5 entries") == true)
    #expect(other.published?.checkpoint.size == 0)
  }

  @Test("A keeper that runs signs by itself, and ends without an error when it is told to")
  func running() async throws {
    try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask { await ledger.keeper.run() }
      try await ledger.append(0..<4)
      while ledger.keeper.published?.checkpoint.size != 4 { await Task.yield() }
      group.cancelAll()
      try await group.waitForAll()
    }
  }

  @Test("A keeper that is told to end while it waits for the database ends")
  func endingInARead() async throws {
    let gate = Gate()
    async let readers: Void = readers(at: gate)
    for _ in 0..<4 { await gate.reached() }
    await withTaskGroup(of: Void.self) { group in
      group.addTask { await ledger.keeper.run() }
      // Time for it to ask for a reader; there is none.
      for _ in 0..<1000 { await Task.yield() }
      group.cancelAll()
      for _ in 0..<4 { gate.open() }
    }
    try await readers
    #expect(ledger.keeper.stoppedBecause == nil)
  }

  /// Takes all of the database's readers.
  private func readers(at gate: Gate) async throws {
    try await withThrowingTaskGroup(of: Void.self) { group in
      for _ in 0..<4 { group.addTask { try await ledger.database.read { _ in gate.hold() } } }
      try await group.waitForAll()
    }
  }
}
