import Models
import Storage

/// Reads cells: what is known now from the sums that the fold keeps, what was known at a moment
/// from the facts of that moment. Both must agree, and a test holds them against a third way.
enum Figures {
  /// The cells of periods that lie in a span of months, or reach into it.
  /// - Parameter moment: nil stands for now.
  static func cells(
    _ series: Series, _ months: ClosedRange<Month>, asOf moment: Instant?,
    on connection: Connection
  ) throws -> [CellKey: Cell] {
    if let moment { return try past(series, months, asOf: moment, on: connection) }
    let rows = try connection.query(
      """
      SELECT throughput, from_processors, purchased, shipped, capacity, owed, received, nils,
        reports, amounts, first_month, month, place FROM cell
      WHERE type = $1 AND metal = $2 AND month >= $3 AND month <= $4 AND first_month <= $5
      """, span(series, months))
    var cells = [CellKey: Cell](minimumCapacity: rows.count)
    for row in rows {
      let period = Period(
        first: Month(number: Int(try row.int(at: 10))),
        last: Month(number: Int(try row.int(at: 11))))
      let key = CellKey(series: series, period: period, place: try row.text("place"))
      let cell = try Cell(row)
      if cell != .zero { cells[key] = cell }
    }
    return cells
  }

  /// A period that begins in the last month may end in the next.
  private static func span(_ series: Series, _ months: ClosedRange<Month>) -> [Value] {
    [
      .text(series.type.rawValue), .text(series.metal?.rawValue ?? ""),
      .int(months.lowerBound.number), .int(months.upperBound.number + 1),
      .int(months.upperBound.number),
    ]
  }

  private static func past(
    _ series: Series, _ months: ClosedRange<Month>, asOf moment: Instant,
    on connection: Connection
  ) throws -> [CellKey: Cell] {
    let known = try KnownFacilities(asOf: moment, on: connection)
    var cells: [CellKey: Cell] = [:]
    for (_, facility) in known.roots {
      for (key, cell) in FacilityShare.cells(facility, of: series, in: months) {
        cells[key, default: .zero] += cell
      }
    }
    for (fact, _, facility) in try counting(series, months, known, asOf: moment, on: connection) {
      let shares = fact.share(of: facility) {
        known.isShortProcess(facility.organisation, in: fact.period)
      }
      for (key, cell) in shares
      where key.period.last >= months.lowerBound && key.period.first <= months.upperBound {
        cells[key, default: .zero] += cell
      }
    }
    return cells
  }

  private typealias Counting = (fact: ReportFact, row: Row, facility: Facility)

  /// The reports that count, as known at a moment, with the facility that each counts for. A month
  /// on either side is looked at, too: a report there may count in place of one that reaches in.
  private static func counting(
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
    var facts: [String: [ReportFact]] = [:]
    var byReport: [ID: Row] = [:]
    for row in rows {
      let fact = try ReportFact(row)
      facts[known.root(fact.facility.text), default: []].append(fact)
      byReport[fact.report] = row
    }
    return facts.flatMap { root, facts -> [Counting] in
      guard let facility = known.facilities[root] else { return [] }
      return ReportFact.counting(facts, of: root).compactMap { fact in
        guard fact.period.last >= months.lowerBound, fact.period.first <= months.upperBound,
          let row = byReport[fact.report]
        else { return nil }
        return (fact, row, facility)
      }
    }
  }

  /// A report behind a figure, with the facility it counts for.
  struct Behind: Sendable {
    let fact: ReportFact
    let revision: Int64
    let position: Int64
    let recordedAt: Instant
    let firstRecordedAt: Instant
    let facilityID: String
    let facility: Facility
  }

  /// The reports behind a month's figure of the places that `counts` lets through, by report id.
  static func reports(
    _ series: Series, _ month: Month, asOf moment: Instant?, after: String, limit: Int,
    counts: (String) -> Bool, on connection: Connection
  ) throws -> [Behind] {
    let known = try KnownFacilities(asOf: moment, on: connection)
    let counting = try counting(series, month...month, known, asOf: moment, on: connection)
      .filter { $0.fact.report.text > after }
      .sorted { $0.fact.report.text < $1.fact.report.text }
    var found: [Behind] = []
    for (fact, row, facility) in counting where found.count < limit {
      guard counts(FacilityShare.place(facility)) else { continue }
      found.append(
        Behind(
          fact: fact, revision: try row.int("revision"), position: try row.int("position"),
          recordedAt: Instant(milliseconds: try row.int("recorded_at")),
          firstRecordedAt: Instant(milliseconds: try row.int("first_recorded_at")),
          facilityID: known.root(fact.facility.text), facility: facility))
    }
    return found
  }

  /// The facilities that owe the month's report and have sent none, at most `limit`.
  static func missing(
    _ series: Series, _ month: Month, asOf moment: Instant?, limit: Int,
    counts: (String) -> Bool, on connection: Connection
  ) throws -> [(id: String, facility: Facility)] {
    let known = try KnownFacilities(asOf: moment, on: connection)
    let reported = Set(
      try counting(series, month...month, known, asOf: moment, on: connection)
        .map { known.root($0.fact.facility.text) })
    return known.roots.filter {
      $0.facility.owes(series.type, series.metal, month) && !reported.contains($0.id)
        && counts(FacilityShare.place($0.facility))
    }.sorted { $0.id < $1.id }.prefix(limit).map { $0 }
  }

  /// A facility whose qualification counts on a day, and its capacity on that day.
  struct Qualified: Sendable {
    let place: String
    let capacity: Mass
  }

  /// What is qualified for a metal on a day, as known at a moment.
  static func qualified(
    _ metal: Metal, on day: Day, asOf moment: Instant?, on connection: Connection
  ) throws -> [Qualified] {
    let known = try KnownFacilities(asOf: moment, on: connection)
    let rows = try connection.query(
      """
      SELECT facility_id, event FROM qualification_fact
      WHERE metal = $1 AND effective <= $2 AND recorded_at <= $3 ORDER BY position
      """,
      [
        .text(metal.rawValue), .int(day.number),
        .int(moment?.milliseconds ?? ReadModelStore.never - 1),
      ])
    var states: [String: QualificationEvent] = [:]
    for row in rows {
      states[known.root(try row.text("facility_id"))] = QualificationEvent(
        rawValue: try row.text("event"))
    }
    return states.compactMap { id, event in
      guard let facility = known.facilities[id], Reference.shared.counts(event, on: day),
        facility.closedOn.map({ day <= $0 }) ?? true
      else { return nil }
      return Qualified(
        place: FacilityShare.place(facility),
        capacity: facility.processingCapacity(metal, on: day))
    }
  }
}

extension Cell {
  /// From a row that begins with a cell's columns in their order.
  init(_ row: Row) throws {
    throughput = try row.int(at: 0)
    fromProcessors = try row.int(at: 1)
    purchased = try row.int(at: 2)
    shipped = try row.int(at: 3)
    capacity = try row.int(at: 4)
    owed = try row.int(at: 5)
    received = try row.int(at: 6)
    nils = try row.int(at: 7)
    reports = try row.int(at: 8)
    let text = try row.text("amounts")
    if !text.isEmpty { amounts = Amounts(text: text) ?? .zero }
  }
}
