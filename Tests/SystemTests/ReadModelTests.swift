import Foundation
import Journal
import Models
import Synchronization
import TestSupport
import Testing

@testable import Dashboard
@testable import Storage

@Suite("The read model, held against a second implementation", .timeLimit(.minutes(10)))
struct ReadModelTests {
  /// `REMELT_SEQUENCES` looks further than the usual run.
  static let sequences =
    ProcessInfo.processInfo.environment["REMELT_SEQUENCES"].flatMap(Int.init) ?? 40
  static let steps = 60

  @Test(
    "After any sequence of steps the dashboard says what the journal says",
    arguments: 0..<sequences)
  func sequence(_ number: Int) async throws {
    try await withFolder { folder in
      let random = Seeded(stream: UInt64(number))
      let registry = try await RandomRegistry(in: folder, random: random)
      let model = try await FoldedModel(folder.appending(path: "dashboard.sqlite"))
      for _ in 0..<Self.steps {
        try await registry.step()
        if registry.random.chance(15) {
          let entries = try await registry.entries(from: model.size)
          try await model.fold(entries) { registry.random.int(1...12) }
        }
      }
      let entries = try await registry.entries()
      try await model.fold(entries) { registry.random.int(1...12) }
      let ledger = try SimpleLedger(entries.map(\.event))
      let check = Check(
        model: model, ledger: ledger, label: "REMELT_SEED=\(Seeded.base), \(number)")
      try await check.cells(asOf: nil)
      try await check.cellsAsOfNow()
      try await check.additivity()
      for _ in 0..<2 {
        let moment = try check.moment(&registry.random)
        try await check.cells(asOf: moment)
        try await check.qualified(asOf: moment, &registry.random)
        try await check.reports(asOf: moment, &registry.random)
      }
      try await check.qualified(asOf: nil, &registry.random)
      try await check.reports(asOf: nil, &registry.random)
      try await check.rebuild(entries, registry.random.chance(50) ? 1 : registry.random.int(2...99))
      try await check.tree(entries, signed: try await registry.sign())
      Tally.shared.add(registry)
    }
  }

  @Test("The sequences reach every kind of step")
  func reach() async throws {
    // A run of its own, so that it depends on no other test's being run.
    try await withFolder { folder in
      let registry = try await RandomRegistry(in: folder, random: Seeded(stream: 4711))
      for _ in 0..<400 { try await registry.step() }
      for kind in [
        "organisation", "organisation change", "facility", "facility change", "qualification",
        "report", "bulk", "bulk revision", "revision", "withdrawal", "merge", "restart",
      ] {
        #expect(registry.taken[kind, default: 0] > 0, "\(kind) \(registry.taken)")
      }
      #expect(registry.refused.values.reduce(0, +) > 0)
    }
  }
}

/// What was done over all sequences, printed as it grows.
private final class Tally: Sendable {
  static let shared = Tally()
  private let counts = Mutex<(sequences: Int, taken: [String: Int], refused: [String: Int])>(
    (0, [:], [:]))

