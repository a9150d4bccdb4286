import Models

/// Cells by period and group, with the totals of each period and of all. January and February that
/// anybody reported combined are shown as one, since nobody can tell them apart.
struct PeriodTable: Sendable {
  struct Line: Sendable {
    /// Nil for all periods together.
    let period: Period?
    let code: String
    let name: String
    let cell: Cell
  }

  let lines: [Line]
  /// The sum of the lines of each period, so that groups add up to it exactly.
  let totals: [Line]
  let whole: Line
  /// Combined periods of which only a part was asked for: nobody can tell what of them that part is,
  /// so that nothing of it is shown.
  let leftOut: [Period]
  /// Whether the whole is China's, as its goals are meant.
  let isNation: Bool

  init(
    _ cells: [CellKey: Cell], _ months: ClosedRange<Month>, by grouping: Grouping, sight: Sight
  ) {
    let seen = cells.filter { sight.sees($0.key.place) && grouping.code(of: $0.key.place) != nil }
    let combined = Set(seen.filter { $0.key.period.isCombined }.map(\.key.period))
    leftOut = combined.filter { !months.contains($0.first) || !months.contains($0.last) }.sorted()
    let cut = leftOut
    let counted = seen.filter { key, _ in !cut.contains { $0.overlaps(key.period) } }
    isNation =
      sight.places == nil
      && counted.keys.allSatisfy { Reference.shared.authorities[$0.place] != nil }
    let shown = combined.subtracting(leftOut)
    var groups: [String: [Period: Cell]] = [:]
    var sums: [Period: Cell] = [:]
    for (key, cell) in counted {
      guard let code = grouping.code(of: key.place) else { continue }
      let period = shown.first { $0.overlaps(key.period) } ?? key.period
      groups[code, default: [:]][period, default: .zero] += cell
      sums[period, default: .zero] += cell
    }
    lines = groups.flatMap { code, periods in
      periods.map {
        Line(period: $0.key, code: code, name: grouping.name(of: code), cell: $0.value)
      }
    }.sorted { ($0.period?.first, $0.code) < ($1.period?.first, $1.code) }
    totals = sums.map { Line(period: $0.key, code: "TOTAL", name: "Total", cell: $0.value) }
      .sorted { ($0.period?.first, $0.code) < ($1.period?.first, $1.code) }
    whole = Line(
      period: nil, code: "TOTAL", name: "Total", cell: sums.values.reduce(.zero, +))
  }
}

private func < (one: (Month?, String), other: (Month?, String)) -> Bool {
  (one.0?.number ?? 0, one.1) < (other.0?.number ?? 0, other.1)
}

extension Cell {
  var coverage: JSON {
    let percent = Ratio.percentJSON(Int128(received), Int128(owed))
    return .members([
      "owed": .int(owed), "received": .int(received), "nil": .int(nils),
      "missing": .int(owed - received), "reports": .int(reports), "percent": percent["percent"],
      "reason": percent["reason"],
    ])
  }

  func mass(_ name: String) -> JSON { Mass.json(grams: amounts[name]) }

  /// The amounts whose name begins so, each under the rest of its name.
  func list(_ prefix: String, as member: String) -> JSON {
    .array(
      amounts.names.filter { $0.hasPrefix(prefix) }.map {
        JSON.object([
          .init(member, .string(String($0.dropFirst(prefix.count)))), .init("mass", mass($0)),
        ])
      })
  }
}
