import Foundation
import Models
import TestSupport
import Testing

@testable import Storage

extension RunningTests {
  /// With many reports, every list and every figure finds its rows by an index. What PostgreSQL
  /// counts is asked, not what it plans: no table that grows with the reports was read from end to
  /// end by any request.
  @Suite("Reading among many reports", .enabled(if: TestStorage.isPostgres))
  struct PlanTests {
    static let sites = 160
    static let growing = [
      "journal", "report", "report_entry", "report_version", "idempotency",
    ]

    @Test("No list or figure reads all reports or all entries")
    func plans() async throws {
      try await withLedger { ledger in
        for service in ["processor-registry", "dashboard"] { try await ledger.start(service) }
        let caller = try await ledger.signIn(try ledger.operatorKey)
        try await caller.becomeKnown(to: "dashboard")
        let organisation = try await caller.post("organisations", Sample.organisation()).id
        var sites: [String] = []
        for number in 0..<Self.sites {
          let province = ["130000", "320000", "440000"][number % 3]
          let site = Sample.facility(organisation, province: province)
          sites.append(try await caller.post("facilities", site).id)
        }
        let readers = try await readers(ledger, caller, organisation)
        let reports = sites.map { Sample.report($0, "2025-01") }
        #expect(try await readers[0].bulk("throughput/bulk", reports)["created"]?.int == Self.sites)
        _ = try await caller.dashboard("sources", after: try await caller.position())
        try await ledger.stopAll()
        try fill(ledger)
        let before = try await counts(ledger)
        try #require(before["report"]?.rows ?? 0 > 200_000)

        for service in ["processor-registry", "dashboard"] { try await ledger.start(service) }
        for reader in readers {
          try await read(reader, sites[7], all: reader.token == caller.token)
        }
        let one = Sample.report(sites[3], "2026-01")
        #expect(try await readers[0].post("throughput", one).status == 409)
        try await ledger.stopAll()

        for (table, now) in try await counts(ledger) {
          let then = try #require(before[table])
          #expect(now.scans == then.scans, "\(table) was read from end to end")
          print("\(table): \(now.fetched - then.fetched) of \(now.rows) rows fetched")
          // Of the dashboard some 200 questions were asked, of a few months of all sites each.
          let most: Int64 = table == "report_version" ? 250_000 : 60_000
          #expect(now.fetched - then.fetched < most, "\(table): \(now.fetched - then.fetched)")
        }
      }
    }

