/// What a monthly report covers: a month, or January and February together, which are then never
/// split. On the wire `2026-03` or `2026-01..02`.
package struct Period: Sendable, Hashable, Comparable, CustomStringConvertible {
  package let first: Month
  package let last: Month

  package init(_ month: Month) {
    first = month
    last = month
  }

  /// January and February of a year, combined as official output is published.
  package init(combinedOf year: Int) {
    first = Month(year: year, month: 1)
    last = Month(year: year, month: 2)
  }

  /// Reads `2026-03`, or `2026-01..02`.
  package init?(_ text: String) {
    if let month = Month(text) {
      self.init(month)
    } else {
      guard text.hasSuffix("-01..02"), let month = Month(String(text.dropLast(4))) else {
        return nil
      }
      self.init(combinedOf: month.year)
    }
  }

  /// From what a store keeps.
  package init(first: Month, last: Month) {
    self.first = first
    self.last = last
  }

  package var isCombined: Bool { first != last }
  package var months: [Month] { isCombined ? [first, last] : [last] }

  package var description: String { isCombined ? "\(first)..02" : last.description }
  package var json: JSON { .string(description) }

  package func overlaps(_ other: Period) -> Bool { first <= other.last && other.first <= last }

  package static func < (one: Period, other: Period) -> Bool {
    (one.first, one.last) < (other.first, other.last)
  }
}

/// A calendar quarter, on the wire `2026Q1`.
package struct Quarter: Sendable, Hashable, CustomStringConvertible {
  package let first: Month

  package var last: Month { Month(number: first.number + 2) }

  /// The quarter that a month lies in.
  package init(of month: Month) { first = Month(number: month.number - (month.month - 1) % 3) }

  package init?(_ text: String) {
    let parts = text.split(separator: "Q", omittingEmptySubsequences: false)
    guard parts.count == 2, parts[0].count == 4, let number = Int(parts[1]),
      (1...4).contains(number),
      let month = Month("\(parts[0])-\(number == 4 ? "10" : "0\(number * 3 - 2)")"),
      parts[1].count == 1
    else { return nil }
    first = month
  }

  package var description: String { "\(first.description.prefix(4))Q\((first.month + 2) / 3)" }
  package var json: JSON { .string(description) }
}
