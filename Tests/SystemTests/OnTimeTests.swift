import Foundation
import Journal
import Models
import Reporting
import ServiceKit
import Storage
import TestSupport
import Testing

@testable import Dashboard
@testable import ProcessorRegistry

/// With a clock that the test sets, since a service's own cannot be set back to a due day.
@Suite("On time and late")
struct OnTimeTests {
  private let month = Month(year: 2026, month: 2)

  /// The month's counts, as the dashboard's read model has them.
  private func counts(_ model: FoldedModel, asOf moment: Instant? = nil) async throws -> [Int128] {
    let months = month...month
    let cells = try await model.database.read {
      try Figures.cells(Series(.throughput, .steel), months, asOf: moment, on: $0)
    }
    let sums = cells.values.reduce(Amounts.zero, +)
    return ["owed", "received", "late"].map { sums["count.\($0)"] }
  }

  @Test("To the end of the due day in China a report is on time; a millisecond later it is late")
  func boundary() async throws {
    try await withFolder { folder in
      let registry = try await RandomRegistry(in: folder, random: Seeded(stream: 20_260_310))
      let (time, store) = (registry.time, try registry.store)
      let actor = Actor(
        credential: Randomness.system.id(at: time.clock.now()),
        grants: [Grant(.reporter, .all), Grant(.operator, .all)])
      let reporting = Reporting(
        store: ReportStore(
          database: store.database, journal: store.journal, facilities: store.facilities,
          source: "registry"),
        rules: ThroughputRules(permille: 5, facilities: store.facilities))
      let organisation = try Fields.read(Sample.organisation(), as: Organisation.init)
      let owner = try await store.database.write {
        try store.register(organisation, by: actor.name, on: $0).0.id
      }
      var facilities: [ID] = []
      for province in ["130000", "320000", "440000"] {
        let facility = try Fields.read(
          Sample.facility(owner.text, province: province), as: Facility.init)
        facilities.append(
          try await store.database.write {
            try store.register(facility, confirmed: true, by: actor.name, on: $0).0.id
          })
      }
      let period = month.description
      let report = { (facility: ID) async throws -> ID in
        let draft = try Fields.read(
          Sample.report(facility.text, period), as: Throughput.init)
        return try await store.database.write {
          try reporting.report(draft, by: actor, on: $0).report.id
        }
      }
      let model = try await FoldedModel(folder.appending(path: "dashboard.sqlite"))
      let due = try #require(Reference.shared.due(.throughput, month))
      let last = due.adding(days: 1).startInChina.milliseconds - 1
      time.advance(last - time.clock.now().milliseconds)
      let first = try await report(facilities[0])
      try await model.fold(try await registry.entries()) { 1000 }
      #expect(try await counts(model) == [3, 1, 0])

      time.advance(1)
      _ = try await report(facilities[1])
      try await model.fold(try await registry.entries()) { 1000 }
      #expect(try await counts(model) == [3, 2, 1])
      #expect(try await counts(model, asOf: Instant(milliseconds: last)) == [3, 1, 0])

      // What was on time stays so, whenever it is revised.
      time.advance(30 * 86_400_000)
      let corrected = try Fields.read(
        Sample.report(facilities[0].text, period, purchased: 1100), as: Throughput.init)
      let isRevised = try await store.database.write { connection in
        guard let old = try reporting.store.report(first, on: connection) else { return false }
        _ = try reporting.revise(
          old, to: corrected, reason: "weighed again", by: actor, on: connection)
        return true
      }
      try #require(isRevised)
      try await model.fold(try await registry.entries()) { 1000 }
      #expect(try await counts(model) == [3, 2, 1])
      #expect(try await counts(model, asOf: time.clock.now()) == [3, 2, 1])
    }
  }
}
