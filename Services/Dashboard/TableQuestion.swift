import Models
import ServiceKit

/// What a table of figures is asked for in a query.
struct TableQuestion: Sendable {
  let metal: Metal
  let months: ClosedRange<Month>
  let grouping: Grouping
  let asOf: Instant?

  static let mostMonths = 120

  /// Without months, the twelve up to the last one that is over.
  init(_ query: Query, today: Day) throws(Problem) {
    metal = try query.word("metal") ?? .steel
    let to = try query.month("to") ?? max(Month.first, today.month.previous)
    let from = try query.month("from") ?? max(Month.first, Month(number: to.number - 11))
    guard from <= to, to.number - from.number < Self.mostMonths else {
      throw Problem.field(
        "?from", "from is not after to, and at most \(Self.mostMonths) months are shown at once")
    }
    months = from...to
    grouping = try query.word("by") ?? .province
    asOf = try query.instant("as_of")
  }
}
