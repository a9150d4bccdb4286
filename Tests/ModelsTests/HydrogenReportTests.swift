import Testing

@testable import Models

struct HydrogenReportTests {
  static let head = #""facility_id": "\#(ReportText.facility)", "month": "2026-03""#

  func kilograms(_ value: String) -> String { ReportText.kilograms(value) }

  func supply(_ kilograms: String, _ rest: String = "", source: String = "captive") -> String {
    ReportText.supply(
      "\"mass\": \(self.kilograms(kilograms))" + (rest.isEmpty ? "" : ", " + rest), source: source)
  }

  func report(_ text: String) throws -> HydrogenReport {
    try read(text, as: HydrogenReport.init)
  }

  /// In the very order and form of the wire, but for its spaces.
  static let whole = """
    {\(head), "nil": false, "opening": \(ReportText.tonnes("1")), "opening_reason": "first",
     "supplies": [
      {"route": "electrolysis_pem", "power": "wind", "source": "captive",
       "mass": \(ReportText.tonnes("0.05")),
       "carbon_intensity": {"value": "0.4", "boundary": "well_to_gate", "method": "45VH2-GREET 2026"},
       "renewable": true, "certificates": ["GO-1", "GO-2"]},
      {"route": "coke_oven_gas", "source": "by_product", "facility_id": "\(ReportText.facility)",
       "volume": {"value": "10000", "unit": "m3"}, "reference_state": "0C",
       "hydrogen_fraction": "0.6",
       "carbon_intensity": {"value": "20", "boundary": "cradle_to_site"}, "renewable": false,
       "certificates": ["GO-3"]}],
     "uses": [
      {"use": "shaft_furnace_dri", "mass": \(ReportText.tonnes("0.1")),
       "product": \(ReportText.tonnes("1.8")), "feed": "hematite"},
      {"use": "sold", "mass": \(ReportText.tonnes("0.3"))},
      {"use": "refining", "mass": \(ReportText.tonnes("0.1"))}],
     "vented": \(ReportText.tonnes("0.01")), "closing": \(ReportText.tonnes("1.0794")),
     "note": "n"}
    """

  @Test("What is read is written again, byte for byte")
  func wire() throws {
    let least = """
      {\(Self.head), "nil": true, "opening": \(ReportText.tonnes("7")), "supplies": [],
       "uses": [], "vented": \(ReportText.tonnes("0")), "closing": \(ReportText.tonnes("7"))}
      """
    for text in [Self.whole, least] {
      let written = try report(text).json.bytes
      #expect(try JSONParser.parse(Array(text.utf8)).bytes == written)
      #expect(try Fields.read(written, as: HydrogenReport.init) == report(text))
    }
    #expect(try report(Self.whole).series == nil)
    #expect(try report(Self.whole).period == Period("2026-03"))
  }

  @Test("Each line is classed by itself, and then summed by route, source, scheme, class and use")
  func amounts() throws {
    let amounts = try report(Self.whole).amounts
    let expected = [
      "supplied.coke_oven_gas.by_product.CN-TCAB0078.none=539400",
      "supplied.coke_oven_gas.by_product.EU.not_comparable=539400",
      "supplied.coke_oven_gas.by_product.IN-GREEN.not_comparable=539400",
      "supplied.coke_oven_gas.by_product.JP-LOWC.not_comparable=539400",
      "supplied.coke_oven_gas.by_product.KR-CLEAN.not_comparable=539400",
      "supplied.coke_oven_gas.by_product.UK-LCHS.not_comparable=539400",
      "supplied.coke_oven_gas.by_product.US-45V.not_comparable=539400",
      "supplied.electrolysis_pem.captive.CN-TCAB0078.not_comparable=50000",
      "supplied.electrolysis_pem.captive.EU.not_comparable=50000",
      "supplied.electrolysis_pem.captive.IN-GREEN.not_comparable=50000",
      "supplied.electrolysis_pem.captive.JP-LOWC.low_carbon=50000",
      "supplied.electrolysis_pem.captive.KR-CLEAN.not_comparable=50000",
      "supplied.electrolysis_pem.captive.UK-LCHS.not_comparable=50000",
      "supplied.electrolysis_pem.captive.US-45V.tier1=50000",
      "use.refining=100000",
      "use.shaft_furnace_dri=100000",
      "use.sold=300000",
      "vented=10000",
    ]
    #expect(amounts.text == expected.joined(separator: " "))
  }

