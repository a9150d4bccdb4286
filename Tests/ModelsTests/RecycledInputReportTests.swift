import Testing

@testable import Models

struct RecycledInputReportTests {
  static let head = #""facility_id": "\#(ReportText.facility)", "metal": "steel""#

  func tonnes(_ value: String) -> String { ReportText.tonnes(value) }

  func text(_ members: String) -> String {
    "{\(Self.head), \"period\": \"2026-03\", \(members)}"
  }

  func report(_ text: String) throws -> RecycledInputReport {
    try read(text, as: RecycledInputReport.init)
  }

  /// In the very order and form of the wire, but for its spaces.
  var whole: String {
    """
    {\(Self.head), "period": "2026-01..02", "nil": false, "inputs": [
      {"material": "scrap_steel", "origin": "post_consumer", "route": "eaf",
       "facility_id": "\(ReportText.facility)", "gross": \(tonnes("32.5")),
       "tare": \(tonnes("14.5")), "moisture": "0.02", "impurity": "0.03",
       "impurity_basis": "net", "assay": "0.96", "yield": "0.975"},
      {"material": "hot_metal", "gross": \(tonnes("70"))}],
     "opening": \(tonnes("3")), "opening_reason": "first report", "received": \(tonnes("20")),
     "home_arising": \(tonnes("1.5")), "sold": \(tonnes("0")), "closing": \(tonnes("7.4")),
     "outputs": [{"route": "eaf", "mass": \(tonnes("16"))}, {"route": "bof", "mass": \(tonnes("66"))}],
     "product": \(tonnes("80.000001")), "note": "扣杂已扣"}
    """
  }

  @Test("What is read is written again, byte for byte")
  func wire() throws {
    let least = text(
      """
      "nil": true, "inputs": [], "opening": \(tonnes("7")), "received": \(tonnes("0")),
      "home_arising": \(tonnes("0")), "sold": \(tonnes("0")), "closing": \(tonnes("7")),
      "outputs": []
      """)
    for text in [whole, least] {
      let written = try report(text).json.bytes
      #expect(try JSONParser.parse(Array(text.utf8)).bytes == written)
      #expect(try Fields.read(written, as: RecycledInputReport.init) == report(text))
    }
  }

  @Test("A report for January and February together is read as such")
  func combined() throws {
    let both = try report(whole)
    #expect(both.period == Period(combinedOf: 2026) && both.series == .steel && !both.isNil)
    #expect(both.opening.tonnes == "3" && both.closing.tonnes == "7.4")
    #expect(both.openingReason == "first report" && both.note == "扣杂已扣")
    #expect(both.charged.tonnes == "17.1")
    #expect(both.made(by: .bof).tonnes == "66" && both.made(by: .induction) == .zero)
  }

