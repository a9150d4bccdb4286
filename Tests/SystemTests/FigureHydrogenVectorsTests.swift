import Foundation
import Models
import Testing

extension RunningTests.FigureVectorsTests {
  @Test("H01: what volumes of gas weigh is what is supplied, by route and in all")
  func h01() async throws {
    let (inputs, expected) = try Vectors.vector("H01")
    let caller = try SharedLedger.first
    let plant = try await caller.enrol(.hydrogenUse)
    let volume = try Vectors.text(inputs["volume"])
    let unit = try Vectors.text(inputs["unit"])
    let reply = try await plant.reporter.accepted(
      Hydrogen.plain(
        plant.facility, "2025-01",
        supplies: [
          Hydrogen.gas(volume, "0C", unit: unit),
          Hydrogen.gas(volume, "20C", unit: unit, route: "ethane_cracking"),
        ],
        // 899 + 838 kg.
        uses: [Hydrogen.use("refining", "1737")]), to: .hydrogenUse)
    let written = [plant.position, reply.position]
    let query = "definition=HYDROGEN_SUPPLIED&from=2025-01&to=2025-01"
    let zero = try Vectors.mass(expected["mass_kg_at_0.0899_convention"], "kg")
    let twenty = try Vectors.mass(expected["mass_kg_20C_ideal"], "kg")
    let all = try await caller.row(query, after: written)
    #expect(all["value"] == reply["derived"]?["supplied"]?["value"], "\(all)")
    let sum = [zero, twenty].compactMap(\.grams).reduce(0, +)
    #expect(all.grams == sum && all["unit"]?.text == "t", "\(all)")
    let routes = try await caller.rows("\(query)&by=route", after: written)
    #expect(routes.compactMap { $0["route"]?.text } == ["coke_oven_gas", "ethane_cracking"])
    #expect(routes.map { $0["value"] } == [zero["value"], twenty["value"]], "\(routes)")
  }

  private struct Scheme {
    let column: String
    let id: String
    let boundary: String
    /// The words that the vector has for the scheme's classes.
    var words: [String: String] = [:]
    /// Of the vector's words those that stand for hydrogen that is not clean.
    let unclean: Set<String>
  }

  private static let schemes = [
    Scheme(
      column: "T_CAB_0078", id: "CN-TCAB0078", boundary: "cradle_to_site",
      unclean: ["low_carbon", "none"]),
    Scheme(
      column: "EU_28.2g_MJ", id: "EU", boundary: "full_life_cycle",
      words: ["RFNBO": "pass", "none": "fail"], unclean: ["fail"]),
    Scheme(
      column: "UK_LCHS_20g_MJ_at_120", id: "UK-LCHS", boundary: "point_of_production",
      words: ["low_carbon": "pass", "none": "fail"], unclean: ["fail"]),
    Scheme(
      column: "US_45V", id: "US-45V", boundary: "well_to_gate",
      words: ["tier1": "<0.45", "tier2": "0.45-1.5", "tier3": "1.5-2.5", "tier4": "2.5-4"],
      unclean: ["none"]),
  ]

