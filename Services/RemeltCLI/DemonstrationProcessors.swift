import Models

/// The registry's part of the demonstration: the processors' qualification and throughput.
struct DemonstrationProcessors {
  let api: LedgerAPI
  let demonstration: Demonstration
  let register: DemonstrationRegister

  private var months: DemonstrationMonths { DemonstrationMonths(demonstration: demonstration) }

  struct Work {
    let steps: [DemonstrationJudging.Missing]
    let twins: [DemonstrationSite]
    let reports: DemonstrationSubmission.Work
    var isEmpty: Bool { steps.isEmpty && twins.isEmpty && reports.isEmpty }
  }

  private var judging: DemonstrationJudging {
    DemonstrationJudging(api: api, demonstration: demonstration, ids: register.facilities)
  }

  private func submission(_ api: LedgerAPI) -> DemonstrationSubmission {
    DemonstrationSubmission(reporter: api, months: months, ids: register.facilities)
  }

  func work() async throws -> Work {
    let standing = try await DemonstrationSubmission.standing(api, demonstration.months)
    return Work(
      steps: try await judging.missing(),
      twins: DemonstrationMerge.missing(demonstration, register),
      reports: try await submission(api).work(standing))
  }

  /// - Returns: how many reports were refused.
  func carryOut(_ work: Work, _ workers: DemonstrationKeys.Workers) async throws -> Int {
    try await judging.record(work.steps, reporter: workers.reporter)
    Terminal.error("\(work.steps.count) qualification events recorded.")
    let refused = try await report(work.reports, workers)
    for site in work.twins {
      let merge = DemonstrationMerge(
        api: api, reporter: workers.reporter, months: months, register: register)
      Terminal.error("\(site.name), entered twice: \(try await merge.run(site)) Merged.")
    }
    return refused
  }

  private func report(
    _ work: DemonstrationSubmission.Work, _ workers: DemonstrationKeys.Workers
  ) async throws -> Int {
    let submission = submission(workers.reporter)
    let tally = try await submission.submit(work.new)
    Terminal.error("Throughput: \(tally.text).")
    let standing = try await DemonstrationSubmission.standing(
      workers.reporter, demonstration.months)
    try await submission.revise(work.revisions, standing)
    try await submission.withdraw(work.withdrawals, standing)
    let steps = try await submission.review(work.reviews, standing, workers.verifier)
    Terminal.error(
      "Throughput: \(work.revisions.count) revised, \(work.withdrawals.count) withdrawn, "
        + "\(steps) steps of reviews.")
    for refusal in work.new.isEmpty ? [] : try await submission.refusals(standing) {
      Terminal.error("Refused, as it was meant to be: \(refusal)")
    }
    return tally.refused
  }
}
