import Foundation
import Models
import Testing

extension RunningTests {
  @Suite("Goals", .serialized, .ledger)
  struct TargetTests {
    private static let goal = "CN-RECYCLED-STEEL-2027"
    private static let charge = "SCRAP_SHARE_METALLIC_CHARGE"

    /// A month of so much scrap in 100 t of charge, which make 90 t of crude steel.
    private func month(_ facility: String, _ period: String, scrap: Int) -> JSON {
      Mill.plain(
        facility, period, received: String(scrap),
        inputs: [
          Mill.charge("scrap_steel", String(scrap), "post_consumer"),
          Mill.charge("hot_metal", String(100 - scrap)),
        ], outputs: [Mill.output("bof", "90")])
    }

    @Test("Each definition has a verdict of its own, and so has each goal that it may be meant by")
    func verdicts() async throws {
      let caller = try SharedLedger.first
      let mill = try await caller.enrol(.recycledInput)
      // 20 % of the charge, 222 kg a tonne of steel: one meets 22 %, the other does not.
      let reply = try await mill.reporter.accepted(
        month(mill.facility, "2015-11", scrap: 20), to: .recycledInput)
      let targets = try await caller.figures(
        "targets?date=2016-02-29", after: [mill.position, reply.position])
      #expect(targets["date"]?.text == "2016-02-29", "\(targets.text)")
      let table = Reference.shared.targets
      #expect(targets.items.compactMap { $0["target_id"]?.text } == table.map(\.id))
      let expected: [(goal: String, definitions: Set<String>)] = [
        (
          Self.goal,
          [
            "SCRAP_RATE_KG_T", Self.charge, "SCRAP_SHARE_EXTERNAL_NET",
            "SCRAP_SHARE_EXTERNAL_FULL", "ISO14021_RC",
          ]
        ),
        (
          "CN-RECYCLED-COPPER-2027", ["CU_RIR", "CU_SECONDARY_REFINED_SHARE", "ISO14021_RC"]
        ),
        ("CN-RECYCLED-ALUMINIUM-2027", ["AL_SHARE", "AL_ODDS", "ISO14021_RC"]),
        ("CN-SCRAP-CAPACITY-2025", ["QUALIFIED_CAPACITY_STEEL"]),
        (
          "CN-SHORT-PROCESS-2025",
          ["SHORT_PROCESS_SHARE_FURNACE", "SHORT_PROCESS_SHARE_ENTERPRISE"]
        ),
      ]
      for (goal, definitions) in expected {
        let verdicts = targets.json.target(goal)?["verdicts"]?.elements ?? []
        let ids = verdicts.compactMap { $0["definition_id"]?.text }
        #expect(Set(ids) == definitions && ids.count == definitions.count, "\(goal): \(ids)")
        #expect(verdicts.allSatisfy { $0["on_due"] == .null }, "\(goal) is not due yet")
      }
      for (definition, value, isMet) in [
        ("SCRAP_RATE_KG_T", "222.2222", true), (Self.charge, "20.0000", false),
        ("SCRAP_SHARE_EXTERNAL_FULL", "20.0000", false),
      ] {
        let now = targets.json.verdict(Self.goal, definition)?["now"]
        #expect(now?["value"]?.text == value, "\(definition): \(targets.text)")
        #expect(now?["met"] == .bool(isMet), "\(definition): \(targets.text)")
      }
      // No product was weighed, so nothing is said of its content.
      let content = targets.json.verdict(Self.goal, "ISO14021_RC")?["now"]
      #expect(content?["value"] == .null && content?["met"] == .null, "\(targets.text)")
      #expect(content?["reason"]?.text == "undefined_zero_over_zero")
      // A year later that month is not among the four quarters.
      let later = try await caller.figures("targets?date=2017-01-01", after: [reply.position])
      let gone = later.json.verdict(Self.goal, Self.charge)
      #expect(gone?["now"]?["value"] == .null && gone?["now"]?["met"] == .null, "\(later.text)")
      #expect(gone?["pace"] == .null && gone?["pace_reason"] != nil, "\(later.text)")
      // As of a moment before it was reported, neither is it.
      let before = try await caller.figures(
        "targets?date=2016-02-29&as_of=2020-01-01T00:00:00Z", after: [reply.position])
      let unknown = before.json.verdict(Self.goal, Self.charge)?["now"]
      #expect(unknown?["value"] == .null, "\(before.text)")
    }

