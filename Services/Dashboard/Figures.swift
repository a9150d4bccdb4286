import Models
import Storage

/// Reads cells: what is known now from the sums that the fold keeps, what was known at a moment
/// from the facts of that moment. Both must agree, and a test holds them against a third way.
enum Figures {
  /// - Parameter moment: nil stands for now.
  static func cells(
    _ metal: Metal, _ months: ClosedRange<Month>, asOf moment: Instant?, on connection: Connection
  ) throws -> [CellKey: Cell] {
    if let moment { return try past(metal, months, asOf: moment, on: connection) }
    let rows = try connection.query(
      """
      SELECT throughput, from_processors, purchased, shipped, capacity, owed, received, nils,
        reports, month, place FROM cell WHERE metal = $1 AND month >= $2 AND month <= $3
      """,
      [
        .text(metal.rawValue), .int(months.lowerBound.number), .int(months.upperBound.number),
      ])
    var cells = [CellKey: Cell](minimumCapacity: rows.count)
    for row in rows {
      let key = CellKey(
        metal: metal, month: Month(number: Int(try row.int(at: 9))), place: try row.text("place"))
      let cell = try Cell(row)
      if cell != .zero { cells[key] = cell }
    }
    return cells
  }

  private static func past(
    _ metal: Metal, _ months: ClosedRange<Month>, asOf moment: Instant, on connection: Connection
  ) throws -> [CellKey: Cell] {
    let known = try KnownFacilities(asOf: moment, on: connection)
    var cells: [CellKey: Cell] = [:]
    for (_, facility) in known.roots {
      for (key, cell) in FacilityShare.cells(facility, in: months) where key.metal == metal {
        cells[key, default: .zero] += cell
      }
    }
    for fact in try facts(metal, months, asOf: moment, on: connection) {
      guard let facility = known.facilities[known.root(fact.facility.text)] else { continue }
      let (key, cell) = fact.share(of: facility)
      cells[key, default: .zero] += cell
    }
    return cells
  }

  private static func facts(
    _ metal: Metal, _ months: ClosedRange<Month>, asOf moment: Instant, on connection: Connection
  ) throws -> [ReportFact] {
    try connection.query(
      """
      SELECT * FROM throughput_version WHERE metal = $1 AND month >= $2 AND month <= $3
        AND recorded_at <= $4 AND superseded_at > $4
      """,
      [
        .text(metal.rawValue), .int(months.lowerBound.number), .int(months.upperBound.number),
        .int(moment.milliseconds),
      ]
    ).map(ReportFact.init)
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
    _ metal: Metal, _ month: Month, asOf moment: Instant?, after: String, limit: Int,
    counts: (String) -> Bool, on connection: Connection
  ) throws -> [Behind] {
    let known = try KnownFacilities(asOf: moment, on: connection)
    let rows = try connection.query(
      """
      SELECT * FROM throughput_version WHERE metal = $1 AND month = $2
        AND recorded_at <= $3 AND superseded_at > $3 AND report_id > $4 ORDER BY report_id
      """,
      [
        .text(metal.rawValue), .int(month.number),
        .int(moment?.milliseconds ?? ReadModelStore.never - 1), .text(after),
      ])
    var found: [Behind] = []
    for row in rows where found.count < limit {
      let fact = try ReportFact(row)
      let root = known.root(fact.facility.text)
      guard let facility = known.facilities[root], counts(FacilityShare.place(facility)) else {
        continue
      }
      found.append(
        Behind(
          fact: fact, revision: try row.int("revision"), position: try row.int("position"),
          recordedAt: Instant(milliseconds: try row.int("recorded_at")),
          firstRecordedAt: Instant(milliseconds: try row.int("first_recorded_at")),
          facilityID: root, facility: facility))
    }
    return found
  }

  /// The facilities that owe the month's report and have sent none, at most `limit`.
  static func missing(
    _ metal: Metal, _ month: Month, asOf moment: Instant?, limit: Int,
    counts: (String) -> Bool, on connection: Connection
  ) throws -> [(id: String, facility: Facility)] {
    let known = try KnownFacilities(asOf: moment, on: connection)
    let reported = Set(
      try facts(
        metal, month...month, asOf: moment ?? Instant(milliseconds: ReadModelStore.never - 1),
        on: connection
      ).map { known.root($0.facility.text) })
    return known.roots.filter {
      $0.facility.owes(.throughput, metal, month) && !reported.contains($0.id)
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
  }
}
