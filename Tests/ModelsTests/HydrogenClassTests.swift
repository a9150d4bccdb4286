import Testing

@testable import Models

/// The class of hydrogen in each scheme, as its supplies say.
struct HydrogenClassTests {
  static let mass = #""mass": {"value": "1", "unit": "t"}"#

  /// The intensities of vector H03.
  static let intensities = [
    "14.51", "14.52", "4.90", "4.91", "3.384", "3.385", "2.40", "0.45", "0.449", "4.00",
  ]

  struct Row: Sendable, CustomTestStringConvertible {
    let scheme: String
    let boundary: String
    let renewable: Bool
    /// The classes of the intensities, in their order.
    let classes: String
    var testDescription: String { "\(scheme), renewable: \(renewable)" }

    init(_ scheme: String, _ boundary: String, _ renewable: Bool, _ classes: String) {
      self.scheme = scheme
      self.boundary = boundary
      self.renewable = renewable
      self.classes = classes
    }
  }

  /// Worked out by hand from `hydrogen_thresholds.csv`.
  static let table = [
    Row(
      "CN-TCAB0078", "cradle_to_site", true,
      "low_carbon none renewable low_carbon renewable renewable renewable renewable renewable renewable"
    ),
    Row(
      "CN-TCAB0078", "cradle_to_site", false,
      "low_carbon none clean low_carbon clean clean clean clean clean clean"),
    Row(
      "EU", "full_life_cycle", true, "none none none none RFNBO none RFNBO RFNBO RFNBO none"),
    Row(
      "EU", "full_life_cycle", false,
      "none none none none low_carbon none low_carbon low_carbon low_carbon none"),
    Row(
      "UK-LCHS", "point_of_production", true,
      "none none none none none none low_carbon low_carbon low_carbon none"),
    Row(
      "UK-LCHS", "point_of_production", false,
      "none none none none none none low_carbon low_carbon low_carbon none"),
    Row("US-45V", "well_to_gate", true, "none none none none tier4 tier4 tier3 tier2 tier1 tier4"),
    Row("US-45V", "well_to_gate", false, "none none none none tier4 tier4 tier3 tier2 tier1 tier4"),
    Row(
      "JP-LOWC", "well_to_gate", false,
      "none none none none low_carbon low_carbon low_carbon low_carbon low_carbon none"),
    Row(
      "IN-GREEN", "well_to_gate_12_months", true,
      "none none none none none none none green green none"),
  ]

  func classes(_ intensity: String, _ boundary: String, renewable: Bool = true) throws
    -> [String: String]
  {
    let rest = """
      \(Self.mass), "renewable": \(renewable),
      "carbon_intensity": {"value": "\(intensity)", "boundary": "\(boundary)"}
      """
    let supply = try read(ReportText.supply(rest), as: HydrogenSupply.init)
    return Dictionary(uniqueKeysWithValues: supply.classes.map { ($0.scheme, $0.name) })
  }

  @Test(
    "H03: the class of each intensity in each scheme, at and just beside its limits",
    arguments: table)
  func h03(_ row: Row) throws {
    let names = try Self.intensities.map {
      try classes($0, row.boundary, renewable: row.renewable)[row.scheme] ?? "missing"
    }
    #expect(names.joined(separator: " ") == row.classes)
  }

  @Test("H03: the domain's own example, in its own words")
  func h03Vector() throws {
    let vectors = try #require(VectorTests.all["hydrogen"]).elements
    let vector = try #require(vectors.first { $0["id"]?.text == "H03" })
    #expect(vector["inputs"]?["ci"]?.elements.compactMap(\.text) == Self.intensities)
    let columns: [(String, String, String, [String: String])] = [
      ("T_CAB_0078", "CN-TCAB0078", "cradle_to_site", [:]),
      ("EU_28.2g_MJ", "EU", "full_life_cycle", ["RFNBO": "pass", "none": "fail"]),
      (
        "UK_LCHS_20g_MJ_at_120", "UK-LCHS", "point_of_production",
        ["low_carbon": "pass", "none": "fail"]
      ),
      (
        "US_45V", "US-45V", "well_to_gate",
        ["tier1": "<0.45", "tier2": "0.45-1.5", "tier3": "1.5-2.5", "tier4": "2.5-4"]
      ),
    ]
    for (column, scheme, boundary, words) in columns {
      let expected = try #require(vector["expected"]?[column]).elements
      #expect(expected.count == 10)
      for (intensity, word) in zip(Self.intensities, expected) {
        let name = try #require(try classes(intensity, boundary)[scheme])
        #expect(word.text == words[name] ?? name, "\(scheme) \(intensity)")
      }
    }
  }

  @Test("The tiers of 45V end where the next one begins, and only the last includes its limit")
  func tiers() throws {
    for (intensity, tier) in [
      ("0", "tier1"), ("0.449999", "tier1"), ("0.450", "tier2"), ("1.499999", "tier2"),
      ("1.5", "tier3"), ("2.499999", "tier3"), ("2.5", "tier4"), ("4", "tier4"),
      ("4.000001", "none"),
    ] {
      #expect(try classes(intensity, "well_to_gate")["US-45V"] == tier, "\(intensity)")
    }
    #expect(try classes("2.0", "well_to_gate_12_months")["IN-GREEN"] == "green")
    #expect(try classes("3.40", "well_to_gate")["JP-LOWC"] == "low_carbon")
    #expect(try classes("3.400001", "well_to_gate")["JP-LOWC"] == "none")
  }

  @Test("Hydrogen is classed by the schemes whose boundary it declares, and compared with no other")
  func notComparable() throws {
    let comparable: [String: [String]] = [
      "cradle_to_site": ["CN-TCAB0078"], "production_gate": [],
      "point_of_production": ["UK-LCHS"], "well_to_gate": ["JP-LOWC", "US-45V"],
      "well_to_gate_12_months": ["IN-GREEN"], "full_life_cycle": ["EU"],
    ]
    #expect(Set(Reference.shared.hydrogenBoundaries) == Set(comparable.keys))
    for (boundary, schemes) in comparable {
      let names = try classes("0.1", boundary)
      #expect(names.count == 7, "\(boundary)")
      // Korea's boundary is not known, so nothing compares with it.
      #expect(names["KR-CLEAN"] == "not_comparable")
      #expect(names.filter { $0.value != "not_comparable" }.keys.sorted() == schemes)
    }
  }

  @Test("Without an intensity there is no class in any scheme, whatever the power was")
  func notDeclared() throws {
    let supply = try read(
      ReportText.supply(#"\#(Self.mass), "power": "wind""#, route: "electrolysis_pem"),
      as: HydrogenSupply.init)
    #expect(
      supply.classes.map(\.scheme) == [
        "CN-TCAB0078", "EU", "IN-GREEN", "JP-LOWC", "KR-CLEAN", "UK-LCHS", "US-45V",
      ])
    #expect(supply.classes.allSatisfy { $0.name == "not_declared" })
  }
}
