import Journal
import Models
import ServiceKit
import Storage

/// Takes reports in: looks up what a rule needs, applies it, stores. Used by single requests and by
/// bulk rows alike.
struct ThroughputReporting: Sendable {
  let store: RegistryStore
  /// The tolerance of the balances, per mille of opening + purchased.
  let permille: Int

  typealias Taken = (StoredThroughput, Journal.Place, warnings: [String])

  /// A report the caller may see, with its facility.
  func visible(_ id: ID, to actor: Actor, on connection: Connection) throws
    -> (StoredThroughput, StoredFacility)
  {
    guard let report = try store.throughput(id, on: connection),
      let facility = try store.facility(report.report.facility, on: connection),
      actor.may(
        [.reporter, .operator, .verifier, .analyst], organisation: facility.facility.organisation,
        authority: facility.facility.location.authority)
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

  func report(_ report: Throughput, by actor: Actor, on connection: Connection) throws -> Taken {
    let facility = try facility(of: report, for: actor, on: connection)
    let months = try store.neighbours(facility.id, report.metal, report.month, on: connection)
    if let first = months.same {
      throw Problem(
        .duplicate,
        "\(report.month) of \(report.metal.rawValue) is reported already: revise that report instead.",
        extra: [.init("existing", first.id.json)])
    }
    let accepted = try accept(report, of: facility, after: months.previousClosing, on: connection)
    let (stored, place) = try store.insert(accepted, by: actor.name, on: connection)
    return (stored, place, warnings(accepted, before: months.next))
  }

  func revise(
    _ old: StoredThroughput, to report: Throughput, reason: String, by actor: Actor,
    on connection: Connection
  ) throws -> Taken {
    if old.isWithdrawn {
      throw Problem(.conflict, "A withdrawn report is not revised: report the month anew.")
    }
    let facility = try facility(of: report, for: actor, on: connection)
    var faults: [Problem.Field] = []
    if facility.id != old.report.facility {
      faults.append(.init("/facility_id", "a revision keeps the facility"))
    }
    if report.metal != old.report.metal {
      faults.append(.init("/metal", "a revision keeps the metal"))
    }
    if report.month != old.report.month {
      faults.append(.init("/month", "a revision keeps the month"))
    }
    guard faults.isEmpty else { throw Problem.fields(faults) }
    let months = try store.neighbours(facility.id, report.metal, report.month, on: connection)
    let accepted = try accept(report, of: facility, after: months.previousClosing, on: connection)
    let (stored, place) = try store.revise(
      old, to: accepted, reason: reason, by: actor.name, on: connection)
    return (stored, place, warnings(accepted, before: months.next))
  }

  /// The facility a report is for, which the caller must be allowed to report for.
  private func facility(of report: Throughput, for actor: Actor, on connection: Connection) throws
    -> StoredFacility
  {
    let facility = try store.visibleFacility(report.facility, to: actor, on: connection)
    try demandReporter(actor, of: facility)
    return facility
  }

  private func accept(
    _ report: Throughput, of facility: StoredFacility, after previousClosing: Mass?,
    on connection: Connection
  ) throws -> Throughput {
    try checkCounterparts(report, facility.id, on: connection)
    let rules = ThroughputRules(
      tolerancePermille: permille, today: store.clock.now().dayInChina)
    let report =
      report.facility == facility.id ? report : Throughput(report, movedTo: facility.id)
    return try rules.accept(report, of: facility.facility, previousClosing: previousClosing)
  }

  private func checkCounterparts(_ report: Throughput, _ own: ID, on connection: Connection) throws
  {
    var faults: [Problem.Field] = []
    let lists = [
      ("purchases", report.purchases.map(\.facility)),
      ("shipments", report.shipments.map(\.facility)),
    ]
    for (name, ids) in lists {
      for (index, id) in ids.enumerated() {
        guard let id else { continue }
        let known = try store.facility(id, on: connection)?.id
        if known == nil {
          faults.append(.init("/\(name)/\(index)/facility_id", "there is no facility with this id"))
        } else if known == own {
          faults.append(
            .init("/\(name)/\(index)/facility_id", "a facility does not trade with itself"))
        }
      }
    }
    guard faults.isEmpty else { throw Problem.fields(faults) }
  }

  /// What is worth a look and no reason to refuse.
  private func warnings(_ report: Throughput, before next: StoredThroughput?) -> [String] {
    guard let next, next.report.opening != report.closing else { return [] }
    return [
      "\(report.month.next) opens with \(next.report.opening.tonnes) t, not with this closing of \(report.closing.tonnes) t: revise it or give its opening_reason"
    ]
  }

  /// What the rows of one bulk write have looked up: it stays true, since nobody else writes
  /// meanwhile, but for what the rows themselves add.
  private struct Seen {
    struct Series: Hashable {
      let facility: ID
      let metal: Metal
    }

    var facilities: [ID: StoredFacility] = [:]
    /// By the month's number, the closing stock of what is reported.
    var closings: [Series: [Int: Mass]] = [:]
  }

  /// Takes the rows of a bulk request: natural key is facility, metal and month. A row is refused
  /// before it has written anything, so it needs no savepoint of its own.
  func take(_ rows: [BulkRow], by actor: Actor) async throws -> [BulkOutcome] {
    try await store.database.write { connection in
      var seen = Seen()
      return try rows.map { row in
        do {
          return try take(row.content.get(), &seen, by: actor, on: connection)
        } catch let problem as Problem {
          return .refused(problem)
        }
      }
    }
  }

  private func take(_ row: JSON, _ seen: inout Seen, by actor: Actor, on connection: Connection)
    throws -> BulkOutcome
  {
    let (draft, reason) = try Fields.read(row) { fields -> (Throughput, String?)? in
      let reason = fields.text("reason", required: false, maximum: 500)
      return Throughput(fields).map { ($0, reason) }
    }
    let facility =
      try seen.facilities[draft.facility]
      ?? self.facility(of: draft, for: actor, on: connection)
    seen.facilities[draft.facility] = facility
    let series = Seen.Series(facility: facility.id, metal: draft.metal)
    // Taken out, so that the change below copies nothing.
    var closings =
      try seen.closings.removeValue(forKey: series)
      ?? store.closings(facility.id, draft.metal, on: connection)
    defer { seen.closings[series] = closings }
    let accepted = try accept(
      draft, of: facility, after: closings[draft.month.previous.number], on: connection)
    guard closings[draft.month.number] != nil else {
      closings[draft.month.number] = accepted.closing
      return .created(try store.insert(accepted, by: actor.name, on: connection).0.id)
    }
    return try revise(to: accepted, reason, &closings, by: actor, on: connection)
  }

  /// A row whose month is reported already.
  private func revise(
    to accepted: Throughput, _ reason: String?, _ closings: inout [Int: Mass], by actor: Actor,
    on connection: Connection
  ) throws -> BulkOutcome {
    let months = try store.neighbours(
      accepted.facility, accepted.metal, accepted.month, on: connection)
    guard let old = months.same else { throw StorageFailure.misuse("a report is gone") }
    if accepted == old.report { return .unchanged(old.id) }
    guard let reason else {
      throw Problem.field(
        "/reason", "the month is reported already with other figures: a revision needs its reason")
    }
    _ = try store.revise(old, to: accepted, reason: reason, by: actor.name, on: connection)
    closings[accepted.month.number] = accepted.closing
    return .revised(old.id)
  }
}
