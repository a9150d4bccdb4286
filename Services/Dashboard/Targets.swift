import Models
import Storage

/// The goals, each held against every definition that it may mean: on its due date where that is
/// past, and now; and how fast the figure would have to move.
struct Targets {
  let date: Day
  let asOf: Instant?
  let reference: Reference
  let headlines: [String: Headline]
  let sight: Sight
  let connection: Connection

  /// The days that a question can be of.
  static let dates =
    Month(number: Month.first.number + 27).firstDay...Month.last.lastDay

  func json() throws -> JSON { .array(try reference.targets.map(json)) }

  private func json(_ target: Reference.Target) throws -> JSON {
    let headline = headlines[target.id]
    let chosen = headline?.definition
    let ordered =
      target.definitions.filter { $0 == chosen } + target.definitions.filter { $0 != chosen }
    let verdicts =
      target.unit == "%"
      ? try shares(target, ordered) : try ordered.map { try capacity(target, $0) }
    return .object([
      .init("target_id", .string(target.id)), .init("subject", .string(target.subject)),
      .init("comparator", .string(target.comparator)),
      .init("value", .string(target.value.description)), .init("unit", .string(target.unit)),
      .init("due_period", .string(String(target.dueYear))),
      .init("judged_on", .string(target.judgedOn)), .init("source", .string(target.source)),
      .init("pace_coverage_percent", .string(target.paceCoverage.description)),
      .init("headline", chosen == nil ? .null : headline?.json ?? .null),
      .init(
        "verdicts",
        .array(
          zip(ordered, verdicts).map { definition, members in
            .object(
              [
                .init("definition_id", .string(definition.rawValue)),
                .init("unit", .string(definition.unit)),
              ]
                + (definition == chosen ? [.init("headline", .bool(true))] : []) + members)
          })),
    ])
  }

  private func rows(
    _ definitions: [Definition], _ target: Reference.Target, _ texts: [String: String]
  ) throws -> [FigureRow] {
    var texts = texts
    texts["definition"] = definitions.map(\.rawValue).joined(separator: ",")
    if definitions.allSatisfy({ $0.metal == nil }) { texts["metal"] = target.metal.rawValue }
    texts["as_of"] = asOf?.description
    let question = try FigureQuestion(texts, today: date)
    return try FigureTable(question, sight: sight, reference: reference, on: connection).rows
  }

  // MARK: Shares

  /// The last month of the last quarter that was over before the date.
  private var lastQuarterEnd: Month {
    let last = date.month.previous
    return Month(number: last.number - last.month % 3)
  }

  private func shares(_ target: Reference.Target, _ definitions: [Definition]) throws
    -> [[JSON.Member]]
  {
    let end = lastQuarterEnd
    let yearBefore = Month(number: end.number - 12)
    let rolling = try rows(
      definitions, target,
      ["period": "rolling12", "from": yearBefore.description, "to": end.description])
    let due = Month(year: target.dueYear, month: 12)
    let onDue =
      due.lastDay < date
      ? try rows(
        definitions, target,
        ["period": "year", "from": due.description, "to": due.description]) : nil
    return definitions.map { definition in
      let row = { (rows: [FigureRow], last: Month) in
        rows.first { $0.definition == definition && $0.span.last == last }
      }
      let now = row(rolling, end)
      let dueJSON = onDue.map {
        judged(target, row($0, due), Span(first: Month(number: due.number - 11), last: due))
      }
      let pace = pace(
        target, now, row(rolling, yearBefore), quarters: (due.number - end.number) / 3)
      return [
        .init("on_due", dueJSON ?? .null),
        .init(
          "now",
          judged(target, now, Span(first: Month(number: end.number - 11), last: end))),
      ] + pace
    }
  }

  private func judged(_ target: Reference.Target, _ row: FigureRow?, _ span: Span) -> JSON {
    let value = row?.value ?? FigureValue(none: "missing")
    return .object(
      [
        .init("period", span.json), .init("value", .textOrNull(value.text)),
        .init("met", value.ratio.map { .bool(target.isMet(by: $0)) } ?? .null),
      ] + (value.reason.map { [.init("reason", .string($0))] } ?? []) + [
        .init("coverage", row?.sums.map { FigureCoverage(sums: $0).json } ?? .null)
      ])
  }

  /// Required per quarter: (target − rolling twelve months) ÷ quarters left. Current: what the
  /// rolling twelve months changed over the last four quarters ÷ 4. Both on coverage enough.
  private func pace(
    _ target: Reference.Target, _ now: FigureRow?, _ before: FigureRow?, quarters: Int
  ) -> [JSON.Member] {
    let none = { (reason: String) -> [JSON.Member] in
      [.init("pace", .null), .init("pace_reason", .string(reason))]
    }
    guard quarters > 0 else { return none("due") }
    guard let one = now?.value.ratio, let other = before?.value.ratio else {
      return none("no_value")
    }
    let least = try? Ratio(
      Int128(target.paceCoverage.digits), 100 * ExactDecimal.powerOfTen(target.paceCoverage.scale))
    for row in [now, before] {
      guard let coverage = row?.sums.flatMap({ FigureCoverage(sums: $0).ratio }), let least,
        coverage >= least
      else { return none("coverage_too_low") }
    }
    let goal = try? Ratio(
      Int128(target.value.digits), 100 * ExactDecimal.powerOfTen(target.value.scale))
    return [
      .init(
        "pace",
        .object([
          .init(
            "required_per_quarter",
            .textOrNull(goal.flatMap { $0.difference(one, over: Int128(quarters)) })),
          .init("current_per_quarter", .textOrNull(one.difference(other, over: 4))),
          .init("quarters_left", .int(quarters)), .init("unit", "pp"),
        ]))
    ]
  }

  // MARK: Capacity

  private func capacity(_ target: Reference.Target, _ definition: Definition) throws
    -> [JSON.Member]
  {
    let due = Day(year: target.dueYear, month: 12, day: 31)
    return [
      .init("on_due", due < date ? try capacity(target, definition, on: due) : .null),
      .init("now", try capacity(target, definition, on: date)),
      .init("pace", .null), .init("pace_reason", .string(due < date ? "due" : "not_a_share")),
    ]
  }

  private func capacity(_ target: Reference.Target, _ definition: Definition, on day: Day) throws
    -> JSON
  {
    let month = day.month.description
    let row = try rows(
      [definition], target, ["from": month, "to": month, "date": day.description]
    ).first
    let value = row?.value ?? FigureValue(none: "missing")
    return .object(
      [
        .init("date", day.json), .init("value", .textOrNull(value.text)),
        .init("met", value.numerator.map { .bool(target.isMet(byGrams: $0)) } ?? .null),
      ] + (value.reason.map { [.init("reason", .string($0))] } ?? []) + [
        .init("coverage", .null)
      ])
  }
}

extension Ratio {
  /// In percentage points, (this − other) ÷ `parts`, rounded once.
  fileprivate func difference(_ other: Ratio, over parts: Int128) -> String? {
    guard let one = try? Ratio(numerator, denominator * parts),
      let two = try? Ratio(other.numerator, other.denominator * parts)
    else { return nil }
    return one.difference(two, times: 100, places: FigureValue.places)
  }
}
