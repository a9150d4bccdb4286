import Models
import Storage

/// A recorded report at its current revision.
package struct StoredReport<Report: MonthlyReport>: Sendable {
  package enum Status: String, Sendable {
    case reported, revised, withdrawn
  }

  package let id: ID
  /// Grows with every revision and with every step of the review.
  package let version: Int64
  /// Grows with the figures alone.
  package let revision: Int64
  package let status: Status
  package let review: ReviewState
  /// Who gave the current figures, such as `credential:<id>`.
  package let author: String
  package let firstRecordedAt: Instant
  package let recordedAt: Instant
  /// The facility it was made for; another id where that was merged into another since.
  package let madeFor: ID
  package let report: Report

  package var isWithdrawn: Bool { status == .withdrawn }
  package var isLate: Bool { Report.type.isLate(report.period, recordedAt: firstRecordedAt) }
}

extension StoredReport {
  /// Of reports of one site and month, which facilities merged later have made, one counts: the
  /// survivor's own, else the first by id. The dashboard goes by the same rule.
  package func counts(before other: StoredReport) -> Bool {
    let ranks = [self, other].map { ($0.madeFor == $0.report.facility ? 0 : 1, $0.id.text) }
    return ranks[0] < ranks[1]
  }

  /// The same with what a change of it made different.
  func changed(
    version: Int64, revision: Int64? = nil, status: Status? = nil, review: ReviewState? = nil,
    author: String? = nil, recordedAt: Instant? = nil, report: Report? = nil
  ) -> StoredReport {
    StoredReport(
      id: id, version: version, revision: revision ?? self.revision, status: status ?? self.status,
      review: review ?? self.review, author: author ?? self.author,
      firstRecordedAt: firstRecordedAt, recordedAt: recordedAt ?? self.recordedAt,
      madeFor: report?.facility ?? madeFor, report: report ?? self.report)
  }
}

/// A revision of a locked report that waits for a second person.
package struct Proposal<Report: MonthlyReport>: Sendable {
  package let revision: Int64
  package let reason: String
  package let author: String
  package let proposedAt: Instant
  package let report: Report

  package var json: JSON {
    .members([
      "revision": .int(revision), "reason": .string(reason), "author": .string(author),
      "proposed_at": proposedAt.json, "report": report.json,
    ])
  }
}
