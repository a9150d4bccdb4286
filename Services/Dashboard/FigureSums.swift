import Models

/// The cells of one line of a table, by period, and what they add up to over a span.
struct FigureSums: Sendable {
  private var cells: [Period: Cell] = [:]

  mutating func add(_ cell: Cell, of period: Period) { cells[period, default: .zero] += cell }

  /// The sum of the cells that lie in a span, with what only time adds: reports on time, and
  /// capacity in which each day counts by the days of its year.
  func sum(_ span: Span) -> Cell {
    var sum = Cell.zero
    var capacity: Int128 = 0
    for number in span.first.number...span.last.number {
      let month = Month(number: number)
      if let cell = cells[Period(month)] {
        sum += cell
        capacity += cell[Sum.capacity] * (Sum.capacityScale / Int128(month.daysInYear))
      }
      if month.month == 1, month < span.last,
        let cell = cells[Period(combinedOf: month.year)]
      {
        sum += cell
      }
    }
    sum[Sum.onTime] = sum.received - sum.late
    sum[Sum.scaledCapacity] = capacity
    return sum
  }

  /// Whether anything lies in a span or reaches into it.
  func reaches(_ span: Span) -> Bool {
    cells.keys.contains { span.months.reaches($0) }
  }
}

/// How sure a figure is.
enum FigureState: String, CaseIterable, Sendable {
  case provisional, revised, final

  /// Final: all that is owed is there, and every report is locked. Revised: a report behind it was
  /// changed after it had counted.
  init(_ sums: Cell) {
    if sums.owed > 0, sums.missing == 0, sums.reports > 0, sums[Sum.locked] == sums.reports {
      self = .final
    } else {
      self = sums[Sum.revised] > 0 ? .revised : .provisional
    }
  }
}

/// How much of what is owed a figure rests on.
struct FigureCoverage: Sendable {
  let sums: Cell

  var json: JSON {
    .object([
      .init("owed", .count(sums.owed)), .init("received", .count(sums.received)),
      .init("nil", .count(sums.nils)), .init("missing", .count(sums.missing)),
      .init("late", .count(sums.late)), .init("on_time", .count(sums.received - sums.late)),
      .init("percent", .textOrNull(percent(sums.received, sums.owed))),
      .init(
        "by_capacity", .textOrNull(percent(sums[Sum.capacityReceived], sums[Sum.capacityOwed]))),
      .init("reports", .count(sums.reports)),
    ])
  }

  private func percent(_ part: Int128, _ whole: Int128) -> String? {
    (try? Ratio(part, whole))?.percent()
  }

  /// The received share of what is owed; nil where nothing is.
  var ratio: Ratio? { try? Ratio(sums.received, sums.owed) }
}
