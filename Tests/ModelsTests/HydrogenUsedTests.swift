import Testing

@testable import Models

struct HydrogenUsedTests {
  struct Floor: Sendable, CustomTestStringConvertible {
    let use: String
    let feed: String?
    /// The least hydrogen for one tonne of product, in kg (vector H04).
    let least: String
    /// A gram less.
    let less: String
    let factor: String
    var testDescription: String { "\(use) \(feed ?? "-")" }

    init(_ use: String, _ feed: String?, _ least: String, _ less: String, _ factor: String) {
      self.use = use
      self.feed = feed
      self.least = least
      self.less = less
      self.factor = factor
    }
  }

  static let floors = [
    Floor("ammonia", nil, "177.55", "177.549", "H2_PER_NH3"),
    Floor("methanol", "co2", "188.74", "188.739", "H2_PER_MEOH_CO2"),
    Floor("methanol", "co", "125.83", "125.829", "H2_PER_MEOH_CO"),
    Floor("methanol", nil, "125.83", "125.829", "H2_PER_MEOH_CO"),
    Floor("shaft_furnace_dri", "hematite", "54.15", "54.149", "H2_PER_FE"),
    Floor("shaft_furnace_dri", "magnetite", "48.13", "48.129", "H2_PER_FE_MAGNETITE"),
    Floor("shaft_furnace_dri", nil, "48.13", "48.129", "H2_PER_FE_MAGNETITE"),
  ]

  func used(_ use: String, _ kilograms: String, product: String?, feed: String? = nil) throws
    -> HydrogenUsed
  {
    let made = product.map { "\"product\": \(ReportText.tonnes($0))" }
    let met = feed.map { "\"feed\": \"\($0)\"" }
    let rest = [made, met].compactMap { $0 }.joined(separator: ", ")
    return try read(ReportText.use(use, kilograms, rest), as: HydrogenUsed.init)
  }

  @Test("H04: at the floor there is no warning, and a gram below there is", arguments: floors)
  func h04(_ floor: Floor) throws {
    #expect(try used(floor.use, floor.least, product: "1", feed: floor.feed).warning == nil)
    let warning = try #require(
      try used(floor.use, floor.less, product: "1", feed: floor.feed).warning)
    #expect(
      warning
        == "\(floor.use): 1 t take at least \(floor.least) kg of hydrogen each (\(floor.factor)) unless carbon monoxide does part of the work"
    )
  }

  @Test("H04: the floors are those of the domain's example")
  func h04Vector() throws {
    let vectors = try #require(VectorTests.all["hydrogen"]).elements
    let vector = try #require(vectors.first { $0["id"]?.text == "H04" })
    let expected = vector["expected"]
    let names = [
      "kg_H2_per_t_NH3", "kg_H2_per_t_CH3OH_from_CO2", "kg_H2_per_t_CH3OH_from_CO",
      "kg_H2_per_t_Fe_from_Fe2O3", "kg_H2_per_t_Fe_from_Fe3O4",
    ]
    let floors =
      ["ammonia -", "methanol co2", "methanol co"]
      + ["shaft_furnace_dri hematite", "shaft_furnace_dri magnetite"]
    for (name, floor) in zip(names, floors) {
      let row = try #require(Self.floors.first { $0.testDescription == floor })
      #expect(expected?[name]?.text == row.least, "\(name)")
    }
  }

  @Test("The floor holds for any amount of product, exactly")
  func amounts() throws {
    // 177.55 kg/t × 0.000002 t = 0.3551 g.
    #expect(try used("ammonia", "0.001", product: "0.000002").warning == nil)
    #expect(try used("ammonia", "0", product: "0.000001").warning != nil)
    #expect(try used("ammonia", "17755000000", product: "100000000").warning == nil)
    #expect(try used("ammonia", "17754999999.999", product: "100000000").warning != nil)
  }

  @Test("Without a product, or in a use without a floor, there is nothing to warn of")
  func none() throws {
    #expect(try used("ammonia", "1", product: nil).warning == nil)
    #expect(try used("ammonia", "1", product: "0").warning == nil)
    for use in HydrogenPurpose.allCases
    where ![.ammonia, .methanol, .shaftFurnaceDRI].contains(use) {
      #expect(try used(use.rawValue, "0", product: "1000").warning == nil, "\(use)")
    }
  }

  @Test("A use comes back from what is written")
  func roundTrip() throws {
    for one in [
      try used("heat", "1", product: nil), try used("ammonia", "0.001", product: "0"),
      try used("methanol", "12.345", product: "7", feed: "co2"),
    ] {
      #expect(try Fields.read(one.json.bytes, as: HydrogenUsed.init) == one)
    }
    #expect(
      try String(
        decoding: used("methanol", "12.345", product: "7", feed: "co2").json.bytes, as: UTF8.self)
        == #"{"use":"methanol","mass":{"value":"0.012345","unit":"t"},"product":{"value":"7","unit":"t"},"feed":"co2"}"#
    )
  }
}
