import Models

/// Submits, revises and withdraws the demonstration's reports.
struct DemonstrationSubmission {
  struct Standing {
    let id: String
    let revision: Int
    let isWithdrawn: Bool
  }

  let reporter: LedgerAPI
  let months: DemonstrationMonths
  let ids: [Int: String]

  /// Site by site, month by month, as a chain of stocks must be told.
  var reports: [DemonstrationReport] {
    months.demonstration.sites.flatMap { site -> [DemonstrationReport] in
      guard let metal = site.metal else { return [] }
      return months.demonstration.months.map {
        DemonstrationReport(site: site, metal: metal, month: $0, months: months, ids: ids)
      }
    }
  }

  private static func key(_ facility: String, _ month: String) -> String { "\(facility) \(month)" }

  private func key(_ report: DemonstrationReport) -> String {
    Self.key(ids[report.site.index] ?? "", report.month.description)
  }

  /// The reports that stand, by facility and month.
  static func standing(_ api: LedgerAPI, _ months: [Month]) async throws -> [String: Standing] {
    var standing: [String: Standing] = [:]
    let span = [("from", months.first?.description), ("to", months.last?.description)]
    for item in try await api.items(ThroughputKind.path, span) {
      guard let id = item["id"]?.text, let facility = item["facility_id"]?.text,
        let month = item["month"]?.text
      else { continue }
      standing[key(facility, month)] = Standing(
        id: id, revision: item["revision"]?.int ?? 1,
        isWithdrawn: item["status"]?.text == "withdrawn")
    }
    return standing
  }

  /// What there is to do. A site that has reports already has had its withdrawal.
  struct Work {
    var new: [DemonstrationReport] = []
    var revisions: [DemonstrationReport] = []
    var withdrawals: [DemonstrationReport] = []
    /// Reports whose review is not where it is meant to be.
    var reviews: [DemonstrationReport] = []
    var isEmpty: Bool {
      new.isEmpty && revisions.isEmpty && withdrawals.isEmpty && reviews.isEmpty
    }
  }

  func work(_ standing: [String: Standing]) async throws -> Work {
    var work = Work()
    let begun = Set(standing.keys.compactMap { $0.split(separator: " ").first.map(String.init) })
    for report in reports where report.json != nil {
      let found = standing[key(report)]
      let withdraws = months.isWithdrawn(report.site, report.month)
      let isNew = found == nil && !(withdraws && begun.contains(ids[report.site.index] ?? ""))
      if isNew { work.new.append(report) }
      if withdraws {
        if isNew || found?.isWithdrawn == false { work.withdrawals.append(report) }
      } else if months.isRevised(report.site, report.month), found?.revision ?? 1 == 1 {
        work.revisions.append(report)
      }
      if let review = months.review(report.site, report.month),
        try await !reviewing(by: reporter).missing(review, of: found?.id).isEmpty
      {
        work.reviews.append(report)
      }
    }
    return work
  }

  private func reviewing(by verifier: LedgerAPI) -> DemonstrationReviewing {
    DemonstrationReviewing(path: ThroughputKind.path, api: verifier)
  }

  /// - Returns: how many steps were taken.
  func review(
    _ reports: [DemonstrationReport], _ standing: [String: Standing], _ verifier: LedgerAPI
  ) async throws -> Int {
    var steps = 0
    for report in reports {
      guard let review = months.review(report.site, report.month),
        let found = standing[key(report)]
      else { continue }
      steps += try await reviewing(by: verifier).take(
        review, of: found.id, revised: report.revised, reporter: reporter)
    }
    return steps
  }

  /// The new ones, as a file of rows.
  func submit(_ new: [DemonstrationReport]) async throws -> BulkTally {
    let rows = new.enumerated().map {
      FileRow(number: $0.offset + 1, bytes: $0.element.json?.bytes)
    }
    let size = rows.reduce(0) { $0 + $1.size }
    var submission = FileSubmission(
      api: reporter, path: "\(ThroughputKind.path)/bulk", format: .ndjson,
      progress: Progress("throughput reports", totalBytes: size))
    for row in rows { try await submission.take(row) }
    return try await submission.finish()
  }

  func revise(_ reports: [DemonstrationReport], _ standing: [String: Standing]) async throws {
    let reason = JSON.members(["reason": "Weighbridge tickets found later 磅单补录"])
    for report in reports {
      guard let path = path(report, standing) else { continue }
      let version = try await reporter.get(path).version()
      _ = try await reporter.put(path, Body.merged(report.revised, reason), ifMatch: version)
    }
  }

  func withdraw(_ reports: [DemonstrationReport], _ standing: [String: Standing]) async throws {
    let reason = JSON.members(["reason": "Reported for the wrong yard 填报有误"])
    for report in reports {
      guard let path = path(report, standing) else { continue }
      let version = try await reporter.get(path).version()
      _ = try await reporter.post("\(path)/withdrawal", reason, ifMatch: version)
    }
  }

  private func path(_ report: DemonstrationReport, _ standing: [String: Standing]) -> String? {
    standing[key(report)].map { "\(ThroughputKind.path)/\($0.id)" }
  }

  /// A few reports that do not balance, of months that are missing; each must be refused.
  /// - Returns: what the ledger said.
  func refusals(_ standing: [String: Standing], count: Int = 3) async throws -> [String] {
    var refusals: [String] = []
    let missing = reports.filter { $0.json == nil && standing[key($0)] == nil }
    for report in missing.prefix(count) {
      do {
        _ = try await reporter.post(ThroughputKind.path, report.unbalanced)
        throw LocalFailure(.refused, "A report that does not balance was accepted.")
      } catch let refusal as Refusal where refusal.status == 422 {
        refusals.append(Refusal.line(refusal.problem))
      }
    }
    return refusals
  }
}
