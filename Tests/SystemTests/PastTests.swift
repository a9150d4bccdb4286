import Foundation
import Models
import Storage
import TestSupport
import Testing

@testable import Dashboard

/// What random sequences seldom come to.
@Suite("A past moment")
struct PastTests {
  private let names = ["throughput", "count.reports", "count.received"]

  @Test(
    "What one facility reported counts for the one it was merged into, in a month of new reports")
  func mergedBefore() async throws {
    try await withFolder { folder in
      let ledger = try await OneMonth(
        in: folder, provinces: ["130000", "320000", "440000", "440000", "440000"])
      _ = try await ledger.report(1)
      try await ledger.merge(1, into: 0)
      try await ledger.fold()
      let (moment, survivor) = (ledger.now, try await ledger.sums(names, at: "130000"))
      #expect(survivor[1...] == [1, 1] && survivor[0] > 0)

      // Most of the month comes after that, so that it is added up from what was there.
      ledger.registry.time.advance(1000)
      for number in 2...4 { _ = try await ledger.report(number) }
      try await ledger.fold()
      #expect(try await ledger.sums(names, at: "440000", asOf: moment) == [0, 0, 0])
      #expect(try await ledger.sums(names, at: "320000", asOf: moment) == [0, 0, 0])
      #expect(try await ledger.sums(names, at: "130000", asOf: moment) == survivor)
    }
  }

  @Test("A facility's reports are found by their index", .enabled(if: !TestStorage.isPostgres))
  func index() async throws {
    try await withFolder { folder in
      let model = try await FoldedModel(folder.appending(path: "dashboard.sqlite"))
      let steps = try await model.database.read {
        try $0.query(
          "EXPLAIN QUERY PLAN \(ReadModelStore.ofFacility) AND superseded_at > $4",
          [.int(1), .int(2), .text(""), .int(0)]
        ).map { try $0.text("detail") }
      }
      #expect(
        steps.contains {
          $0.contains("report_version_facility (month=? AND facility_id=?)")
        }, "\(steps)")
    }
  }
}
