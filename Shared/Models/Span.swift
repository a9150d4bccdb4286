import Foundation

/// How a calendar is cut for figures.
package enum SpanKind: String, CaseIterable, Sendable {
  case month
  /// Months as official output is published: January and February always together.
  case officialMonth = "official_month"
  case quarter, half, year
  /// From January to each month.
  case yearToDate = "ytd"
  /// The twelve months up to each month.
  case rolling12

  /// The spans that end in a range of months, in their order.
  package func spans(endingIn months: ClosedRange<Month>) -> [Span] {
    (months.lowerBound.number...months.upperBound.number).map(Month.init(number:)).compactMap(
      span)
  }

  /// How a span of this kind is written: from the first to the last month where it may begin or end
  /// anywhere, and else by its name.
  package func text(_ span: Span) -> String {
    switch self {
    case .yearToDate where span.length > 1:
      "\(span.first)..\(span.last.description.suffix(2))"
    case .rolling12: "\(span.first)..\(span.last)"
    default: span.description
    }
  }

  /// The span that ends with a month, if one does.
  private func span(_ last: Month) -> Span? {
    let back = { (months: Int) in Span(first: Month(number: last.number - months + 1), last: last) }
    switch self {
    case .month: return back(1)
    case .officialMonth: return last.month == 1 ? nil : back(last.month == 2 ? 2 : 1)
    case .quarter: return last.month % 3 == 0 ? back(3) : nil
    case .half: return last.month % 6 == 0 ? back(6) : nil
    case .year: return last.month == 12 ? back(12) : nil
    case .yearToDate: return back(last.month)
    // Not before there are twelve months.
    case .rolling12: return last.number - 11 < Month.first.number ? nil : back(12)
    }
  }
}

/// Months that a figure is of. On the wire `2026-03`, `2026-01..09`, `2026Q1`, `2026H1`, `2026`, or
/// `2025-10..2026-09` where it goes over a year's end.
package struct Span: Sendable, Hashable, Comparable, CustomStringConvertible {
  package let first: Month
  package let last: Month

  package init(first: Month, last: Month) {
    self.first = first
    self.last = last
  }

  /// Reads any text that a span is written as.
  package init?(_ text: String) {
    guard let span = Span.read(text), span.first >= Month.first, span.last <= Month.last,
      span.length <= 12
    else { return nil }
    self = span
  }

  private static func read(_ text: String) -> Span? {
    if let month = Month(text) { return Span(first: month, last: month) }
    if let quarter = Quarter(text) { return Span(first: quarter.first, last: quarter.last) }
    if text.utf8.count == 4, let first = Month(text + "-01") {
      return Span(first: first, last: Month(number: first.number + 11))
    }
    for (mark, begin) in [("H1", "01"), ("H2", "07")] where text.hasSuffix(mark) {
      guard let first = Month("\(text.dropLast(2))-\(begin)") else { return nil }
      return Span(first: first, last: Month(number: first.number + 5))
    }
    let parts = text.components(separatedBy: "..")
    guard parts.count == 2, let first = Month(parts[0]),
      let last = Month(parts[1]) ?? Month("\(parts[0].prefix(5))\(parts[1])"), first < last,
      first.year < last.year || parts[1].utf8.count == 2 || first.month == 1
    else { return nil }
    return Span(first: first, last: last)
  }

  package var length: Int { last.number - first.number + 1 }
  package var months: ClosedRange<Month> { first...last }

  package var description: String {
    switch (length, first.month) {
    case (1, _): first.description
    case (3, 1), (3, 4), (3, 7), (3, 10): Quarter(of: first).description
    case (6, 1): "\(year)H1"
    case (6, 7): "\(year)H2"
    case (12, 1): year
    default:
      first.year == last.year
        ? "\(first)..\(last.description.suffix(2))" : "\(first)..\(last)"
    }
  }

  private var year: String { String(first.description.prefix(4)) }

  package var json: JSON { .string(description) }

  package var yearBefore: Span {
    Span(first: Month(number: first.number - 12), last: Month(number: last.number - 12))
  }

  /// Whether a report of this period lies in it.
  package func contains(_ period: Period) -> Bool { first <= period.first && period.last <= last }

  /// Whether it takes a part of a period, of which nobody can tell what that part is.
  package func cuts(_ period: Period) -> Bool {
    first <= period.last && period.first <= last && !contains(period)
  }

  package static func < (one: Span, other: Span) -> Bool {
    (one.first, one.last) < (other.first, other.last)
  }
}
