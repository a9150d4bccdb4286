import Testing

@testable import Models

struct MassChainTests {
  func text(_ gross: String, _ rest: String = "") -> String {
    #"{"gross": \#(ReportText.kilograms(gross))\#(rest.isEmpty ? "" : ", " + rest)}"#
  }

  func chain(_ gross: String, _ rest: String = "") throws -> MassChain {
    try read(text(gross, rest), as: MassChain.init)
  }

  /// The weighbridge of vector R06, in kg.
  static let weighed = #""tare": {"value": "14500", "unit": "kg"}, "moisture": "0.02""#

  @Test("R06: from the weighbridge to recovered copper, to the gram")
  func r06() throws {
    let copper = try chain(
      "32500",
      Self.weighed
        + #", "impurity": "0.03", "impurity_basis": "dry", "assay": "0.96", "yield": "0.975""#)
    #expect(copper.net.grams == 18_000_000)
    #expect(copper.dry.grams == 17_640_000)
    #expect(copper.clean.grams == 17_110_800)
    #expect(copper.contained.grams == 16_426_368)
    // 16,426.368 kg × 0.975 = 16,015.7088 kg.
    #expect(copper.recovered.grams == 16_015_709)
  }

  @Test("R06: an impurity on the net mass adds to the moisture, on the dry mass it follows it")
  func additive() throws {
    let net = try chain("32500", Self.weighed + #", "impurity": "0.03", "impurity_basis": "net""#)
    #expect(net.clean.grams == 17_100_000)
    #expect(net.dry.grams == 17_640_000)
    let dry = try chain("32500", Self.weighed + #", "impurity": "0.030", "impurity_basis": "dry""#)
    #expect(dry.clean.grams == 17_110_800)
    #expect(net != dry)
    // Without moisture the two bases are one.
    for basis in ["net", "dry"] {
      let one = try chain("100", "\"impurity\": \"0.125\", \"impurity_basis\": \"\(basis)\"")
      #expect(one.clean.grams == 87_500, "\(basis)")
    }
  }

  @Test("An impurity stated as a mass is taken from the dry mass")
  func mass() throws {
    let weighed = try chain(
      "32500", Self.weighed + #", "impurity_mass": {"value": "529.2", "unit": "kg"}"#)
    #expect(weighed.clean.grams == 17_110_800)
    #expect(try weighed.impurity == .mass(Mass("529.2", unit: "kg")))
  }

  @Test("What is not stated takes nothing away")
  func bare() throws {
    let bare = try chain("12.345")
    for mass in [bare.net, bare.dry, bare.clean, bare.contained, bare.recovered] {
      #expect(mass.grams == 12_345)
    }
    #expect(bare.tare == .zero && bare.moisture == nil && bare.impurity == nil)
    #expect(bare.assay == nil && bare.yield == nil)
  }

  @Test(
    "A half gram goes to the even gram",
    arguments: [("0.001", 0), ("0.003", 2), ("0.005", 2), ("0.007", 4), ("0.009", 4)]
      as [(String, Int64)])
  func halfEven(_ gross: String, _ grams: Int64) throws {
    #expect(try chain(gross, #""moisture": "0.5""#).dry.grams == grams)
    #expect(try chain(gross, #""assay": "0.5""#).contained.grams == grams)
  }

  @Test("Each mass is rounded once, from the exact product and never from a rounded mass")
  func once() throws {
    // 5 g × 0.5 = 2.5 g, shown as 2 g; × 0.6 = 1.5 g → 2 g, where 2 g × 0.6 would give 1 g.
    let dirty = try chain(
      "0.005", #""moisture": "0.5", "impurity": "0.4", "impurity_basis": "dry""#)
    #expect(dirty.dry.grams == 2 && dirty.clean.grams == 2)
    let melted = try chain("0.005", #""assay": "0.5", "yield": "0.6""#)
    #expect(melted.contained.grams == 2 && melted.recovered.grams == 2)
  }

  @Test("The largest mass with four fractions of six decimals does not overflow")
  func largest() throws {
    func through(_ of: (String, String, String, String)) throws -> MassChain {
      try chain(
        "100000000000",
        """
        "moisture": "\(of.0)", "impurity": "\(of.1)", "impurity_basis": "dry", "assay": "\(of.2)",
        "yield": "\(of.3)"
        """)
    }
    let whole = try through(("0.000000", "0.000000", "1.000000", "1.000000"))
    #expect(whole.clean == .maximum && whole.recovered == .maximum)
    // 10¹⁴ g × (1 − 10⁻⁶)ⁿ.
    let most = try through(("0.000001", "0.000001", "0.999999", "0.999999"))
    #expect(most.dry.grams == 99_999_900_000_000)
    #expect(most.clean.grams == 99_999_800_000_100)
    #expect(most.contained.grams == 99_999_700_000_300)
    #expect(most.recovered.grams == 99_999_600_000_600)
    let nothing = try through(("1.000000", "0.999999", "0.999999", "0.999999"))
    #expect(nothing.dry == .zero && nothing.recovered == .zero)
  }

  @Test("Moisture and impurity may be all there is, and no more")
  func allThereIs() throws {
    let net = #""moisture": "0.6", "impurity_basis": "net", "impurity": "#
    #expect(try chain("100", net + #""0.4""#).clean == .zero)
    #expect(pointers(text("100", net + #""0.400001""#), as: MassChain.init) == ["/impurity"])
    #expect(try chain("100", #""moisture": "1", "assay": "1""#).contained == .zero)
    let mass = #""moisture": "0.5", "impurity_mass": "#
    #expect(try chain("100", mass + ReportText.kilograms("50")).clean == .zero)
    #expect(
      pointers(text("100", mass + ReportText.kilograms("50.001")), as: MassChain.init)
        == ["/impurity_mass"])
  }

  @Test("A tare of the whole gross mass leaves nothing, and a greater one is the one mistake")
  func tare() throws {
    #expect(try chain("1", #""tare": {"value": "1", "unit": "kg"}"#).net == .zero)
    let more = #""tare": {"value": "1.001", "unit": "kg"}"#
    #expect(pointers(text("1", more), as: MassChain.init) == ["/tare"])
  }

  @Test(
    "A fraction above 1, below 0, with seven decimals or not as text is refused, once",
    arguments: ["moisture", "impurity", "assay", "yield"],
    [#""1.000001""#, #""2""#, #""-0.1""#, #""0.1234567""#, #""0.0000000""#, "0.5", #""5 %""#])
  func fractions(_ name: String, _ value: String) {
    let basis = name == "impurity" ? #", "impurity_basis": "dry""# : ""
    #expect(
      pointers(text("1", "\"\(name)\": \(value)\(basis)"), as: MassChain.init) == ["/\(name)"])
  }

  @Test(
    "An impurity is a share with its basis or a mass, and nothing in between",
    arguments: [
      (#""impurity": "0.1""#, ["/impurity_basis"]),
      (#""impurity": "0.1", "impurity_basis": "wet""#, ["/impurity_basis"]),
      (#""impurity_basis": "dry""#, ["/impurity"]),
      (
        #""impurity": "0.1", "impurity_basis": "dry", "impurity_mass": {"value": "0", "unit": "t"}"#,
        ["/impurity_mass"]
      ),
      (#""impurity_mass": "0.1""#, ["/impurity_mass"]),
    ] as [(String, [String])])
  func impurity(_ rest: String, _ expected: [String]) {
    #expect(pointers(text("1", rest), as: MassChain.init) == expected)
  }

  @Test("The gross mass is required")
  func gross() { #expect(pointers("{}", as: MassChain.init) == ["/gross"]) }

  @Test("The masses are shown as far as they are known")
  func shown() throws {
    #expect(
      try String(
        decoding: chain("1000", #""moisture": "0.1", "assay": "0.5""#).json.bytes, as: UTF8.self)
        == #"{"net":{"value":"1","unit":"t"},"dry":{"value":"0.9","unit":"t"},"clean":{"value":"0.9","unit":"t"},"contained":{"value":"0.45","unit":"t"}}"#
    )
  }
}
