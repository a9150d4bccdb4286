import Foundation
import Models
import Testing

extension RunningTests {
  @Suite("Reconciliation", .serialized, .ledger)
  struct ReconciliationTests {
    /// A processor's month that ships so much to mills and 300 t elsewhere, in all 900 t.
    private func shipping(_ facility: String, _ month: String) -> JSON {
      let shipments = [("mill", "450"), ("mill", "150"), ("foundry", "200"), ("other", "100")]
      return Sample.report(facility, month).with(
        "shipments",
        .array(
          shipments.map { destination, mass in
            .members(["destination": .string(destination), "mass": Sample.mass(mass)])
          }))
    }

    /// A line of deliveries as it must be, without its coverage.
    private func line(_ name: String?, _ period: String, _ code: String?, _ masses: [Int])
      -> [JSON?]
    {
      let head: [JSON?] = [.string(period), .text(code), .text(name)]
      let tonnes = [masses[0], masses[1], masses[0] - masses[1]]
      let sums: [JSON?] = tonnes.map { Mass.json(grams: Int128($0) * 1_000_000) }
      return head + sums
    }

    private func content(_ row: JSON) -> [JSON?] {
      ["period", "code", "name", "shipped_to_mills", "received_by_mills", "difference"].map {
        row[$0]
      }
    }

