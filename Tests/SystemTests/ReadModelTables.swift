import Models
import TestSupport
import Testing

@testable import Dashboard
@testable import Storage

/// The tables that group cells: their groups add up, and are those of the second implementation.
extension ReadModelCheck {
  var everything: Sight {
    get throws {
      let id = Randomness.system.id(at: Instant(milliseconds: 0))
      return try Sight(Actor(credential: id, grants: [Grant(.analyst, .all)]))
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

  /// The same for what mills and hydrogen users report, with January and February shown as one
  /// where somebody reported them so.
  func periodAdditivity() async throws {
    let sight = try everything
    for series in FoldedModel.allSeries where series.type != .throughput {
      let cells = try await model.database.read {
        try Figures.cells(series, Month.first...Month.last, asOf: nil, on: $0)
      }
      for grouping in Grouping.allCases {
        let counted = cells.filter { grouping == .country || SimplePlaces.isInChina($0.key.place) }
        let table = PeriodTable(cells, Month.first...Month.last, by: grouping, sight: sight)
        #expect(table.leftOut.isEmpty)
        #expect(table.whole.cell == counted.values.reduce(.zero, +), "\(label), \(series)")
        let sums = Dictionary(grouping: table.lines, by: \.period).mapValues {
          $0.map(\.cell).reduce(.zero, +)
        }
        #expect(
          sums == Dictionary(uniqueKeysWithValues: table.totals.map { ($0.period, $0.cell) }))
        let periods = sums.keys.compactMap(\.self)
        for one in periods where one.isCombined {
          #expect(periods.filter { $0.overlaps(one) } == [one], "\(label): \(one) is split")
        }
      }
    }
  }

  /// The groups are those that the second implementation makes of its own cells.
  private func groups(_ table: ThroughputTable, _ grouping: Grouping, of metal: Metal) {
    var expected: [String: SimpleLedger.Sums] = [:]
    for (key, sums) in ledger.cells() where key.type == "throughput" && key.metal == metal.rawValue
    {
      guard SimplePlaces.isInChina(key.place) else { continue }
      let code =
        grouping == .country ? key.place : SimplePlaces.code(grouping.rawValue, of: key.place)
      expected["\(key.month) \(code)", default: .init()] += sums
    }
    let found = table.lines.map {
      ("\($0.month.year * 100 + $0.month.month) \($0.code)", SimpleLedger.Sums($0.cell))
    }
    expectEqual(Dictionary(uniqueKeysWithValues: found), expected, nil)
  }

  /// The groups of what is qualified add up, and none is lost.
  func groups(_ found: [Figures.Qualified], of places: [String: SimpleLedger.Qualified]) throws {
    for grouping in [Grouping.province, .region, .authority, .country] {
      let table = CapacityTable(found, by: grouping, sight: try everything)
      let counted = places.filter { grouping == .country || SimplePlaces.isInChina($0.key) }
      #expect(table.total.number == counted.values.map(\.number).reduce(0, +))
      #expect(table.total.capacity == counted.values.reduce(Int128(0)) { $0 + Int128($1.grams) })
      #expect(table.lines.map(\.capacity).reduce(0, +) == table.total.capacity)
    }
  }
}
