import Journal
import Models
import ServiceKit
import Storage

/// The review of a report: who may take which step, and what becomes of a locked report's revision.
extension Reporting {
  /// Takes a step of a report's review.
  package func review(
    _ old: Recorded, _ step: ReviewStep, of facility: StoredFacility, by actor: Actor,
    on connection: Connection
  ) throws -> ReportStore<Report>.Change {
    if step.action == .answer {
      try demandReporter(actor, of: facility)
    } else {
      try demandReviewer(actor, of: facility)
    }
    if old.isWithdrawn { throw Problem(.conflict, "A withdrawn report is not reviewed.") }
    guard let state = old.review.after(step.action) else {
      let words = old.review.actions.map(\.rawValue).joined(separator: ", ")
      throw Problem(
        .conflict, "A report that is \(old.review.rawValue) can be: \(words)."
      )
    }
    if step.action == .acceptRevision || step.action == .refuseRevision {
      return try decide(old, step, of: facility, by: actor, on: connection)
    }
    if step.action != .answer { try demandSecond(actor, than: old.author) }
    return try store.review(old, step, to: state, by: actor.name, on: connection)
  }

  /// Lets the waiting revision of a locked report count, under the rules of today, or ends it.
  private func decide(
    _ old: Recorded, _ step: ReviewStep, of facility: StoredFacility,
    by actor: Actor,
    on connection: Connection
  ) throws -> ReportStore<Report>.Change {
    guard let proposal = try store.proposal(old.id, on: connection) else {
      throw Problem(.conflict, "No revision of this report waits to be accepted.")
    }
    try demandSecond(actor, than: proposal.author)
    var current = old
    if step.action == .acceptRevision {
      let report = proposal.report.moved(to: facility.id)
      let months = try store.neighbours(
        facility.id, report.series, report.period, on: connection)
      if let double = months.overlapping.first(where: { $0.id != old.id }) {
        throw duplicate(of: double, report)
      }
      let accepted = try accept(
        report, of: facility, after: months.previousClosing, on: connection)
      try rules.demandFree(accepted, for: old.id, on: connection)
      current = try store.revise(
        old, to: accepted, reason: proposal.reason, by: actor.name, author: proposal.author,
        on: connection
      ).report
      try rules.claim(accepted, for: old.id, on: connection)
    }
    try store.endProposal(old.id, on: connection)
    return try store.review(current, step, to: .locked, by: actor.name, on: connection)
  }

  private func demandReviewer(_ actor: Actor, of facility: StoredFacility) throws(Problem) {
    let authority = facility.facility.location.authority
    let oversees = actor.grants.contains { grant in
      guard grant.role == .verifier || grant.role == .operator else { return false }
      switch grant.scope {
      case .all: return true
      case .authority(let code): return code == authority
      case .organisation: return false
      }
    }
    guard oversees else {
      throw Problem(
        .forbidden, "Reviewing needs the role verifier or operator over the facility's authority.")
    }
    guard !actor.may([.reporter], organisation: facility.facility.organisation, authority: nil)
    else {
      throw Problem(.forbidden, "Nobody reviews the reports of an organisation they report for.")
    }
  }

  private func demandSecond(_ actor: Actor, than author: String) throws(Problem) {
    guard actor.name != author else {
      throw Problem(.forbidden, "Nobody judges their own figures: a second person must.")
    }
  }
}
