import Journal
import Models
import Storage

extension ReportStore {
  package typealias Change = (report: Recorded, place: Journal.Place)

  package static var migrations: [Migration] {
    [
      Migration(
        1,
        """
        CREATE TABLE report (
          id TEXT PRIMARY KEY, facility_id TEXT NOT NULL, series TEXT NOT NULL,
          first_month BIGINT NOT NULL, month BIGINT NOT NULL, revision BIGINT NOT NULL,
          version BIGINT NOT NULL, status TEXT NOT NULL, review TEXT NOT NULL,
          author TEXT NOT NULL, closing BIGINT NOT NULL, first_recorded_at BIGINT NOT NULL,
          recorded_at BIGINT NOT NULL, body TEXT NOT NULL);
        CREATE UNIQUE INDEX report_once ON report (facility_id, series, month)
          WHERE status <> 'withdrawn';
        \(beginsOnce)
        CREATE INDEX report_facility ON report (facility_id, id);
        CREATE INDEX report_month ON report (month, id);
        CREATE INDEX report_waiting ON report (review, id)
          WHERE status <> 'withdrawn' AND review IN ('questioned', 'answered');
        CREATE TABLE report_entry (
          report_id TEXT NOT NULL REFERENCES report (id), version BIGINT NOT NULL,
          revision BIGINT NOT NULL, position BIGINT NOT NULL, PRIMARY KEY (report_id, version));
        CREATE TABLE report_proposal (
          report_id TEXT PRIMARY KEY REFERENCES report (id), revision BIGINT NOT NULL,
          reason TEXT NOT NULL, author TEXT NOT NULL, proposed_at BIGINT NOT NULL,
          body TEXT NOT NULL);
        """)
    ]
  }

  /// January and February combined overlap either alone; where nobody combines them, the index on
  /// the last month says it all.
  private static var beginsOnce: String {
    Report.type != .recycledInput
      ? ""
      : """
      CREATE UNIQUE INDEX report_begins_once ON report (facility_id, series, first_month)
        WHERE status <> 'withdrawn';
      """
  }

