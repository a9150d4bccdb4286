import Models
import Storage

/// Reads sums: what is known now from those that the fold keeps, what was known at a moment from
/// these less what has come since (``Past``), and facility by facility from the facts. All must
/// agree, and a test holds them against a second implementation.
enum Figures {
  /// The cells of periods that lie in a span of months, or reach into it.
  /// - Parameter moment: nil stands for now.
  static func cells(
    _ series: Series, _ months: ClosedRange<Month>, asOf moment: Instant?,
    on connection: Connection
  ) throws -> [CellKey: Cell] {
    if let moment {
      return try Past(series, months, moment, on: connection).cells()
    }
    return merged(
      try reported(series, months, on: connection), try standing(series, on: connection), series,
      months)
  }

  /// What reports bring, as it is known now.
  static func reported(
    _ series: Series, _ months: ClosedRange<Month>, on connection: Connection
  ) throws -> [CellKey: Cell] {
    let rows = try connection.query(
      """
      SELECT amounts, first_month, month, place FROM cell
      WHERE type = $1 AND metal = $2 AND month >= $3 AND month <= $4 AND first_month <= $5
      """,
      series.values + [
        // A period that begins in the last month may end in the next.
        .int(months.lowerBound.number), .int(months.upperBound.number + 1),
        .int(months.upperBound.number),
      ])
    var cells = [CellKey: Cell](minimumCapacity: rows.count)
    for row in rows {
      let period = Period(
        first: Month(number: Int(try row.int(at: 1))), last: Month(number: Int(try row.int(at: 2))))
      cells[CellKey(series: series, period: period, place: try row.text(at: 3))] = try Cell(row)
    }
    return cells
  }

  /// What facilities bring without any report, by place, as it is known now.
  static func standing(_ series: Series, on connection: Connection) throws -> [String: Standing] {
    let rows = try connection.query(
      "SELECT place, sums FROM standing WHERE type = $1 AND metal = $2",
      series.values)
    return Dictionary(
      uniqueKeysWithValues: try rows.map { (try $0.text("place"), try Standing($0)) })
  }

  static func merged(
    _ reported: [CellKey: Cell], _ standing: [String: Standing], _ series: Series,
    _ months: ClosedRange<Month>
  ) -> [CellKey: Cell] {
    var cells = reported
    for (place, sums) in standing {
      for number in months.lowerBound.number...months.upperBound.number {
        let month = Month(number: number)
        let cell = sums.cell(month)
        guard !cell.isEmpty else { continue }
        cells[CellKey(series: series, period: Period(month), place: place), default: .zero] += cell
      }
    }
    return cells.filter { !$0.value.isEmpty }
  }
}

/// Whose reports are read.
enum Whose {
  case all
  /// Facilities that stand for themselves.
  case some(Set<String>)

  /// As many are read one by one; more are looked for among all.
  static let few = 500
}

/// A report that counts, with the row it was read from and the facility that it counts for.
struct Counting {
  let fact: ReportFact
  let row: Row
  let root: String
  let facility: Facility

  /// What it brings to the cells of some months.
  func cells(in months: ClosedRange<Month>, _ known: KnownFacilities) throws -> [(
    key: CellKey, cell: Cell
  )] {
    try fact.share(of: facility) {
      try known.isShortProcess(facility.organisation, in: fact.period)
    }.filter { months.reaches($0.0.period) }.map { (key: $0.0, cell: $0.1) }
  }
}

/// The reports of a series that count for some months, as known at a moment.
struct CountingReports {
  let series: Series
  let months: ClosedRange<Month>
  let moment: Instant?
  let known: KnownFacilities
  let connection: Connection

  private var then: Value { .int(moment?.milliseconds ?? ReadModelStore.never - 1) }

  /// Looks at each, a month at a time, so that no more than a month's are in memory.
  func each(_ whose: Whose = .all, _ body: (Counting) throws -> Void) throws {
    switch whose {
    case .some(let roots): for root in roots { try one(root, body) }
    case .all:
      let merged = try known.merged
      for number in months.lowerBound.number...months.upperBound.number + 1 {
        let month = Month(number: number)
        let rows = try connection.query(
          """
          SELECT * FROM report_version
          WHERE type = $1 AND metal = $2 AND month = $3 AND first_month <= $4
            AND recorded_at <= $5 AND superseded_at > $5
          """,
          series.values + [
            .int(month.number), .int(months.upperBound.number), then,
          ])
        for row in rows {
          let id = try row.text("facility_id")
          guard !merged.contains(id), let facility = try known.facility(id) else { continue }
          try body(
            Counting(
              fact: try ReportFact(row, asOf: moment), row: row, root: id, facility: facility))
        }
      }
      for root in Set(try merged.map(known.root)) { try one(root, body) }
    }
  }

  /// Those of one facility and of those merged into it. A month on either side is looked at, too: a
  /// report there may count in place of one that reaches in.
  private func one(_ root: String, _ body: (Counting) throws -> Void) throws {
    guard let facility = try known.facility(root) else { return }
    var facts: [ReportFact] = []
    var byReport: [ID: Row] = [:]
    for id in try known.members(of: root) {
      let rows = try connection.query(
        "\(ReadModelStore.ofFacility) AND recorded_at <= $4 AND superseded_at > $4",
        [
          .int(months.lowerBound.number - 1), .int(months.upperBound.number + 2), .text(id), then,
        ])
      for row in rows {
        let fact = try ReportFact(row, asOf: moment)
        guard fact.series == series else { continue }
        facts.append(fact)
        byReport[fact.report] = row
      }
    }
    for fact in ReportFact.counting(facts, of: root) where months.reaches(fact.period) {
      guard let row = byReport[fact.report] else { continue }
      try body(Counting(fact: fact, row: row, root: root, facility: facility))
    }
  }
}

extension ClosedRange<Month> {
  func reaches(_ period: Period) -> Bool {
    lowerBound <= period.last && period.first <= upperBound
  }

  func contains(_ period: Period) -> Bool { contains(period.first) && contains(period.last) }
}
