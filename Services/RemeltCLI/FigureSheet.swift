import Models

/// Lines of figures as a table, and beneath it what each of their definitions is.
struct FigureSheet {
  let rows: [JSON]
  let definitions: [JSON]
  /// What the lines are told apart by.
  let by: [String]

  var text: String {
    [Table(rows, columns).filled.text, FigureSheet.legend(definitions)].joined(separator: "\n\n")
  }

  private var columns: [Table.Column] {
    let head: [Table.Column] = [.member("definition_id", "definition"), .member("period")]
    return head + by.flatMap(FigureSheet.label) + FigureSheet.figures + FigureSheet.coverage
  }

  /// A code and its name, where that says more.
  private static func label(_ name: String) -> [Table.Column] {
    [
      .member(name),
      Table.Column("\(name) name") { row in
        let words = row["\(name)_name"]
        return words == row[name] ? "" : Card.inline(words)
      },
    ]
  }

  private static let figures: [Table.Column] = [
    .member("value", isNumber: true), .member("unit"),
    .member("range.low", "low", isNumber: true), .member("range.high", "high", isNumber: true),
    .member("reason"), .member("state"),
    .member("numerator", isNumber: true), .member("denominator", isNumber: true),
    .member("year_on_year.value", "on a year ago", isNumber: true),
    .member("year_on_year.unit", "in"), .member("year_on_year.before", "then", isNumber: true),
    .member("year_on_year.reason", "why not"),
  ]

  private static let coverage: [Table.Column] = [
    .member("coverage.owed", "owed", isNumber: true),
    .member("coverage.received", "received", isNumber: true),
    .member("coverage.nil", "nil", isNumber: true),
    .member("coverage.missing", "missing", isNumber: true),
    .member("coverage.late", "late", isNumber: true),
    .member("coverage.percent", "coverage %", isNumber: true),
    .member("coverage.by_capacity", "by capacity %", isNumber: true),
  ]

  /// One line a definition: its name in two languages, its unit, and the label that it must bear.
  static func legend(_ definitions: [JSON]) -> String { Table(definitions, names).filled.text }

  private static let names: [Table.Column] = [
    .member("definition_id", "definition"), .member("unit"), .member("name_en", "name"),
    .member("name_zh", "Chinese name"), .member("edition"), .member("label"),
  ]
}

extension Table {
  /// Without those columns in which nothing stands.
  var filled: Table {
    Table(items, columns.filter { column in items.contains { !column.cell($0).isEmpty } })
  }
}

extension JSON {
  /// An object of those members that are there and say something.
  func picked(_ names: [String]) -> JSON {
    let members = names.compactMap { name in self[name].map { Member(name, $0) } }
    return .object(members.filter { $0.value != .null })
  }
}
