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
    limit: Int, whole: Bool = false, of whose: Whose = .all,
    counts: (String, Facility) throws -> Bool, on connection: Connection
  ) throws -> [Behind] {
    let known = KnownFacilities(asOf: moment, on: connection)
    var first: [Counting] = []
    func cut() {
      first.sort { $0.fact.report.text < $1.fact.report.text }
      first = Array(first.prefix(limit))
    }
    try CountingReports(
      series: series, months: months, moment: moment, known: known, connection: connection
    ).each(whose) { one in
      guard one.fact.report.text > after, !whole || months.contains(one.fact.period),
        try counts(one.root, one.facility)
      else { return }
      first.append(one)
      if first.count > 4 * limit + 1000 { cut() }
    }
    cut()
    return try first.map { one in
      Behind(
        fact: one.fact, position: try one.row.int("position"),
        recordedAt: Instant(milliseconds: try one.row.int("recorded_at")),
        facilityID: one.root, facility: one.facility,
        organisation: try known.owner(one.facility.organisation).name,
        cell: try one.cells(in: months, known).map(\.cell).reduce(.zero, +))
    }
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
    let wanted = try known.roots.filter { id, facility in
      try facility.obligations.contains { $0.report == series.type && $0.metal == series.metal }
        && counts(id, facility)
    }
    let few = wanted.count <= Whose.few ? Whose.some(Set(wanted.map(\.id))) : .all
    var received: [String: Set<Month>] = [:]
    try CountingReports(
      series: series, months: months, moment: moment, known: known, connection: connection
    ).each(few) { received[$0.root, default: []].formUnion($0.fact.period.months) }
    var found: [Owing] = []
    for (id, facility) in wanted {
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
    return try Qualifications(metal, asOf: moment, known, on: connection).qualified(on: day)
  }
}

/// A metal's qualification events, as known at a moment, read once for any number of days.
struct Qualifications {
  private struct Entry {
    let root: String
    let event: QualificationEvent?
    let effective: Int
    let position: Int64
  }

  private let metal: Metal
  private let known: KnownFacilities
  /// In the journal's order.
  private let entries: [Entry]

  init(
    _ metal: Metal, asOf moment: Instant?, _ known: KnownFacilities, on connection: Connection
  ) throws {
    self.metal = metal
    self.known = known
    entries = try connection.query(
      """
      SELECT facility_id, event, effective, position FROM qualification_fact
      WHERE metal = $1 AND recorded_at <= $2 ORDER BY position
      """, [.text(metal.rawValue), .int(moment?.milliseconds ?? ReadModelStore.never - 1)]
    ).map {
      Entry(
        root: try known.root(try $0.text("facility_id")),
        event: QualificationEvent(rawValue: try $0.text("event")),
        effective: Int(try $0.int("effective")), position: try $0.int("position"))
    }
  }

  /// How many facilities they are of.
  var facilities: Int { Set(entries.map(\.root)).count }

  func qualified(on day: Day) throws -> [Figures.Qualified] {
    var states: [String: Entry] = [:]
    for entry in entries where entry.effective <= day.number { states[entry.root] = entry }
    return try states.compactMap { id, entry in
      guard let event = entry.event, let facility = try known.facility(id),
        Reference.shared.counts(event, on: day),
        facility.closedOn.map({ day <= $0 }) ?? true
      else { return nil }
      return Figures.Qualified(
        id: id, facility: facility, event: event, position: entry.position,
        owner: try known.owner(facility.organisation),
        capacity: facility.processingCapacity(metal, on: day))
    }
  }
}
