import Testing

@testable import Models

struct HydrogenQuantityTests {
  func volume(_ value: String, _ state: String?, _ fraction: String?, unit: String = "m3")
    -> String
  {
    #""volume": {"value": "\#(value)", "unit": "\#(unit)"}"#
      + (state.map { #", "reference_state": "\#($0)""# } ?? "")
      + (fraction.map { #", "hydrogen_fraction": "\#($0)""# } ?? "")
  }

  func supply(_ quantity: String) throws -> HydrogenSupply {
    try read(ReportText.supply(quantity), as: HydrogenSupply.init)
  }

  @Test(
    "H01: 10,000 m³ are as many kilograms as the state that they are stated at says",
    arguments: [("0C", 899_000), ("15C", 853_000), ("20C", 838_000)] as [(String, Int64)])
  func h01(_ state: String, _ grams: Int64) throws {
    #expect(try supply(volume("10000", state, "1")).quantity.mass.grams == grams)
    #expect(try supply(volume("1", state, "1", unit: "万m3")).quantity.mass.grams == grams)
  }

  @Test("H01: the states of the domain's example give what it expects")
  func h01Vector() throws {
    let vectors = try #require(VectorTests.all["hydrogen"]).elements
    let vector = try #require(vectors.first { $0["id"]?.text == "H01" })
    let expected = vector["expected"]
    let zero = try supply(volume("10000", "0C", "1")).quantity.mass
    let twenty = try supply(volume("10000", "20C", "1")).quantity.mass
    #expect(
      try zero == Mass(VectorTests.text(expected?["mass_kg_at_0.0899_convention"]), unit: "kg"))
    #expect(try twenty == Mass(VectorTests.text(expected?["mass_kg_20C_ideal"]), unit: "kg"))
  }

  @Test("Of a mixed gas the hydrogen counts: coke-oven gas of 60 %")
  func mixed() throws {
    #expect(try supply(volume("10000", "0C", "0.6")).quantity.mass.grams == 539_400)
    #expect(try supply(volume("10000", "0C", "0")).quantity.mass == .zero)
    #expect(try supply(volume("0.5", "20C", "0.6", unit: "万m3")).quantity.mass.grams == 251_400)
  }

  @Test("A volume becomes grams in one rounding, a half gram to the even one")
  func rounding() throws {
    // 899 g × 0.5 = 449.5 g; 2,697 g × 0.5 = 1,348.5 g.
    #expect(try supply(volume("10", "0C", "0.5")).quantity.mass.grams == 450)
    #expect(try supply(volume("30", "0C", "0.5")).quantity.mass.grams == 1348)
    // 89.9 g × 0.55 = 49.445 g, where 90 g × 0.55 would round to 50 g.
    #expect(try supply(volume("1", "0C", "0.55")).quantity.mass.grams == 49)
  }

  @Test(
    "A quantity that is not whole, or says two things, is refused at what is wrong, once",
    arguments: [
      (#""volume": {"value": "1", "unit": "m3"}"#, ["/reference_state", "/hydrogen_fraction"]),
      (
        #""volume": {"value": "1", "unit": "m3"}, "hydrogen_fraction": "1""#,
        ["/reference_state"]
      ),
      (#""volume": {"value": "1", "unit": "m3"}, "reference_state": "0C""#, ["/hydrogen_fraction"]),
      (
        #""volume": 1, "reference_state": "0C", "hydrogen_fraction": "1""#,
        ["/volume"]
      ),
      (#""mass": {"value": "1", "unit": "kg"}, "reference_state": "0C""#, ["/reference_state"]),
      (#""mass": {"value": "1", "unit": "kg"}, "hydrogen_fraction": "1""#, ["/hydrogen_fraction"]),
      (#""certificates": []"#, ["/mass"]), (#""mass": null"#, ["/mass"]),
      (#""mass": 1"#, ["/mass"]), (#""mass": {"value": "-1", "unit": "kg"}"#, ["/mass/value"]),
    ] as [(String, [String])])
  func mistakes(_ quantity: String, _ expected: [String]) {
    #expect(pointers(ReportText.supply(quantity), as: HydrogenSupply.init) == expected)
  }

  @Test("A mass and a volume together are refused")
  func both() {
    let mass = "\"mass\": \(ReportText.kilograms("1")), "
    #expect(
      pointers(ReportText.supply(mass + volume("1", "0C", "1")), as: HydrogenSupply.init)
        == ["/volume"])
  }

  @Test("A volume in another unit, at another state, or with a share beyond all is refused")
  func wrongVolumes() {
    for (quantity, pointer) in [
      (volume("1", "0C", "1", unit: "Nm3"), "/volume/unit"),
      (volume("1", "0C", "1", unit: "m³"), "/volume/unit"),
      (volume("1", "25C", "1"), "/reference_state"), (volume("1", "0°C", "1"), "/reference_state"),
      (volume("1", "0C", "60"), "/hydrogen_fraction"),
      (volume("1", "0C", "1.000001"), "/hydrogen_fraction"),
      (volume("1", "0C", "0.1234567"), "/hydrogen_fraction"),
      (volume("-1", "0C", "1"), "/volume/value"), (volume("1.0000001", "0C", "1"), "/volume/value"),
    ] {
      #expect(
        pointers(ReportText.supply(quantity), as: HydrogenSupply.init) == [pointer], "\(quantity)")
    }
  }

  @Test("More than 100 Mt of hydrogen is refused, however it is stated")
  func tooMuch() throws {
    // 0.0838 kg × 10¹² = 83.8 Mt.
    #expect(try supply(volume("1000000000000", "20C", "1")).quantity.mass.tonnes == "83800000")
    #expect(
      pointers(ReportText.supply(volume("1200000000000", "20C", "1")), as: HydrogenSupply.init)
        == ["/volume"])
    #expect(
      pointers(ReportText.supply(volume("999999999999999999", "0C", "1")), as: HydrogenSupply.init)
        == ["/volume"])
    #expect(
      pointers(
        ReportText.supply(volume("999999999999999999", "0C", "0", unit: "万m3")),
        as: HydrogenSupply.init) == ["/volume/value"])
  }

  @Test("A quantity is written in kilograms' tonnes or in m³, and comes back")
  func wire() throws {
    let wan = try supply(volume("0.0899", "15C", "0.60", unit: "万m3"))
    #expect(
      String(decoding: JSON.object(wan.quantity.members).bytes, as: UTF8.self)
        == #"{"volume":{"value":"899","unit":"m3"},"reference_state":"15C","hydrogen_fraction":"0.6"}"#
    )
    let mass = try supply("\"mass\": \(ReportText.kilograms("12.345"))")
    #expect(
      String(decoding: JSON.object(mass.quantity.members).bytes, as: UTF8.self)
        == #"{"mass":{"value":"0.012345","unit":"t"}}"#)
    for one in [wan, mass] {
      #expect(try Fields.read(one.json.bytes, as: HydrogenSupply.init) == one)
    }
  }

  @Test("The greatest volume that is accepted can be read again from what is written")
  func greatest() throws {
    let text = ReportText.supply(volume("99999999999999", "20C", "0.000001", unit: "万m3"))
    let one = try read(text, as: HydrogenSupply.init)
    #expect(one.quantity.members.first?.value["value"]?.text == "999999999999990000")
    #expect(try Fields.read(one.json.bytes, as: HydrogenSupply.init) == one)
    // 10¹⁸ m³ would be written with 19 digits, more than can be read.
    #expect(
      pointers(
        ReportText.supply(volume("100000000000000", "20C", "0.000001", unit: "万m3")),
        as: HydrogenSupply.init) == ["/volume/value"])
  }
}
