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
    let percent = Ratio.percentJSON(received, owed)
    return .members([
      "owed": .count(owed), "received": .count(received), "nil": .count(nils),
      "missing": .count(missing), "reports": .count(reports), "percent": percent["percent"],
      "reason": percent["reason"],
    ])
  }

  func mass(_ name: String) -> JSON { Mass.json(grams: self[name]) }

  /// The sums of terms by what they say under a label.
  func list(_ terms: [Term], by label: Label) -> JSON {
    var sums: [String: Int128] = [:]
    for term in terms where self[term.name] != 0 {
      sums[term.labels[label] ?? "", default: 0] += self[term.name]
    }
    return .array(
      sums.sorted { $0.key < $1.key }.map {
        JSON.object([
          .init(label.rawValue, .string($0.key)), .init("mass", Mass.json(grams: $0.value)),
        ])
      })
  }
}

extension JSON {
  /// A count of reports, which 64 bits always hold.
  static func count(_ number: Int128) -> JSON { .int(Int64(clamping: number)) }

  static func textOrNull(_ text: String?) -> JSON { text.map { .string($0) } ?? .null }
}
