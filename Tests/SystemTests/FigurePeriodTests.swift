import Foundation
import Models
import Testing

extension RunningTests {
  @Suite("The periods of figures", .serialized, .ledger)
  struct FigurePeriodTests {
    private static let rate = "SCRAP_RATE_KG_T"

    /// Reports so many months from one on, each with sums of its own.
    private func report(_ plant: Plant, from first: Month, count: Int) async throws -> String? {
      var position: String?
      for index in 0..<count {
        let body = Mill.steel(
          plant.facility, Month(number: first.number + index).description,
          scrap: String(107 + 100 * index), crude: String(1000 + 13 * index))
        position = try await plant.reporter.accepted(body, to: .recycledInput).position
      }
      return position
    }

    @Test("R18: what January and February were reported as is a line of its own in every period")
    func r18() async throws {
      let (inputs, expected) = try Vectors.vector("R18")
      let caller = try SharedLedger.first
      let plant = try await caller.enrol(
        .recycledInput, in: ["420000"],
        owes: [Sample.owed(.recycledInput, from: "2026-01", to: "2026-03")])
      var position: String?
      for record in try #require(inputs["series"]).elements {
        let body = try Mill.steel(
          plant.facility, Vectors.text(record["p"]), scrap: Vectors.text(record["scrap"]),
          crude: Vectors.text(record["crude"]))
        position = try await plant.reporter.accepted(body, to: .recycledInput).position
      }
      let written = [plant.position, position]
      let query = "definition=\(Self.rate)&province=420000"
      let quarter = try await caller.row(
        "\(query)&period=quarter&from=2026-03&to=2026-03", after: written)
      #expect(quarter["period"]?.text == "2026Q1")
      #expect(try Vectors.ratio(quarter).percent(places: 4) == expected["q1_percent"]?.text)
      #expect(quarter["coverage"]?["owed"]?.int == 3 && quarter["coverage"]?["missing"]?.int == 0)

      for period in ["month", "official_month"] {
        let rows = try await caller.rows(
          "\(query)&period=\(period)&from=2026-01&to=2026-03", after: written)
        #expect(rows.map { $0["period"]?.text } == ["2026-01..02", "2026-03"], "\(rows)")
        let both = try #require(rows.first)
        #expect(both["value"]?.text == "210.0000" && both["reason"] == nil, "\(both)")
        #expect(both["coverage"]?["owed"]?.int == 2 && both["coverage"]?["received"]?.int == 2)
        #expect(both["coverage"]?["reports"]?.int == 1)
      }
      // No January, and no period that ends with it, is made up.
      #expect(expected["january_alone"] == .null)
      for period in ["month", "ytd", "rolling12"] {
        let rows = try await caller.rows(
          "\(query)&period=\(period)&from=2026-01&to=2026-01", after: written)
        for row in rows where row["period"]?.text != "2026-01..02" {
          #expect(row["value"] == .null, "\(period): \(row)")
          #expect(row["reason"]?.text == "january_february_combined", "\(period): \(row)")
          #expect((row["numerator"]?.grams ?? 0) == 0 && (row["denominator"]?.grams ?? 0) == 0)
        }
      }
      let toDate = try await caller.row(
        "\(query)&period=ytd&from=2026-02&to=2026-02", after: written)
      #expect(toDate["period"]?.text == "2026-01..02" && toDate["value"]?.text == "210.0000")
    }

