import Foundation
import Journal
import Models
import Synchronization
import TestSupport
import Testing

@testable import Dashboard
@testable import Storage

// One sequence after the other: they compute without a pause, and others' tests have time limits.
@Suite(
  "The read model, held against a second implementation", .serialized, .timeLimit(.minutes(10)))
struct ReadModelTests {
  /// `REMELT_SEQUENCES` looks further than the usual run.
  static let sequences =
    ProcessInfo.processInfo.environment["REMELT_SEQUENCES"].flatMap(Int.init) ?? 40
  static let steps = 80

  @Test(
    "After any sequence of steps the dashboard says what the journals say",
    arguments: 0..<sequences)
  func sequence(_ number: Int) async throws {
    try await withFolder { folder in
      let random = Seeded(stream: UInt64(number))
      let ledger = try await RandomLedger(in: folder, random: random)
      let model = try await FoldedModel(folder.appending(path: "dashboard.sqlite"))
      for _ in 0..<Self.steps {
        try await ledger.step()
        if ledger.random.chance(25) {
          let (name, entries) = try await ledger.source(ledger.random.one(RandomLedger.names))
          try await model.fold(entries, of: name) { ledger.random.int(1...12) }
        }
      }
      var sources = try await ledger.sources()
      for (name, entries) in sources {
        try await model.fold(entries, of: name) { ledger.random.int(1...12) }
      }
      let simple = try SimpleLedger(sources.flatMap(\.entries).map(\.event))
      let check = ReadModelCheck(
        model: model, ledger: simple, label: "REMELT_SEED=\(Seeded.base), \(number)")
      try await check.cells(asOf: nil)
      try await check.cellsAsOfNow()
      try await check.additivity()
      try await check.periodAdditivity()
      for _ in 0..<2 {
        let moment = try check.moment(&ledger.random)
        try await check.cells(asOf: moment)
        try await check.qualified(asOf: moment, &ledger.random)
        try await check.reports(asOf: moment, &ledger.random)
      }
      try await check.qualified(asOf: nil, &ledger.random)
      try await check.reports(asOf: nil, &ledger.random)
      sources.shuffle(using: &ledger.random)
      try await check.rebuild(
        sources, ledger.random.chance(50) ? 1 : ledger.random.int(2...99))
      try await check.tree(
        try await ledger.registry.entries(), signed: try await ledger.registry.sign())
      Tally.shared.add(ledger)
    }
  }

  @Test("The sequences reach every kind of step")
  func reach() async throws {
    // A run of its own, so that it depends on no other test's being run.
    try await withFolder { folder in
      let ledger = try await RandomLedger(in: folder, random: Seeded(stream: 4711))
      for _ in 0..<5000 { try await ledger.step() }
      for kind in [
        "organisation", "organisation change", "facility", "facility change", "qualification",
        "report", "bulk", "bulk revision", "revision", "withdrawal", "merge", "restart",
        "mill report", "mill revision", "mill withdrawal", "mill question", "mill answer",
        "mill accept", "mill lock", "hydrogen report",
        "hydrogen revision", "hydrogen withdrawal", "hydrogen lock",
      ] {
        #expect(ledger.taken[kind, default: 0] > 0, "\(kind) \(ledger.taken)")
      }
      let decided = ["mill", "hydrogen"].map { ledger.taken["\($0) accept_revision", default: 0] }
      #expect(decided.reduce(0, +) > 0, "\(ledger.taken)")
      #expect(ledger.refused.values.reduce(0, +) > 0)
      #expect(ledger.refused["hydrogen report conflict", default: 0] > 0, "no certificate met")
    }
  }
}

/// What was done over all sequences, printed as it grows.
private final class Tally: Sendable {
  static let shared = Tally()
  private let counts = Mutex<(sequences: Int, taken: [String: Int], refused: [String: Int])>(
    (0, [:], [:]))

  func add(_ ledger: RandomLedger) {
    let line = counts.withLock { counts -> String? in
      counts.sequences += 1
      counts.taken.merge(ledger.taken, uniquingKeysWith: +)
      counts.refused.merge(ledger.refused, uniquingKeysWith: +)
      guard counts.sequences % 40 == 0 else { return nil }
      let text = { (counts: [String: Int]) in
        counts.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }.joined(separator: ", ")
      }
      return
        "\(counts.sequences) sequences; \(text(counts.taken)); refused: \(text(counts.refused))"
    }
    if let line { print(line) }
  }
}

/// The comparisons.
struct ReadModelCheck {
  let model: FoldedModel
  let ledger: SimpleLedger
  let label: String

  /// About an entry: at it, or a millisecond before or after.
  func moment(_ random: inout Seeded) throws -> Instant {
    let text = random.one(ledger.moments)
    let moment = try #require(Instant(text))
    return Instant(milliseconds: moment.milliseconds + Int64(random.int(-1...1)))
  }

  func note(_ moment: Instant?) -> String {
    "\(label), as of \(moment?.description ?? "now")"
  }

