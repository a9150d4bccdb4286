import Models
import Storage

/// The sums of a question's lines, for one metal.
struct FigureLines {
  /// By the codes of place and group.
  private(set) var lines: [[String]: FigureSums] = [:]
  /// The question's, with January and February as one where anybody reported them so.
  private(set) var spans: [Span] = []
  /// January and February that anybody in sight combined.
  private var combined: Set<Period> = []
  /// The month that the effective date lies in.
  private let lastMonth: Month

  init(
    _ question: FigureQuestion, _ metal: Metal?, _ sight: Sight, _ known: KnownFacilities,
    on connection: Connection
  ) throws {
    spans = question.spans
    lastMonth = question.date.month
    guard var from = spans.map(\.first).min(), let to = spans.map(\.last).max() else { return }
    // February may turn out to be one with January.
    if question.kind == .month, from.month == 2 { from = from.previous }
    let first = question.comparesYears ? Month(number: from.number - 12) : from
    let months = max(first, Month.first)...max(to, Month.first)
    let series = Series(question.report, metal)
    if question.needsFacilities || !sight.organisations.isEmpty {
      try addFacilities(question, series, months, sight, known, on: connection)
    } else {
      var codes: [String: [String]?] = [:]
      for (key, cell) in try Figures.cells(series, months, asOf: question.asOf, on: connection)
      where sight.sees(key.place) {
        let found = codes[key.place] ?? question.codes(key.place, "")
        codes[key.place] = .some(found)
        add(cell, of: key.period, found)
      }
    }
    if question.kind == .month { spans = joined }
  }

  private mutating func add(_ cell: Cell, of period: Period, _ codes: [String]?) {
    if period.isCombined { combined.insert(period) }
    guard let codes else { return }
    // Nothing is owed for a month that is not over, and no capacity of it is past.
    let isOver = period.last < lastMonth
    lines[codes, default: .init()].add(isOver ? cell : cell.onlyReceived, of: period)
  }

  /// From the facts, facility by facility.
  private mutating func addFacilities(
    _ question: FigureQuestion, _ series: Series, _ months: ClosedRange<Month>, _ sight: Sight,
    _ known: KnownFacilities, on connection: Connection
  ) throws {
    let codes = { (facility: Facility) throws in
      let group = question.needsFacilities ? try known.owner(facility.organisation).group : ""
      return question.codes(facility.place, group)
    }
    if let group = question.filter[.group], sight.places == nil, try !known.hasGroup(group) {
      throw Problem.field("?group", "no organisation belongs to such a group")
    }
    let whose = try sight.whose(known)
    for facility in try known.facilities(whose)
    where sight.sees(facility) && Standing.series(facility).contains(series) {
      let (standing, codes) = (Standing(facility, series), try codes(facility))
      for number in months.lowerBound.number...months.upperBound.number {
        let month = Month(number: number)
        let cell = standing.cell(month)
        if !cell.isEmpty { add(cell, of: Period(month), codes) }
      }
    }
    try CountingReports(
      series: series, months: months, moment: question.asOf, known: known, connection: connection
    ).each(whose) { one in
      guard sight.sees(one.facility) else { return }
      let codes = try codes(one.facility)
      for (key, cell) in try one.cells(in: months, known) { add(cell, of: key.period, codes) }
    }
  }

  /// Months, with a combined pair in place of its February. January stays where February is not
  /// asked for.
  private var joined: [Span] {
    let last = spans.map(\.last).max()
    return spans.compactMap { span in
      guard let pair = combined.first(where: { $0.months.contains(span.first) }) else {
        return span
      }
      if span.last == pair.last { return Span(first: pair.first, last: pair.last) }
      return last.map { pair.last <= $0 } ?? false ? nil : span
    }
  }

  func isCut(_ span: Span) -> Bool { combined.contains { span.cuts($0) } }
}

extension Sight {
  /// Whose reports are read: a reporter's own are few.
  func whose(_ known: KnownFacilities) throws -> Whose {
    guard places == [] else { return .all }
    return .some(Set(try organisations.flatMap(known.facilities(of:))))
  }
}

extension KnownFacilities {
  func facilities(_ whose: Whose) throws -> [Facility] {
    switch whose {
    case .all: try roots.map(\.facility)
    case .some(let ids): try ids.compactMap(facility)
    }
  }
}
