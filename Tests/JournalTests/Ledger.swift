import Foundation
import Logging
import Models
import Storage
import Synchronization
import TestSupport

@testable import Journal

/// A clock that a test sets.
final class Time: Sendable {
  private let milliseconds: Mutex<Int64>

  init(_ milliseconds: Int64 = 1_772_323_200_123) { self.milliseconds = Mutex(milliseconds) }

  var clock: Clock { Clock { Instant(milliseconds: self.milliseconds.withLock { $0 }) } }

  func set(_ moment: Int64) { milliseconds.withLock { $0 = moment } }

  func advance(seconds: Int64) { milliseconds.withLock { $0 += seconds * 1000 } }
}

/// Random bytes that come again with the same seed.
final class Dice: Sendable {
  private let state: Mutex<Seeded>

  init(_ seeded: Seeded) { state = Mutex(seeded) }

  var random: Randomness { Randomness { count in self.state.withLock { $0.bytes(count) } } }
}

/// A journal in a database of its own, as a service has it.
struct Ledger: Sendable {
  static let origin = "registry.example/registry"

  let database: Database
  let time: Time
  let random: Randomness
  let journal: Journal
  let keeper: JournalKeeper

  init(
    _ database: Database, time: Time = Time(), random: Randomness = .system,
    origin: String = Ledger.origin
  ) async throws {
    self.database = database
    self.time = time
    self.random = random
    journal = Journal(clock: time.clock, random: random)
    keeper = try await Self.keeper(database, time: time, random: random, origin: origin)
  }

  /// Another process that keeps the same journal.
  static func keeper(
    _ database: Database, time: Time, random: Randomness = .system, origin: String = Ledger.origin
  ) async throws -> JournalKeeper {
    try await JournalKeeper(
      origin: origin, database: database, clock: time.clock, random: random,
      logger: Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() }))
  }

  static func event(_ number: Int) -> Event {
    Event(
      EventType.allCases[number % EventType.allCases.count], subject: "subject-\(number % 5)",
      actor: "credential:\(number % 3)",
      data: .members(["number": .int(number), "name": .string("示范 \"\(number)\"\n")]))
  }

  /// Appends events one after the other.
  func append(_ numbers: Range<Int>) async throws {
    try await database.write { connection in
      for number in numbers { try journal.append(Self.event(number), on: connection) }
    }
  }

  func leaves() async throws -> [Merkle.Hash] {
    try await database.read { try $0.query("SELECT leaf FROM journal ORDER BY position") }
      .map { try $0.blob("leaf") }
  }

  /// The page that the feed answers with.
  func page(after: Int64, limit: Int = 1000) async throws -> JSON {
    guard let published = keeper.published else { throw StorageFailure.misuse("nothing signed") }
    let start = min(after, published.checkpoint.size)
    let (frontier, entries) = try await database.read { connection in
      (
        try Tiles.frontier(at: start, on: connection),
        try Journal.entries(
          after: start, limit: limit, end: published.checkpoint.size, on: connection)
      )
    }
    return JournalPage.json(
      origin: keeper.signer.origin, verifier: keeper.signer.verifier, after: frontier,
      entries: entries, size: published.checkpoint.size, note: published.note)
  }
}

extension JSON {
  /// The same object with another value of a member.
  func replacing(_ name: String, _ value: JSON) -> JSON {
    guard case .object(let members) = self else { return self }
    return .object(members.map { $0.name == name ? Member(name, value) : $0 })
  }
}

extension Frontier {
  init(_ leaves: some Sequence<Merkle.Hash>) {
    self.init()
    for leaf in leaves { append(leaf) }
  }
}

extension Array<UInt8> {
  /// The bytes of lower-case hexadecimal digits.
  init?(hex: String?) {
    guard let digits = hex.map({ Array($0.utf8) }), digits.count % 2 == 0 else { return nil }
    self = stride(from: 0, to: digits.count, by: 2).compactMap {
      UInt8(String(decoding: digits[$0..<$0 + 2], as: UTF8.self), radix: 16)
    }
  }
}
