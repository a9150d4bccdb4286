import Journal
import Models
import ServiceKit
import Storage

extension Reporting {
  /// What the rows of one bulk write have looked up: it stays true, since nobody else writes
  /// meanwhile, but for what the rows themselves add.
  private struct Seen {
    struct Series: Hashable {
      let facility: ID
      let metal: Metal?
    }

    var facilities: [ID: StoredFacility] = [:]
    /// By the month's number, the closing stock of what is reported.
    var closings: [Series: [Int: Mass]] = [:]
  }

  /// Takes the rows of a bulk request: natural key is facility, metal and period. A row is refused
  /// before it has written anything, so it needs no savepoint of its own.
  package func take(_ rows: [BulkRow], by actor: Actor) async throws -> [BulkOutcome] {
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
    let (draft, reason) = try Fields.read(row) { fields -> (Report, String?)? in
      let reason = fields.text("reason", required: false, maximum: 500)
      return Report(fields).map { ($0, reason) }
    }
    let facility =
      try seen.facilities[draft.facility]
      ?? self.facility(of: draft, for: actor, on: connection)
    seen.facilities[draft.facility] = facility
    let series = Seen.Series(facility: facility.id, metal: draft.series)
    // Taken out, so that the change below copies nothing.
    var closings =
      try seen.closings.removeValue(forKey: series)
      ?? store.closings(facility.id, draft.series, on: connection)
    defer { seen.closings[series] = closings }
    let period = draft.period
    let accepted = try accept(
      draft, of: facility, after: closings[period.first.previous.number], on: connection)
    guard period.months.contains(where: { closings[$0.number] != nil }) else {
      try rules.demandFree(accepted, for: nil, on: connection)
      let change = try store.insert(accepted, by: actor.name, on: connection)
      try rules.claim(accepted, for: change.report.id, on: connection)
      for month in period.months { closings[month.number] = accepted.closing }
      return .created(change.report.id)
    }
    return try revise(to: accepted, reason, &closings, by: actor, on: connection)
  }

  /// A row whose period is reported already.
  private func revise(
    to accepted: Report, _ reason: String?, _ closings: inout [Int: Mass], by actor: Actor,
    on connection: Connection
  ) throws -> BulkOutcome {
    let overlapping = try store.neighbours(
      accepted.facility, accepted.series, accepted.period, on: connection
    ).overlapping
    guard let old = overlapping.last else { throw StorageFailure.misuse("a report is gone") }
    guard overlapping.count == 1, old.report.period == accepted.period else {
      throw duplicate(of: old, accepted)
    }
    if accepted == old.report { return .unchanged(old.id) }
    guard let reason else {
      throw Problem.field(
        "/reason", "the month is reported already with other figures: a revision needs its reason")
    }
    guard old.review != .locked else {
      throw Problem(
        .conflict,
        "The report is locked: revise it by itself, so that a second person can accept that.")
    }
    try rules.demandFree(accepted, for: old.id, on: connection)
    _ = try store.revise(
      old, to: accepted, reason: reason, by: actor.name, author: actor.name, on: connection)
    try rules.claim(accepted, for: old.id, on: connection)
    for month in accepted.period.months { closings[month.number] = accepted.closing }
    return .revised(old.id)
  }
}
