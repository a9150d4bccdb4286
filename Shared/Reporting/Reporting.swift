import Journal
import Models
import ServiceKit
import Storage

/// Takes reports in: looks up what a rule needs, applies it, stores. Used by single requests and by
/// bulk rows alike.
package struct Reporting<Rules: Rulebook>: Sendable {
  package typealias Report = Rules.Report
  package typealias Recorded = StoredReport<Report>
  package typealias Taken = (
    report: Recorded, facility: StoredFacility, place: Journal.Place, warnings: [String]
  )

  package let store: ReportStore<Report>
  package let rules: Rules

  package init(store: ReportStore<Report>, rules: Rules) {
    self.store = store
    self.rules = rules
  }

  private var facilities: Facilities { store.facilities }

  /// A report the caller may see, with its facility.
  package func visible(_ id: ID, to actor: Actor, on connection: Connection) throws
    -> (Recorded, StoredFacility)
  {
    guard let report = try store.report(id, on: connection),
      let facility = try facilities.facility(report.report.facility, on: connection),
      facility.isVisible(to: actor)
    else { throw Problem(.notFound, "There is no report with this id.") }
    return (report, facility)
  }

  func demandReporter(_ actor: Actor, of facility: StoredFacility) throws(Problem) {
    guard
      actor.may([.reporter], organisation: facility.facility.organisation, authority: nil)
    else {
      throw Problem(.forbidden, "This needs the role reporter of the facility's organisation.")
    }
  }

  package func report(_ draft: Report, by actor: Actor, on connection: Connection) throws -> Taken {
    let facility = try facility(of: draft, for: actor, on: connection)
    let months = try store.neighbours(facility.id, draft.series, draft.period, on: connection)
    if let one = months.overlapping.last { throw duplicate(of: one, draft) }
    let accepted = try accept(draft, of: facility, after: months.previousClosing, on: connection)
    try rules.demandFree(accepted, for: nil, on: connection)
    let change = try store.insert(accepted, by: actor.name, on: connection)
    try rules.claim(accepted, for: change.report.id, on: connection)
    return (change.report, facility, change.place, warnings(accepted, before: months.next))
  }

  func duplicate(of first: Recorded, _ draft: Report) -> Problem {
    let what = [first.report.period.description, draft.series?.rawValue].compactMap { $0 }
      .joined(separator: " of ")
    return Problem(
      .duplicate, "\(what) is reported already: revise or withdraw that report instead.",
      extra: [.init("existing", first.id.json)])
  }

  /// A revision of a report, or what became of it: that of a locked one waits for a second person.
  package func revise(
    _ old: Recorded, to draft: Report, reason: String, by actor: Actor, on connection: Connection
  ) throws -> (taken: Taken, isProposed: Bool) {
    if old.isWithdrawn {
      throw Problem(.conflict, "A withdrawn report is not revised: report the month anew.")
    }
    let facility = try facility(of: draft, for: actor, on: connection)
    try demandSame(old.report, draft, facility.id)
    let months = try store.neighbours(facility.id, draft.series, draft.period, on: connection)
    if let double = months.overlapping.first(where: { $0.id != old.id }) {
      throw duplicate(of: double, draft)
    }
    let accepted = try accept(draft, of: facility, after: months.previousClosing, on: connection)
    try rules.demandFree(accepted, for: old.id, on: connection)
    let warnings = warnings(accepted, before: months.next)
    guard old.review != .locked else {
      guard try store.proposal(old.id, on: connection) == nil else {
        throw Problem(
          .conflict,
          "This report is locked, and a revision of it waits for a second person already."
        )
      }
      let change = try store.propose(
        accepted, for: old, reason: reason, by: actor.name, on: connection)
      return ((change.report, facility, change.place, warnings), true)
    }
    let change = try store.revise(
      old, to: accepted, reason: reason, by: actor.name, author: actor.name, on: connection)
    try rules.claim(accepted, for: old.id, on: connection)
    return ((change.report, facility, change.place, warnings), false)
  }

  private func demandSame(_ old: Report, _ draft: Report, _ facility: ID) throws(Problem) {
    var faults: [Problem.Field] = []
    if facility != old.facility {
      faults.append(.init("/facility_id", "a revision keeps the facility"))
    }
    if draft.series != old.series {
      faults.append(.init("/metal", "a revision keeps the metal"))
    }
    if draft.period != old.period {
      let member = Report.periodMember
      faults.append(.init("/\(member)", "a revision keeps the \(member)"))
    }
    guard faults.isEmpty else { throw Problem.fields(faults) }
  }

  package func withdraw(_ old: Recorded, reason: String, by actor: Actor, on connection: Connection)
    throws -> ReportStore<Report>.Change
  {
    if old.isWithdrawn { throw Problem(.conflict, "This report is withdrawn already.") }
    // Of two reports of one site and month, the one that does not count may go.
    guard try old.review != .locked || !counts(old, on: connection) else {
      throw Problem(
        .conflict,
        "This report is locked: it is not withdrawn. Revise it, which a second person must accept.")
    }
    try rules.claim(nil, for: old.id, on: connection)
    try store.endProposal(old.id, on: connection)
    return try store.withdraw(old, reason: reason, by: actor.name, on: connection)
  }

  /// Whether a report counts beside others of its site, which facilities that were merged have made:
  /// taken in their order, each whose months are still free.
  private func counts(_ one: Recorded, on connection: Connection) throws -> Bool {
    let (report, last) = (one.report, one.report.period.last)
    // January and February may hang together.
    let months = last.month <= 2 ? Period(combinedOf: last.year) : report.period
    let rivals = try store.neighbours(report.facility, report.series, months, on: connection)
      .overlapping.sorted { $0.counts(before: $1) }
    var taken: Set<Month> = []
    for rival in rivals where taken.isDisjoint(with: rival.report.period.months) {
      if rival.id == one.id { return true }
      taken.formUnion(rival.report.period.months)
    }
    return false
  }

  /// The facility a report is for, which the caller must be allowed to report for.
  func facility(of report: Report, for actor: Actor, on connection: Connection) throws
    -> StoredFacility
  {
    let facility = try facilities.visible(report.facility, to: actor, on: connection)
    try demandReporter(actor, of: facility)
    return facility
  }

  func accept(
    _ draft: Report, of facility: StoredFacility, after previousClosing: Mass?,
    on connection: Connection
  ) throws -> Report {
    try rules.accept(
      draft.facility == facility.id ? draft : draft.moved(to: facility.id), of: facility,
      after: previousClosing, today: store.clock.now().dayInChina, on: connection)
  }

  private func warnings(_ report: Report, before next: Recorded?) -> [String] {
    guard let next, next.report.opening != report.closing else { return [] }
    return [
      "\(next.report.period) opens with \(next.report.opening.tonnes) t, not with this closing of \(report.closing.tonnes) t: revise it or give its opening_reason"
    ]
  }
}
