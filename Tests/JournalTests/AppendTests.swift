import Models
import Storage
import TestSupport
import Testing

@testable import Journal

/// How an event gets its place.
struct AppendTests {
  struct Refusal: Error {}

  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func positions(of ledger: Ledger) async throws -> [Int64] {
    try await ledger.database.read {
      try $0.query("SELECT position FROM journal ORDER BY position")
    }
    .map { try $0.int("position") }
  }

  @Test("The bytes of an event are exactly these")
  func golden() async throws {
    let counting = Randomness { Array(0..<UInt8($0)) }
    let ledger = try await Ledger(try folder.database(), random: counting)
    let event = Event(
      .throughputReported, subject: "0192f0c1-0000-7000-8000-0000000000aa/steel/2026-01",
      actor: "credential:0192f0c0-0000-7000-8000-000000000001",
      data: .members([
        "metal": "steel", "nil": false, "input": .members(["value": "12.345", "unit": "t"]),
        "note": "扣杂 \"net\" \\ /\n\u{1}𠮷", "absent": nil,
      ]))
    let place = try await ledger.database.write { try ledger.journal.append(event, on: $0) }
    let entry = try #require(
      try await ledger.database.read { try Journal.entry(at: 0, on: $0) })
    #expect(place.position == 0 && place.size == 1)
    #expect(entry.recordedAt == place.recordedAt)
    #expect(
      String(decoding: entry.event, as: UTF8.self) == #"""
        {"specversion":"1.0","id":"019ca6b1-dc7b-7001-8203-040506070809","source":"registry.example/registry","type":"remelt.throughput.reported.v1","subject":"0192f0c1-0000-7000-8000-0000000000aa/steel/2026-01","time":"2026-03-01T00:00:00.123Z","datacontenttype":"application/json","actor":"credential:0192f0c0-0000-7000-8000-000000000001","data":{"metal":"steel","nil":false,"input":{"value":"12.345","unit":"t"},"note":"扣杂 \"net\" \\ /\n\u0001𠮷"}}
        """#)
    #expect(entry.salt == Array(0..<16))
    #expect(entry.leaf == Merkle.leaf(Merkle.entry(entry.event, salt: entry.salt)))
  }

  @Test("The columns beside an event say what it says")
  func columns() async throws {
    let ledger = try await Ledger(try folder.database())
    try await ledger.append(0..<20)
    let rows = try await ledger.database.read { try $0.query("SELECT * FROM journal") }
    #expect(rows.count == 20)
    for row in rows {
      let event = try JSONParser.parse(try row.blob("event"))
      #expect(try event["type"]?.text == row.text("type"))
      #expect(try event["subject"]?.text == row.text("subject"))
      #expect(
        try event["time"]?.text.flatMap(Instant.init)?.milliseconds == row.int("recorded_at"))
      #expect(try row.blob("salt").count == 16)
    }
    #expect(Set(try rows.map { try $0.blob("salt") }).count == 20)
  }

  @Test("Concurrent writers get dense positions, and those that fail leave no gap")
  func dense() async throws {
    let ledger = try await Ledger(try folder.database())
    let places = await withTaskGroup(of: Int64?.self) { group in
      for number in 0..<250 {
        group.addTask {
          try? await ledger.database.write { connection in
            let place = try ledger.journal.append(Ledger.event(number), on: connection)
            if number % 5 == 0 { throw Refusal() }
            return place.position
          }
        }
      }
      return await group.reduce(into: [Int64?]()) { $0.append($1) }
    }
    #expect(places.compactMap(\.self).sorted() == Array(0..<200))
    #expect(try await positions(of: ledger) == Array(0..<200))
    #expect(try await ledger.database.read { try Journal.size(on: $0) } == 200)
  }

  @Test("A write that is rolled back leaves no gap, and neither does a part of one")
  func rolledBack() async throws {
    let ledger = try await Ledger(try folder.database())
    try await ledger.append(0..<2)
    await #expect(throws: Refusal.self) {
      try await ledger.database.write { connection in
        try ledger.journal.append(Ledger.event(2), on: connection)
        throw Refusal()
      }
    }
    let place = try await ledger.database.write { connection in
      try? connection.savepoint {
        try ledger.journal.append(Ledger.event(3), on: connection)
        throw Refusal()
      }
      return try ledger.journal.append(Ledger.event(4), on: connection)
    }
    #expect(place.position == 2)
    #expect(try await positions(of: ledger) == [0, 1, 2])
  }

  @Test("The time of recording never decreases, even when the clock goes back")
  func clockBack() async throws {
    var random = Seeded()
    let ledger = try await Ledger(try folder.database())
    var latest: Int64 = 0
    for number in 0..<100 {
      let moment = Int64(random.int(1_700_000_000_000...1_700_000_100_000))
      ledger.time.set(moment)
      let place = try await ledger.database.write {
        try ledger.journal.append(Ledger.event(number), on: $0)
      }
      latest = max(latest, moment)
      #expect(place.recordedAt.milliseconds == latest)
    }
    let entries = try await ledger.database.read {
      try Journal.entries(after: 0, limit: 1000, end: 100, on: $0)
    }
    #expect(entries.map(\.recordedAt) == entries.map(\.recordedAt).sorted())
    for entry in entries {
      let time = try JSONParser.parse(entry.event)["time"]?.text
      #expect(time.flatMap(Instant.init) == entry.recordedAt)
    }
  }

  @Test("Entries are read in order, from a position, up to an end and at most so many")
  func entries() async throws {
    let ledger = try await Ledger(try folder.database())
    try await ledger.append(0..<30)
    let read = { (after: Int64, limit: Int, end: Int64) in
      try await ledger.database.read {
        try Journal.entries(after: after, limit: limit, end: end, on: $0)
      }.map(\.position)
    }
    #expect(try await read(0, 1000, 30) == Array(0..<30))
    #expect(try await read(7, 5, 30) == [7, 8, 9, 10, 11])
    #expect(try await read(7, 1000, 10) == [7, 8, 9])
    #expect(try await read(30, 1000, 30) == [])
    #expect(try await read(20, 1000, 10) == [])
    #expect(try await ledger.database.read { try Journal.entry(at: 30, on: $0) } == nil)
  }

  @Test("A journal that was not prepared takes nothing")
  func unprepared() async throws {
    let database = try folder.database()
    try await database.migrate("journal", Journal.migrations)
    let journal = Journal(clock: Time().clock, random: .system)
    await #expect(throws: StorageFailure.misuse("the journal was not prepared")) {
      try await database.write { try journal.append(Ledger.event(0), on: $0) }
    }
    #expect(try await database.read { try Journal.size(on: $0) } == 0)
  }

  @Test(
    "A new journal's origin counts on from the old one",
    arguments: [
      ("registry.example/registry", "registry.example/registry/2"),
      ("registry.example/registry/2", "registry.example/registry/3"),
      ("localhost:8081/registry/9", "localhost:8081/registry/10"), ("registry", "registry/2"),
    ])
  func successor(_ old: String, _ new: String) { #expect(NewJournal.successor(of: old) == new) }
}
