import Foundation
import Models
import Testing

extension RunningTests {
  @Suite("What is owed", .serialized, .ledger)
  struct OwingTests {
    private static func report(_ kind: ReportKind) -> String {
      kind.rawValue.replacing("-", with: "_")
    }

    private static func query(_ kind: ReportKind, from: String, to: String) -> String {
      "owing?report=\(report(kind))" + (kind == .hydrogenUse ? "" : "&metal=steel")
        + "&from=\(from)&to=\(to)"
    }

    private static func due(_ kind: ReportKind, _ month: String) throws -> Day {
      let type = try #require(ReportType(rawValue: report(kind)))
      let owed = try #require(Month(month))
      return try #require(Reference.shared.due(type, owed))
    }

    private func owes(_ kind: ReportKind, from: String, to: String) -> [JSON] {
      [Sample.owed(kind, metal: kind == .hydrogenUse ? nil : "steel", from: from, to: to)]
    }

    @Test(
      "What is owed and not there is listed with its due day and the days since",
      arguments: ReportKind.allCases)
    func days(_ kind: ReportKind) async throws {
      let caller = try SharedLedger.first
      let plant = try await caller.enrol(
        kind, in: ["130000", "320000"], owes: owes(kind, from: "2026-01", to: "2026-03"))
      let reply = try await plant.reporter.accepted(
        kind.month(plant.facility, "2026-02"), to: kind)
      let written = [plant.position, try #require(reply.position)]
      let query = Self.query(kind, from: "2026-01", to: "2026-03")
      let day = Day(year: 2026, month: 5, day: 1)
      let owing = try await caller.figures("\(query)&date=\(day)", after: written)
      let expected = [
        ("2026-01", 0), ("2026-01", 1), ("2026-02", 1), ("2026-03", 0), ("2026-03", 1),
      ]
      #expect(owing.items.count == expected.count, "\(owing.text)")
      for (item, (month, index)) in zip(owing.items, expected) {
        let due = try Self.due(kind, month)
        #expect(item["month"]?.text == month, "\(owing.text)")
        #expect(item["facility_id"]?.text == plant.facilities[index], "\(owing.text)")
        #expect(item["authority"]?.text == ["130000", "320000"][index])
        #expect(item["authority_name"]?.text == ["Hebei", "Jiangsu"][index])
        #expect(item["organisation_id"]?.text == plant.organisation)
        #expect(item["report"]?.text == Self.report(kind))
        let metal: String? = kind == .hydrogenUse ? nil : "steel"
        #expect(item["metal"]?.text == metal)
        #expect(item["due"]?.text == due.description)
        #expect(item["days_overdue"]?.int == day.number - due.number, "\(item)")
      }
      // On its due day a report is not overdue; it is on the next.
      let due = try Self.due(kind, "2026-01")
      for (days, overdue) in [(-3, 0), (0, 0), (1, 1), (40, 40)] {
        let january = try await caller.figures(
          Self.query(kind, from: "2026-01", to: "2026-01") + "&date=\(due.adding(days: days))",
          after: written)
        #expect(january.items.count == 2, "\(january.text)")
        #expect(january.items.allSatisfy { $0["days_overdue"]?.int == overdue }, "\(days)")
      }
      // As of the moment before it came, the report was owed.
      let recorded = try Vectors.text(reply["recorded_at"])
      let moment = try #require(Instant(recorded))
      let before = Instant(milliseconds: moment.milliseconds - 1)
      for (asOf, count) in [(before, 2), (moment, 1)] {
        let february = try await caller.figures(
          Self.query(kind, from: "2026-02", to: "2026-02") + "&as_of=\(asOf)", after: written)
        #expect(february.items.count == count, "\(asOf): \(february.text)")
      }
      let filtered = try await caller.figures(
        "\(query)&province=130000&date=\(day)", after: written)
      #expect(filtered.items.map { $0["month"]?.text } == ["2026-01", "2026-03"])
      let page = try await caller.figures("\(query)&limit=2&date=\(day)", after: written)
      let cursor = try #require(page.cursor, "\(page.text)")
      let rest = try await caller.figures(
        "\(query)&limit=3&date=\(day)&cursor=\(cursor)", after: written)
      #expect(page.items + rest.items == owing.items && rest.cursor == nil, "\(rest.text)")
    }

    @Test("A combined report and a nil return settle what they cover, and a withdrawal does not")
    func settled() async throws {
      let caller = try SharedLedger.first
      let mill = try await caller.enrol(
        .recycledInput, in: ["410000"],
        owes: owes(.recycledInput, from: "2024-01", to: "2024-04"))
      let months = { (position: String?) async throws -> [String] in
        let path = Self.query(.recycledInput, from: "2024-01", to: "2024-04") + "&province=410000"
        return try await caller.figures(path, after: [mill.position, position]).items
          .compactMap { $0["month"]?.text }
      }
      #expect(try await months(nil) == ["2024-01", "2024-02", "2024-03", "2024-04"])
      let both = try await mill.reporter.accepted(
        Mill.steel(mill.facility, "2024-01..02", scrap: "10", crude: "100"), to: .recycledInput)
      #expect(try await months(both.position) == ["2024-03", "2024-04"])
      let idle = try await mill.reporter.accepted(
        Sample.nilReturn(mill.facility, period: "2024-04"), to: .recycledInput)
      #expect(try await months(idle.position) == ["2024-03"])
      let gone = try await mill.reporter.withdraw(
        both.id, at: .recycledInput, ifMatch: both.etag)
      try #require(gone.status == 201, "\(gone.text)")
      #expect(try await months(gone.position) == ["2024-01", "2024-02", "2024-03"])
    }

    @Test("What comes by its due day is on time, and what comes after it is late, also as a figure")
    func lateness() async throws {
      let caller = try SharedLedger.first
      // One is late whenever this runs; whether the other is, is for the calendar to say.
      let last = Clock.system.now().dayInChina.month.previous
      let plant = try await caller.enrol(
        .throughput, in: ["530000", "540000"],
        owes: owes(.throughput, from: "2024-05", to: "2024-05")
          + owes(.throughput, from: last.description, to: last.description))
      for month in [Month(year: 2024, month: 5), last] {
        let reply = try await plant.reporter.accepted(
          Sample.report(plant.facility, month.description), to: .throughput)
        let recorded = try Vectors.text(reply["recorded_at"])
        let moment = try #require(Instant(recorded))
        let isLate = ReportType.throughput.isLate(Period(month), recordedAt: moment)
        let rows = try await caller.rows(
          "definition=REPORTING_ON_TIME,REPORTING_COVERAGE&report=throughput&by=province"
            + "&from=\(month)&to=\(month)", after: [plant.position, reply.position]
        ).filter { ["530000", "540000"].contains($0["province"]?.text ?? "") }
        let values = rows.map { $0["value"]?.text }
        #expect(values == [isLate ? "0.0000" : "100.0000", "0.0000", "100.0000", "0.0000"])
        let coverage = rows.first?["coverage"]
        #expect(coverage?["late"]?.int == (isLate ? 1 : 0), "\(rows)")
        #expect(coverage?["on_time"]?.int == (isLate ? 0 : 1), "\(rows)")
        #expect(rows.last?["coverage"]?["missing"]?.int == 1, "\(rows)")
        let behind = try await caller.figures(
          "figures/reports?definition=THROUGHPUT&period=\(month)&province=530000",
          after: [reply.position])
        #expect(behind.items.map { $0["late"] } == [.bool(isLate)], "\(behind.text)")
      }
    }
  }
}
