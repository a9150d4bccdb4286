import Models

/// One line of a table of figures.
struct FigureRow: Sendable {
  struct YearOnYear: Sendable {
    let before: FigureValue
    let change: (text: String?, reason: String?)
  }

  let definition: Definition
  let span: Span
  let kind: SpanKind
  /// By each dimension that was asked for, in that order.
  let codes: [(dimension: Dimension, code: String)]
  let value: FigureValue
  /// The sums behind it; nil for what is true on a day.
  let sums: Cell?
  let yearOnYear: YearOnYear?

  var json: JSON {
    var members: [JSON.Member] = [
      .init("definition_id", .string(definition.rawValue)), .init("period", .string(period)),
    ]
    for (dimension, code) in codes {
      members.append(.init(dimension.rawValue, .string(code)))
      if let name = dimension.name(of: code) {
        members.append(.init("\(dimension.rawValue)_name", .string(name)))
      }
    }
    members.append(.init("value", .textOrNull(value.text)))
    members.append(.init("unit", .string(definition.unit)))
    if let reason = value.reason { members.append(.init("reason", .string(reason))) }
    if let above = value.numerator { members.append(.init("numerator", definition.shown(above))) }
    if let below = value.denominator {
      members.append(.init("denominator", definition.shown(below)))
    }
    if let range = value.range {
      members.append(
        .init("range", .members(["low": .string(range.low), "high": .string(range.high)])))
    }
    if let sums {
      members.append(.init("state", .string(FigureState(sums).rawValue)))
      members.append(.init("coverage", FigureCoverage(sums: sums).json))
    }
    if let yearOnYear {
      members.append(
        .init(
          "year_on_year",
          .members([
            "value": .textOrNull(yearOnYear.change.text),
            "unit": .string(definition.differenceUnit),
            "before": .textOrNull(yearOnYear.before.text),
            "reason": .text(yearOnYear.change.reason),
          ])))
    }
    return .object(members)
  }

  var period: String { kind.text(span) }

  /// What a page goes on after.
  var key: [String] { [definition.rawValue, period] + codes.map(\.code) }

  static func columns(_ question: FigureQuestion) -> [String] {
    ["definition_id", "period"] + question.by.map(\.rawValue)
      + [
        "value", "unit", "reason", "numerator", "denominator", "state", "owed", "received", "nil",
        "missing", "late", "low", "high", "edition", "label",
      ] + (question.comparesYears ? ["year_on_year", "year_on_year_unit"] : [])
  }

  func fields(_ question: FigureQuestion, _ reference: Reference) -> [String] {
    let row = reference.row(definition)
    let shown = { (sum: Int128?) in sum.flatMap { definition.shown($0)["value"]?.text } ?? "" }
    let counts = sums.map { [$0.owed, $0.received, $0.nils, $0.missing, $0.late] }
    return [definition.rawValue, period] + codes.map(\.code)
      + [
        value.text ?? "", definition.unit, value.reason ?? "", shown(value.numerator),
        shown(value.denominator), sums.map { FigureState($0).rawValue } ?? "",
      ] + (counts.map { $0.map { String($0) } } ?? Array(repeating: "", count: 5))
      + [
        value.range?.low ?? "", value.range?.high ?? "", row?.edition ?? "", row?.label ?? "",
      ]
      + (question.comparesYears
        ? [yearOnYear?.change.text ?? "", definition.differenceUnit] : [])
  }
}
