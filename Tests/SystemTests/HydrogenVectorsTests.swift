import Foundation
import Models
import Testing

extension RunningTests.ReportedVectorsTests {
  @Test("H01: 10,000 m³ are 899 kg at 0 °C and 838 kg at 20 °C, and nothing without their state")
  func h01() async throws {
    let (inputs, expected) = try Vectors.vector("H01")
    let plant = try await SharedLedger.first.enrol(.hydrogenUse)
    let volume = try Vectors.text(inputs["volume"])
    let unit = try Vectors.text(inputs["unit"])
    let states = inputs["states"]?.elements.compactMap { $0.text?.prefix { $0 != "_" } } ?? []
    #expect(states == ["0C", "15C", "20C"])
    var supplies = states.map { Hydrogen.gas(volume, String($0), unit: unit) }
    supplies.append(Hydrogen.gas("1", "0C", unit: "万m3"))
    // 899 + 853 + 838 + 899 kg.
    let body = Hydrogen.plain(
      plant.facility, "2025-01", supplies: supplies, uses: [Hydrogen.use("refining", "3489")])
    let reply = try await plant.reporter.accepted(body, to: .hydrogenUse)
    let derived = try #require(reply["derived"], "\(reply.text)")
    let masses = derived["supplies"]?.elements.compactMap { $0["mass"] } ?? []
    let zero = try Vectors.mass(expected["mass_kg_at_0.0899_convention"], "kg")
    let twenty = try Vectors.mass(expected["mass_kg_20C_ideal"], "kg")
    #expect(masses == [zero, Sample.mass("0.853"), twenty, zero])
    #expect(derived["supplied"] == Sample.mass("3.489"))
    #expect(derived["stock_difference"] == Sample.mass("0"))
    let silent = try await plant.reporter.post(
      body.with("month", "2025-02").with("supplies/0/reference_state", nil), to: .hydrogenUse)
    #expect(silent.status == 422 && silent.pointers == ["/supplies/0/reference_state"])
  }

  /// The words that the vector has for a scheme's tiers.
  private static let schemes:
    [(column: String, scheme: String, boundary: String, [String: String])] =
      [
        ("T_CAB_0078", "CN-TCAB0078", "cradle_to_site", [:]),
        ("EU_28.2g_MJ", "EU", "full_life_cycle", ["RFNBO": "pass", "none": "fail"]),
        (
          "UK_LCHS_20g_MJ_at_120", "UK-LCHS", "point_of_production",
          ["low_carbon": "pass", "none": "fail"]
        ),
        (
          "US_45V", "US-45V", "well_to_gate",
          ["tier1": "<0.45", "tier2": "0.45-1.5", "tier3": "1.5-2.5", "tier4": "2.5-4"]
        ),
      ]

