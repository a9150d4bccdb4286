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
  package let report: Report

  package var isWithdrawn: Bool { status == .withdrawn }
  package var isLate: Bool { Report.type.isLate(report.period, recordedAt: firstRecordedAt) }
}

extension StoredReport {
  static var columns: String {
    """
    r.id, r.facility_id, r.version, r.revision, r.status, r.review, r.author, r.first_recorded_at,
      r.recorded_at, r.body
    """
  }

  init(_ row: Row) throws {
    guard let id = ID(try row.text("id")), let facility = ID(try row.text("facility_id")),
      let status = Status(rawValue: try row.text("status")),
      let review = ReviewState(rawValue: try row.text("review"))
    else { throw StorageFailure.misuse("a stored report cannot be read") }
    let report = try Fields.read(Array(row.text("body").utf8), as: Report.init)
    self.init(
      id: id, version: try row.int("version"), revision: try row.int("revision"), status: status,
      review: review, author: try row.text("author"),
      firstRecordedAt: Instant(milliseconds: try row.int("first_recorded_at")),
      recordedAt: Instant(milliseconds: try row.int("recorded_at")),
      report: report.moved(to: facility))
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
      report: report ?? self.report)
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