  @Test("Opening and closing stock are required unless the return is nil")
  func required() throws {
    #expect(
      pointers("{}", as: RecycledInputReport.init) == [
        "/facility_id", "/metal", "/period", "/opening", "/closing",
      ])
    for flag in ["false", "null"] {
      #expect(
        pointers(text("\"nil\": \(flag)"), as: RecycledInputReport.init)
          == ["/opening", "/closing"])
    }
    #expect(try report(text(#""nil": true"#)).closing == .zero)
  }

  @Test("Mistakes all over a report are reported at once, each at its pointer")
  func mistakesAtOnce() {
    #expect(
      pointers(
        """
        {"facility_id": "1", "metal": "gold", "period": "2026-02..03", "nil": "no",
         "inputs": [
          {"material": "slag", "origin": "mars", "route": "sky", "facility_id": "2",
           "gross": {"value": "1", "unit": "g"}, "tare": 1, "moisture": "1.5",
           "impurity": "0.1234567", "impurity_mass": "1 t", "assay": "-1", "yield": 1, "net": 1},
          "scrap"],
         "opening": 5, "opening_reason": "", "received": {"value": "1", "unit": "tons"},
         "home_arising": \(tonnes("-1")), "sold": 1, "closing": [],
         "outputs": [{"route": "cupola", "mass": 1, "grade": "x"}, 7],
         "product": \(tonnes("0.0000001")), "note": 1, "balance": 0}
        """, as: RecycledInputReport.init) == [
          "/facility_id", "/metal", "/period", "/nil", "/inputs/0/material", "/inputs/0/origin",
          "/inputs/0/route", "/inputs/0/facility_id", "/inputs/0/gross/unit", "/inputs/0/tare",
          "/inputs/0/moisture", "/inputs/0/impurity", "/inputs/0/impurity_mass",
          "/inputs/0/assay", "/inputs/0/yield", "/inputs/0/net", "/inputs/1", "/opening",
          "/opening_reason", "/received/unit", "/home_arising/value", "/sold", "/closing",
          "/outputs/0/route", "/outputs/0/mass", "/outputs/0/grade", "/outputs/1",
          "/product/value", "/note", "/balance",
        ])
  }

  @Test("A material or a route of another metal, and a route that stands twice, are refused")
  func otherMetals() {
    let copper = ReportText.charge("copper_concentrate", "1", nil, #""assay": "0.3""#)
    let iron = ReportText.charge("hot_metal", "1")
    #expect(
      pointers(
        ReportText.mill(
          "steel", inputs: [iron, copper, copper], outputs: ["eaf": "1", "direct_melt": "1"]),
        as: RecycledInputReport.init) == [
          "/inputs/1/material", "/inputs/2/material", "/outputs/1/route",
        ])
    #expect(
      pointers(
        ReportText.mill("steel", outputs: ["eaf": "1", "bof": "1", "eaf": "0"]),
        as: RecycledInputReport.init) == ["/outputs"])
  }

  @Test("A mistake after a line that cannot be read still stands at its own line")
  func indices() {
    let copper = ReportText.charge("copper_concentrate", "1", nil, #""assay": "0.3""#)
    #expect(
      pointers(
        text(
          """
          "opening": \(tonnes("0")), "closing": \(tonnes("0")),
          "inputs": [{"material": "hot_metal"}, \(copper)],
          "outputs": [{"route": "eaf"}, \(ReportText.output("direct_melt", "1"))]
          """), as: RecycledInputReport.init) == [
          "/inputs/0/gross", "/inputs/1/material", "/outputs/0/mass", "/outputs/1/route",
        ])
  }

  @Test("More than 200 lines are refused")
  func tooMany() throws {
    let line = ReportText.charge("hot_metal", "1")
    func mill(_ count: Int) -> String {
      ReportText.mill("steel", inputs: Array(repeating: line, count: count))
    }
    #expect(try report(mill(200)).inputs.count == 200)
    #expect(pointers(mill(201), as: RecycledInputReport.init) == ["/inputs"])
  }

  @Test("A nil return carries its stock, and the report of another facility is that one's")
  func nilStock() throws {
    let stock = try report(text(#""nil": true, "opening": \#(tonnes("7"))"#))
    #expect(stock.opening.tonnes == "7" && stock.closing.tonnes == "7" && stock.amounts.isEmpty)
    #expect(throws: Never.self) {
      try report(text(#""nil": true, "received": \#(tonnes("0")), "product": \#(tonnes("0"))"#))
    }
    let carried = stock.carrying(Mass(grams: 42))
    #expect(carried.opening.grams == 42 && carried.closing.grams == 42 && carried.isNil)
    let other = try #require(ID("0192f0c1-0000-7000-8000-000000000002"))
    let moved = stock.moved(to: other)
    #expect(moved.facility == other && moved.closing == stock.closing && moved != stock)
  }

  @Test("A nil return with anything in it is refused, all of it at once")
  func nilMistakes() {
    let gram = tonnes("0.000001")
    #expect(
      pointers(
        text(
          """
          "nil": true, "inputs": [\(ReportText.charge("hot_metal", "0"))], "opening": \(gram),
          "received": \(gram), "home_arising": \(gram), "sold": \(gram),
          "closing": \(tonnes("0")), "outputs": [\(ReportText.output("bof", "0"))],
          "product": \(gram)
          """), as: RecycledInputReport.init) == [
          "/inputs", "/outputs", "/received", "/home_arising", "/sold", "/product", "/closing",
        ])
    #expect(
      pointers(text(#""nil": true, "closing": \#(gram)"#), as: RecycledInputReport.init)
        == ["/closing"])
  }
}
