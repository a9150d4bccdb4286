import Foundation
import Models
import Testing

extension RunningTests {
  /// The worked examples of `vectors.json` over HTTP, each with months or a province of its own.
  @Suite("The domain's examples through all services", .serialized, .ledger)
  struct ReportedVectorsTests {
    static let rate = "SCRAP_RATE_KG_T"
    static let goal = "CN-RECYCLED-STEEL-2027"

    @Test("Every example of recycled input and of hydrogen is tested through the services")
    func complete() {
      let ids = Vectors.reported.compactMap { $0["id"]?.text }
      #expect(
        ids == [
          "R01", "R02", "R03", "R06", "R08", "R09", "R11", "R12", "R14", "R16", "R18", "H01", "H03",
          "H04", "H05",
        ])
    }

    /// Masses of 100 Mt at most that add up to a total, in tonnes.
    private func parts(_ total: JSON?) throws -> [Int] {
      let (tonnes, most) = (try Vectors.number(total), 100_000_000)
      return Array(repeating: most, count: tonnes / most) + [tonnes % most]
    }

    @Test("R01: the mills of a nation's year add up to the published 208.6 kg of scrap a tonne")
    func r01() async throws {
      let (inputs, expected) = try Vectors.vector("R01")
      let caller = try SharedLedger.first
      let crude = try parts(inputs["crude_steel_t"])
      let scrap = try parts(inputs["scrap_charged_t"]).map { String($0) }
      let provinces = ["130000", "320000", "650000"]
      let plant = try await caller.enrol(
        .recycledInput, in: crude.indices.map { provinces[$0 % provinces.count] })
      #expect(plant.facilities.count == 11)
      var position: String?
      for (index, made) in crude.enumerated() {
        let charged = scrap.indices.contains(index) ? scrap[index] : "0"
        let body = Mill.steel(
          plant.facilities[index], "2025-01", scrap: charged, crude: String(made))
        position = try await plant.reporter.accepted(body, to: .recycledInput).position
      }
      let nation = try await caller.figures(
        "recycled-input?metal=steel&from=2025-01&to=2025-01&by=country",
        after: [plant.position, position])
      #expect(nation["rows"]?.elements.map { $0["code"]?.text } == ["CN"])
      let total = try #require(nation["total"]?.elements.first, "\(nation.text)")
      let rate = total.share(Self.rate)
      #expect(try rate?["numerator"] == Sample.mass(Vectors.text(inputs["scrap_charged_t"])))
      #expect(try rate?["denominator"] == Sample.mass(Vectors.text(inputs["crude_steel_t"])))
      #expect(rate?["value"]?.text == "208.6082" && rate?["unit"]?.text == "kg/t")
      let ratio = try Vectors.ratio(rate)
      #expect(ratio.rounded(times: 1000, places: 1) == expected["kg_per_t"]?.text)
      #expect(ratio.percent() == expected["percent_of_crude"]?.text)
      let whole = nation["whole"]?.share(Self.rate)
      #expect(whole?.meets(Self.goal) == expected["meets_22pct_if_this_definition"])
      let provincial = try await caller.figures(
        "recycled-input?metal=steel&from=2025-01&to=2025-01&by=province", after: [position])
      let codes = provincial["rows"]?.elements.compactMap { $0["code"]?.text }
      #expect(codes == provinces && provincial["total"] == nation["total"])
    }

    @Test("R01: the published series give the rates of 2019, 2022 and 2024, and enter no sum")
    func published() async throws {
      let caller = try SharedLedger.first
      let series = try await caller.get("dashboard", "/dashboard/v1/reference-series")
      #expect(series.status == 200, "\(series.text)")
      let figures = series["figures"]?.elements ?? []
      #expect(figures.map { $0["period"]?.text } == ["2019", "2022", "2024"])
      #expect(figures.map { $0["percent"]?.text } == ["21.67", "21.15", "20.86"])
      #expect(figures.allSatisfy { $0["definition_id"]?.text == Self.rate })
      let shown = try #require(ExactDecimal(try Vectors.text(figures.last?["value"])))
      let rounded = try Ratio(
        Int128(shown.digits), ExactDecimal.powerOfTen(shown.scale)
      ).rounded(places: 1)
      #expect(rounded == "208.6")
      let exact = try Vectors.ratio(figures.last).rounded(times: 1000, places: 1)
      #expect(try exact == Vectors.vector("R01").expected["kg_per_t"]?.text)
      // Nobody reports for these years here, whatever was published.
      let year = try await caller.figures(
        "recycled-input?metal=steel&from=2024-01&to=2024-12&by=country", after: ["registry=1"])
      #expect(year["rows"] == [] && year["whole"]?["inputs"] == [], "\(year.text)")
    }