  @Test("H03: each supply has its class in the scheme of its boundary, and classes add up by line")
  func h03() async throws {
    let (inputs, expected) = try Vectors.vector("H03")
    let caller = try SharedLedger.first
    let plant = try await caller.enrol(.hydrogenUse)
    let intensities = inputs["ci"]?.elements.compactMap(\.text) ?? []
    #expect(intensities.count == 10)
    for (index, (column, scheme, boundary, words)) in Self.schemes.enumerated() {
      let month = "2025-0\(index + 3)"
      let supplies = intensities.map { value in
        Hydrogen.supply(
          "1000",
          [
            "carbon_intensity": Hydrogen.intensity(value, boundary),
            "renewable": inputs["renewable_energy"] ?? .null,
          ])
      }
      let reply = try await plant.reporter.accepted(
        Hydrogen.plain(
          plant.facility, month, supplies: supplies,
          uses: [Hydrogen.use("other_chemical", "10000")]), to: .hydrogenUse)
      var found: [String] = []
      for supply in reply["derived"]?["supplies"]?.elements ?? [] {
        let classes = supply["classes"]?.elements ?? []
        #expect(classes.count == 7)
        let own = classes.first { $0["scheme"]?.text == scheme }?["class"]?.text
        found.append(try #require(own, "\(reply.text)"))
        // Japan's boundary is that of 45V.
        let others = classes.filter {
          let other = $0["scheme"]?.text
          return other != scheme && !(other == "JP-LOWC" && scheme == "US-45V")
        }
        #expect(others.allSatisfy { $0["class"]?.text == "not_comparable" }, "\(supply)")
      }
      let shown = found.map { words[$0] ?? $0 }
      #expect(shown == expected[column]?.elements.compactMap(\.text), "\(scheme)")

      let figures = try await caller.figures(
        "hydrogen-use?from=\(month)&to=\(month)&by=country",
        after: [plant.position, reply.position])
      var sums: [String: String] = [:]
      for line in figures["whole"]?["by_class"]?.elements ?? []
      where line["scheme"]?.text == scheme {
        sums[line["class"]?.text ?? ""] = line["mass"]?["value"]?.text
      }
      // A tonne for each line.
      let counts = Dictionary(grouping: found) { $0 }.mapValues { String($0.count) }
      #expect(sums == counts, "\(figures.text)")
    }
  }

  @Test(
    "H04: a use at its stoichiometric floor is taken in silence, and a gram below with a warning")
  func h04() async throws {
    let (_, expected) = try Vectors.vector("H04")
    let plant = try await SharedLedger.first.enrol(.hydrogenUse)
    let floors: [(name: String, use: String, feed: String?)] = [
      ("kg_H2_per_t_NH3", "ammonia", nil), ("kg_H2_per_t_CH3OH_from_CO2", "methanol", "co2"),
      ("kg_H2_per_t_CH3OH_from_CO", "methanol", "co"),
      ("kg_H2_per_t_Fe_from_Fe2O3", "shaft_furnace_dri", "hematite"),
      ("kg_H2_per_t_Fe_from_Fe3O4", "shaft_furnace_dri", "magnetite"),
    ]
    #expect(Set(floors.map(\.name)).count == 5)
    for (month, missing) in [("2025-01", 0), ("2025-02", 1)] as [(String, Int64)] {
      let uses = try floors.map { floor in
        let least = try Mass(Vectors.text(expected[floor.name]), unit: "kg")
        return JSON.members([
          "use": .string(floor.use), "mass": Mass(grams: least.grams - missing).json,
          "product": Sample.mass("1"), "feed": .text(floor.feed),
        ])
      }
      let reply = try await plant.reporter.accepted(
        Hydrogen.plain(
          plant.facility, month, supplies: [Hydrogen.supply("594.4")], uses: uses), to: .hydrogenUse
      )
      let warnings = reply["warnings"]?.elements.compactMap(\.text) ?? []
      guard missing > 0 else {
        #expect(reply["warnings"] == [], "\(warnings)")
        #expect(reply["derived"]?["stock_difference"] == Sample.mass("0"))
        continue
      }
      #expect(warnings.count == floors.count, "\(warnings)")
      for (floor, warning) in zip(floors, warnings) {
        let least = try Vectors.text(expected[floor.name])
        #expect(warning.hasPrefix("\(floor.use): ") && warning.contains("\(least) kg"))
      }
    }
  }

  @Test("H05: what was there, made and bought is used, sold, vented and left, to the gram")
  func h05() async throws {
    let (inputs, expected) = try Vectors.vector("H05")
    let caller = try SharedLedger.first
    let plant = try await caller.enrol(.hydrogenUse)
    let body = try VectorReports.h05(plant.facility, inputs)
    let reply = try await plant.reporter.accepted(body, to: .hydrogenUse)
    let derived = try #require(reply["derived"], "\(reply.text)")
    #expect(try derived["stock_difference"] == Vectors.mass(expected["imbalance_kg"], "kg"))
    #expect(derived["stock_difference_percent"] == expected["imbalance_frac"])
    #expect(derived["supplied"] == Sample.mass("55") && derived["used"] == Sample.mass("50.5"))
    let figures = try await caller.figures(
      "hydrogen-use?from=2025-10&to=2025-10&by=country", after: [plant.position, reply.position])
    let whole = try #require(figures["whole"], "\(figures.text)")
    #expect(whole["supplied"] == Sample.mass("55") && whole["used"] == Sample.mass("50.5"))
    #expect(whole["sold"] == Sample.mass("4") && whole["vented"] == Sample.mass("0.3"))
    let sources = whole["by_source"]?.elements ?? []
    #expect(sources.compactMap { $0["source"]?.text } == ["captive", "merchant"])
    #expect(sources.compactMap { $0["mass"] } == [Sample.mass("50"), Sample.mass("5")])
    // The tolerance is 2 % of 56,000 kg: 1,120 kg either way.
    for (month, closing, status) in [
      ("2025-12", "2320", 201), ("2026-02", "2320.001", 422), ("2026-02", "80", 201),
      ("2026-04", "79.999", 422),
    ] {
      let edge = try await plant.reporter.post(
        body.with("month", .string(month)).with("closing", Sample.kilograms(closing)),
        to: .hydrogenUse)
      #expect(edge.status == status, "\(closing): \(edge.text)")
      if status == 422 { #expect(edge.pointers == ["/closing"]) }
    }
  }
}
