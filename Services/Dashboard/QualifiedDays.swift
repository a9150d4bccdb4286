import Models
import Storage

/// Who is qualified on the days of a question's periods, for one metal: on a period's last day, or on
/// the effective date where that comes first.
struct QualifiedDays {
  private let question: FigureQuestion
  private let metal: Metal
  private let sight: Sight
  private let qualifications: Qualifications

  init(
    _ question: FigureQuestion, _ metal: Metal, _ sight: Sight, _ known: KnownFacilities,
    on connection: Connection
  ) throws {
    self.question = question
    self.metal = metal
    self.sight = sight
    qualifications = try Qualifications(metal, asOf: question.asOf, known, on: connection)
  }

  /// How many lines there may be: one a period, or as many as there are places or facilities.
  var most: Int {
    let reference = Reference.shared
    let facilities = qualifications.facilities
    let lines =
      question.by.isEmpty
      ? 1
      : question.needsFacilities
        ? facilities : min(facilities, reference.authorities.count + reference.countries.count)
    return question.spans.count * lines
  }

  func candidates(
    _ definition: Definition, _ span: Span, _ isValid: @escaping (Span) -> Bool
  ) throws -> [FigureCandidate] {
    // What has not begun has no day yet.
    guard span.first.firstDay <= question.date else { return [] }
    let now = try values(definition, min(span.last.lastDay, question.date))
    var before: [[String]: FigureValue] = [:]
    if question.comparesYears {
      before = try values(
        definition, min(span.yearBefore.last.lastDay, yearBefore(question.date)))
    }
    let nobody = FigureValue(definition, number: 0, grams: 0)
    return Set(now.keys).union(before.keys).map { places in
      let codes = question.codes(places, [:], metal)
      let value = { (found: FigureValue?, span: Span) in
        isValid(span) ? found ?? nobody : FigureValue(none: "definition_not_valid")
      }
      return FigureCandidate(codes: codes) {
        let shown = value(now[places], span)
        var yearOnYear: FigureRow.YearOnYear?
        if question.comparesYears {
          let then = value(before[places], span.yearBefore)
          yearOnYear = .init(before: then, change: definition.change(shown, since: then))
        }
        return FigureRow(
          definition: definition, span: span, kind: question.kind,
          codes: zip(question.by, codes).map { ($0, $1) },
          value: shown, sums: nil, yearOnYear: yearOnYear)
      }
    }
  }

  private func yearBefore(_ day: Day) -> Day {
    let (year, month, date) = day.civil
    return Day(
      year: year - 1, month: month, day: min(date, Day.length(year: year - 1, month: month)))
  }

  private func values(_ definition: Definition, _ day: Day) throws -> [[String]: FigureValue] {
    var groups: [[String]: (number: Int128, grams: Int128)] = [:]
    // Nobody is an answer, too, where all are asked for together.
    if question.by.allSatisfy({ $0 == .metal }) { groups[[]] = (0, 0) }
    for one in try qualifications.qualified(on: day) where sight.sees(one.facility) {
      guard let codes = question.codes(one.place, one.owner.group) else { continue }
      let sum = groups[codes] ?? (0, 0)
      groups[codes] = (sum.number + 1, sum.grams + Int128(one.capacity.grams))
    }
    return groups.mapValues { FigureValue(definition, number: $0.number, grams: $0.grams) }
  }
}

extension FigureValue {
  fileprivate init(_ definition: Definition, number: Int128, grams: Int128) {
    self = definition == .qualifiedProcessors ? .init(count: number) : .init(mass: grams)
  }
}
