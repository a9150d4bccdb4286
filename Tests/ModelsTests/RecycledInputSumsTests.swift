import Testing

@testable import Models

/// What a mill's month brings into sums.
struct RecycledInputSumsTests {
  func report(
    _ metal: String, _ inputs: [String], _ outputs: KeyValuePairs<String, String> = [:],
    _ rest: String = ""
  ) throws -> RecycledInputReport {
    try read(
      ReportText.mill(metal, inputs: inputs, outputs: outputs, rest),
      as: RecycledInputReport.init)
  }

  @Test("Steel counts its clean scrap by origin, and its iron; the rest enters no sum")
  func steel() throws {
    let steel = try report(
      "steel",
      [
        ReportText.charge(
          "scrap_steel", "10", "post_consumer",
          #""moisture": "0.02", "impurity": "0.03", "impurity_basis": "dry""#),
        ReportText.charge("scrap_steel", "4", "home"),
        ReportText.charge("scrap_steel", "2", "home", #""route": "bof""#),
        ReportText.charge("hot_metal", "21", nil, "\"tare\": \(ReportText.tonnes("1"))"),
        ReportText.charge("ferroalloy", "1"), ReportText.charge("purchased_semis_steel", "5"),
      ], ["eaf": "30", "bof": "0"],
      "\"received\": \(ReportText.tonnes("9")), \"home_arising\": \(ReportText.tonnes("6"))")
    #expect(
      steel.amounts.text
        == "home_arising=6000000 hot_metal=20000000 output.eaf=30000000 received=9000000"
        + " scrap_steel.home=6000000 scrap_steel.post_consumer=9506000")
    #expect(steel.charged.grams == 15_506_000)
    #expect(steel.recycled.count == 3)
    #expect(steel.externalContent.grams == 9_506_000)
  }

  @Test("Copper counts the copper it contains, of scrap by its route, without purchased cathode")
  func copper() throws {
    let copper = try report(
      "copper",
      [
        ReportText.charge(
          "scrap_copper", "10", "pre_consumer", #""route": "direct_melt", "assay": "0.96""#),
        ReportText.charge(
          "scrap_copper_alloy", "10", "unknown", #""route": "secondary_refined", "assay": "0.65""#),
        ReportText.charge("copper_concentrate", "40", nil, #""assay": "0.25""#),
        ReportText.charge("cathode_purchased", "100", nil, #""assay": "0.9999""#),
      ], ["direct_melt": "9"],
      "\"product\": \(ReportText.tonnes("20")), \"sold\": \(ReportText.tonnes("3"))")
    #expect(
      copper.amounts.text
        == "content.pre_consumer=9600000 content.unknown=6500000 copper_concentrate=10000000"
        + " direct_melt.pre_consumer=9600000 output.direct_melt=9000000 product=20000000"
        + " scrap_copper.pre_consumer=9600000 scrap_copper_alloy.unknown=6500000 sold=3000000")
    #expect(copper.charged.grams == 16_100_000)
    #expect(copper.contained(for: .directMelt).grams == 9_600_000)
    #expect(copper.contained(for: .secondaryRefined).grams == 6_500_000)
    #expect(copper.externalContent.grams == 9_600_000)
  }

  @Test("Aluminium counts what it contains, and for its share what it gave back")
  func aluminium() throws {
    let melt = #""assay": "0.9", "yield": "0.95""#
    let aluminium = try report(
      "aluminium",
      [
        ReportText.charge("scrap_aluminium", "20", "post_consumer", melt),
        ReportText.charge("scrap_aluminium", "10", "home", melt + #", "route": "recovered""#),
        ReportText.charge("aluminium_electrolytic", "50", nil, #""assay": "0.998""#),
        ReportText.charge("ingot_primary_purchased", "7", nil, #""assay": "1""#),
        ReportText.charge("ingot_recycled_purchased", "8", nil, #""assay": "1""#),
        ReportText.charge("alloying_aluminium", "2"),
      ], ["recovered": "25"], "\"product\": \(ReportText.tonnes("60"))")
    #expect(
      aluminium.amounts.text
        == "aluminium_electrolytic=49900000 content.home=8550000 content.post_consumer=17100000"
        + " output.recovered=25000000 product=60000000 recovered.home=8550000"
        + " recovered.post_consumer=17100000 scrap_aluminium.home=9000000"
        + " scrap_aluminium.post_consumer=18000000")
    #expect(aluminium.charged.grams == 27_000_000)
    // With and without its route said.
    #expect(aluminium.contained(for: .recovered).grams == 27_000_000)
    #expect(aluminium.contained(for: .electrolytic) == .zero)
    #expect(aluminium.externalContent.grams == 17_100_000)
  }

  @Test("Without the mass of the products there is no content")
  func noProduct() throws {
    let scrap = [ReportText.charge("scrap_steel", "5", "pre_consumer")]
    #expect(try report("steel", scrap).amounts.text == "scrap_steel.pre_consumer=5000000")
    let product = "\"product\": \(ReportText.tonnes("10"))"
    #expect(
      try report("steel", scrap, [:], product).amounts.text
        == "content.pre_consumer=5000000 product=10000000 scrap_steel.pre_consumer=5000000")
  }

  @Test("A revision that takes back what stood leaves what stands")
  func revised() throws {
    let before = try report("steel", [ReportText.charge("scrap_steel", "5", "unknown")])
    let after = try report("steel", [ReportText.charge("scrap_steel", "5", "home")], ["eaf": "4"])
    let sum = before.amounts + -before.amounts + after.amounts
    #expect(sum.text == "output.eaf=4000000 scrap_steel.home=5000000")
  }
}