    /// A reporter, an analyst of one authority, and one who sees all.
    private func readers(_ ledger: RunningLedger, _ caller: Caller, _ organisation: String)
      async throws -> [Caller]
    {
      var readers: [Caller] = []
      for grant in ["reporter@organisation:\(organisation)", "analyst@authority:130000"] {
        let issued = try await caller.post(
          "credentials",
          .members(["holder": "A reader", "holder_kind": "person", "grants": [.string(grant)]]))
        readers.append(
          try await ledger.signIn(try #require(issued["key"]?.text, "\(issued.text)")))
      }
      return readers + [caller]
    }

    /// 480 months of three metals for each site, as if they had been reported: copies of what was.
    private func fill(_ ledger: RunningLedger) throws {
      try TestStorage.run(
        """
        INSERT INTO report
        SELECT gen_random_uuid()::text, facility_id, m.metal, n, n, 1, 1, status, review, author,
          closing, first_recorded_at, recorded_at, body
        FROM report, generate_series(24120, 24599) n, (VALUES ('steel'), ('copper'), ('aluminium')) m (metal)
        ON CONFLICT DO NOTHING;
        INSERT INTO report_entry
        SELECT id, 1, 1, 10000 + row_number() OVER () FROM report ON CONFLICT DO NOTHING;
        INSERT INTO journal
        SELECT 10000 + n, j.event, j.type, 'filled', j.recorded_at, j.salt, j.leaf
        FROM (SELECT * FROM journal ORDER BY position DESC LIMIT 1) j, generate_series(1, 230000) n;
        INSERT INTO idempotency
        SELECT 'filled ' || n, '', 201, '', '', n::bigint * 20000000 FROM generate_series(1, 200000) n;
        VACUUM ANALYZE;
        """, in: ledger.folder.appending(path: "processor-registry.sqlite").path())
      try TestStorage.run(
        """
        INSERT INTO report_version
        SELECT gen_random_uuid()::text, 1, 10000 + row_number() OVER (), recorded_at, superseded_at,
          first_recorded_at, locked_at, facility_id, type, m.metal, n, n, nil, amounts
        FROM report_version, generate_series(24120, 24599) n,
          (VALUES ('steel'), ('copper'), ('aluminium')) m (metal);
        VACUUM ANALYZE;
        """, in: ledger.folder.appending(path: "dashboard.sqlite").path())
    }

    /// - Parameter all: whether the reader may see everything.
    private func read(_ reader: Caller, _ site: String, all: Bool) async throws {
      let registry = [
        "organisations", "organisations?limit=5", "facilities", "facilities?province=320000",
        "facilities?role=scrap_processor&limit=7", "throughput?limit=100",
        "throughput?facility_id=\(site)", "throughput?metal=copper&limit=50",
        "throughput?from=2024-01&to=2024-12&limit=50", "throughput?from=2024-05&to=2024-05",
        "throughput?from=2011-01&to=2011-01&metal=copper",
        "throughput?facility_id=\(site)&metal=steel&from=2020-01&to=2020-12",
        "qualified-capacity",
      ]
      for path in registry {
        let first = try await reader.get("processor-registry", "/registry/v1/" + path)
        #expect(first.status == 200 || (!all && first.status == 403), "\(path): \(first.text)")
        guard let next = first.header("Link")?.firstMatch(of: /<([^>]+)>; *rel="next"/) else {
          continue
        }
        let second = try await reader.get("processor-registry", String(next.1))
        #expect(second.status == 200, "\(next.1): \(second.text)")
      }
      let list = try await reader.get(
        "processor-registry",
        "/registry/v1/throughput?facility_id=\(site)&metal=steel&from=2025-01&to=2025-01")
      if let id = list["items"]?.elements.first?["id"]?.text {
        for path in ["", "/revisions", "/receipt"] {
          _ = try await reader.get("processor-registry", "/registry/v1/throughput/\(id)\(path)")
        }
      }
      _ = try await reader.get("processor-registry", "/registry/v1/journal?after=50&limit=100")
      for by in ["province", "region", "country", "authority"] {
        for end in ["", "&as_of=2026-11-24T00:00:00Z", "&as_of=2049-01-01T00:00:00Z"] {
          let figures = [
            "throughput?metal=steel&from=2025-01&to=2025-06&by=\(by)\(end)",
            "qualified-capacity?metal=steel&date=2025-06-30&by=\(by)\(end)",
            "throughput/reports?metal=steel&month=2025-01\(end)",
            "figures?definition=THROUGHPUT&from=2025-01&to=2025-06&by=\(by)\(end)",
            "figures/reports?definition=THROUGHPUT&period=2025-01\(end)",
            "owing?from=2025-01&to=2025-02\(end)",
          ]
          for path in figures {
            let reply = try await reader.get("dashboard", "/dashboard/v1/" + path)
            #expect(reply.status == 200 || (!all && reply.status == 403), "\(path): \(reply.text)")
          }
        }
      }
    }

    private struct Counts {
      let scans: Int64
      let fetched: Int64
      let rows: Int64
    }

    /// What PostgreSQL counted so far; the services' connections have ended, so it is all there.
    private func counts(_ ledger: RunningLedger) async throws -> [String: Counts] {
      var found: [String: Counts] = [:]
      for service in ["processor-registry", "dashboard"] {
        let path = ledger.folder.appending(path: service + ".sqlite").path()
        let database = try Database(url: TestStorage.url(path))
        let rows = try await database.read {
          try $0.query(
            """
            SELECT CAST(relname AS TEXT) AS name, seq_scan, COALESCE(idx_tup_fetch, 0) AS fetched,
              n_live_tup
            FROM pg_stat_user_tables WHERE schemaname = current_schema()
            """)
        }
        for row in rows where Self.growing.contains(try row.text("name")) {
          let counts = Counts(
            scans: try row.int("seq_scan"), fetched: try row.int("fetched"),
            rows: try row.int("n_live_tup"))
          // The dashboard's own journal does not grow with reports.
          if service == "dashboard", try row.text("name") != "report_version" { continue }
          found[try row.text("name")] = counts
        }
        try database.close()
      }
      return found
    }
  }
}