    @Test("A past goal is judged on its due day first, and as things are now beside it")
    func past() async throws {
      let caller = try SharedLedger.first
      let mill = try await caller.enrol(.recycledInput, in: ["510000"])
      // 15 % in 2025, which is not more than 15 %; 20 % in the four quarters up to 2026Q3.
      var written: [String?] = [mill.position]
      for (period, electric) in [("2025-06", 150), ("2026-06", 200)] {
        let body = Mill.plain(
          mill.facility, period, received: String(electric),
          inputs: [Mill.charge("scrap_steel", String(electric), "post_consumer")],
          outputs: [
            Mill.output("eaf", String(electric)), Mill.output("bof", String(1000 - electric)),
          ])
        written.append(try await mill.reporter.accepted(body, to: .recycledInput).position)
      }
      let targets = try await caller.figures("targets?date=2026-11-26", after: written)
      let goal = "CN-SHORT-PROCESS-2025"
      let furnace = targets.json.verdict(goal, "SHORT_PROCESS_SHARE_FURNACE")
      #expect(furnace?["on_due"]?["period"]?.text == "2025", "\(targets.text)")
      #expect(furnace?["on_due"]?["value"]?.text == "15.0000", "\(targets.text)")
      #expect(furnace?["on_due"]?["met"] == false, "15 % is not more than 15 %")
      #expect(furnace?["now"]?["value"]?.text == "20.0000", "\(targets.text)")
      #expect(furnace?["now"]?["met"] == true)
      #expect(furnace?["pace"] == .null && furnace?["pace_reason"]?.text == "due")
      // It has no blast furnace, so that all of its steel is of a short process.
      let enterprise = targets.json.verdict(goal, "SHORT_PROCESS_SHARE_ENTERPRISE")
      #expect(enterprise?["on_due"]?["value"]?.text == "100.0000", "\(targets.text)")
      #expect(enterprise?["on_due"]?["met"] == true && enterprise?["now"]?["met"] == true)
      // The goal of 2030 is not due, and 20 % are not more than 20 %.
      let next = targets.json.verdict("CN-SHORT-PROCESS-2030", "SHORT_PROCESS_SHARE_FURNACE")
      #expect(next?["on_due"] == .null && next?["now"]?["met"] == false, "\(targets.text)")
      // Before the year was over nothing was judged.
      for (date, isDue) in [("2025-12-31", false), ("2026-01-01", true)] {
        let then = try await caller.figures("targets?date=\(date)", after: written)
        let verdict = then.json.verdict(goal, "SHORT_PROCESS_SHARE_FURNACE")
        #expect((verdict?["on_due"] != .null) == isDue, "\(date): \(then.text)")
      }
    }