    @Test("What processors shipped to mills stands beside what mills received, place by place")
    func deliveries() async throws {
      let caller = try SharedLedger.first
      let month = "2025-05"
      let processors = try await caller.enrol(
        .throughput, in: ["130000", "310000"],
        owes: [Sample.owed(.throughput, from: month, to: month)])
      let mills = try await caller.enrol(
        .recycledInput, in: ["130000", "320000"],
        owes: [Sample.owed(.recycledInput, from: month, to: month)])
      var written = [processors.position, mills.position]
      // The one in Shanghai does not report.
      for body in [shipping(processors.facility, month), shipping(processors.facility, "2025-06")] {
        let reply = try await processors.reporter.accepted(body, to: .throughput)
        written.append(try #require(reply.position))
      }
      for (facility, received) in zip(mills.facilities, ["850", "120"]) {
        let reply = try await mills.reporter.accepted(
          Mill.steel(facility, month, scrap: received, crude: "1000"), to: .recycledInput)
        written.append(try #require(reply.position))
      }
      let path = "reconciliation/deliveries?metal=steel&from=2025-05&to=2025-06"
      let provinces = try await caller.figures("\(path)&by=province", after: written)
      let rows = provinces.rows.filter { $0["code"]?.text != "310000" }
      let lines = [
        line("Hebei", month, "130000", [600, 850]), line("Jiangsu", month, "320000", [0, 120]),
        line("Hebei", "2025-06", "130000", [600, 0]),
      ]
      #expect(rows.map { content($0) } == lines, "\(provinces.text)")
      #expect(rows.first?["coverage_shipped"]?["received"]?.int == 1, "\(provinces.text)")
      #expect(rows.first?["coverage_received"]?["owed"]?.int == 1)
      #expect(rows.dropFirst().first?["coverage_shipped"]?["owed"]?.int == 0)
      // Who has not reported is seen.
      let shanghai = provinces.rows.first { $0["code"]?.text == "310000" }
      #expect(shanghai?["coverage_shipped"]?["missing"]?.int == 1, "\(provinces.text)")
      let total = provinces["total"]?.elements ?? []
      #expect(total.map { $0["period"]?.text } == [month, "2025-06"], "\(provinces.text)")
      #expect(total.first?["shipped_to_mills"] == Sample.mass("600"))
      #expect(total.first?["received_by_mills"] == Sample.mass("970"))
      #expect(total.first?["difference"] == Sample.mass("-370"), "\(provinces.text)")
      #expect(total.first?["coverage_shipped"]?["owed"]?.int == 2)

      let regions = try await caller.figures("\(path)&by=region", after: written)
      let may = regions.rows.filter { $0["period"]?.text == month }
      #expect(may.map { $0["code"]?.text } == ["BTH", "YRD"], "\(regions.text)")
      #expect(may.compactMap { $0["received_by_mills"]?["value"]?.text } == ["850", "120"])
      #expect(regions["total"] == provinces["total"])
      let country = try await caller.figures("\(path)&by=country", after: written)
      #expect(country.rows.map { $0["code"]?.text } == ["CN", "CN"], "\(country.text)")
      #expect(country.rows.first?["difference"] == Sample.mass("-370"))
      // Before anybody reported there is nothing to compare.
      let before = try await caller.figures(
        "\(path)&by=country&as_of=2025-01-01T00:00:00Z", after: written)
      #expect(before.rows == [], "\(before.text)")
    }

    @Test("Where a mill combined January and February, so are the shipments of the two months")
    func combined() async throws {
      let caller = try SharedLedger.first
      let processor = try await caller.enrol(.throughput, in: ["420000"])
      let mill = try await caller.enrol(.recycledInput, in: ["420000"])
      var written = [processor.position, mill.position]
      for month in ["2023-01", "2023-02", "2023-03"] {
        let reply = try await processor.reporter.accepted(
          shipping(processor.facility, month), to: .throughput)
        written.append(try #require(reply.position))
      }
      for (period, received) in [("2023-01..02", "1100"), ("2023-03", "600")] {
        let reply = try await mill.reporter.accepted(
          Mill.steel(mill.facility, period, scrap: received, crude: "5000"), to: .recycledInput)
        written.append(try #require(reply.position))
      }
      let answer = try await caller.figures(
        "reconciliation/deliveries?metal=steel&from=2023-01&to=2023-03&by=province",
        after: written)
      let lines = [
        line("Hubei", "2023-01..02", "420000", [1200, 1100]),
        line("Hubei", "2023-03", "420000", [600, 600]),
      ]
      #expect(answer.rows.map { content($0) } == lines, "\(answer.text)")
    }

    @Test("What was reported of a year stands beside what others published of it, and adds to none")
    func published() async throws {
      let caller = try SharedLedger.first
      let mill = try await caller.enrol(.recycledInput, in: ["140000"])
      // A tenth of what was published for 2024, over two months.
      let (scrap, crude) = (20_967_000, 100_509_000)
      var position: String?
      for month in ["2024-03", "2024-12"] {
        position = try await mill.reporter.accepted(
          Mill.steel(
            mill.facility, month, scrap: String(scrap / 2), crude: String(crude / 2)),
          to: .recycledInput
        ).position
      }
      let answer = try await caller.figures(
        "reconciliation/published", after: [mill.position, position])
      for (series, reported, published) in [
        ("CN_SCRAP_STEEL_CHARGED", scrap, "209.67"), ("CN_CRUDE_STEEL", crude, "1005.09"),
      ] {
        let items = answer.items.filter { $0["series_id"]?.text == series }
        #expect(items.compactMap { $0["year"]?.text } == ["2019", "2022", "2024"])
        let item = try #require(items.last, "\(answer.text)")
        #expect(item["published"]?["value"]?.text == published, "\(item)")
        #expect(item["published"]?["unit"]?.text == "Mt")
        #expect(item["reported"] == Sample.mass(String(reported)), "\(item)")
        // Nine tenths are not here.
        let difference = item["difference"]?["value"]?.text ?? ""
        #expect(difference.replacing("-", with: "") == String(9 * reported), "\(item)")
        let percent = item["reported_percent"]?.text
        #expect(percent == "10.00" || percent == "10.0000", "\(item)")
        for other in items.dropLast() {
          #expect(other["reported"] == .null && other["difference"] == .null, "\(other)")
        }
      }
      // What others say is in no figure.
      let year = try await caller.row(
        "definition=METAL_OUTPUT&period=year&from=2024-12&to=2024-12",
        after: [mill.position, position])
      #expect(year["value"]?.text == String(crude), "\(year)")
      let before = try await caller.figures(
        "reconciliation/published?as_of=2025-01-01T00:00:00Z",
        after: [mill.position, position])
      #expect(before.items.count == answer.items.count)
      let masses = before.items.filter { $0["published"]?["unit"]?.text == "Mt" }
      // Nothing owed and nothing reported is no zero.
      #expect(masses.allSatisfy { $0["reported"] == .null }, "\(before.text)")
    }
  }
}
