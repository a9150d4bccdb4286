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
  static var columns: String {
    """
    r.id, COALESCE(made.merged_into, r.facility_id) AS facility_id, r.facility_id AS made_for,
      r.version, r.revision, r.status, r.review, r.author, r.first_recorded_at, r.recorded_at, r.body
    """
  }

  /// The reports, each with what the facility that it was made for was merged into.
  static var source: String { "report r LEFT JOIN facility made ON made.id = r.facility_id" }

  init(_ row: Row) throws {
    guard let id = ID(try row.text("id")), let madeFor = ID(try row.text("made_for")),
      let facility = ID(try row.text("facility_id")),
      let status = Status(rawValue: try row.text("status")),
      let review = ReviewState(rawValue: try row.text("review"))
    else { throw StorageFailure.misuse("a stored report cannot be read") }
    let report = try Fields.read(Array(row.text("body").utf8), as: Report.init)
    self.init(
      id: id, version: try row.int("version"), revision: try row.int("revision"), status: status,
      review: review, author: try row.text("author"),
      firstRecordedAt: Instant(milliseconds: try row.int("first_recorded_at")),
      recordedAt: Instant(milliseconds: try row.int("recorded_at")), madeFor: madeFor,
      report: report.moved(to: facility))
  }

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
