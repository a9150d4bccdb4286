import Foundation
import Models
import Testing

extension RunningTests.FigureVectorsTests {
  @Test("R08: recycled aluminium over primary is not its share, and neither passes for the other")
  func r08() async throws {
    let (inputs, expected) = try Vectors.vector("R08")
    let caller = try SharedLedger.first
    let plant = try await caller.enrol(.recycledInput)
    let position = try await plant.reporter.accepted(
      VectorReports.r08(plant.facility, inputs), to: .recycledInput
    ).position
    let written = [plant.position, position]
    let months = "from=2025-01&to=2025-01"
    let figures = try await caller.figures(
      "figures?definition=AL_SHARE,AL_ODDS&\(months)", after: written)
    #expect(figures["metal"]?.text == "aluminium", "a definition's own metal need not be said")
    let pairs = [
      ("AL_SHARE", "share_of_total_percent"), ("AL_ODDS", "recycled_over_primary_percent"),
    ]
    let ids = figures.rows.compactMap { $0["definition_id"]?.text }
    #expect(ids == pairs.map { $0.0 }, "\(figures.text)")
    #expect(figures.rows.map { $0["value"] } == pairs.map { expected[$0.1] })
    #expect(figures.rows.allSatisfy { $0["unit"]?.text == "%" })
    // The other way round, the other way round.
    let turned = try await caller.rows("definition=AL_ODDS,AL_SHARE&\(months)", after: written)
    #expect(turned == Array(figures.rows.reversed()))

    let targets = try await caller.figures("targets?date=2026-01-15", after: written)
    for (definition, name) in pairs {
      let verdict = targets.json.verdict("CN-RECYCLED-ALUMINIUM-2027", definition)
      #expect(verdict?["now"]?["value"] == expected[name], "\(targets.text)")
      #expect(verdict?["now"]?["met"] == false, "\(definition)")
    }
    let mixed = try await caller.ask("figures?definition=AL_SHARE,CU_RIR&\(months)")
    #expect(mixed.status == 422, "one table is of one metal: \(mixed.text)")
    for (query, pointer) in [
      ("definition=AL_SHARE&metal=steel", "?metal"),
      ("definition=AL_SHARE,THROUGHPUT&metal=aluminium", "?definition"),
      ("definition=AL_SHARE,AL_SHARES", "?definition"), ("metal=aluminium", "?definition"),
    ] {
      let refused = try await caller.ask("figures?\(query)&\(months)")
      #expect(refused.status == 422, "\(query): \(refused.text)")
      #expect(refused.pointers == [pointer], "\(query): \(refused.text)")
    }
  }

