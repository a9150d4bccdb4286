import Foundation
import Testing

@testable import Models

struct DefinitionTests {
  func amounts(
    _ metal: String, _ inputs: [String], _ outputs: KeyValuePairs<String, String> = [:],
    _ rest: String = ""
  ) throws -> Amounts {
    try read(
      ReportText.mill(metal, inputs: inputs, outputs: outputs, rest),
      as: RecycledInputReport.init
    ).amounts
  }

  /// The sums in tonnes and what is published of them.
  func shown(_ definition: Definition, _ amounts: Amounts) -> String {
    let json = definition.json(amounts)
    let sums = ["numerator", "denominator"].map { json[$0]?["value"]?.text ?? "?" }
    let value = json["value"]?.text ?? json["reason"]?.text ?? "?"
    return "\(sums.joined(separator: " / ")) = \(value)"
  }

  /// 22 t of scrap, of which 6 t home, 14 t external and 2 t unknown, in a charge of 100 t.
  func month() throws -> Amounts {
    try amounts(
      "steel",
      [
        ReportText.charge("scrap_steel", "6", "home"),
        ReportText.charge("scrap_steel", "5", "pre_consumer"),
        ReportText.charge("scrap_steel", "9", "post_consumer"),
        ReportText.charge("scrap_steel", "2", "unknown"),
        ReportText.charge("hot_metal", "70"), ReportText.charge("pig_iron", "5"),
        ReportText.charge("dri_hbi", "3"), ReportText.charge("ferroalloy", "7"),
        ReportText.charge("purchased_semis_steel", "50"),
      ], ["eaf": "12", "bof": "80", "induction": "3"], "\"product\": \(ReportText.tonnes("40"))")
  }

  @Test("Steel: every definition over one month, home scrap and unknown origin as its table says")
  func ofSteel() throws {
    var steel = try month()
    #expect(shown(.scrapRate, steel) == "22 / 95 = 231.5789")
    #expect(shown(.scrapShareOfCharge, steel) == "22 / 100 = 22.0000")
    #expect(shown(.scrapShareExternalNet, steel) == "14 / 94 = 14.8936")
    #expect(shown(.scrapShareExternalFull, steel) == "14 / 100 = 14.0000")
    #expect(shown(.shortProcessByFurnace, steel) == "15 / 95 = 15.7895")
    #expect(shown(.recycledContent, steel) == "14 / 40 = 35.0000")
    steel.add(Mass(grams: 10_000_000), to: Sum.shortProcessOutput)
    #expect(shown(.shortProcessByEnterprise, steel) == "10 / 95 = 10.5263")
    #expect(shown(.shortProcessByFurnace, steel) == "15 / 95 = 15.7895")
  }

