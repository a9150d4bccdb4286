import Testing

@testable import Models

/// The worked examples of the domain, through reports and the sums of their amounts.
struct DefinitionVectorTests {
  /// One month of a steel mill that charged scrap and made crude steel.
  func steel(_ scrap: String, _ crude: String, period: String = "2026-03") throws -> Amounts {
    try read(
      ReportText.mill(
        "steel", period: period,
        inputs: [ReportText.charge("scrap_steel", scrap, "post_consumer")],
        outputs: ["bof": crude]),
      as: RecycledInputReport.init
    ).amounts
  }

  func rate(_ amounts: Amounts) -> String? {
    Definition.scrapRate.json(amounts)["value"]?.text
  }

  @Test("R01: a nation's year, of reports of 100 Mt at most, is the published 208.6 kg/t")
  func r01() throws {
    let (_, expected) = try VectorTests.vector("R01")
    // 209,670,000 t of scrap and 1,005,090,000 t of crude steel.
    var months = [("100000000", "100000000"), ("100000000", "100000000"), ("9670000", "5090000")]
    months += Array(repeating: ("0", "100000000"), count: 8)
    let nation = try months.map { try steel($0.0, $0.1) }.reduce(.zero, +)
    #expect(nation["scrap_steel.post_consumer"] == 209_670_000_000_000)
    #expect(nation["output.bof"] == 1_005_090_000_000_000)
    let ratio = try Definition.scrapRate.ratio(nation)
    #expect(
      try ratio.rounded(times: Definition.scrapRate.factor, places: 1)
        == VectorTests.text(expected["kg_per_t"]))
    #expect(ratio.percent() == "20.86")
    #expect(rate(nation) == "208.6082")
  }

  @Test("R02: three plants are a ratio of sums, and one may charge more than it makes")
  func r02() throws {
    let (inputs, expected) = try VectorTests.vector("R02")
    var sum = Amounts.zero
    for plant in try #require(inputs["plants"]).elements {
      let one = try steel(
        VectorTests.text(plant["scrap_charged_t"]), VectorTests.text(plant["crude_steel_t"]))
      #expect(
        try rate(one)
          == VectorTests.text(expected["plant_kg_per_t"]?[VectorTests.text(plant["id"])]))
      sum = sum + one
    }
    #expect(rate(sum) == "227.6190")
    #expect(try Definition.scrapRate.ratio(sum).percent(places: 4) == "22.7619")
  }

  @Test("R03: an idle month and one that only charged have no rate, and enter the period's")
  func r03() throws {
    let idle = try read(
      #"{"facility_id": "\#(ReportText.facility)", "metal": "steel", "period": "2026-02", "nil": true}"#,
      as: RecycledInputReport.init)
    #expect(idle.amounts.isEmpty)
    let march = try read(
      ReportText.mill("steel", inputs: [ReportText.charge("scrap_steel", "1500", "home")]),
      as: RecycledInputReport.init)
    let january = try steel("20000", "100000", period: "2026-01")
    let may = try steel("13500", "50000", period: "2026-05")
    #expect(rate(january) == "200.0000" && rate(may) == "270.0000")
    #expect(rate(idle.amounts) == nil && rate(march.amounts) == nil)
    #expect(
      Definition.scrapRate.json(idle.amounts)["reason"]?.text == "undefined_zero_over_zero")
    #expect(
      Definition.scrapRate.json(march.amounts)["reason"]?.text == "undefined_positive_over_zero")
    #expect(rate([january, idle.amounts, march.amounts, may].reduce(.zero, +)) == "233.3333")
  }

  @Test("R08: recycled aluminium over primary is 24 %, and its share 19.35 %")
  func r08() throws {
    let (inputs, expected) = try VectorTests.vector("R08")
    let year = try read(
      ReportText.mill(
        "aluminium",
        inputs: [
          ReportText.charge(
            "scrap_aluminium", VectorTests.text(inputs["recycled_al_t"]), "post_consumer",
            #""assay": "1", "yield": "1""#)
        ],
        outputs: ["electrolytic": VectorTests.text(inputs["primary_al_t"])]),
      as: RecycledInputReport.init
    ).amounts
    #expect(
      try Definition.aluminiumShare.json(year)["value"]?.text
        == VectorTests.text(expected["share_of_total_percent"]))
    #expect(
      try Definition.aluminiumOdds.json(year)["value"]?.text
        == VectorTests.text(expected["recycled_over_primary_percent"]))
  }

  @Test("R14: rework of the same process is no recycled content")
  func r14() throws {
    let report = try read(
      ReportText.mill(
        "steel",
        inputs: [
          ReportText.charge("pig_iron", "620"), ReportText.charge("scrap_steel", "90", "home"),
          ReportText.charge("scrap_steel", "140", "pre_consumer"),
          ReportText.charge("scrap_steel", "150", "post_consumer"),
        ], outputs: ["eaf": "1000"], "\"product\": \(ReportText.tonnes("1000"))"),
      as: RecycledInputReport.init)
    let (_, expected) = try VectorTests.vector("R14")
    #expect(
      try Definition.recycledContent.json(report.amounts)["value"]?.text
        == VectorTests.text(expected["recycled_content_percent"]))
    #expect(report.externalContent.tonnes == "290")
    #expect(report.amounts["content.pre_consumer"] == 140_000_000)
    #expect(report.amounts["content.post_consumer"] == 150_000_000)
  }

  @Test("R18: January and February in one report enter the quarter as they are")
  func r18() throws {
    let both = try steel("33600", "160000", period: "2026-01..02")
    let march = try steel("19800", "90000")
    #expect(try Definition.scrapRate.ratio(both + march).percent(places: 4) == "21.3600")
  }
}
