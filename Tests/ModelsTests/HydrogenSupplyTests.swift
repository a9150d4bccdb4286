import Testing

@testable import Models

struct HydrogenSupplyTests {
  static let mass = #""mass": {"value": "1", "unit": "t"}"#

  @Test("Only electrolysis has a power, and then must have one, which says whether it is renewable")
  func power() throws {
    func supply(_ rest: String) throws -> HydrogenSupply {
      try read(
        ReportText.supply("\(Self.mass)\(rest)", route: "electrolysis_soec"),
        as: HydrogenSupply.init)
    }
    for (power, isRenewable) in [
      ("wind", true), ("solar", true), ("hydro", true), ("nuclear", false), ("grid", false),
      ("other", false),
    ] {
      #expect(try supply(", \"power\": \"\(power)\"").isRenewable == isRenewable, "\(power)")
    }
    #expect(try supply(#", "power": "grid", "renewable": true"#).isRenewable)
    #expect(try !supply(#", "power": "wind", "renewable": false"#).isRenewable)
    #expect(
      pointers(ReportText.supply(Self.mass, route: "electrolysis_aem"), as: HydrogenSupply.init)
        == ["/power"])
    #expect(
      pointers(
        ReportText.supply(Self.mass + #", "power": "wind""#, route: "chlor_alkali"),
        as: HydrogenSupply.init) == ["/power"])
    #expect(
      pointers(ReportText.supply(Self.mass, source: "stolen"), as: HydrogenSupply.init)
        == ["/source"])
  }

  @Test(
    "An intensity without a known boundary, or beyond what can be, is refused",
    arguments: [
      (#"{"value": "1"}"#, ["/boundary"]), (#"{"boundary": "well_to_gate"}"#, ["/value"]),
      (#"{"value": "1", "boundary": "well-to-gate"}"#, ["/boundary"]),
      (#"{"value": "1", "boundary": ""}"#, ["/boundary"]),
      (#"{"value": 1, "boundary": "well_to_gate"}"#, ["/value"]),
      (#"{"value": "1000.000001", "boundary": "well_to_gate"}"#, ["/value"]),
      (#"{"value": "0.0000001", "boundary": "well_to_gate"}"#, ["/value"]),
      (#"{"value": "1", "boundary": "well_to_gate", "colour": "green"}"#, ["/colour"]),
    ] as [(String, [String])])
  func intensity(_ text: String, _ expected: [String]) {
    #expect(
      pointers(
        ReportText.supply("\(Self.mass), \"carbon_intensity\": \(text)"), as: HydrogenSupply.init)
        == expected.map { "/carbon_intensity" + $0 })
  }

  @Test(
    "A certificate's id is 1 to 100 visible ASCII characters and stands once",
    arguments: [
      ("\"\"", ["/0"]), (#""GO 1""#, ["/0"]), (#""GO-1", "证书""#, ["/1"]), ("7", ["/0"]),
      (#""GO-1", null, "a\u0007b""#, ["/1", "/2"]),
      ("\"\(String(repeating: "x", count: 101))\"", ["/0"]), (#""GO-1", "GO-1""#, [""]),
      (#""GO-1", " GO-1 ""#, [""]),
    ] as [(String, [String])])
  func certificates(_ list: String, _ expected: [String]) {
    #expect(
      pointers(
        ReportText.supply("\(Self.mass), \"certificates\": [\(list)]"), as: HydrogenSupply.init)
        == expected.map { "/certificates" + $0 })
  }

  @Test("A hundred certificates are taken, trimmed and in their order, and one more is not")
  func manyCertificates() throws {
    func text(_ count: Int) -> String {
      let ids = (0..<count).map { "\" GO/\($0)~#\"" }.joined(separator: ",")
      return ReportText.supply("\(Self.mass), \"certificates\": [\(ids)]")
    }
    let supply = try read(text(100), as: HydrogenSupply.init)
    #expect(supply.certificates == (0..<100).map { "GO/\($0)~#" })
    #expect(try Fields.read(supply.json.bytes, as: HydrogenSupply.init) == supply)
    #expect(pointers(text(101), as: HydrogenSupply.init) == ["/certificates"])
  }
}