    @Test("December's year to date, its rolling twelve months and the year are one figure")
    func december() async throws {
      let caller = try SharedLedger.first
      let plant = try await caller.enrol(
        .recycledInput, in: ["130000"],
        owes: [Sample.owed(.recycledInput, from: "2023-01", to: "2023-12")])
      let first = Month(year: 2023, month: 1)
      let written = [plant.position, try await report(plant, from: first, count: 11)]
      let query = "definition=\(Self.rate),METALLIC_INPUT&province=130000"
      let rows = { (period: String, month: String) in
        try await caller.rows(
          "\(query)&period=\(period)&from=\(month)&to=\(month)", after: written)
      }
      let year = try await rows("year", "2023-12")
      let toDate = try await rows("ytd", "2023-12")
      let rolling = try await rows("rolling12", "2023-12")
      #expect(year.map { $0["period"]?.text } == ["2023", "2023"], "\(year)")
      let figures = { (rows: [JSON]) in rows.map { ($0["value"], $0["numerator"]) } }
      for rows in [toDate, rolling] {
        #expect(rows.count == year.count)
        #expect(zip(figures(rows), figures(year)).allSatisfy { $0 == $1 }, "\(rows)")
      }
      #expect(toDate.map { $0["period"]?.text } == ["2023-01..12", "2023-01..12"])
      #expect(rolling.first?["period"]?.text == "2023-01..2023-12")
      // In October they are two.
      let october = [try await rows("ytd", "2023-10"), try await rows("rolling12", "2023-10")]
      #expect(
        october.map { $0.first?["period"]?.text } == ["2023-01..10", "2022-11..2023-10"])
      // December itself is owed and not there.
      #expect(year.first?["coverage"]?["percent"]?.text == "91.67", "\(year)")
      let december = try await rows("month", "2023-12")
      #expect(december.allSatisfy { $0["value"] == .null && $0["reason"]?.text == "missing" })
      let january = try await rows("ytd", "2023-01")
      #expect(january.map { $0["period"]?.text } == ["2023-01", "2023-01"], "\(january)")
    }

    @Test("A half is its two quarters, and a quarter its three months, to the gram")
    func halves() async throws {
      let caller = try SharedLedger.first
      let plant = try await caller.enrol(
        .recycledInput, in: ["440000"],
        owes: [Sample.owed(.recycledInput, from: "2021-07", to: "2022-12")])
      let first = Month(year: 2021, month: 7)
      let written = [plant.position, try await report(plant, from: first, count: 18)]
      let query = "definition=\(Self.rate)&province=440000&from=2021-07&to=2022-12"
      let rows = { (period: String) in
        try await caller.rows("\(query)&period=\(period)", after: written)
      }
      let halves = try await rows("half")
      let quarters = try await rows("quarter")
      let months = try await rows("month")
      let official = try await rows("official_month")
      #expect(halves.map { $0["period"]?.text } == ["2021H2", "2022H1", "2022H2"])
      try #require(quarters.count == 6 && months.count == 18 && official.count == 17)
      #expect(official.contains { $0["period"]?.text == "2022-01..02" })
      #expect(quarters.first?["period"]?.text == "2021Q3")
      for name in ["numerator", "denominator"] {
        let sums = { (rows: [JSON], size: Int) -> [Int128] in
          stride(from: 0, to: rows.count, by: size).map { start in
            rows[start..<start + size].compactMap { $0[name]?.grams }.reduce(0, +)
          }
        }
        let own = halves.compactMap { $0[name]?.grams }
        #expect(own.count == 3 && own == sums(quarters, 2), "\(name): \(halves)")
        #expect(own == sums(months, 6))
        #expect(sums(quarters, 1) == sums(months, 3), "\(name)")
        #expect(sums(official, 17) == sums(months, 18), "\(name)")
      }
      for half in halves {
        let ratio = try Vectors.ratio(half)
        #expect(half["value"]?.text == ratio.rounded(times: 1000, places: 4), "\(half)")
        #expect(half["coverage"]?["owed"]?.int == 6 && half["coverage"]?["received"]?.int == 6)
      }

      let compared = try await caller.rows(
        "definition=\(Self.rate)&province=440000&period=half&from=2022-12&to=2022-12&compare=year",
        after: written)
      let change = try #require(compared.first?["year_on_year"], "\(compared)")
      #expect(change["before"] == halves.first?["value"], "\(change)")
      let (new, old) = (try Vectors.ratio(halves.last), try Vectors.ratio(halves.first))
      let difference = try Ratio(
        new.numerator * old.denominator - old.numerator * new.denominator,
        new.denominator * old.denominator)
      #expect(change["unit"]?.text == "kg/t")
      #expect(change["value"]?.text == difference.rounded(times: 1000, places: 4), "\(change)")
      // A year earlier nobody reported.
      let lone = try await caller.rows(
        "definition=\(Self.rate)&province=440000&period=half&from=2021-12&to=2021-12&compare=year",
        after: written)
      #expect(lone.first?["year_on_year"]?["value"] == .null, "\(lone)")
    }
  }
}
