import Models

/// Hydrogen supplied by route, source and class, and used by use.
struct HydrogenTable: Sendable {
  let table: PeriodTable
  /// Every amount that some line has.
  private let names: [String]

  init(table: PeriodTable) {
    self.table = table
    names = Set(table.totals.flatMap(\.cell.amounts.names)).sorted()
  }

  private static let sold = "use.\(HydrogenPurpose.sold.rawValue)"

  func json(_ line: PeriodTable.Line) -> JSON {
    let cell = line.cell
    let uses = cell.amounts.sum(prefix: "use.")
    return .members([
      "period": line.period?.json, "code": .string(line.code), "name": .string(line.name),
      "supplied": Mass.json(grams: cell.amounts.sum(prefix: "route.")),
      "used": Mass.json(grams: uses - cell.amounts[Self.sold]),
      "sold": cell.mass(Self.sold), "vented": cell.mass("vented"),
      "by_route": cell.list("route.", as: "route"), "by_source": cell.list("source.", as: "source"),
      "by_class": classes(cell), "by_use": cell.list("use.", as: "use"),
      "coverage": cell.coverage,
    ])
  }

  private func classes(_ cell: Cell) -> JSON {
    .array(
      cell.amounts.names.filter { $0.hasPrefix("class.") }.map { name in
        let parts = name.split(separator: ".").map(String.init)
        return .members([
          "scheme": .string(parts[1]), "class": .string(parts[2]), "mass": cell.mass(name),
        ])
      })
  }

  var columns: [String] {
    ["period", "code", "name"] + names.map { "\($0)_t" } + ["owed", "received", "nil", "missing"]
  }

  func fields(_ line: PeriodTable.Line) -> [String] {
    [line.period?.description ?? "", line.code, line.name]
      + names.map { Mass.tonnes(line.cell.amounts[$0]) } + line.cell.counts
  }
}
