import Models

/// Hydrogen supplied by route, source and class, and used by use.
struct HydrogenTable: Sendable {
  let table: PeriodTable
  /// Every mass that some line has.
  private let names: [String]

  init(table: PeriodTable) {
    self.table = table
    names = Set(table.totals.flatMap(\.cell.names).filter { !Self.isCount($0) }).sorted()
  }

  private static let sold = "use.\(HydrogenPurpose.sold.rawValue)"
  private static let supplied = Definition.hydrogenSupplied.terms(.steel).numerator
  private static let used = Definition.hydrogenUsed.terms(.steel).numerator
  private static let uses = used + [Term(sold, [.use: HydrogenPurpose.sold.rawValue])]
  /// Each scheme's classes add up to all that was supplied: one of them does.
  private static let once = supplied.filter { $0.labels[.scheme] == HydrogenClass.standard }

  private static func isCount(_ name: String) -> Bool {
    name.hasPrefix("count.") || name.hasPrefix("days.")
  }

  func json(_ line: PeriodTable.Line) -> JSON {
    let cell = line.cell
    return .members([
      "period": line.period?.json, "code": .string(line.code), "name": .string(line.name),
      "supplied": Mass.json(grams: cell.sum(Self.once)),
      "used": Mass.json(grams: cell.sum(Self.used)),
      "sold": cell.mass(Self.sold), "vented": cell.mass("vented"),
      "by_route": cell.list(Self.once, by: .route), "by_source": cell.list(Self.once, by: .source),
      "by_class": .array(HydrogenClass.schemes.flatMap { classes(cell, $0.scheme) }),
      "by_use": cell.list(Self.uses, by: .use), "coverage": cell.coverage,
    ])
  }

  private func classes(_ cell: Cell, _ scheme: String) -> [JSON] {
    let terms = Self.supplied.filter { $0.labels[.scheme] == scheme }
    return cell.list(terms, by: .hydrogenClass).elements.map { line in
      .members(["scheme": .string(scheme), "class": line["class"], "mass": line["mass"]])
    }
  }

  var columns: [String] {
    ["period", "code", "name"] + names.map { "\($0)_t" } + ["owed", "received", "nil", "missing"]
  }

  func fields(_ line: PeriodTable.Line) -> [String] {
    [line.period?.description ?? "", line.code, line.name]
      + names.map { Mass.tonnes(line.cell[$0]) } + line.cell.counts
  }
}
