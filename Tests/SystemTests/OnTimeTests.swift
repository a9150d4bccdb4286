import Foundation
import Models
import TestSupport
import Testing

/// With a clock that the test sets, since a service's own cannot be set back to a due day.
@Suite("On time and late")
struct OnTimeTests {
  private let counts = ["count.owed", "count.received", "count.late"]

  @Test("To the end of the due day in China a report is on time; a millisecond later it is late")
  func boundary() async throws {
    try await withFolder { folder in
      let ledger = try await OneMonth(in: folder, provinces: ["130000", "320000", "440000"])
      let time = ledger.registry.time
      let due = try #require(Reference.shared.due(.throughput, OneMonth.month))
      let last = due.adding(days: 1).startInChina.milliseconds - 1
      time.advance(last - ledger.now.milliseconds)
      let first = try await ledger.report(0)
      try await ledger.fold()
      #expect(try await ledger.sums(counts) == [3, 1, 0])

      time.advance(1)
      _ = try await ledger.report(1)
      try await ledger.fold()
      #expect(try await ledger.sums(counts) == [3, 2, 1])
      #expect(
        try await ledger.sums(counts, asOf: Instant(milliseconds: last)) == [3, 1, 0])

      // What was on time stays so, whenever it is revised.
      time.advance(30 * 86_400_000)
      try await ledger.revise(first, of: 0, purchased: 1100)
      try await ledger.fold()
      #expect(try await ledger.sums(counts) == [3, 2, 1])
      #expect(try await ledger.sums(counts, asOf: ledger.now) == [3, 2, 1])
    }
  }
}