  @Test("R11: a figure and its goal are judged on the exact value, and rounded once, half-even")
  func r11() async throws {
    let (inputs, expected) = try Vectors.vector("R11")
    let definition = "SCRAP_SHARE_METALLIC_CHARGE"
    let caller = try SharedLedger.first
    let plant = try await caller.enrol(.recycledInput, in: ["150000"])
    let cases = try #require(inputs["cases"]).elements
    let rows = try #require(expected["rows"]).elements
    try #require(cases.count == 5 && rows.count == 5)
    for (index, (one, row)) in zip(cases, rows).enumerated() {
      // Years that no other test reports: a goal is the nation's, over four quarters.
      let (year, next) = (2012 + index, 2013 + index)
      let (scrap, charge) = (try Vectors.number(one["num"]), try Vectors.number(one["den"]))
      let position = try await plant.reporter.accepted(
        Mill.plain(
          plant.facility, "\(year)-05", received: String(scrap),
          inputs: [
            Mill.charge("scrap_steel", String(scrap), "unknown"),
            Mill.charge("hot_metal", String(charge - scrap)),
          ], outputs: [Mill.output("bof", String(charge))]), to: .recycledInput
      ).position
      let written = [plant.position, position]
      for period in ["month&from=\(year)-05&to=\(year)-05", "year&from=\(year)-12&to=\(year)-12"] {
        let figure = try await caller.row(
          "definition=\(definition)&period=\(period)", after: written)
        #expect(figure["value"] == row["full"], "\(figure)")
        let ratio = try Vectors.ratio(figure)
        if let shown = row["display_1dp"] { #expect(ratio.percent(places: 1) == shown.text) }
        if let shown = row["display_2dp"] { #expect(ratio.percent(places: 2) == shown.text) }
      }
      let targets = try await caller.figures("targets?date=\(next)-01-15", after: written)
      let now = targets.json.verdict(Self.goal, definition)?["now"]
      #expect(now?["value"] == row["full"], "\(year): \(targets.text)")
      let isMet: JSON = row["meets_22"] ?? false
      #expect(now?["met"] == isMet, "\(year): \(targets.text)")
    }
  }

  @Test("R14: the parts by origin add up to the recycled content, and rework is in none of them")
  func r14() async throws {
    let (inputs, expected) = try Vectors.vector("R14")
    let caller = try SharedLedger.first
    let plant = try await caller.enrol(.recycledInput, in: ["220000"])
    let masses = try #require(inputs["inputs_t"])
    let tonnes = { (name: String) in try Vectors.text(masses[name]) }
    let product = try Vectors.text(inputs["product_mass_t"])
    let position = try await plant.reporter.accepted(
      Mill.plain(
        plant.facility, "2025-08", received: "290",
        inputs: [
          Mill.charge("pig_iron", tonnes("primary")),
          Mill.charge("scrap_steel", tonnes("home_rework_same_process"), "home"),
          Mill.charge("scrap_steel", tonnes("pre_consumer"), "pre_consumer"),
          Mill.charge("scrap_steel", tonnes("post_consumer"), "post_consumer"),
        ], outputs: [Mill.output("eaf", "1000")]
      ).with("home_arising", Sample.mass("90")).with("product", Sample.mass(product)),
      to: .recycledInput
    ).position
    let written = [plant.position, position]
    let place = "from=2025-08&to=2025-08&province=220000"
    let content = "definition=ISO14021_RC&\(place)"
    let whole = try await caller.row(content, after: written)
    #expect(whole["value"] == expected["recycled_content_percent"], "\(whole)")
    #expect(whole["value"] != Self.wrong("R14")?["home_counted_percent"])
    let parts = try await caller.rows("\(content)&by=origin", after: written)
    #expect(Set(parts.map { $0["origin"]?.text }) == ["pre_consumer", "post_consumer"])
    for part in parts {
      let origin = try Vectors.text(part["origin"])
      #expect(part["value"] == expected["\(origin)_percent"], "\(part)")
      #expect(part["denominator"] == whole["denominator"], "a part is a part of the whole")
      let own = try await caller.row("\(content)&origin=\(origin)", after: written)
      #expect(own["value"] == part["value"] && own["numerator"] == part["numerator"], "\(own)")
    }
    let sum = parts.compactMap { $0["numerator"]?.grams }.reduce(0, +)
    #expect(sum == whole["numerator"]?.grams)

    // Of all that was charged, each by its material and origin.
    let input = "definition=METALLIC_INPUT&\(place)"
    let all = try await caller.row(input, after: written)
    #expect(all["value"]?.text == "1000" && all["unit"]?.text == "t", "\(all)")
    for by in ["origin", "material", "material,origin"] {
      let lines = try await caller.rows("\(input)&by=\(by)", after: written)
      #expect(lines.compactMap(\.grams).reduce(0, +) == all.grams, "\(by): \(lines)")
    }
    let home = try await caller.row("\(input)&origin=home", after: written)
    #expect(try home["value"]?.text == tonnes("home_rework_same_process"), "\(home)")
    // The crude steel under a rate has no origin, and a share no route.
    for query in ["definition=METAL_OUTPUT&\(place)&origin=home", "\(content)&route=eaf"] {
      let refused = try await caller.ask("figures?" + query)
      #expect(refused.status == 422, "\(query): \(refused.text)")
      let pointer = query.hasSuffix("eaf") ? "?route" : "?origin"
      #expect(refused.pointers == [pointer], "\(query): \(refused.text)")
    }
  }
}
