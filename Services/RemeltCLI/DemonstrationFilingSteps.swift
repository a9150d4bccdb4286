import Models

/// Submits what is missing, revises, has reports reviewed, and tries what must be refused.
extension DemonstrationFiling {
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
  private static let patience = 6

  /// The new ones, as a file of rows.
  private func submit(_ new: [DemonstrationPlantReport], _ reporter: LedgerAPI) async throws
    -> BulkTally
  {
    let rows = new.enumerated().map {
      FileRow(number: $0.offset + 1, bytes: $0.element.json?.bytes)
    }
    var submission = FileSubmission(
      api: reporter, path: "\(path)/bulk", format: .ndjson,
      progress: Progress("\(service) reports", totalBytes: rows.reduce(0) { $0 + $1.size }))
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
