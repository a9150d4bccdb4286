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
      """, span(series, months))
    var cells = [CellKey: Cell](minimumCapacity: rows.count)
    for row in rows {
      let period = Period(
        first: Month(number: Int(try row.int(at: 1))), last: Month(number: Int(try row.int(at: 2))))
      cells[CellKey(series: series, period: period, place: try row.text("place"))] = try Cell(row)
    }
    return cells
  }

  /// What facilities bring without any report, by place, as it is known now.
  static func standing(_ series: Series, on connection: Connection) throws -> [String: Standing] {
    let rows = try connection.query(
      "SELECT place, sums FROM standing WHERE type = $1 AND metal = $2",
      [.text(series.type.rawValue), .text(series.metal?.rawValue ?? "")])
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

  /// A period that begins in the last month may end in the next.
  static func span(_ series: Series, _ months: ClosedRange<Month>) -> [Value] {
    [
      .text(series.type.rawValue), .text(series.metal?.rawValue ?? ""),
      .int(months.lowerBound.number), .int(months.upperBound.number + 1),
      .int(months.upperBound.number),
    ]
  }

  /// A report that counts, with the row it was read from and the facility that it counts for.
  struct Counting {
    let fact: ReportFact
    let row: Row
    let root: String
    let facility: Facility
  }

  /// The reports that count, as known at a moment. A month on either side is looked at, too: a
  /// report there may count in place of one that reaches in.
  static func counting(
    _ series: Series, _ months: ClosedRange<Month>, _ known: KnownFacilities,
    asOf moment: Instant?, on connection: Connection
  ) throws -> [Counting] {
    let wider = months.lowerBound.previous...months.upperBound.next
    let rows = try connection.query(
      """
      SELECT * FROM report_version
      WHERE type = $1 AND metal = $2 AND month >= $3 AND month <= $4 AND first_month <= $5
        AND recorded_at <= $6 AND superseded_at > $6
      """,
      span(series, wider) + [.int(moment?.milliseconds ?? ReadModelStore.never - 1)])
    return try counting(rows, months, known, asOf: moment)
  }

  static func counting(
    _ rows: [Row], _ months: ClosedRange<Month>, _ known: KnownFacilities, asOf moment: Instant?
  ) throws -> [Counting] {
    var facts: [String: [ReportFact]] = [:]
    var byReport: [ID: Row] = [:]
    for row in rows {
      let fact = try ReportFact(row, asOf: moment)
      facts[try known.root(fact.facility.text), default: []].append(fact)
      byReport[fact.report] = row
    }
    return try facts.flatMap { root, facts -> [Counting] in
      guard let facility = try known.facility(root) else { return [] }
      return ReportFact.counting(facts, of: root).compactMap { fact in
        guard fact.period.last >= months.lowerBound, fact.period.first <= months.upperBound,
          let row = byReport[fact.report]
        else { return nil }
        return Counting(fact: fact, row: row, root: root, facility: facility)
      }
    }
  }

  /// What one facility brings to the cells.
  struct Contribution {
    let root: String
    let facility: Facility
    /// Nil for what it brings without a report.
    let report: Counting?
    let cells: [(key: CellKey, cell: Cell)]
  }

  /// All that makes up the cells, facility by facility and report by report.
  /// - Parameter wanted: whose are read.
  static func contributions(
    _ series: Series, _ months: ClosedRange<Month>, _ known: KnownFacilities,
    asOf moment: Instant?, of wanted: (String, Facility) throws -> Bool,
    on connection: Connection
  ) throws -> [Contribution] {
    var found: [Contribution] = []
    for (id, facility) in try known.roots {
      guard Standing.series(facility).contains(series), try wanted(id, facility) else { continue }
      let standing = Standing(facility, series)
      let cells = (months.lowerBound.number...months.upperBound.number).compactMap {
        number -> (key: CellKey, cell: Cell)? in
        let month = Month(number: number)
        let cell = standing.cell(month)
        let key = CellKey(series: series, period: Period(month), place: facility.place)
        return cell.isEmpty ? nil : (key, cell)
      }
      found.append(Contribution(root: id, facility: facility, report: nil, cells: cells))
    }
    for one in try counting(series, months, known, asOf: moment, on: connection)
    where try wanted(one.root, one.facility) {
      let shares = try one.fact.share(of: one.facility) {
        try known.isShortProcess(one.facility.organisation, in: one.fact.period)
      }
      found.append(
        Contribution(
          root: one.root, facility: one.facility, report: one,
          cells: shares.filter { months.reaches($0.0.period) }.map { (key: $0.0, cell: $0.1) }))
    }
    return found
  }
}

extension ClosedRange<Month> {
  func reaches(_ period: Period) -> Bool {
    lowerBound <= period.last && period.first <= upperBound
  }
}
