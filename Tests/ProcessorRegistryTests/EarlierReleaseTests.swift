import Foundation
import Journal
import Logging
import Models
import Reporting
import TestSupport
import Testing

@testable import ProcessorRegistry
@testable import Storage

/// A registry that was written by the release before.
@Suite("A database of an earlier release")
struct EarlierReleaseTests {
  private static let organisation = "01890000-0000-7000-8000-00000000000a"
  private static let site = "01890000-0000-7000-8000-00000000000b"
  private static let reported = "01890000-0000-7000-8000-00000000000c"
  private static let withdrawn = "01890000-0000-7000-8000-00000000000d"

  @Test("Its throughput reports and their revisions are still there, to be read and revised")
  func moved() async throws {
    try await withFolder { folder in
      let url = try TestStorage.url("\(folder.path())registry.sqlite")
      let database = try Database(url: url)
      _ = try await JournalKeeper(
        origin: "registry.test/registry", database: database, clock: .system, random: .system,
        logger: .init(label: "test"))
      try await database.migrate("registry", Array(RegistryStore.migrations.prefix(2)))
      let journal = Journal(clock: .system, random: .system)
      let month = Month(year: 2025, month: 1)
      let body = try Fields.read(Sample.report(Self.site), as: Throughput.init)
      let text = String(decoding: body.json.bytes, as: UTF8.self)
      let positions = try await database.write { connection in
        try Self.fill(text, month, journal, on: connection)
      }

      let store = try await RegistryStore(database: database, journal: journal)
      let reports = ReportStore<Throughput>(
        database: database, journal: journal, facilities: store.facilities, source: "registry")
      let (first, gone, neighbours) = try await database.read { connection in
        (
          try reports.report(try #require(ID(Self.reported)), on: connection),
          try reports.report(try #require(ID(Self.withdrawn)), on: connection),
          try reports.neighbours(
            try #require(ID(Self.site)), .steel, Period(month), on: connection)
        )
      }
      #expect(first?.revision == 2 && first?.version == 2 && first?.review == .submitted)
      #expect(first?.status == .revised && first?.report == body)
      #expect(gone?.status == .withdrawn)
      #expect(neighbours.overlapping.map(\.id.text) == [Self.reported])
      let entries = try await database.read {
        try $0.query("SELECT revision, position FROM report_entry ORDER BY position").map(\.values)
      }
      #expect(entries == positions.map { [.int($0.revision), .int($0.position)] })
      let reporting = Reporting(
        store: reports, rules: ThroughputRules(permille: 5, facilities: store.facilities))
      let actor = Actor(
        credential: Randomness.system.id(at: Clock.system.now()), grants: [Grant(.reporter, .all)])
      let revised = try await database.write { connection in
        let old = try #require(first)
        return try reporting.revise(
          old, to: body, reason: "read again", by: actor, on: connection
        ).taken.report
      }
      #expect(revised.revision == 3 && revised.version == 3)
      try database.close()
    }
  }

  /// What the release before wrote: one report with a revision, and one that was withdrawn.
  private static func fill(
    _ body: String, _ month: Month, _ journal: Journal, on connection: Connection
  ) throws -> [(revision: Int64, position: Int64)] {
    try connection.execute(
      "INSERT INTO organisation (id, scheme, value, name, body, version) VALUES ($1, 'test', '1', 'One', '{}', 1)",
      [.text(organisation)])
    let facility = try Fields.read(Sample.facility(organisation), as: Facility.init)
    try connection.execute(
      """
      INSERT INTO facility (id, organisation_id, folded_name, body, version)
      VALUES ($1, $2, 'one', $3, 1)
      """,
      [
        .text(site), .text(organisation),
        .text(String(decoding: facility.json.bytes, as: UTF8.self)),
      ])
    var positions: [(revision: Int64, position: Int64)] = []
    for (id, status, revisions) in [(withdrawn, "withdrawn", 2), (reported, "revised", 2)] {
      try connection.execute(
        """
        INSERT INTO throughput (id, facility_id, metal, month, revision, status, closing,
          first_recorded_at, recorded_at, body)
        VALUES ($1, $2, 'steel', $3, $4, $5, 175000000, 1, 2, $6)
        """,
        [
          .text(id), .text(site), .int(month.number), .int(revisions), .text(status), .text(body),
        ])
      for revision in 1...Int64(revisions) {
        let place = try journal.append(
          Event(.throughputReported, subject: id, actor: "credential:x", data: .object([])),
          on: connection)
        try connection.execute(
          "INSERT INTO throughput_revision (report_id, revision, position) VALUES ($1, $2, $3)",
          [.text(id), .int(revision), .int(place.position)])
        positions.append((revision, place.position))
      }
    }
    return positions
  }
}
