import TestSupport
import Testing

@testable import Models

struct MassTests {
  @Test(
    "Each unit is the right number of grams",
    arguments: [
      ("1", "kg", 1_000), ("1", "t", 1_000_000), ("1", "kt", 1_000_000_000),
      ("1", "万吨", 10_000_000_000), ("12.345", "t", 12_345_000), ("0.001", "kg", 1),
      ("0.000001", "t", 1), ("0.000000001", "kt", 1), ("0.0000000001", "万吨", 1),
      ("9999.9999999999", "万吨", 99_999_999_999_999), ("0", "t", 0), ("17110.8", "kg", 17_110_800),
    ] as [(String, String, Int64)])
  func units(_ value: String, _ unit: String, _ grams: Int64) throws {
    #expect(try Mass(value, unit: unit).grams == grams)
  }

  @Test("12.3 万吨 is 123,000 t (vector R10)")
  func wan() throws {
    let mass = try Mass("12.3", unit: "万吨")
    #expect(mass.tonnes == "123000")
    #expect(try mass == Mass("123", unit: "kt"))
    #expect(try mass == Mass("123000000", unit: "kg"))
  }

  @Test(
    "A mass with too many decimals is refused",
    arguments: [
      ("1.0001", "kg"), ("0.0000001", "t"), ("1.0000000000", "kt"), ("0.00000000001", "万吨"),
    ])
  func tooExact(_ value: String, _ unit: String) {
    let refusal = #expect(throws: Mass.Refusal.self) { try Mass(value, unit: unit) }
    #expect(refusal?.field == "value")
    #expect(refusal?.detail.contains("a gram is the smallest unit") == true)
  }

  @Test(
    "A unit that is not one of the four is refused by name",
    arguments: ["tons", "ton", "T", "KG", "g", "Mt", "吨", "", " t", "tonne", "短吨"])
  func unknownUnits(_ unit: String) {
    let refusal = #expect(throws: Mass.Refusal.self) { try Mass("1", unit: unit) }
    #expect(refusal?.field == "unit")
    #expect(refusal?.detail.hasPrefix("\"\(unit)\" is not a unit here") == true)
  }

  @Test("A negative mass is refused", arguments: ["-1", "-0", "-0.5"])
  func negative(_ value: String) {
    #expect(throws: Mass.Refusal(field: "value", detail: "must not be negative")) {
      try Mass(value, unit: "t")
    }
  }

  @Test(
    "A value that is no plain decimal is refused",
    arguments: ["", "1e3", "1,000", "+1", "01", ".5", "5.", "twelve", "1 t", "１２"])
  func noDecimal(_ value: String) {
    let refusal = #expect(throws: Mass.Refusal.self) { try Mass(value, unit: "t") }
    #expect(refusal?.field == "value")
  }

  @Test("100 Mt is accepted and a gram more is not")
  func bounds() throws {
    #expect(try Mass("100000000", unit: "t") == .maximum)
    #expect(try Mass("10000", unit: "万吨") == .maximum)
    for (value, unit) in [
      ("100000000.000001", "t"), ("100000.1", "kt"), ("999999999999999999", "万吨"),
    ] {
      let refusal = #expect(throws: Mass.Refusal.self) { try Mass(value, unit: unit) }
      #expect(refusal?.detail == "is more than 100 Mt, the most that is accepted")
    }
    #expect(Array(repeating: Mass.maximum, count: 1000).sum.grams == 100_000_000_000_000_000)
  }

  @Test("A mass is written in tonnes, exact and as short as possible")
  func writes() throws {
    #expect(Mass(grams: 1).tonnes == "0.000001")
    #expect(Mass(grams: 12_345_000).tonnes == "12.345")
    #expect(Mass(grams: 10_000_000).tonnes == "10")
    #expect(Mass.zero.tonnes == "0")
    #expect(Mass.tonnes(-1_500_000) == "-1.5")
    #expect(
      String(decoding: Mass(grams: 1_500_000).json.bytes, as: UTF8.self)
        == #"{"value":"1.5","unit":"t"}"#)
  }

  @Test("Any mass comes back from what is written, gram for gram")
  func roundTrip() throws {
    var random = Seeded()
    for _ in 0..<500 {
      let mass = Mass(grams: Int64(random.int(0...Int(Mass.maximum.grams)) >> random.int(0...40)))
      #expect(try Mass(mass.tonnes, unit: "t") == mass)
      #expect(
        try Fields.read(.object([.init("m", mass.json)])) { fields in fields.mass("m") } == mass)
    }
  }

  @Test(
    "A bare number is no mass on the wire, and the pointer says what is wrong",
    arguments: [
      (#"{"m": 12.5}"#, ["/m"]), (#"{"m": "12.5 t"}"#, ["/m"]), (#"{"m": null}"#, ["/m"]),
      ("{}", ["/m"]), (#"{"m": {"value": 12.5, "unit": "t"}}"#, ["/m/value"]),
      (#"{"m": {"value": "12.5"}}"#, ["/m/unit"]), (#"{"m": {}}"#, ["/m/value", "/m/unit"]),
      (#"{"m": {"value": "12.5", "unit": "tons"}}"#, ["/m/unit"]),
      (#"{"m": {"value": "-12.5", "unit": "t"}}"#, ["/m/value"]),
      (#"{"m": {"value": "12.5", "unit": "t", "basis": "dry"}}"#, ["/m/basis"]),
      (#"{"m": [{"value": "12.5", "unit": "t"}]}"#, ["/m"]),
    ] as [(String, [String])])
  func wire(_ text: String, _ expected: [String]) {
    #expect(pointers(text) { $0.mass("m") } == expected)
  }
}