  /// Says which cells differ, not all of them.
  func expectEqual<Key: Hashable, Sum: Equatable>(
    _ found: [Key: Sum], _ expected: [Key: Sum], _ moment: Instant?,
    at location: SourceLocation = #_sourceLocation
  ) {
    let keys = Set(found.keys).union(expected.keys).filter { found[$0] != expected[$0] }
    let lines = keys.prefix(3).map {
      "\($0): found \(String(describing: found[$0])), expected \(String(describing: expected[$0]))"
    }
    #expect(
      keys.isEmpty, "\(note(moment)): \(keys.count) differ: \(lines.joined(separator: "\n"))",
      sourceLocation: location)
  }

  func cells(asOf moment: Instant?) async throws {
    guard let moment else {
      return expectEqual(try await model.cells(asOf: nil), ledger.cells(), nil)
    }
    let months = FoldedModel.window
    let (first, last) = (months.lowerBound, months.upperBound)
    let range = first.year * 100 + first.month...last.year * 100 + last.month
    let expected = ledger.cells(asOf: moment.description, in: range)
    expectEqual(try await model.cells(asOf: moment, in: months), expected, moment)
    // Undone from now, and added up from what was there.
    for (most, reports) in [(Int.max, Int.max), (-1, Int.max), (Int.max, 1)] {
      expectEqual(
        try await model.past(moment, in: months, most: most, mostReports: reports), expected, moment
      )
    }
  }

  func cellsAsOfNow() async throws {
    let moment = try #require(ledger.moments.last.flatMap(Instant.init))
    // Every month of the ledger, at the last entry's moment.
    let (now, then) = (try await model.cells(asOf: nil), try await model.cells(asOf: moment))
    expectEqual(then, now, moment)
  }

  func qualified(asOf moment: Instant?, _ random: inout Seeded) async throws {
    for metal in Metal.allCases {
      let day = Day(year: 2025, month: 1, day: 1).adding(days: random.int(0...1000))
      let found = try await model.database.read {
        try Figures.qualified(metal, on: day, asOf: moment, on: $0)
      }
      var places: [String: SimpleLedger.Qualified] = [:]
      for one in found {
        places[one.place, default: .init()].number += 1
        places[one.place, default: .init()].grams += Int(one.capacity.grams)
      }
      let (year, month, date) = day.civil
      expectEqual(
        places,
        ledger.qualified(
          metal.rawValue, on: year * 10_000 + month * 100 + date, asOf: moment?.description), moment
      )
      try groups(found, of: places)
    }
  }

  /// The reports behind a cell are those of the journal, and they add up to it.
  func reports(asOf moment: Instant?, _ random: inout Seeded) async throws {
    let cells = ledger.cells(asOf: moment?.description, in: 202411...202802)
    let busy = cells.filter { $0.value["count.reports"] > 0 }.map(\.key)
      .sorted { "\($0)" < "\($1)" }
    guard let key = random.maybe(busy), let type = ReportType(rawValue: key.type) else { return }
    let series = Series(type, Metal(rawValue: key.metal))
    let month = Month(year: key.month / 100, month: key.month % 100)
    let (all, here, missing) = try await model.database.read { connection in
      let list = { (counts: (String, Facility) -> Bool) in
        try Figures.reports(
          series, month...month, asOf: moment, after: "", limit: 1000, counts: counts,
          on: connection)
      }
      return (
        try list { _, _ in true }, try list { $1.place == key.place },
        try Figures.missing(
          series, month...month, asOf: moment, counts: { $1.place == key.place }, on: connection)
      )
    }
    #expect(
      Set(all.map(\.fact.report.text))
        == ledger.reports(key.type, key.metal, key.month, asOf: moment?.description),
      "\(note(moment))")
    // A month's reports are its own and those of a period that it lies in.
    let sums = cells.filter {
      $0.key.type == key.type && $0.key.metal == key.metal && $0.key.place == key.place
        && $0.key.first <= key.month && key.month <= $0.key.month
    }.values.reduce(into: SimpleLedger.Sums()) { $0 += $1 }
    let own = cells[
      .init(
        type: key.type, metal: key.metal, first: key.month, month: key.month, place: key.place)]
    #expect(here.count == sums["count.reports"], "\(note(moment)), \(key)")
    for name in ["throughput", "received", "vented"] {
      let found = here.map { $0.fact.amounts[name] }.reduce(0, +)
      #expect(found == Int128(sums[name]), "\(note(moment)), \(key), \(name)")
    }
    let (owed, received) = (own?["count.owed"] ?? 0, own?["count.received"] ?? 0)
    #expect(missing.count == owed - received, "\(note(moment)), \(key)")
  }

  /// Wiped and folded anew, in other pages and with the sources in another order, every table ends
  /// the same, row by row.
  func rebuild(_ sources: [(name: String, entries: [Entry])], _ page: Int) async throws {
    let before = try await model.tables()
    try await model.wipe()
    #expect(try await model.tables().values.allSatisfy(\.isEmpty))
    for (name, entries) in sources { try await model.fold(entries, of: name) { page } }
    let after = try await model.tables()
    for (table, rows) in before {
      let (one, other) = (rows, after[table] ?? [])
      let odd = zip(one, other).filter { $0 != $1 }
      let isSame = one == other
      #expect(isSame, "\(label), pages of \(page): \(table) differs, for one \(odd.prefix(2))")
    }
  }

  /// What is signed is the tree of these entries.
  func tree(_ entries: [Entry], signed: Checkpoint?) async throws {
    #expect(entries.map(\.position) == Array(0..<Int64(entries.count)))
    #expect(zip(entries, entries.dropFirst()).allSatisfy { $0.recordedAt <= $1.recordedAt })
    let leaves = entries.map { SimpleTree.leaf(event: $0.event, salt: $0.salt) }
    #expect(entries.map(\.leaf) == leaves)
    #expect(signed?.size == Int64(entries.count))
    #expect(signed?.root == SimpleTree.root(leaves))
  }
}
