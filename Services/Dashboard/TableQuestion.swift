import Models
import ServiceKit

/// What a table of figures is asked for in a query.
struct TableQuestion: Sendable {
  let metal: Metal
  let months: ClosedRange<Month>
  let grouping: Grouping
  let asOf: Instant?

  init(_ query: Query, today: Day) throws(Problem) {
    metal = try query.word("metal") ?? .steel
    months = try FigureQuestion.months(Texts(try query.texts(["from", "to"])), before: today)
    grouping = try query.word("by") ?? .province
    asOf = try query.instant("as_of")
  }
}
