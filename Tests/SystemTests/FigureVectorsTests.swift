import Foundation
import Models
import Testing

extension RunningTests {
  /// The worked examples of `vectors.json` through `GET /figures`, each with months or a province
  /// of its own.
  @Suite("The domain's examples as figures", .serialized, .ledger)
  struct FigureVectorsTests {
    static let rate = "SCRAP_RATE_KG_T"
    static let goal = "CN-RECYCLED-STEEL-2027"

    /// What a reader might take for an example's result.
    static func wrong(_ id: String) -> JSON? {
      Vectors.reported.first { $0["id"]?.text == id }?["wrong"]
    }

    @Test("R01: a nation's year of two mills is the published 208.6 kg of scrap a tonne")
    func r01() async throws {
      let (inputs, expected) = try Vectors.vector("R01")
      let caller = try SharedLedger.first
      let crude = try Vectors.number(inputs["crude_steel_t"])
      let scrap = try Vectors.number(inputs["scrap_charged_t"])
      try #require(crude % 12 == 0 && scrap % 12 == 0)
      let mills = try await caller.enrol(.recycledInput, in: ["130000", "320000"])
      var position: String?
      for number in 1...12 {
        let month = Month(year: 2019, month: number).description
        let body = Mill.steel(
          mills.facilities[number % 2], month, scrap: String(scrap / 12), crude: String(crude / 12))
        position = try await mills.reporter.accepted(body, to: .recycledInput).position
      }
      let written = [mills.position, position]
      let year = try await caller.row(
        "definition=\(Self.rate)&period=year&from=2019-12&to=2019-12", after: written)
      #expect(year["period"]?.text == "2019" && year["unit"]?.text == "kg/t")
      #expect(year["reason"] == nil && year["state"]?.text == "provisional", "\(year)")
      #expect(try year["numerator"] == Sample.mass(Vectors.text(inputs["scrap_charged_t"])))
      #expect(try year["denominator"] == Sample.mass(Vectors.text(inputs["crude_steel_t"])))
      let ratio = try Vectors.ratio(year)
      #expect(ratio.rounded(times: 1000, places: 1) == expected["kg_per_t"]?.text)
      #expect(ratio.percent() == expected["percent_of_crude"]?.text)
      #expect(year["value"]?.text == ratio.rounded(times: 1000, places: 4))
      // It is so in each quarter, and in each of the provinces.
      let quarters = try await caller.rows(
        "definition=\(Self.rate)&period=quarter&from=2019-01&to=2019-12", after: written)
      #expect(quarters.map { $0["period"]?.text } == ["2019Q1", "2019Q2", "2019Q3", "2019Q4"])
      #expect(quarters.allSatisfy { $0["value"] == year["value"] }, "\(quarters)")
      let provinces = try await caller.rows(
        "definition=\(Self.rate)&period=year&from=2019-12&to=2019-12&by=province", after: written)
      #expect(provinces.map { $0["province"]?.text } == ["130000", "320000"])
      #expect(provinces.map { $0["province_name"]?.text } == ["Hebei", "Jiangsu"])
      #expect(provinces.compactMap { $0["numerator"]?.grams }.reduce(0, +) == ratio.numerator)

      let targets = try await caller.figures("targets?date=2020-01-15", after: written)
      let verdict = targets.json.verdict(Self.goal, Self.rate)
      #expect(
        verdict?["now"]?["met"] == expected["meets_22pct_if_this_definition"], "\(targets.text)")
    }

