import Testing

@testable import Models

struct ChargeTests {
  /// 10 t gross: 9 t net, 8.1 t dry, 7.29 t clean, 3.645 t contained, 2.916 t recovered.
  static let chain =
    "\"tare\": \(ReportText.tonnes("1"))"
    + #", "moisture": "0.1", "impurity": "0.1", "impurity_basis": "dry", "assay": "0.5""#
    + #", "yield": "0.8""#

  /// What 10 t of each material count, in tonnes.
  static let counted = [
    "scrap_steel": "7.29", "hot_metal": "9", "pig_iron": "9", "dri_hbi": "9", "ferroalloy": "9",
    "purchased_semis_steel": "9", "scrap_copper": "3.645", "scrap_copper_alloy": "3.645",
    "copper_concentrate": "3.645", "blister_primary": "3.645", "blister_secondary": "3.645",
    "cathode_purchased": "3.645", "scrap_aluminium": "3.645", "aluminium_electrolytic": "3.645",
    "ingot_primary_purchased": "3.645", "ingot_recycled_purchased": "3.645",
    "alloying_aluminium": "9",
  ]

  /// The materials of recycled metal, each with the route it is charged for, if it needs one.
  static let routes: [String: String?] = [
    "scrap_steel": nil, "scrap_copper": "direct_melt", "scrap_copper_alloy": "secondary_refined",
    "blister_secondary": "secondary_refined", "scrap_aluminium": nil,
  ]

  static func line(_ material: String, _ rest: String = ChargeTests.chain) -> String {
    guard let route = routes[material] else { return ReportText.charge(material, "10", nil, rest) }
    let way = route.map { #", "route": "\#($0)""# } ?? ""
    return ReportText.charge(material, "10", "post_consumer", rest + way)
  }

  @Test("Every material of the table counts the mass that the table says")
  func basis() throws {
    #expect(Set(Self.counted.keys) == Set(Reference.shared.materials.keys))
    for (material, tonnes) in Self.counted {
      let charge = try read(Self.line(material), as: { Charge($0, of: nil) })
      #expect(charge.counted.tonnes == tonnes, "\(material)")
      #expect(charge.chain.recovered.tonnes == "2.916", "\(material)")
      #expect((charge.origin != nil) == Self.routes.keys.contains(material), "\(material)")
    }
  }

  @Test("A line comes back from what is written, whatever is left out")
  func roundTrip() throws {
    let lines =
      Self.counted.keys.map { Self.line($0) } + [
        ReportText.charge("hot_metal", "0"),
        ReportText.charge("hot_metal", "1", nil, #""route": "bof", "moisture": "0.000001""#),
        ReportText.charge(
          "scrap_steel", "1.000001", "home",
          #""route": "eaf", "impurity": "0", "impurity_basis": "net""#),
        ReportText.charge(
          "scrap_steel", "1", "unknown", "\"impurity_mass\": \(ReportText.kilograms("0.001"))"),
        ReportText.charge(
          "scrap_steel", "1", "unknown", "\"facility_id\": \"\(ReportText.facility)\""),
      ]
    for line in lines {
      let charge = try read(line, as: { Charge($0, of: nil) })
      #expect(try Fields.read(charge.json, as: { Charge($0, of: nil) }) == charge, "\(line)")
      let bytes = charge.json.bytes
      #expect(try Fields.read(bytes, as: { Charge($0, of: nil) }).json.bytes == bytes, "\(line)")
    }
  }

  @Test("The wire form is written by hand, fractions as short as possible")
  func wire() throws {
    let charge = try read(
      ReportText.charge(
        "scrap_copper", "18", "pre_consumer",
        #""route": "direct_melt", "moisture": "0.020", "impurity": "0.0300", "impurity_basis": "dry", "assay": "0.96""#
      ),
      as: { Charge($0, of: nil) })
    #expect(
      String(decoding: charge.json.bytes, as: UTF8.self)
        == #"{"material":"scrap_copper","origin":"pre_consumer","route":"direct_melt","gross":{"value":"18","unit":"t"},"moisture":"0.02","impurity":"0.03","impurity_basis":"dry","assay":"0.96"}"#
    )
  }

  @Test(
    "A line whose material needs more, or takes less, than was said is refused at that member",
    arguments: [
      (ReportText.charge("slag", "1"), ["/material"]),
      (ReportText.charge("Scrap_steel", "1", "home"), ["/material"]),
      (ReportText.charge("scrap_steel", "1"), ["/origin"]),
      (ReportText.charge("scrap_steel", "1", "obsolete"), ["/origin"]),
      (ReportText.charge("hot_metal", "1", "home"), ["/origin"]),
      (ReportText.charge("purchased_semis_steel", "1", "unknown"), ["/origin"]),
      (ReportText.charge("scrap_steel", "1", "home", #""route": "direct_melt""#), ["/route"]),
      (ReportText.charge("hot_metal", "1", nil, #""route": "electrolytic""#), ["/route"]),
      (ReportText.charge("scrap_copper", "1", "home", #""assay": "1""#), ["/route"]),
      (
        ReportText.charge(
          "scrap_copper", "1", "home", #""assay": "1", "route": "primary_refined""#),
        ["/route"]
      ),
      (
        ReportText.charge("scrap_copper", "1", "home", #""assay": "1", "route": "recovered""#),
        ["/route"]
      ),
      (
        ReportText.charge("scrap_copper", "1", "home", #""route": "direct_melt""#), ["/assay"]
      ),
      (ReportText.charge("cathode_purchased", "1"), ["/assay"]),
      (ReportText.charge("scrap_aluminium", "1", "home", #""assay": "1""#), ["/yield"]),
      (ReportText.charge("scrap_aluminium", "1", "home"), ["/assay", "/yield"]),
      (
        ReportText.charge(
          "scrap_aluminium", "1", "home", #""assay": "1", "yield": "1", "route": "electrolytic""#),
        ["/route"]
      ),
      (ReportText.charge("hot_metal", "1", nil, #""net": 1"#), ["/net"]),
      (#"{"material": "hot_metal"}"#, ["/gross"]), ("{}", ["/material", "/gross"]),
    ] as [(String, [String])])
  func mistakes(_ line: String, _ expected: [String]) {
    #expect(pointers(line, as: { Charge($0, of: nil) }) == expected)
  }
}