    @Test("180 Mt of qualified capacity are not more than 180 Mt; a kilogram more is")
    func capacity() async throws {
      let caller = try SharedLedger.first
      let organisation = try await caller.post("organisations", Sample.organisation()).id
      let reporter = try await caller.issue("reporter@organisation:\(organisation)")
      var position = ""
      for (perYear, day) in [
        (Sample.mass("90000", "kt"), "2025-04-10"), (Sample.mass("90000", "kt"), "2025-12-31"),
        (Sample.mass("1", "kg"), "2026-02-10"),
      ] {
        let site = Sample.site(organisation, "scrap_processor")
          .with("capacities", .array([Sample.processing(perYear)]))
        let facility = try await caller.register(site, for: .throughput)
        position = try await caller.qualify(facility, of: reporter, announced: day)
      }
      let (goal, definition) = ("CN-SCRAP-CAPACITY-2025", "QUALIFIED_CAPACITY_STEEL")
      for (date, value, isMet) in [
        ("2025-12-30", "90000000", false), ("2025-12-31", "180000000", false),
        ("2026-02-09", "180000000", false), ("2026-02-10", "180000000.001", true),
      ] {
        let targets = try await caller.figures("targets?date=\(date)", after: [position])
        let verdict = targets.json.verdict(goal, definition)
        #expect(verdict?["now"]?["date"]?.text == date, "\(targets.text)")
        #expect(verdict?["now"]?["value"]?.text == value, "\(date): \(targets.text)")
        #expect(verdict?["now"]?["met"] == .bool(isMet), "\(date): \(targets.text)")
        guard date > "2025-12-31" else { continue }
        // What came after the due day does not change what was reached on it.
        #expect(verdict?["on_due"]?["date"]?.text == "2025-12-31", "\(targets.text)")
        #expect(verdict?["on_due"]?["value"]?.text == "180000000", "\(targets.text)")
        #expect(verdict?["on_due"]?["met"] == false, "\(targets.text)")
      }
      let figures = try await caller.rows(
        "definition=\(definition)&from=2025-12&to=2026-02", after: [position])
      #expect(figures.map { $0["value"]?.text } == ["180000000", "180000000", "180000000.001"])
    }

    @Test("The pace is told where enough was received, and where not, why it is not")
    func pace() async throws {
      let caller = try SharedLedger.first
      let mills = try await caller.enrol(
        .recycledInput, in: ["210000", "220000"],
        owes: [Sample.owed(.recycledInput, from: "2022-01", to: "2023-12")])
      var written: [String?] = [mills.position]
      // 16 % in the first year and 20 % in the second, reported by one of the two mills.
      let first = Month(year: 2022, month: 1)
      for facility in mills.facilities {
        for index in 0..<24 {
          let body = month(
            facility, Month(number: first.number + index).description,
            scrap: index < 12 ? 16 : 20)
          written.append(try await mills.reporter.accepted(body, to: .recycledInput).position)
        }
        let targets = try await caller.figures("targets?date=2024-02-01", after: written)
        let verdict = targets.json.verdict(Self.goal, Self.charge)
        #expect(verdict?["now"]?["value"]?.text == "20.0000", "\(targets.text)")
        #expect(verdict?["now"]?["met"] == false)
        let coverage = verdict?["now"]?["coverage"]?["percent"]?.text
        guard facility == mills.facilities.last else {
          #expect(coverage == "50.00", "\(targets.text)")
          #expect(verdict?["pace"] == .null, "\(targets.text)")
          #expect(verdict?["pace_reason"]?.text == "coverage_too_low", "\(targets.text)")
          continue
        }
        #expect(coverage == "100.00" && verdict?["pace_reason"] == nil, "\(targets.text)")
        let pace = try #require(verdict?["pace"], "\(targets.text)")
        // 4 points in four quarters; 2 points are left for the sixteen up to the end of 2027.
        #expect(pace["quarters_left"]?.int == 16, "\(targets.text)")
        #expect(pace["unit"]?.text == "pp", "\(targets.text)")
        let texts = try ["required_per_quarter", "current_per_quarter"].map {
          try Vectors.text(pace[$0])
        }
        let numbers = texts.compactMap { ExactDecimal($0) }
        try #require(numbers.count == 2, "\(targets.text)")
        for (number, expected) in zip(
          numbers, [ExactDecimal(digits: 125, scale: 3), ExactDecimal(digits: 1, scale: 0)])
        {
          #expect(!(number < expected) && !(expected < number), "\(targets.text)")
        }
      }
    }
  }
}
