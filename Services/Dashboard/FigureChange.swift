import Models
import Storage

/// Why a figure is not what it was: what became known of the earlier period (revisions, and reports
/// that came or were withdrawn), then the step from one period to the other among facilities that
/// report in both, and those that report in one only. The parts add up to the change exactly.
struct FigureChange: Sendable {
  let question: FigureChangeQuestion
  let json: JSON

  /// What is above and below the line.
  private struct Pair: Equatable {
    var above: Int128 = 0
    var below: Int128 = 0

    static func + (one: Pair, other: Pair) -> Pair {
      Pair(above: one.above + other.above, below: one.below + other.below)
    }

    static func - (one: Pair, other: Pair) -> Pair {
      Pair(above: one.above - other.above, below: one.below - other.below)
    }
  }

  private struct Part {
    var sum = Pair()
    var facilities: Set<String> = []

    mutating func add(_ pair: Pair, of facility: String) {
      sum = sum + pair
      facilities.insert(facility)
    }
  }

  private struct Unit: Hashable {
    let facility: String
    let period: Period
  }

  /// The reports of a period as known at a moment, or nothing where it cuts January from February.
  private struct Known {
    var units: [Unit: Pair] = [:]
    var isCut = false

    var panel: [String: Pair] {
      units.reduce(into: [:]) { $0[$1.key.facility] = ($0[$1.key.facility] ?? Pair()) + $1.value }
    }
  }

  init(
    _ question: FigureChangeQuestion, today: Day, sight: Sight, reference: Reference = .shared,
    on connection: Connection
  ) throws {
    self.question = question
    let definition = question.definition
    let table = try question.question(today)
    let parts = FigureParts(definition, question.metal, table)
    guard let terms = parts.all.first else {
      throw Problem(.internalError, "A question has no sums.")
    }
    func known(_ span: Span, _ moment: Instant?) throws -> Known {
      let facilities = KnownFacilities(asOf: moment, on: connection)
      var found = Known()
      try CountingReports(
        series: Series(definition.report ?? .recycledInput, question.metal), months: span.months,
        moment: moment, known: facilities, connection: connection
      ).each(try sight.whose(facilities)) { one in
        guard sight.sees(one.facility) else { return }
        let period = one.fact.period
        found.isCut = found.isCut || span.cuts(period)
        let group =
          table.needsFacilities ? try facilities.owner(one.facility.organisation).group : ""
        guard span.contains(period), table.codes(one.facility.place, group) != nil else { return }
        let cell = try one.cells(in: span.months, facilities).map(\.cell).reduce(.zero, +)
        let unit = Unit(facility: one.root, period: period)
        found.units[unit] =
          (found.units[unit] ?? Pair())
          + Pair(above: cell.sum(terms.numerator), below: cell.sum(terms.denominator))
      }
      return found
    }
    let first = try known(question.before, question.beforeAsOf)
    let later =
      question.asOf == question.beforeAsOf ? first : try known(question.before, question.asOf)
    let last = question.span == question.before ? later : try known(question.span, question.asOf)
    json = try Self.json(question, reference, first, later, last)
  }

  private static func json(
    _ question: FigureChangeQuestion, _ reference: Reference, _ first: Known, _ later: Known,
    _ last: Known
  ) throws(Problem) -> JSON {
    var (revisions, new, gone, same) = (Part(), Part(), Part(), Part())
    for (unit, sums) in later.units {
      if let old = first.units[unit] {
        if sums != old { revisions.add(sums - old, of: unit.facility) }
      } else {
        new.add(sums, of: unit.facility)
      }
    }
    for (unit, sums) in first.units where later.units[unit] == nil {
      gone.add(Pair() - sums, of: unit.facility)
    }
    let (before, after) = (later.panel, last.panel)
    if question.span != question.before {
      for (facility, sums) in after {
        if let old = before[facility] {
          same.add(sums - old, of: facility)
        } else {
          new.add(sums, of: facility)
        }
      }
      for (facility, sums) in before where after[facility] == nil {
        gone.add(Pair() - sums, of: facility)
      }
    } else {
      same.facilities = Set(after.keys).intersection(before.keys)
    }
    let start = first.units.values.reduce(Pair(), +)
    let revised = start + revisions.sum
    let joined = revised + new.sum + gone.sum
    let end = last.units.values.reduce(Pair(), +)
    let show = Shows(definition: question.definition)
    let isCut = first.isCut || later.isCut || last.isCut
    let isValid = [question.before, question.span].allSatisfy {
      reference.row(question.definition)?.covers($0.months) ?? false
    }
    guard isValid else {
      throw Problem.field(
        "?period", "\(question.definition.rawValue) is not valid for all of these months")
    }
    func difference(_ from: Pair, _ to: Pair) -> [JSON.Member] { show.change(from, to, isCut) }
    return .object([
      .init(
        "definition", reference.json([question.definition]).elements.first ?? .null),
      .init(
        "before",
        .object(
          show.moment(question.before, question.beforeAsOf, start, first.units.isEmpty, first.isCut)
        )),
      .init(
        "after",
        .object(show.moment(question.span, question.asOf, end, last.units.isEmpty, last.isCut))),
      .init(
        "change",
        .object(
          (first.units.isEmpty || last.units.isEmpty
            ? [.init("value", .null), .init("reason", "missing")] + show.sums(end - start)
            : difference(start, end)) + [.init("unit", .string(show.unit))])),
      .init(
        "revisions",
        .object(
          difference(start, revised) + [.init("facilities", .int(revisions.facilities.count))])),
      .init(
        "newly_reporting",
        .object(
          difference(revised, joined) + [
            .init("facilities", .int(new.facilities.union(gone.facilities).count)),
            .init("of_which_new", .int(new.facilities.count)),
            .init("of_which_gone", .int(gone.facilities.count)),
          ])),
      .init(
        "same_panel",
        .object(difference(joined, end) + [.init("facilities", .int(same.facilities.count))])),
    ])
  }

  /// How sums and their differences are written.
  private struct Shows {
    let definition: Definition

    var isRatio: Bool { definition.measure != .mass }
    var unit: String { isRatio ? definition.differenceUnit : definition.unit }

    func value(_ pair: Pair) -> FigureValue {
      isRatio
        ? FigureValue(pair.above, pair.below, factor: definition.factor)
        : FigureValue(mass: pair.above)
    }

    func sums(_ pair: Pair) -> [JSON.Member] {
      [.init("numerator", definition.shown(pair.above))]
        + (isRatio ? [.init("denominator", definition.shown(pair.below))] : [])
    }

    func moment(_ span: Span, _ asOf: Instant?, _ pair: Pair, _ isEmpty: Bool, _ isCut: Bool)
      -> [JSON.Member]
    {
      let value =
        isCut
        ? FigureValue(none: "january_february_combined")
        : isEmpty ? FigureValue(none: "missing") : value(pair)
      return [
        .init("period", span.json), .init("as_of", asOf?.json ?? .null),
        .init("value", .textOrNull(value.text)),
      ] + (value.reason.map { [.init("reason", .string($0))] } ?? []) + (isCut ? [] : sums(pair))
    }

    func change(_ from: Pair, _ to: Pair, _ isCut: Bool) -> [JSON.Member] {
      var text: String?
      var reason: String?
      if isCut {
        reason = "january_february_combined"
      } else if isRatio {
        (text, reason) = definition.change(value(to), since: value(from))
      } else {
        text = Mass.tonnes(to.above - from.above)
      }
      return [.init("value", .textOrNull(text))]
        + (reason.map { [.init("reason", .string($0))] } ?? []) + (isCut ? [] : sums(to - from))
    }
  }
}
