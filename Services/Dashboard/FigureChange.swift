import Models
import Storage

/// Why a figure is not what it was: what became known of the earlier period, then the step from one
/// period to the other (``ChangeParts``).
struct FigureChange: Sendable {
  let json: JSON

  init(
    _ question: FigureChangeQuestion, today: Day, sight: Sight, reference: Reference = .shared,
    on connection: Connection
  ) throws {
    let definition = question.definition
    let isValid = [question.before, question.span].allSatisfy {
      reference.row(definition)?.covers($0.months) ?? false
    }
    guard isValid else {
      throw Problem.field("?period", "\(definition.rawValue) is not valid for all of these months")
    }
    let reader = try ReportedReader(question, today, sight, connection)
    let first = try reader.reported(question.before, question.beforeAsOf)
    let later =
      question.asOf == question.beforeAsOf
      ? first : try reader.reported(question.before, question.asOf)
    let last =
      question.span == question.before
      ? later : try reader.reported(question.span, question.asOf)
    json = ChangeAnswer(
      question: question, first: first, last: last, isCut: first.isCut || later.isCut || last.isCut,
      parts: ChangeParts(first, later, last, isOnePeriod: question.span == question.before)
    ).json(reference)
  }
}

/// What is above and below the line.
struct SumPair: Equatable, Sendable {
  var above: Int128 = 0
  var below: Int128 = 0

  static func + (one: SumPair, other: SumPair) -> SumPair {
    SumPair(above: one.above + other.above, below: one.below + other.below)
  }

  static func - (one: SumPair, other: SumPair) -> SumPair {
    SumPair(above: one.above - other.above, below: one.below - other.below)
  }
}

/// The reports of a period as known at a moment, each with what it brings to a figure.
struct ReportedSums {
  struct Unit: Hashable {
    let facility: String
    let period: Period
  }

  var units: [Unit: SumPair] = [:]
  /// Whether the period cuts January from February.
  var isCut = false

  var sum: SumPair { units.values.reduce(SumPair(), +) }

  /// By facility.
  var panel: [String: SumPair] {
    units.reduce(into: [:]) { $0[$1.key.facility] = ($0[$1.key.facility] ?? SumPair()) + $1.value }
  }
}

/// Reads the reports that a question is about.
private struct ReportedReader {
  private let question: FigureChangeQuestion
  private let table: FigureQuestion
  private let terms: FigureParts.Part
  private let sight: Sight
  private let connection: Connection

  init(
    _ question: FigureChangeQuestion, _ today: Day, _ sight: Sight, _ connection: Connection
  ) throws {
    self.question = question
    self.sight = sight
    self.connection = connection
    table = try question.question(today)
    guard let terms = FigureParts(question.definition, question.metal, table).all.first else {
      throw Problem(.internalError, "A question has no sums.")
    }
    self.terms = terms
  }

  func reported(_ span: Span, _ moment: Instant?) throws -> ReportedSums {
    let known = KnownFacilities(asOf: moment, on: connection)
    var found = ReportedSums()
    try CountingReports(
      series: Series(question.definition.report ?? .recycledInput, question.metal),
      months: span.months, moment: moment, known: known, connection: connection
    ).each(try sight.whose(known)) { one in
      guard sight.sees(one.facility) else { return }
      let period = one.fact.period
      found.isCut = found.isCut || span.cuts(period)
      let group = table.needsFacilities ? try known.owner(one.facility.organisation).group : ""
      guard span.contains(period), table.codes(one.facility.place, group) != nil else { return }
      let cell = try one.cells(in: span.months, known).map(\.cell).reduce(.zero, +)
      let sums = SumPair(above: cell.sum(terms.numerator), below: cell.sum(terms.denominator))
      let unit = ReportedSums.Unit(facility: one.root, period: period)
      found.units[unit] = (found.units[unit] ?? SumPair()) + sums
    }
    return found
  }
}