    @Test("R02: three plants are a ratio of sums, and the mean of their ratios is shown nowhere")
    func r02() async throws {
      let (inputs, expected) = try Vectors.vector("R02")
      let caller = try SharedLedger.first
      let plants = try #require(inputs["plants"]).elements
      let provinces = ["130000", "320000", "510000"]
      let mills = try await caller.enrol(.recycledInput, in: provinces)
      try #require(plants.count == mills.facilities.count)
      var position: String?
      for (plant, facility) in zip(plants, mills.facilities) {
        let body = try Mill.steel(
          facility, "2025-02", scrap: Vectors.text(plant["scrap_charged_t"]),
          crude: Vectors.text(plant["crude_steel_t"]))
        position = try await mills.reporter.accepted(body, to: .recycledInput).position
      }
      let query = "definition=\(Self.rate)&from=2025-02&to=2025-02"
      let written = [mills.position, position]
      let whole = try await caller.figures("figures?" + query, after: written)
      let row = try #require(whole.rows.first, "\(whole.text)")
      #expect(whole.rows.count == 1 && row["value"] == expected["kg_per_t"], "\(whole.text)")
      #expect(try Vectors.ratio(row).percent(places: 4) == expected["percent"]?.text)

      let single = try await caller.figures("figures?\(query)&by=province", after: written)
      #expect(single.rows.compactMap { $0["province"]?.text } == provinces, "\(single.text)")
      let own = plants.map { expected["plant_kg_per_t"]?[$0["id"]?.text ?? ""] }
      #expect(single.rows.map { $0["value"] } == own)
      let mean = try Vectors.text(Self.wrong("R02")?["mean_of_ratios_percent"])
      for answer in [whole, single] {
        for row in answer.rows {
          #expect(try Vectors.ratio(row).percent(places: 4) != mean)
        }
        let tenfold = mean.replacing("71.0000", with: "710.0000")
        #expect(!answer.text.contains("\"\(mean)\"") && !answer.text.contains("\"\(tenfold)\""))
      }
      // Of the two inside one region and the one outside, each ratio is of its own sums.
      let regions = try await caller.rows("\(query)&by=region", after: written)
      let sums = regions.compactMap { $0["numerator"]?.grams }
      #expect(regions.count == 3)
      #expect(try sums.reduce(0, +) == Vectors.ratio(row).numerator)
    }

    @Test("R03: an idle month, one of charge alone and a missing one have a reason and no value")
    func r03() async throws {
      let (inputs, expected) = try Vectors.vector("R03")
      let caller = try SharedLedger.first
      let plant = try await caller.enrol(
        .recycledInput, in: ["370000"],
        owes: [Sample.owed(.recycledInput, from: "2026-01", to: "2026-05")])
      var position: String?
      let months = try #require(inputs["months"]).elements
      for month in months where month["crude_steel_t"] != .null {
        let body = try VectorReports.r03(plant.facility, month)
        position = try await plant.reporter.accepted(body, to: .recycledInput).position
      }
      let written = [plant.position, position]
      let query = "definition=\(Self.rate)&province=370000"
      let rows = try await caller.rows("\(query)&from=2026-01&to=2026-05", after: written)
      #expect(rows.map { $0["period"]?.text } == months.map { $0["m"]?.text })
      #expect(rows.compactMap { $0["value"] } == expected["monthly_kg_per_t"]?.elements)
      let ok: JSON = "ok"
      #expect(rows.map { $0["reason"] ?? ok } == expected["monthly_status"]?.elements)
      // Their tonnes are there all the same.
      let charged = rows.first { $0["period"]?.text == "2026-03" }?["numerator"]
      #expect(try charged == Vectors.mass(months[2]["scrap_charged_t"]))

      let period = try await caller.row(
        "\(query)&period=ytd&from=2026-05&to=2026-05", after: written)
      #expect(period["period"]?.text == "2026-01..05")
      #expect(period["value"] == expected["period_kg_per_t"], "\(period)")
      let coverage = try #require(period["coverage"])
      #expect(coverage["owed"] == expected["expected_months"], "\(coverage)")
      #expect(coverage["received"] == expected["reported_months"])
      #expect(coverage["missing"]?.int == 1 && coverage["nil"]?.int == 1)
      let (received, owed) = (coverage["received"]?.int ?? 0, coverage["owed"]?.int ?? 0)
      let ratio = try Ratio(Int128(received), Int128(owed))
      #expect(ratio.rounded(places: 4) == expected["coverage"]?.text)
      #expect(coverage["percent"]?.text == ratio.percent())
      // What is missing is never shown as complete.
      #expect(expected["period_status"] == "incomplete" && received < owed)

      let share = try await caller.row(
        "definition=REPORTING_COVERAGE&report=recycled_input&province=370000&period=ytd"
          + "&from=2026-05&to=2026-05", after: written)
      #expect(share["value"]?.text == ratio.percent(places: 4), "\(share)")
      #expect(share["numerator"]?["value"]?.text == String(received))
      #expect(share["denominator"]?["unit"]?.text == "reports")
      let behind = try await caller.figures(
        "figures/reports?\(query)&period=2026-04", after: written)
      #expect(behind.items == [])
      let owing = try await caller.figures(
        "owing?report=recycled_input&metal=steel&from=2026-01&to=2026-05&province=370000",
        after: written)
      #expect(owing.items.map { $0["month"]?.text } == ["2026-04"], "\(owing.text)")
    }
  }
}