    @Test("R02: three plants are a ratio of sums, and one may charge more than it makes")
    func r02() async throws {
      let (inputs, expected) = try Vectors.vector("R02")
      let caller = try SharedLedger.first
      let plants = try #require(inputs["plants"]).elements
      let provinces = ["130000", "320000", "510000"]
      let mills = try await caller.enrol(.recycledInput, in: provinces)
      #expect(plants.count == mills.facilities.count)
      var position: String?
      for (plant, facility) in zip(plants, mills.facilities) {
        let own = try expected["plant_kg_per_t"]?[Vectors.text(plant["id"])]
        let reply = try await mills.reporter.accepted(
          Mill.steel(
            facility, "2025-02", scrap: Vectors.text(plant["scrap_charged_t"]),
            crude: Vectors.text(plant["crude_steel_t"])), to: .recycledInput)
        #expect(reply.json.share(Self.rate)?["value"] == own, "\(reply.text)")
        #expect(reply["warnings"] == [])
        position = reply.position
      }
      let figures = try await caller.figures(
        "recycled-input?metal=steel&from=2025-02&to=2025-02&by=province",
        after: [mills.position, position])
      let rows = figures["rows"]?.elements ?? []
      #expect(rows.compactMap { $0["code"]?.text } == provinces)
      let shown = rows.compactMap { $0.share(Self.rate)?["value"] }
      let own = plants.compactMap { expected["plant_kg_per_t"]?[$0["id"]?.text ?? ""] }
      #expect(shown == own)
      let total = figures["total"]?.elements.first?.share(Self.rate)
      #expect(total?["value"] == expected["kg_per_t"])
      #expect(try Vectors.ratio(total).percent(places: 4) == expected["percent"]?.text)
    }

    @Test("R03: of five months one is idle, one only charged and one is missing, and all is told")
    func r03() async throws {
      let (inputs, expected) = try Vectors.vector("R03")
      let caller = try SharedLedger.first
      let plant = try await caller.enrol(
        .recycledInput, in: ["370000"],
        owes: [Sample.owed(.recycledInput, from: "2026-01", to: "2026-05")])
      let analyst = try await caller.issue("analyst@authority:370000")
      var position: String?
      let months = try #require(inputs["months"]).elements
      for (index, month) in months.enumerated() where month["crude_steel_t"] != .null {
        let name = try Vectors.text(month["m"])
        let body = try VectorReports.r03(plant.facility, month)
        let reply = try await plant.reporter.accepted(body, to: .recycledInput)
        let share = reply.json.share(Self.rate)
        #expect(share?["value"] == expected["monthly_kg_per_t"]?.elements[index], "\(name)")
        let status: JSON = share?["reason"] ?? "ok"
        #expect(status == expected["monthly_status"]?.elements[index], "\(name)")
        position = reply.position
      }
      let figures = try await analyst.figures(
        "recycled-input?metal=steel&from=2026-01&to=2026-05&by=country",
        after: [plant.position, position])
      #expect(figures["whole"]?.share(Self.rate)?["value"] == expected["period_kg_per_t"])
      let coverage = try #require(figures["whole"]?["coverage"], "\(figures.text)")
      #expect(coverage["owed"] == expected["expected_months"])
      #expect(coverage["received"] == expected["reported_months"])
      #expect(coverage["missing"]?.int == 1 && coverage["nil"]?.int == 1)
      let (received, owed) = (coverage["received"]?.int ?? 0, coverage["owed"]?.int ?? 0)
      let covered = try Ratio(Int128(received), Int128(owed)).rounded(places: 4)
      #expect(covered == expected["coverage"]?.text && coverage["percent"]?.text == "80.00")
      let totals = figures["total"]?.elements ?? []
      let periods = totals.compactMap { $0["period"]?.text }
      #expect(periods == months.compactMap { $0["m"]?.text })
      let april = totals.first { $0["period"]?.text == "2026-04" }
      #expect(april?["coverage"]?["missing"]?.int == 1 && april?["inputs"] == [])
      #expect(april?.share(Self.rate)?["value"] == .null)
      let behind = try await analyst.figures(
        "recycled-input/reports?metal=steel&month=2026-04", after: [position])
      #expect(behind["items"] == [])
      let owing = behind["missing"]?.elements.compactMap { $0["facility_id"]?.text }
      #expect(owing == [plant.facility])
    }
  }
}