  @Test("H05: opening, made and bought are sold, vented, used and closing")
  func h05() throws {
    let month = try read(
      """
      {\(Self.head), "opening": \(kilograms("1000")), "closing": \(kilograms("1200")),
       "supplies": [\(supply("50000")), \(supply("5000", source: "merchant"))],
       "uses": [\(ReportText.use("sold", "4000")), \(ReportText.use("ammonia", "50000")),
        \(ReportText.use("heat", "500"))], "vented": \(kilograms("300"))}
      """, as: HydrogenReport.init)
    #expect(month.supplied.tonnes == "55" && month.sold.tonnes == "4")
    #expect(month.used.tonnes == "50.5" && month.vented.tonnes == "0.3")
    // 56,000 kg on either side.
    #expect((month.opening + month.supplied).grams == 56_000_000)
    #expect((month.used + month.sold + month.vented + month.closing).grams == 56_000_000)
  }

  @Test("Certificates are listed with their places, and one twice in a report is refused")
  func certificates() throws {
    let places = try report(Self.whole).certificates.map { "\($0.id) \($0.pointer)" }
    #expect(
      places == [
        "GO-1 /supplies/0/certificates/0", "GO-2 /supplies/0/certificates/1",
        "GO-3 /supplies/1/certificates/0",
      ])
    let twice = [
      supply("1", #""certificates": ["A", "B"]"#), supply("1", #""certificates": ["C", " A"]"#),
    ]
    #expect(
      pointers(ReportText.hydrogen(supplies: twice), as: HydrogenReport.init) == ["/supplies"])
    let bad = [supply("1"), supply("1", #""certificates": ["C", "编号 1"]"#)]
    #expect(
      pointers(ReportText.hydrogen(supplies: bad), as: HydrogenReport.init)
        == ["/supplies/1/certificates/1"])
  }

  @Test("Mistakes all over a report are reported at once, each at its pointer")
  func mistakesAtOnce() {
    #expect(
      pointers(
        """
        {"facility_id": "1", "month": "2026-01..02", "nil": 1, "opening": 5, "opening_reason": 7,
         "supplies": [
          {"route": "magic", "power": "coal", "source": "theft", "facility_id": "2",
           "mass": \(kilograms("1")),
           "carbon_intensity": {"value": "1001", "boundary": "moon", "scope": 3},
           "renewable": "yes", "certificates": ["a b"], "colour": "green"}, 7],
         "uses": [
          {"use": "balloons", "mass": 1, "product": \(kilograms("-1")), "feed": "coal", "x": 1},
          {"use": "ammonia", "mass": \(kilograms("1")), "feed": "co2"},
          {"use": "methanol", "mass": \(kilograms("1")), "feed": "magnetite"}],
         "vented": "1", "closing": 1, "note": "", "balance": 0}
        """, as: HydrogenReport.init) == [
          "/facility_id", "/month", "/nil", "/opening", "/opening_reason", "/supplies/0/route",
          "/supplies/0/power", "/supplies/0/source", "/supplies/0/facility_id",
          "/supplies/0/carbon_intensity/scope", "/supplies/0/carbon_intensity/value",
          "/supplies/0/carbon_intensity/boundary", "/supplies/0/renewable",
          "/supplies/0/certificates/0", "/supplies/0/colour", "/supplies/1", "/uses/0/use",
          "/uses/0/mass", "/uses/0/product/value", "/uses/0/feed", "/uses/0/x", "/uses/1/feed",
          "/uses/2/feed", "/vented", "/closing", "/note", "/balance",
        ])
  }

  @Test("A nil return carries its stock and has nothing in it")
  func nilReturns() throws {
    let stock = try report(#"{\#(Self.head), "nil": true, "opening": \#(kilograms("7"))}"#)
    #expect(stock.closing.grams == 7000 && stock.amounts.isEmpty && stock.isNil)
    #expect(stock.carrying(Mass(grams: 42)).closing.grams == 42)
    #expect(
      pointers(
        """
        {\(Self.head), "nil": true, "supplies": [\(supply("0"))], "vented": \(kilograms("0.001")),
         "uses": [\(ReportText.use("heat", "0"))], "closing": \(kilograms("1"))}
        """, as: HydrogenReport.init) == ["/supplies", "/uses", "/vented", "/closing"])
    #expect(pointers("{\(Self.head)}", as: HydrogenReport.init) == ["/opening", "/closing"])
  }
}
