import Models

/// Files the plants' reports at one of the two services: submits, revises, and has them reviewed.
struct DemonstrationFiling {
  /// A report that stands, as the list has it.
  struct Standing {
    let id: String
    let revision: Int
  }

  private let choice: ReportChoice
  private var path: String { choice.kind.path }
  /// Plant by plant, period by period, as a chain of stocks must be told.
  let reports: [DemonstrationPlantReport]

  init(
    _ choice: ReportChoice, _ months: DemonstrationPlantMonths, _ register: DemonstrationRegister
  ) {
    self.choice = choice
    let type = choice == .hydrogenUse ? ReportType.hydrogenUse : .recycledInput
    reports = months.demonstration.plants.filter { $0.kind.report == type }.flatMap { plant in
      months.periods(plant).map {
        DemonstrationPlantReport(plant: plant, period: $0, months: months, register: register)
      }
    }
  }

  /// The service's name, as its command has it.
  var service: String { choice.rawValue }

  private func key(_ report: DemonstrationPlantReport) -> String {
    "\(report.facility) \(report.period)"
  }

  /// The reports that stand, by facility and period.
  private func standing(_ api: LedgerAPI) async throws -> [String: Standing] {
    guard let first = reports.map(\.period.first).min(),
      let last = reports.map(\.period.last).max()
    else { return [:] }
    var standing: [String: Standing] = [:]
    for item in try await api.items(path, [("from", "\(first)"), ("to", "\(last)")]) {
      guard let id = item["id"]?.text, let facility = item["facility_id"]?.text,
        let period = (item["period"] ?? item["month"])?.text, item["status"]?.text != "withdrawn"
      else { continue }
      standing["\(facility) \(period)"] = Standing(id: id, revision: item["revision"]?.int ?? 1)
    }
    return standing
  }

  /// What there is to do.
  struct Work {
    var new: [DemonstrationPlantReport] = []
    var revisions: [DemonstrationPlantReport] = []
    /// Reports whose review is not where it is meant to be.
    var reviews: [DemonstrationPlantReport] = []
    var isEmpty: Bool { new.isEmpty && revisions.isEmpty && reviews.isEmpty }
  }

  func work(_ api: LedgerAPI) async throws -> Work {
    let standing = try await standing(api)
    var work = Work()
    for report in reports where report.json != nil {
      let found = standing[key(report)]
      if found == nil { work.new.append(report) }
      if report.months.isRevised(report.plant, report.period), found?.revision ?? 1 == 1 {
        work.revisions.append(report)
      }
      guard let review = report.months.review(report.plant, report.period) else { continue }
      let reviewing = DemonstrationReviewing(path: path, api: api)
      if try await !reviewing.missing(review, of: found?.id).isEmpty {
        work.reviews.append(report)
      }
    }
    return work
  }

  /// - Returns: how many reports were refused.
  func carryOut(_ work: Work, _ workers: DemonstrationKeys.Workers) async throws -> Int {
    let reporter = workers.reporter
    if let position = workers.position { try await wait(for: position, reporter) }
    let tally = try await submit(work.new, reporter)
    Terminal.error("\(service): \(tally.text).")
    let standing = try await standing(reporter)
    try await revise(work.revisions, standing, reporter)
    let steps = try await review(work.reviews, standing, workers)
    Terminal.error("\(service): \(work.revisions.count) revised, \(steps) steps of reviews.")
    for refusal in work.new.isEmpty ? [] : try await refusals(standing, reporter) {
      Terminal.error("Refused, as it was meant to be: \(refusal)")
    }
    return tally.refused
  }

  /// Waits until the service has followed the registry's journal so far that it knows the plants. It
  /// waits a few seconds itself before it says that it has not.
  private func wait(for position: String, _ api: LedgerAPI) async throws {
    for attempt in 1...Self.patience {
      do {
        _ = try await api.get(path, [("limit", "1")], position: position)
        return
      } catch let refusal as Refusal where refusal.status == 503 && attempt < Self.patience {
        Terminal.error("\(service) has not followed the registry's journal to \(position) yet …")
      }
    }
  }

  /// How often it is waited for the journal, some 17 s each time.
  private static let patience = 12

  /// The new ones, as a file of rows.
  private func submit(_ new: [DemonstrationPlantReport], _ reporter: LedgerAPI) async throws
    -> BulkTally
  {
    let rows = new.enumerated().map {
      FileRow(number: $0.offset + 1, bytes: $0.element.json?.bytes)
    }
    var submission = FileSubmission(
      api: reporter, path: "\(path)/bulk", format: .ndjson,
      progress: Progress("reports", totalBytes: rows.reduce(0) { $0 + $1.size }))
    for row in rows { try await submission.take(row) }
    return try await submission.finish()
  }

  private func revise(
    _ reports: [DemonstrationPlantReport], _ standing: [String: Standing], _ reporter: LedgerAPI
  ) async throws {
    let reason = JSON.members(["reason": "Weighbridge tickets found later 磅单补录"])
    for report in reports {
      guard let found = standing[key(report)] else { continue }
      let report = Body.merged(report.revised, reason)
      let version = try await reporter.get("\(path)/\(found.id)").version()
      _ = try await reporter.put("\(path)/\(found.id)", report, ifMatch: version)
    }
  }

  /// - Returns: how many steps were taken.
  private func review(
    _ reports: [DemonstrationPlantReport], _ standing: [String: Standing],
    _ workers: DemonstrationKeys.Workers
  ) async throws -> Int {
    let reviewing = DemonstrationReviewing(path: path, api: workers.verifier)
    var steps = 0
    for report in reports {
      guard let review = report.months.review(report.plant, report.period),
        let found = standing[key(report)]
      else { continue }
      steps += try await reviewing.take(
        review, of: found.id, revised: report.revised, reporter: workers.reporter)
    }
    return steps
  }

  /// A few reports of periods that are missing, each of which must be refused: mills' that do not
  /// add up, and hydrogen users' under certificates that others have had accepted.
  /// - Returns: what the ledger said.
  private func refusals(_ standing: [String: Standing], _ reporter: LedgerAPI) async throws
    -> [String]
  {
    let missing = reports.filter { $0.json == nil && standing[key($0)] == nil }
    let used = reports.filter { standing[key($0)] != nil }.compactMap { report in
      report.certificates.first.map { (id: $0, facility: report.facility) }
    }
    var refusals: [String] = []
    for (index, report) in missing.prefix(4).enumerated() {
      let others = used.filter { $0.facility != report.facility }
      let claims = index > 0 && !others.isEmpty
      let body =
        claims ? report.claiming(others[index * 7 % others.count].id) : report.unbalanced
      refusals.append(try await refusal(of: body, reporter))
    }
    return refusals
  }

  private func refusal(of report: JSON, _ reporter: LedgerAPI) async throws -> String {
    do {
      _ = try await reporter.post(path, report)
    } catch let refusal as Refusal where [409, 422].contains(refusal.status) {
      return Refusal.line(refusal.problem)
    }
    throw LocalFailure(
      .refused, "A report was accepted that does not add up or whose certificate is used already.")
  }
}