  func add(_ registry: RandomRegistry) {
    let line = counts.withLock { counts -> String? in
      counts.sequences += 1
      counts.taken.merge(registry.taken, uniquingKeysWith: +)
      counts.refused.merge(registry.refused, uniquingKeysWith: +)
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
private struct Check {
  let model: FoldedModel
  let ledger: SimpleLedger
  let label: String

  /// About an entry: at it, or a millisecond before or after.
  func moment(_ random: inout Seeded) throws -> Instant {
    let text = random.one(ledger.moments)
    let moment = try #require(Instant(text))
    return Instant(milliseconds: moment.milliseconds + Int64(random.int(-1...1)))
  }

  private func note(_ moment: Instant?) -> String {
    "\(label), as of \(moment?.description ?? "now")"
  }

  /// Says which cells differ, not all of them.
  private func expectEqual<Key: Hashable, Sum: Equatable>(
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
    let expected = ledger.cells(asOf: moment?.description)
    guard let moment else { return expectEqual(try await model.cells(asOf: nil), expected, nil) }
    let months = FoldedModel.window
    let (first, last) = (months.lowerBound, months.upperBound)
    let range = first.year * 100 + first.month...last.year * 100 + last.month
    expectEqual(
      try await model.cells(asOf: moment, in: months),
      expected.filter { range.contains($0.key.month) }, moment)
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
      for grouping in [Grouping.province, .region, .authority, .country] {
        let table = CapacityTable(found, by: grouping, sight: try everything)
        let counted = places.filter { grouping == .country || Self.isInChina($0.key) }
        #expect(table.total.number == counted.values.map(\.number).reduce(0, +))
        #expect(table.total.capacity == counted.values.reduce(Int128(0)) { $0 + Int128($1.grams) })
        #expect(table.lines.map(\.capacity).reduce(0, +) == table.total.capacity)
      }
    }
  }

  /// The reports behind a cell are those of the journal, and they add up to it.
  func reports(asOf moment: Instant?, _ random: inout Seeded) async throws {
    let cells = ledger.cells(asOf: moment?.description)
    let busy = cells.filter { $0.value.reports > 0 }.map(\.key).sorted { "\($0)" < "\($1)" }
    guard let key = random.maybe(busy), let metal = Metal(rawValue: key.metal) else { return }
    let month = Month(year: key.month / 100, month: key.month % 100)
    let (all, here, missing) = try await model.database.read { connection in
      let list = { (counts: (String) -> Bool) in
        try Figures.reports(
          Series(.throughput, metal), month, asOf: moment, after: "", limit: 1000, counts: counts,
          on: connection)
      }
      return (
        try list { _ in true }, try list { $0 == key.place },
        try Figures.missing(
          Series(.throughput, metal), month, asOf: moment, limit: 1000, counts: { $0 == key.place },
          on: connection)
      )
    }
    #expect(
      Set(all.map(\.fact.report.text))
        == ledger.reports(key.metal, key.month, asOf: moment?.description), "\(note(moment))")
    let sums = cells[key] ?? .init()
    #expect(here.count == sums.reports, "\(note(moment)), \(key)")
    #expect(here.map { Int($0.fact.throughput) }.reduce(0, +) == sums.throughput)
    #expect(missing.count == sums.owed - sums.received, "\(note(moment)), \(key)")
  }

  private var everything: Sight {
    get throws {
      let id = Randomness.system.id(at: Instant(milliseconds: 0))
      return try Sight(Actor(credential: id, grants: [Grant(.analyst, .all)]))
    }
  }

  private static func isInChina(_ place: String) -> Bool { place != "JP" && place != "DE" }

  private static func province(_ place: String) -> String {
    ["210200": "210000", "330200": "330000", "440300": "440000", "XPCC": "650000"][place] ?? place
  }

  private static func region(_ place: String) -> String {
    switch province(place).prefix(2) {
    case "11", "12", "13": "BTH"
    case "31", "32", "33", "34": "YRD"
    default: "OTHER"
    }
  }

  /// Provinces, regions and authorities add up to the nation, to the gram.
  func additivity() async throws {
    let sight = try everything
    for metal in Metal.allCases {
      let cells = try await model.database.read {
        try Figures.cells(
          Series(.throughput, metal), Month.first...Month.last, asOf: nil, on: $0)
      }
      let nation = ThroughputTable(cells, by: .country, sight: sight).lines
        .filter { $0.code == "CN" }
      let expected = Dictionary(uniqueKeysWithValues: nation.map { ($0.month, $0.cell) })
      for grouping in [Grouping.province, .region, .authority] {
        let table = ThroughputTable(cells, by: grouping, sight: sight)
        let sums = Dictionary(grouping: table.lines, by: \.month).mapValues {
          $0.map(\.cell).reduce(.zero, +)
        }
        expectEqual(sums, expected, nil)
        expectEqual(
          Dictionary(uniqueKeysWithValues: table.totals.map { ($0.month, $0.cell) }), expected, nil)
        groups(table, grouping, of: metal)
      }
    }
  }

  /// The groups are those that the second implementation makes of its own cells.
  private func groups(_ table: ThroughputTable, _ grouping: Grouping, of metal: Metal) {
    var expected: [String: SimpleLedger.Sums] = [:]
    for (key, sums) in ledger.cells() where key.metal == metal.rawValue {
      guard Self.isInChina(key.place) else { continue }
      let code =
        switch grouping {
        case .province: Self.province(key.place)
        case .region: Self.region(key.place)
        case .authority, .country: key.place
        }
      expected["\(key.month) \(code)", default: .init()] += sums
    }
    let found = table.lines.map {
      ("\($0.month.year * 100 + $0.month.month) \($0.code)", SimpleLedger.Sums($0.cell))
    }
    expectEqual(Dictionary(uniqueKeysWithValues: found), expected, nil)
  }

  /// Wiped and folded anew in other pages, every table ends the same, row by row.
  func rebuild(_ entries: [Entry], _ page: Int) async throws {
    let before = try await model.tables()
    try await model.wipe()
    #expect(try await model.tables().values.allSatisfy(\.isEmpty))
    try await model.fold(entries) { page }
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