  @Test("Copper: direct-melt scrap counts by its copper; home is out, unknown only below")
  func ofCopper() throws {
    func melt(_ origin: String, _ gross: String, _ assay: String) -> String {
      ReportText.charge(
        "scrap_copper_alloy", gross, origin, "\"route\": \"direct_melt\", \"assay\": \"\(assay)\"")
    }
    let copper = try amounts(
      "copper",
      [
        melt("pre_consumer", "12.5", "0.64"), melt("post_consumer", "5", "0.8"),
        melt("home", "5", "1"), melt("unknown", "4", "0.75"),
        ReportText.charge(
          "scrap_copper", "25", "post_consumer", #""route": "secondary_refined", "assay": "0.9""#),
        ReportText.charge("copper_concentrate", "200", nil, #""assay": "0.3""#),
        ReportText.charge("cathode_purchased", "500", nil, #""assay": "1""#),
      ], ["primary_refined": "60", "secondary_refined": "30", "direct_melt": "19"])
    // 30 + 8 + 4 over 90 + 8 + 4 + 3.
    #expect(shown(.copperRecyclingInputRate, copper) == "42 / 105 = 40.0000")
    #expect(shown(.copperSecondaryRefined, copper) == "30 / 90 = 33.3333")
  }

  @Test("Aluminium: what was recovered of external scrap, as a share and over primary metal")
  func ofAluminium() throws {
    func melt(_ origin: String, _ gross: String, _ assay: String, _ yield: String) -> String {
      ReportText.charge(
        "scrap_aluminium", gross, origin, "\"assay\": \"\(assay)\", \"yield\": \"\(yield)\"")
    }
    let aluminium = try amounts(
      "aluminium",
      [
        melt("pre_consumer", "20", "0.9", "0.95"), melt("post_consumer", "10", "0.8", "0.9"),
        melt("home", "5", "1", "1"), melt("unknown", "3", "0.9", "1"),
        ReportText.charge("ingot_recycled_purchased", "80", nil, #""assay": "0.99""#),
        ReportText.charge("alloying_aluminium", "9"),
      ], ["electrolytic": "73", "recovered": "32"])
    // 17.1 + 7.2 recovered, 2.7 of unknown origin, 73 electrolytic.
    #expect(shown(.aluminiumShare, aluminium) == "24.3 / 100 = 24.3000")
    #expect(shown(.aluminiumOdds, aluminium) == "24.3 / 73 = 33.2877")
  }

  @Test("Home scrap flips the verdict on 22 % (22.00, 17.02, 16.00 %)")
  func homeScrap() throws {
    let charged = try amounts(
      "steel",
      [
        ReportText.charge("scrap_steel", "60000", "home"),
        ReportText.charge("scrap_steel", "160000", "post_consumer"),
        ReportText.charge("hot_metal", "780000"),
      ])
    let target = try Ratio(22, 100)
    func verdict(_ definition: Definition) throws -> String {
      let ratio = try definition.ratio(charged)
      return "\(ratio.percent()) \(ratio >= target)"
    }
    #expect(try verdict(.scrapShareOfCharge) == "22.00 true")
    #expect(try verdict(.scrapShareExternalNet) == "17.02 false")
    #expect(try verdict(.scrapShareExternalFull) == "16.00 false")
  }

  @Test("What is divided by nothing has no value and says why, with its sums")
  func undefined() throws {
    for definition in Definition.allCases {
      #expect(throws: Ratio.Undefined.zeroOverZero) { try definition.ratio(.zero) }
      #expect(shown(definition, .zero) == "0 / 0 = undefined_zero_over_zero")
    }
    let idle = try amounts("steel", [ReportText.charge("scrap_steel", "1500", "unknown")])
    #expect(throws: Ratio.Undefined.positiveOverZero) { try Definition.scrapRate.ratio(idle) }
    #expect(
      String(decoding: Definition.scrapRate.json(idle).bytes, as: UTF8.self)
        == #"{"definition_id":"SCRAP_RATE_KG_T","unit":"kg/t","value":null,"reason":"undefined_positive_over_zero","numerator":{"value":"1500","unit":"t"},"denominator":{"value":"0","unit":"t"}}"#
    )
    #expect(
      try String(decoding: Definition.aluminiumOdds.json(odds()).bytes, as: UTF8.self)
        == #"{"definition_id":"AL_ODDS","unit":"%","value":"25.0000","numerator":{"value":"1","unit":"t"},"denominator":{"value":"4","unit":"t"}}"#
    )
  }

  private func odds() throws -> Amounts {
    try #require(Amounts(text: "output.electrolytic=4000000 recovered.pre_consumer=1000000"))
  }

  @Test("The definitions are those of the table, in its order, with its metals and units")
  func table() throws {
    let rows = try Reference.rows(Reference.folder.appending(path: "definitions.csv"))
    let ids = rows.compactMap { $0["definition_id"].flatMap(Definition.init(rawValue:))?.rawValue }
    #expect(ids == Definition.allCases.map(\.rawValue) && ids.count == rows.count)
    for definition in Definition.allCases {
      let row = try #require(rows.first { $0["definition_id"] == definition.rawValue })
      let metal = definition.metal?.rawValue ?? (definition.report == .hydrogenUse ? "none" : "any")
      #expect(row["metal"] == metal, "\(definition)")
      #expect(row["report"] == (definition.report?.rawValue ?? "any"), "\(definition)")
      #expect(row["unit"] == definition.unit, "\(definition)")
    }
    #expect(Definition.shares(of: .steel).count == 7)
    #expect(
      Definition.shares(of: .copper) == [
        .copperRecyclingInputRate, .copperSecondaryRefined, .recycledContent,
      ])
    #expect(
      Definition.shares(of: .aluminium) == [.aluminiumShare, .aluminiumOdds, .recycledContent])
  }
}
