import Models

/// One line of a throughput table.
struct ThroughputLine: Sendable {
  let month: Month
  let code: String
  let name: String
  let cell: Cell

  /// The month's capacity in grams, rounded half-even once from kilogram-days ÷ days of the year.
  var capacity: Int128 {
    guard let ratio = try? Ratio(cell[Sum.capacity] * 1000, Int128(month.daysInYear)) else {
      return 0
    }
    return Int128(ratio.rounded(places: 0)) ?? 0
  }

  var utilisation: JSON {
    Ratio.percentJSON(
      cell[Sum.throughput] * Int128(month.daysInYear), cell[Sum.capacity] * 1000)
  }

  var json: JSON {
    .members([
      "month": month.json, "code": .string(code), "name": .string(name),
      "throughput": cell.mass(Sum.throughput),
      "of_which_from_processors": cell.mass(Sum.fromProcessors),
      "purchased": cell.mass(Sum.purchased), "shipped": cell.mass(Sum.shipped),
      "capacity": Mass.json(grams: capacity), "utilisation": utilisation,
      "coverage": cell.coverage,
    ])
  }

  static let columns = [
    "month", "code", "name", "throughput_t", "of_which_from_processors_t", "purchased_t",
    "shipped_t", "capacity_t", "utilisation_percent", "owed", "received", "nil", "missing",
  ]

  var fields: [String] {
    let masses = [Sum.throughput, Sum.fromProcessors, Sum.purchased, Sum.shipped]
    return [month.description, code, name] + masses.map { Mass.tonnes(cell[$0]) }
      + [Mass.tonnes(capacity), utilisation["percent"]?.text ?? ""]
      + cell.counts
  }
}

/// The lines of a throughput table, grouped, and their totals per month.
struct ThroughputTable: Sendable {
  let lines: [ThroughputLine]
  /// The sum of the lines of each month, so that groups add up to it exactly.
  let totals: [ThroughputLine]

  init(_ cells: [CellKey: Cell], by grouping: Grouping, sight: Sight) {
    var groups: [String: [Month: Cell]] = [:]
    var sums: [Month: Cell] = [:]
    for (place, months) in Dictionary(grouping: cells, by: \.key.place) where sight.sees(place) {
      guard let code = grouping.code(of: place) else { continue }
      for (key, cell) in months {
        groups[code, default: [:]][key.period.last, default: .zero] += cell
        sums[key.period.last, default: .zero] += cell
      }
    }
    lines = groups.flatMap { code, months in
      months.map {
        ThroughputLine(month: $0.key, code: code, name: grouping.name(of: code), cell: $0.value)
      }
    }.sorted { ($0.month, $0.code) < ($1.month, $1.code) }
    totals = sums.map {
      ThroughputLine(month: $0.key, code: "TOTAL", name: "Total", cell: $0.value)
    }
    .sorted { $0.month < $1.month }
  }
}

/// Qualified capacity by group, with the goal it is held against.
struct CapacityTable: Sendable {
  struct Line: Sendable {
    let code: String
    let name: String
    let number: Int
    /// Grams a year.
    let capacity: Int128

    var json: JSON {
      .members([
        "code": .string(code), "name": .string(name), "number": .int(number),
        "capacity_per_year": Mass.json(grams: capacity),
      ])
    }
  }

  let lines: [Line]
  let total: Line

  init(_ qualified: [Figures.Qualified], by grouping: Grouping, sight: Sight) {
    var groups: [String: (Int, Int128)] = [:]
    for one in qualified where sight.sees(one.place) {
      guard let code = grouping.code(of: one.place) else { continue }
      let sum = groups[code] ?? (0, 0)
      groups[code] = (sum.0 + 1, sum.1 + Int128(one.capacity.grams))
    }
    lines = groups.map {
      Line(code: $0.key, name: grouping.name(of: $0.key), number: $0.value.0, capacity: $0.value.1)
    }.sorted { $0.code < $1.code }
    total = Line(
      code: "TOTAL", name: "Total", number: lines.map(\.number).reduce(0, +),
      capacity: lines.map(\.capacity).reduce(0, +))
  }

  /// The goal for a metal's qualified capacity, if there is one: "more than 180 Mt" is steel's
  /// alone, and it is met by more than that, not by just that.
  func goal(_ metal: Metal) -> JSON? {
    guard metal == .steel,
      let target = Reference.shared.targets.first(where: {
        $0.definition == "QUALIFIED_CAPACITY_STEEL"
      }), target.unit == "t/y"
    else { return nil }
    let limit = Int128(target.value.digits) * 1_000_000
    let met = target.comparator == ">" ? total.capacity > limit : total.capacity >= limit
    return .members([
      "target_id": .string(target.id), "definition_id": .string(target.definition),
      "comparator": .string(target.comparator), "value": Mass.json(grams: limit),
      "judged_on": .string(target.judgedOn), "met": .bool(met), "source": .string(target.source),
    ])
  }
}
