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
    let changed = try await ledger.database.write { try $0.execute(sql) }
    #expect(changed > 0)
  }

  /// Another process on the same journal, when the first one's lease is over.
  private func successor() async throws -> JournalKeeper {
    ledger.time.advance(seconds: 11)
    return try await Ledger.keeper(ledger.database, time: ledger.time)
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
    try await change("UPDATE journal SET leaf = zeroblob(32) WHERE position = 2")
    try await ledger.append(5..<6)
    try await ledger.keeper.keep()
    #expect(
      ledger.keeper.stoppedBecause
        == "the first 5 entries of the journal are not those that were signed; see RUNBOOK, journal rewritten"
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
    try await change("UPDATE journal SET leaf = zeroblob(32) WHERE position = 4")
    let next = try await successor()
    #expect(next.stoppedBecause != nil)
    #expect(next.published == nil)
    #expect(try await checkpoints() == [0, 5])
  }

  @Test("A tile that was rewritten is noticed")
  func rewrittenTile() async throws {
    try await ledger.append(0..<600)
    try await ledger.keeper.keep()
    try await change("UPDATE journal_tile SET root = zeroblob(32) WHERE tile = 1")
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

  @Test("While one process holds the lease no other signs; after a long silence another does")
  func lease() async throws {
    try await ledger.append(0..<1)
    let other = try await Ledger.keeper(ledger.database, time: ledger.time)
    #expect(try await checkpoints() == [0])
    ledger.time.advance(seconds: 3)
    try await other.keep()
    #expect(try await checkpoints() == [0])
    ledger.time.advance(seconds: 1)
    try await other.keep()
    #expect(other.published?.checkpoint.size == 1)

    // Now the first one has to wait.
    try await ledger.append(1..<2)
    try await ledger.keeper.keep()
    #expect(try await checkpoints() == [0, 1])
    try await other.keep()
    #expect(try await checkpoints() == [0, 1, 2])
    ledger.time.advance(seconds: 4)
    try await ledger.append(2..<3)
    try await ledger.keeper.keep()
    #expect(try await checkpoints() == [0, 1, 2, 3])
    #expect(ledger.keeper.published?.checkpoint.size == 3)
    #expect(ledger.keeper.stoppedBecause == nil && other.stoppedBecause == nil)
  }

  @Test("The one who signs keeps the lease by signing")
  func renewed() async throws {
    for number in 0..<5 {
      ledger.time.advance(seconds: 8)
      try await ledger.append(number..<number + 1)
      try await ledger.keeper.keep()
    }
    try await ledger.append(5..<6)
    _ = try await Ledger.keeper(ledger.database, time: ledger.time)
    #expect(try await checkpoints() == [0, 1, 2, 3, 4, 5])
  }

  @Test("A keeper that runs signs by itself, and ends without an error when it is told to")
  func running() async throws {
    try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask { try await ledger.keeper.run() }
      try await ledger.append(0..<4)
      while ledger.keeper.published?.checkpoint.size != 4 { await Task.yield() }
      group.cancelAll()
      try await group.waitForAll()
    }
  }

  @Test("A keeper that is told to end while it waits for the database ends without an error")
  func endingInARead() async throws {
    let gate = Gate()
    async let readers: Void = readers(at: gate)
    for _ in 0..<4 { await gate.reached() }
    let failure = await withTaskGroup(of: (any Error)?.self) { group in
      group.addTask {
        do {
          try await ledger.keeper.run()
          return nil
        } catch {
          return error
        }
      }
      // Time for it to ask for a reader; there is none.
      for _ in 0..<1000 { await Task.yield() }
      group.cancelAll()
      for _ in 0..<4 { gate.open() }
      return await group.next() ?? nil
    }
    try await readers
    #expect(failure == nil)
  }

  /// Takes all of the database's readers.
  private func readers(at gate: Gate) async throws {
    try await withThrowingTaskGroup(of: Void.self) { group in
      for _ in 0..<4 { group.addTask { try await ledger.database.read { _ in gate.hold() } } }
      try await group.waitForAll()
    }
  }
}
