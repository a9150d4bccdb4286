import Journal
import Models
import Reporting
import ServiceKit
import Storage

/// The registry's database: its schema, its journal, and where time and ids come from. The
/// statements are in the extensions, a file for each thing.
struct RegistryStore: Sendable {
  let database: Database
  let journal: Journal
  let facilities = Facilities()

  var clock: Clock { journal.clock }
  var random: Randomness { journal.random }

  static let migrations = [
    Migration(
      1,
      """
      CREATE TABLE organisation (
        id TEXT PRIMARY KEY, scheme TEXT NOT NULL, value TEXT NOT NULL, name TEXT NOT NULL,
        body TEXT NOT NULL, version BIGINT NOT NULL, UNIQUE (scheme, value));
      CREATE TABLE facility (
        id TEXT PRIMARY KEY, organisation_id TEXT NOT NULL REFERENCES organisation (id),
        scheme TEXT, value TEXT, folded_name TEXT NOT NULL, province TEXT, authority TEXT,
        latitude_e6 BIGINT, longitude_e6 BIGINT, body TEXT NOT NULL, version BIGINT NOT NULL,
        merged_into TEXT REFERENCES facility (id));
      CREATE INDEX facility_identifier ON facility (scheme, value);
      CREATE INDEX facility_place ON facility (latitude_e6, longitude_e6);
      CREATE INDEX facility_organisation ON facility (organisation_id, id);
      CREATE INDEX facility_province ON facility (province, id);
      CREATE INDEX facility_authority ON facility (authority, id);
      CREATE INDEX facility_merged ON facility (merged_into) WHERE merged_into IS NOT NULL;
      CREATE TABLE facility_role (
        facility_id TEXT NOT NULL REFERENCES facility (id), role TEXT NOT NULL,
        PRIMARY KEY (facility_id, role));
      CREATE TABLE qualification (
        id TEXT PRIMARY KEY, facility_id TEXT NOT NULL REFERENCES facility (id),
        metal TEXT NOT NULL, event TEXT NOT NULL, effective BIGINT NOT NULL,
        actor TEXT NOT NULL, position BIGINT NOT NULL UNIQUE, body TEXT NOT NULL);
      CREATE INDEX qualification_facility ON qualification (facility_id, metal, position);
      CREATE TABLE throughput (
        id TEXT PRIMARY KEY, facility_id TEXT NOT NULL REFERENCES facility (id),
        metal TEXT NOT NULL, month BIGINT NOT NULL, revision BIGINT NOT NULL,
        status TEXT NOT NULL, closing BIGINT NOT NULL, first_recorded_at BIGINT NOT NULL,
        recorded_at BIGINT NOT NULL, body TEXT NOT NULL);
      CREATE UNIQUE INDEX throughput_once ON throughput (facility_id, metal, month)
        WHERE status <> 'withdrawn';
      CREATE INDEX throughput_facility ON throughput (facility_id, id);
      CREATE TABLE throughput_revision (
        report_id TEXT NOT NULL REFERENCES throughput (id), revision BIGINT NOT NULL,
        position BIGINT NOT NULL, PRIMARY KEY (report_id, revision));
      CREATE TABLE credential (
        id TEXT PRIMARY KEY, holder TEXT NOT NULL, holder_kind TEXT NOT NULL,
        grants TEXT NOT NULL, secret_hash BYTEA NOT NULL, created_at BIGINT NOT NULL,
        revoked_at BIGINT);
      CREATE TABLE signing_key (
        kid TEXT PRIMARY KEY, private_key BYTEA NOT NULL, created_at BIGINT NOT NULL,
        revoked_at BIGINT);
      """),
    // For lists of a month over all facilities.
    Migration(2, "CREATE INDEX throughput_month ON throughput (month, id)"),
    // Reports of every type are kept alike. Who gave the figures stands in the journal alone here.
    Migration(
      3,
      """
      INSERT INTO report (id, facility_id, series, first_month, month, revision, version, status,
        review, author, closing, first_recorded_at, recorded_at, body)
      SELECT id, facility_id, metal, month, month, revision, revision, status, 'submitted', '',
        closing, first_recorded_at, recorded_at, body FROM throughput;
      INSERT INTO report_entry (report_id, version, revision, position)
      SELECT report_id, revision, revision, position FROM throughput_revision;
      DROP TABLE throughput_revision;
      DROP TABLE throughput;
      """),
  ]

  /// Opens the registry's part of the database.
  init(database: Database, journal: Journal) async throws {
    self.database = database
    self.journal = journal
    try await database.migrate("report", ReportStore<Throughput>.migrations)
    try await database.migrate("registry", Self.migrations)
    try await database.migrate("idempotency", Idempotency.migrations)
  }

  /// Does something once under the request's idempotency key, in one transaction.
  func once(
    _ creation: Creation, _ work: @escaping @Sendable (Connection) throws -> Answer
  ) async throws -> Answer {
    try await Idempotency.once(creation, at: clock.now(), in: database, work)
  }

  /// The field that says how far the journal is once a write is in it.
  static func position(_ place: Journal.Place) -> (name: String, value: String) {
    ("Journal-Position", "registry=\(place.size)")
  }
}
