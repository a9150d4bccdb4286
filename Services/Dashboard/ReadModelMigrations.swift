import Storage

/// The tables of the read model. What changes its form is folded anew from the journals.
extension ReadModelStore {
  static let migrations = [
    Migration(
      1,
      """
      CREATE TABLE organisation_fact (id TEXT PRIMARY KEY, name TEXT NOT NULL);
      CREATE TABLE facility_version (
        facility_id TEXT NOT NULL, position BIGINT NOT NULL, recorded_at BIGINT NOT NULL,
        superseded_at BIGINT NOT NULL, body TEXT NOT NULL, PRIMARY KEY (facility_id, position));
      CREATE TABLE facility_merge (
        absorbed TEXT PRIMARY KEY, survivor TEXT NOT NULL, recorded_at BIGINT NOT NULL);
      CREATE INDEX facility_merge_survivor ON facility_merge (survivor);
      CREATE TABLE qualification_fact (
        position BIGINT PRIMARY KEY, facility_id TEXT NOT NULL, metal TEXT NOT NULL,
        event TEXT NOT NULL, effective BIGINT NOT NULL, recorded_at BIGINT NOT NULL);
      CREATE INDEX qualification_fact_metal ON qualification_fact (metal, facility_id, position);
      CREATE TABLE throughput_version (
        report_id TEXT NOT NULL, revision BIGINT NOT NULL, position BIGINT NOT NULL,
        recorded_at BIGINT NOT NULL, superseded_at BIGINT NOT NULL, first_recorded_at BIGINT NOT NULL,
        facility_id TEXT NOT NULL, metal TEXT NOT NULL, month BIGINT NOT NULL, nil BIGINT NOT NULL,
        throughput BIGINT NOT NULL, from_processors BIGINT NOT NULL, purchased BIGINT NOT NULL,
        shipped BIGINT NOT NULL, PRIMARY KEY (report_id, revision));
      CREATE INDEX throughput_version_month ON throughput_version (metal, month, report_id);
      CREATE INDEX throughput_version_facility ON throughput_version (facility_id);
      CREATE TABLE cell (
        metal TEXT NOT NULL, month BIGINT NOT NULL, place TEXT NOT NULL, throughput BIGINT NOT NULL,
        from_processors BIGINT NOT NULL, purchased BIGINT NOT NULL, shipped BIGINT NOT NULL,
        capacity BIGINT NOT NULL, owed BIGINT NOT NULL, received BIGINT NOT NULL,
        nils BIGINT NOT NULL, reports BIGINT NOT NULL, PRIMARY KEY (metal, month, place));
      """),
    // Reports of every type, and steel by enterprise. What was folded is folded anew.
    Migration(
      2,
      """
      DROP TABLE throughput_version;
      DROP TABLE cell;
      DROP TABLE facility_version;
      CREATE TABLE facility_version (
        facility_id TEXT NOT NULL, position BIGINT NOT NULL, recorded_at BIGINT NOT NULL,
        superseded_at BIGINT NOT NULL, organisation_id TEXT NOT NULL, body TEXT NOT NULL,
        PRIMARY KEY (facility_id, position));
      CREATE INDEX facility_version_organisation
        ON facility_version (organisation_id, superseded_at);
      CREATE TABLE report_version (
        report_id TEXT NOT NULL, revision BIGINT NOT NULL, position BIGINT NOT NULL,
        recorded_at BIGINT NOT NULL, superseded_at BIGINT NOT NULL,
        first_recorded_at BIGINT NOT NULL, facility_id TEXT NOT NULL, type TEXT NOT NULL,
        metal TEXT NOT NULL, first_month BIGINT NOT NULL, month BIGINT NOT NULL,
        nil BIGINT NOT NULL, throughput BIGINT NOT NULL, from_processors BIGINT NOT NULL,
        purchased BIGINT NOT NULL, shipped BIGINT NOT NULL, amounts TEXT NOT NULL,
        PRIMARY KEY (report_id, revision));
      CREATE INDEX report_version_month ON report_version (type, metal, month, report_id);
      CREATE INDEX report_version_facility ON report_version (facility_id);
      CREATE TABLE cell (
        type TEXT NOT NULL, metal TEXT NOT NULL, month BIGINT NOT NULL,
        first_month BIGINT NOT NULL, place TEXT NOT NULL, throughput BIGINT NOT NULL,
        from_processors BIGINT NOT NULL, purchased BIGINT NOT NULL, shipped BIGINT NOT NULL,
        capacity BIGINT NOT NULL, owed BIGINT NOT NULL, received BIGINT NOT NULL,
        nils BIGINT NOT NULL, reports BIGINT NOT NULL, amounts TEXT NOT NULL,
        PRIMARY KEY (type, metal, month, first_month, place));
      DELETE FROM organisation_fact;
      DELETE FROM facility_merge;
      DELETE FROM qualification_fact;
      DELETE FROM follower;
      """),
    // Cells by name, what is owed in a table of its own, locked reports, organisations' groups and
    // what is asked for of the past. What was folded is folded anew.
    Migration(
      3,
      """
      DROP TABLE report_version;
      DROP TABLE cell;
      DROP TABLE facility_merge;
      DROP TABLE organisation_fact;
      CREATE TABLE organisation_version (
        organisation_id TEXT NOT NULL, position BIGINT NOT NULL, recorded_at BIGINT NOT NULL,
        superseded_at BIGINT NOT NULL, name TEXT NOT NULL, ownership_group TEXT NOT NULL,
        PRIMARY KEY (organisation_id, position));
      CREATE INDEX facility_version_recorded ON facility_version (recorded_at);
      CREATE TABLE facility_merge (
        absorbed TEXT PRIMARY KEY, survivor TEXT NOT NULL, position BIGINT NOT NULL,
        recorded_at BIGINT NOT NULL);
      CREATE TABLE report_version (
        report_id TEXT NOT NULL, revision BIGINT NOT NULL, position BIGINT NOT NULL,
        recorded_at BIGINT NOT NULL, superseded_at BIGINT NOT NULL,
        first_recorded_at BIGINT NOT NULL, locked_at BIGINT NOT NULL, facility_id TEXT NOT NULL,
        type TEXT NOT NULL, metal TEXT NOT NULL, first_month BIGINT NOT NULL,
        month BIGINT NOT NULL, nil BIGINT NOT NULL, amounts TEXT NOT NULL,
        PRIMARY KEY (report_id, revision));
      CREATE INDEX report_version_month ON report_version (type, metal, month, recorded_at);
      CREATE INDEX report_version_past ON report_version (type, metal, month, superseded_at)
        WHERE superseded_at < 9223372036854775807;
      CREATE INDEX report_version_locked ON report_version (type, metal, month, locked_at)
        WHERE locked_at < 9223372036854775807;
      CREATE INDEX report_version_facility ON report_version (facility_id, month);
      CREATE TABLE cell (
        type TEXT NOT NULL, metal TEXT NOT NULL, month BIGINT NOT NULL,
        first_month BIGINT NOT NULL, place TEXT NOT NULL, amounts TEXT NOT NULL,
        PRIMARY KEY (type, metal, month, first_month, place));
      CREATE TABLE standing (
        type TEXT NOT NULL, metal TEXT NOT NULL, place TEXT NOT NULL, sums BYTEA NOT NULL,
        PRIMARY KEY (type, metal, place));
      CREATE TABLE fold_position (name TEXT PRIMARY KEY, position BIGINT NOT NULL);
      DELETE FROM facility_version;
      DELETE FROM qualification_fact;
      DELETE FROM follower;
      """),
    // A facility's reports month by month: a page of a journal then writes to few pages of the index.
    Migration(
      4,
      """
      DROP INDEX report_version_facility;
      CREATE INDEX report_version_facility ON report_version (month, facility_id);
      """),
  ]
}