  /// Stores a first report and journals it.
  func insert(_ report: Report, by actor: String, on connection: Connection) throws -> Change {
    let id = journal.random.id(at: clock.now())
    let body = report.json.bytes
    let place = try journal.append(
      Event(
        Report.type.reported, subject: id.text, actor: actor,
        data: .raw(Array(#"{"id":"\#(id)","revision":1,"#.utf8) + body.dropFirst())),
      on: connection)
    try connection.execute(
      """
      INSERT INTO report (id, facility_id, series, first_month, month, revision, version, status,
        review, author, closing, first_recorded_at, recorded_at, body)
      VALUES ($1, $2, $3, $4, $5, 1, 1, 'reported', 'submitted', $6, $7, $8, $8, $9)
      """,
      [
        .text(id.text), .text(report.facility.text), .text(Self.series(report.series)),
        .int(report.period.first.number), .int(report.period.last.number), .text(actor),
        .int(report.closing.grams), .int(place.recordedAt.milliseconds),
        .text(String(decoding: body, as: UTF8.self)),
      ])
    let recorded = Recorded(
      id: id, version: 1, revision: 1, status: .reported, review: .submitted, author: actor,
      firstRecordedAt: place.recordedAt, recordedAt: place.recordedAt, madeFor: report.facility,
      report: report)
    try index(recorded, place, on: connection)
    return (recorded, place)
  }

  /// Stores a revision of a report and journals it; the old one stays in the journal.
  /// - Parameters:
  ///   - actor: who makes it count.
  ///   - author: who gave the figures.
  func revise(
    _ old: Recorded, to report: Report, reason: String, by actor: String, author: String,
    on connection: Connection
  ) throws -> Change {
    let revision = old.revision + 1
    let head: [JSON.Member] = [
      .init("id", old.id.json), .init("revision", .int(revision)), .init("reason", .string(reason)),
    ]
    let place = try journal.append(
      Event(
        Report.type.revised, subject: old.id.text, actor: actor,
        data: .object(head + report.members)), on: connection)
    let new = old.changed(
      version: old.version + 1, revision: revision, status: .revised,
      review: old.review.afterRevision, author: author, recordedAt: place.recordedAt,
      report: report)
    try connection.execute(
      """
      UPDATE report SET revision = $2, version = $3, status = 'revised', review = $4, author = $5,
        closing = $6, recorded_at = $7, body = $8, facility_id = $9 WHERE id = $1
      """,
      [
        .text(old.id.text), .int(revision), .int(new.version), .text(new.review.rawValue),
        .text(author), .int(report.closing.grams), .int(place.recordedAt.milliseconds),
        .text(String(decoding: report.json.bytes, as: UTF8.self)), .text(report.facility.text),
      ])
    try index(new, place, on: connection)
    return (new, place)
  }

  /// Withdraws a report: it counts no more, and stays readable.
  func withdraw(_ old: Recorded, reason: String, by actor: String, on connection: Connection)
    throws -> Change
  {
    let revision = old.revision + 1
    let place = try journal.append(
      Event(
        Report.type.withdrawn, subject: old.id.text, actor: actor,
        data: .object(
          [
            .init("id", old.id.json), .init("revision", .int(revision)),
            .init("reason", .string(reason)),
          ] + names(old.report))), on: connection)
    let new = old.changed(
      version: old.version + 1, revision: revision, status: .withdrawn,
      recordedAt: place.recordedAt)
    try connection.execute(
      """
      UPDATE report SET revision = $2, version = $3, status = 'withdrawn', recorded_at = $4
      WHERE id = $1
      """,
      [
        .text(old.id.text), .int(revision), .int(new.version), .int(place.recordedAt.milliseconds),
      ])
    try index(new, place, on: connection)
    return (new, place)
  }

  /// Takes a step of the review and journals it.
  func review(
    _ old: Recorded, _ step: ReviewStep, to state: ReviewState, by actor: String,
    on connection: Connection
  ) throws -> Change {
    let data: [JSON.Member] =
      [
        .init("id", old.id.json), .init("revision", .int(old.revision)),
        .init("action", .string(step.action.rawValue)), .init("state", .string(state.rawValue)),
      ] + (step.text.map { [.init("text", .string($0))] } ?? []) + names(old.report)
    let place = try journal.append(
      Event(.reportReviewed, subject: old.id.text, actor: actor, data: .object(data)),
      on: connection)
    let new = old.changed(version: old.version + 1, review: state)
    try connection.execute(
      "UPDATE report SET version = $2, review = $3 WHERE id = $1",
      [.text(old.id.text), .int(new.version), .text(state.rawValue)])
    try index(new, place, on: connection)
    return (new, place)
  }

  /// Keeps a revision of a locked report until a second person accepts or refuses it.
  func propose(
    _ report: Report, for old: Recorded, reason: String, by actor: String,
    on connection: Connection
  ) throws -> Change {
    let head: [JSON.Member] = [
      .init("id", old.id.json), .init("revision", .int(old.revision + 1)),
      .init("reason", .string(reason)),
    ]
    let place = try journal.append(
      Event(
        .revisionProposed, subject: old.id.text, actor: actor,
        data: .object(head + report.members)), on: connection)
    let new = old.changed(version: old.version + 1)
    try connection.execute(
      """
      INSERT INTO report_proposal (report_id, revision, reason, author, proposed_at, body)
      VALUES ($1, $2, $3, $4, $5, $6)
      """,
      [
        .text(old.id.text), .int(old.revision + 1), .text(reason), .text(actor),
        .int(place.recordedAt.milliseconds),
        .text(String(decoding: report.json.bytes, as: UTF8.self)),
      ])
    try connection.execute(
      "UPDATE report SET version = $2 WHERE id = $1", [.text(old.id.text), .int(new.version)])
    try index(new, place, on: connection)
    return (new, place)
  }

  func endProposal(_ id: ID, on connection: Connection) throws {
    try connection.execute("DELETE FROM report_proposal WHERE report_id = $1", [.text(id.text)])
  }

  private func index(_ new: Recorded, _ place: Journal.Place, on connection: Connection) throws {
    try connection.execute(
      "INSERT INTO report_entry (report_id, version, revision, position) VALUES ($1, $2, $3, $4)",
      [.text(new.id.text), .int(new.version), .int(new.revision), .int(place.position)])
  }

  /// What an entry that has no figures says of whose they are.
  private func names(_ report: Report) -> [JSON.Member] {
    [.init("facility_id", report.facility.json)]
      + (report.series.map { [.init("metal", .string($0.rawValue))] } ?? [])
      + [.init(Report.periodMember, report.period.json)]
  }
}
