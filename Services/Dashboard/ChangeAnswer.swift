import Models

/// How a change is told: both figures, and what each part made of the one on the way to the other.
struct ChangeAnswer {
  let question: FigureChangeQuestion
  let first: ReportedSums
  let last: ReportedSums
  let isCut: Bool
  let parts: ChangeParts

  private var definition: Definition { question.definition }
  private var isRatio: Bool { definition.measure != .mass }

  func json(_ reference: Reference) -> JSON {
    let (start, end) = (first.sum, last.sum)
    let revised = start + parts.revisions.sum
    let joined = revised + parts.new.sum + parts.gone.sum
    let count = { (name: String, facilities: Set<String>) in
      JSON.Member(name, .int(facilities.count))
    }
    let (new, gone) = (parts.new.facilities, parts.gone.facilities)
    return .object([
      .init("definition", reference.json([definition]).elements.first ?? .null),
      .init("before", .object(moment(question.before, question.beforeAsOf, first))),
      .init("after", .object(moment(question.span, question.asOf, last))),
      .init("change", .object(whole(start, end))),
      .init(
        "revisions",
        .object(change(start, revised) + [count("facilities", parts.revisions.facilities)])),
      .init(
        "newly_reporting",
        .object(
          change(revised, joined) + [
            count("facilities", new.union(gone)), count("of_which_new", new),
            count("of_which_gone", gone),
          ])),
      .init(
        "same_panel",
        .object(change(joined, end) + [count("facilities", parts.samePanel.facilities)])),
    ])
  }

  private func value(_ pair: SumPair) -> FigureValue {
    isRatio
      ? FigureValue(pair.above, pair.below, factor: definition.factor)
      : FigureValue(mass: pair.above)
  }

  private func said(_ text: String?, _ reason: String?, _ sums: SumPair?) -> [JSON.Member] {
    var members = [JSON.Member("value", .textOrNull(text))]
    if let reason { members.append(.init("reason", .string(reason))) }
    guard let sums else { return members }
    members.append(.init("numerator", definition.shown(sums.above)))
    if isRatio { members.append(.init("denominator", definition.shown(sums.below))) }
    return members
  }

  private func moment(_ span: Span, _ asOf: Instant?, _ reported: ReportedSums) -> [JSON.Member] {
    let value =
      reported.isCut
      ? FigureValue(none: "january_february_combined")
      : reported.units.isEmpty ? FigureValue(none: "missing") : value(reported.sum)
    return [.init("period", span.json), .init("as_of", asOf?.json ?? .null)]
      + said(value.text, value.reason, reported.isCut ? nil : reported.sum)
  }

  /// From nothing, or to nothing, there is no change of a figure.
  private func whole(_ start: SumPair, _ end: SumPair) -> [JSON.Member] {
    let isMissing = first.units.isEmpty || last.units.isEmpty
    let unit = isRatio ? definition.differenceUnit : definition.unit
    return
      (isMissing && !isCut ? said(nil, "missing", end - start) : change(start, end))
      + [.init("unit", .string(unit))]
  }

  private func change(_ from: SumPair, _ to: SumPair) -> [JSON.Member] {
    if isCut { return said(nil, "january_february_combined", nil) }
    guard isRatio else { return said(Mass.tonnes(to.above - from.above), nil, to - from) }
    let change = definition.change(value(to), since: value(from))
    return said(change.text, change.reason, to - from)
  }
}
