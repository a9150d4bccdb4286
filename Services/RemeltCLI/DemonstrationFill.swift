import Foundation
import Models

/// Fills a ledger with the demonstration, or with what of it is missing.
struct DemonstrationFill {
  let api: LedgerAPI
  let demonstration: Demonstration
  let keys: DemonstrationKeys?

  private var months: DemonstrationMonths { DemonstrationMonths(demonstration: demonstration) }

  func run() async throws {
    let span = "\(demonstration.months[0]) to \(demonstration.latest)"
    say("Demonstration of \(demonstration.sites.count) facilities, \(span), all made up.")
    let register = try await DemonstrationRegistration(api: api, demonstration: demonstration).run()
    say(
      "\(register.organisations.count) organisations and \(register.facilities.count) facilities, "
        + "\(register.created) of them new.")
    if let keys, let first = register.organisations.first {
      for line in try await keys.fill(organisation: first) { say(line) }
    }
    try await fill(register)
  }

  private func fill(_ register: DemonstrationRegister) async throws {
    let judging = DemonstrationJudging(
      api: api, demonstration: demonstration, ids: register.facilities)
    let steps = try await judging.missing()
    let twins = DemonstrationMerge.missing(demonstration, register)
    let standing = try await DemonstrationSubmission.standing(api, demonstration.months)
    let plan = DemonstrationSubmission(reporter: api, months: months, ids: register.facilities)
    let work = plan.work(standing)
    if steps.isEmpty && twins.isEmpty && work.isEmpty {
      return say("Everything is there already; nothing was changed.")
    }
    let issuing = keys ?? DemonstrationKeys(api: api, folder: URL(filePath: "."))
    try await issuing.asReporter { reporter in
      try await judging.record(steps, reporter: reporter)
      say("\(steps.count) qualification events recorded.")
      try await report(work, register, reporter)
      for site in twins {
        let merge = DemonstrationMerge(
          api: api, reporter: reporter, months: months, register: register)
        say("\(site.name), entered twice: \(try await merge.run(site)) Merged.")
      }
    }
  }

  private func report(
    _ work: DemonstrationSubmission.Work, _ register: DemonstrationRegister, _ reporter: LedgerAPI
  ) async throws {
    let submission = DemonstrationSubmission(
      reporter: reporter, months: months, ids: register.facilities)
    let tally = try await submission.submit(work.new)
    say("Reports: \(tally.text).")
    let standing = try await DemonstrationSubmission.standing(reporter, demonstration.months)
    try await submission.revise(work.revisions, standing)
    try await submission.withdraw(work.withdrawals, standing)
    say("\(work.revisions.count) revised, \(work.withdrawals.count) withdrawn.")
    for refusal in work.new.isEmpty ? [] : try await submission.refusals(standing) {
      say("Refused, as it was meant to be: \(refusal)")
    }
    if tally.refused > 0 {
      throw LocalFailure(.someRowsRefused, "\(tally.refused) reports were refused.")
    }
  }

  private func say(_ line: String) { Terminal.error(line) }
}