  @Test("H03: each scheme's classes add up to all that was supplied, and its clean ones to a share")
  func h03() async throws {
    let (inputs, expected) = try Vectors.vector("H03")
    let caller = try SharedLedger.first
    let plant = try await caller.enrol(.hydrogenUse)
    let intensities = inputs["ci"]?.elements.compactMap(\.text) ?? []
    try #require(intensities.count == 10)
    for (index, scheme) in Self.schemes.enumerated() {
      let month = "2025-0\(index + 3)"
      // A tonne for each line.
      let supplies = intensities.map { value in
        Hydrogen.supply(
          "1000",
          [
            "carbon_intensity": Hydrogen.intensity(value, scheme.boundary),
            "renewable": inputs["renewable_energy"] ?? .null,
          ])
      }
      let reply = try await plant.reporter.accepted(
        Hydrogen.plain(
          plant.facility, month, supplies: supplies,
          uses: [Hydrogen.use("other_chemical", "10000")]), to: .hydrogenUse)
      let written = [plant.position, reply.position]
      let months = "from=\(month)&to=\(month)"
      let words = try #require(expected[scheme.column]).elements.compactMap(\.text)
      let counts = Dictionary(grouping: words) { $0 }.mapValues { String($0.count) }

      let supplied = "definition=HYDROGEN_SUPPLIED&\(months)"
      let rows = try await caller.rows("\(supplied)&scheme=\(scheme.id)&by=class", after: written)
      var found: [String: String] = [:]
      for row in rows {
        let name = try Vectors.text(row["class"])
        found[scheme.words[name] ?? name] = row["value"]?.text
      }
      #expect(found == counts, "\(scheme.id): \(rows)")

      let all = try await caller.row(supplied, after: written)
      #expect(all["value"]?.text == "10", "a tonne is counted once, not by each scheme: \(all)")
      let every = try await caller.rows("\(supplied)&by=scheme,class", after: written)
      let schemes = Dictionary(grouping: every) { $0["scheme"]?.text ?? "" }
      #expect(schemes.count == 7, "\(schemes.keys)")
      for (id, lines) in schemes {
        #expect(lines.compactMap(\.grams).reduce(0, +) == all.grams, "\(id): \(lines)")
      }

      let share = try await caller.figures(
        "figures?definition=CLEAN_HYDROGEN_SHARE&\(months)&scheme=\(scheme.id)", after: written)
      let clean = words.filter { !scheme.unclean.contains($0) }.count
      let percent = try Ratio(Int128(clean), Int128(words.count)).percent(places: 4)
      #expect(share.rows.first?["value"]?.text == percent, "\(scheme.id): \(share.text)")
      #expect(share["scheme"]?.text == scheme.id)
      // Not said, it is the scheme of T/CAB 0078, with whose boundary the others do not compare.
      let usual = try await caller.figures(
        "figures?definition=CLEAN_HYDROGEN_SHARE&\(months)", after: written)
      #expect(usual["scheme"]?.text == "CN-TCAB0078", "\(usual.text)")
      #expect(usual.rows.first?["value"]?.text == (index == 0 ? percent : "0.0000"))
    }
    let unknown = try await caller.ask("figures?definition=CLEAN_HYDROGEN_SHARE&scheme=XX")
    #expect(unknown.status == 422 && unknown.pointers == ["?scheme"], "\(unknown.text)")
  }

  @Test("H05: what is used is by its use, without what is sold or vented; what came in, by source")
  func h05() async throws {
    let (inputs, _) = try Vectors.vector("H05")
    let caller = try SharedLedger.first
    let plant = try await caller.enrol(.hydrogenUse)
    let body = try VectorReports.h05(plant.facility, inputs)
    let reply = try await plant.reporter.accepted(body, to: .hydrogenUse)
    let written = [plant.position, reply.position]
    let months = "from=2025-10&to=2025-10"
    let mass = { (name: String) in try Vectors.mass(inputs[name], "kg")["value"] }
    let used = try await caller.row("definition=HYDROGEN_USED&\(months)", after: written)
    #expect(try used["value"] == mass("used_kg"), "\(used)")
    let uses = try await caller.rows("definition=HYDROGEN_USED&\(months)&by=use", after: written)
    #expect(uses.map { $0["use"]?.text } == ["ammonia"] && uses.first?["value"] == used["value"])
    let sources = try await caller.rows(
      "definition=HYDROGEN_SUPPLIED&\(months)&by=source", after: written)
    #expect(sources.map { $0["source"]?.text } == ["captive", "merchant"])
    #expect(try sources.first?["value"] == mass("produced_kg"))
    #expect(try sources.last?["value"] == mass("purchased_kg"))
    // Nobody declared how it was made: none of it is clean, and all of it is in the denominator.
    let clean = try await caller.row("definition=CLEAN_HYDROGEN_SHARE&\(months)", after: written)
    #expect(clean["value"]?.text == "0.0000", "\(clean)")
    #expect(clean["denominator"]?.grams == sources.compactMap(\.grams).reduce(0, +))
  }
}
