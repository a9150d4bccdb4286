import Models
import Storage

/// What stands behind figures: reports, those who owe one, and who is qualified.
extension Figures {
  /// A report behind a figure, with the facility it counts for.
  struct Behind: Sendable {
    let fact: ReportFact
    let position: Int64
    let recordedAt: Instant
    let facilityID: String
    let facility: Facility
    let organisation: String
    /// What it adds up to in the period's cell.
    let cell: Cell

    var revision: Int64 { fact.revision }
    var isLate: Bool { fact.isLate }
  }

  /// The reports behind the figures of some months whose facility `counts` lets through, by report
  /// id.
  /// - Parameter whole: whether those that only reach into the months are left out.
  static func reports(
    _ series: Series, _ months: ClosedRange<Month>, asOf moment: Instant?, after: String,
    limit: Int, whole: Bool = false, counts: (String, Facility) throws -> Bool,
    on connection: Connection
  ) throws -> [Behind] {
    let known = KnownFacilities(asOf: moment, on: connection)
    let counting = try counting(series, months, known, asOf: moment, on: connection)
      .filter { one in
        let period = one.fact.period
        let fits = months.contains(period.first) && months.contains(period.last)
        return one.fact.report.text > after && (fits || !whole)
      }
      .sorted { $0.fact.report.text < $1.fact.report.text }
    var found: [Behind] = []
    for one in counting where found.count < limit {
      guard try counts(one.root, one.facility) else { continue }
      let shares = try one.fact.share(of: one.facility) {
        try known.isShortProcess(one.facility.organisation, in: one.fact.period)
      }
      found.append(
        Behind(
          fact: one.fact, position: try one.row.int("position"),
          recordedAt: Instant(milliseconds: try one.row.int("recorded_at")),
          facilityID: one.root, facility: one.facility,
          organisation: try known.owner(one.facility.organisation).name,
          cell: shares.map(\.1).reduce(.zero, +)))
    }
    return found
  }

  /// A month's report that is owed and not there.
  struct Owing: Sendable {
    let month: Month
    let facilityID: String
    let facility: Facility
    let organisation: String
  }

  /// Who owes a report of some months and has sent none, by month, place and facility.
  static func missing(
    _ series: Series, _ months: ClosedRange<Month>, asOf moment: Instant?,
    counts: (String, Facility) throws -> Bool, on connection: Connection
  ) throws -> [Owing] {
    let known = KnownFacilities(asOf: moment, on: connection)
    var received: [String: Set<Month>] = [:]
    for one in try counting(series, months, known, asOf: moment, on: connection) {
      received[one.root, default: []].formUnion(one.fact.period.months)
    }
    var found: [Owing] = []
    for (id, facility) in try known.roots where try counts(id, facility) {
      let there = received[id] ?? []
      for number in months.lowerBound.number...months.upperBound.number {
        let month = Month(number: number)
        guard !there.contains(month), facility.owes(series.type, series.metal, month) else {
          continue
        }
        found.append(
          Owing(
            month: month, facilityID: id, facility: facility,
            organisation: try known.owner(facility.organisation).name))
      }
    }
    return found.sorted {
      ($0.month, $0.facility.place, $0.facilityID) < ($1.month, $1.facility.place, $1.facilityID)
    }
  }

  /// A facility whose qualification counts on a day, and its capacity on that day.
  struct Qualified: Sendable {
    let id: String
    let facility: Facility
    let event: QualificationEvent
    let position: Int64
    let owner: KnownFacilities.Owner
    let capacity: Mass

    var place: String { facility.place }
  }

  /// What is qualified for a metal on a day, as known at a moment.
  static func qualified(
    _ metal: Metal, on day: Day, asOf moment: Instant?, on connection: Connection
  ) throws -> [Qualified] {
    let known = KnownFacilities(asOf: moment, on: connection)
    return try qualified(metal, on: day, asOf: moment, known, on: connection)
  }

  static func qualified(
    _ metal: Metal, on day: Day, asOf moment: Instant?, _ known: KnownFacilities,
    on connection: Connection
  ) throws -> [Qualified] {
    let rows = try connection.query(
      """
      SELECT facility_id, event, position FROM qualification_fact
      WHERE metal = $1 AND effective <= $2 AND recorded_at <= $3 ORDER BY position
      """,
      [
        .text(metal.rawValue), .int(day.number),
        .int(moment?.milliseconds ?? ReadModelStore.never - 1),
      ])
    var states: [String: (event: QualificationEvent?, position: Int64)] = [:]
    for row in rows {
      states[try known.root(try row.text("facility_id"))] = (
        QualificationEvent(rawValue: try row.text("event")), try row.int("position")
      )
    }
    return try states.compactMap { id, state in
      guard let event = state.event, let facility = try known.facility(id),
        Reference.shared.counts(event, on: day),
        facility.closedOn.map({ day <= $0 }) ?? true
      else { return nil }
      return Qualified(
        id: id, facility: facility, event: event, position: state.position,
        owner: try known.owner(facility.organisation),
        capacity: facility.processingCapacity(metal, on: day))
    }
  }
}
