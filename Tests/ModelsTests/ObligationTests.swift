import Testing

@testable import Models

struct ObligationTests {
  func obligation(_ report: String, _ rest: String = "") throws -> Obligation {
    try read(
      #"{"report": "\#(report)", "from": "2026-01"\#(rest)}"#, as: Obligation.init)
  }

  @Test("A mill owes its steel where no metal is said, and the metal that is said")
  func steel() throws {
    #expect(try obligation("recycled_input").metal == .steel)
    #expect(try obligation("recycled_input", #", "metal": null"#).metal == .steel)
    #expect(try obligation("recycled_input", #", "metal": "copper""#).metal == .copper)
    #expect(try obligation("throughput", #", "metal": "aluminium""#).metal == .aluminium)
  }

  @Test("Hydrogen is owed of no metal")
  func hydrogen() throws {
    #expect(try obligation("hydrogen_use").metal == nil)
    #expect(try obligation("hydrogen_use", #", "metal": null"#).metal == nil)
  }

  @Test(
    "What is owed is written with its metal, and comes back from what is written",
    arguments: [
      ("throughput", #", "metal": "steel""#, #","metal":"steel""#),
      ("recycled_input", "", #","metal":"steel""#),
      ("recycled_input", #", "metal": "copper""#, #","metal":"copper""#), ("hydrogen_use", "", ""),
    ])
  func wire(_ report: String, _ rest: String, _ metal: String) throws {
    let read = try obligation(report, rest)
    #expect(
      String(decoding: read.json.bytes, as: UTF8.self)
        == "{\"report\":\"\(report)\"\(metal),\"from\":\"2026-01\"}")
    #expect(try Fields.read(read.json, as: Obligation.init) == read)
  }

  @Test(
    "A metal that is none, a throughput without one, and an end before the beginning are refused",
    arguments: [
      (#"{"report": "throughput", "from": "2026-01"}"#, ["/metal"]),
      (#"{"report": "recycled_input", "metal": "gold", "from": "2026-01"}"#, ["/metal"]),
      (#"{"report": "hydrogen_use", "from": "2026-02", "to": "2026-01"}"#, ["/to"]),
      (#"{"report": "hydrogen", "from": "2026-01..02"}"#, ["/report", "/from"]),
    ] as [(String, [String])])
  func mistakes(_ text: String, _ expected: [String]) {
    #expect(pointers(text, as: Obligation.init) == expected)
  }

  @Test("Each report is asked of those whose role it is")
  func roles() {
    #expect(
      ReportType.allCases.map(\.role) == [.scrapProcessor, .mill, .hydrogenUser])
  }
}
