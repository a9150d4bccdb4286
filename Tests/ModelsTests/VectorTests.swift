import Foundation
import Testing

@testable import Models

/// The worked examples of the domain (`vectors.json`).
struct VectorTests {
  static let all: JSON = {
    let file = Bundle.module.url(forResource: "vectors", withExtension: "json")
    let bytes = file.flatMap { try? Data(contentsOf: $0) } ?? Data()
    return (try? JSONParser.parse([UInt8](bytes))) ?? .null
  }()

  static func vector(_ id: String) throws -> (inputs: JSON, expected: JSON) {
    let vector = try #require(all["vectors"]?.elements.first { $0["id"]?.text == id })
    return (try #require(vector["inputs"]), try #require(vector["expected"]))
  }

  static func number(_ json: JSON?) throws -> Int128 { try #require(Int128(try text(json))) }

  static func text(_ json: JSON?) throws -> String { try #require(json?.text) }

  static func kilogramsPerTonne(_ plant: JSON, places: Int = 4) throws -> String {
    try Ratio(number(plant["scrap_charged_t"]), number(plant["crude_steel_t"]))
      .rounded(times: 1000, places: places)
  }

  struct Case: Sendable, CustomTestStringConvertible {
    let scheme: String
    let code: String
    let isValid: Bool
    let normalised: String?
    let reason: String?
    var testDescription: String { "\(scheme) \(code)" }

    init?(_ scheme: String, _ json: JSON) {
      guard let code = json["code"]?.text, case .bool(let valid) = json["valid"] else { return nil }
      self.scheme = scheme
      self.code = code
      isValid = valid
      normalised = json["normalised"]?.text
      reason = json["reason"]?.text
    }

    /// The first word of the reason; prose, or none, is about check digits.
    var refusal: Identifier.Refusal {
      let word = String((reason ?? "").prefix { $0 != " " })
      return Identifier.Refusal(rawValue: word) ?? .checkDigit
    }
  }

  static let cases: [Case] = ["uscc", "lei"].flatMap { scheme in
    all[scheme]?.elements.compactMap { Case(scheme, $0) } ?? []
  }

  @Test("Every identifier of the vectors is in the test")
  func complete() {
    let uscc = Self.all["uscc"]?.elements.count ?? 0
    let lei = Self.all["lei"]?.elements.count ?? 0
    #expect(uscc == 7 && lei == 4)
    #expect(Self.cases.count == uscc + lei)
  }

  @Test("An identifier is accepted, normalised or refused as the domain says", arguments: cases)
  func identifiers(_ vector: Case) throws {
    guard vector.isValid else {
      #expect(throws: vector.refusal) {
        try Identifier(scheme: vector.scheme, value: vector.code)
      }
      return
    }
    let identifier = try Identifier(scheme: vector.scheme, value: vector.code)
    #expect(identifier.value == vector.normalised ?? vector.code)
    #expect(identifier.isChecked)
  }

  @Test("R01: the published scrap consumption of 2024 is reproduced")
  func r01() throws {
    let (inputs, expected) = try Self.vector("R01")
    let ratio = try Ratio(
      Self.number(inputs["scrap_charged_t"]), Self.number(inputs["crude_steel_t"]))
    #expect(try ratio.rounded(times: 1000, places: 1) == Self.text(expected["kg_per_t"]))
    #expect(try ratio.percent() == Self.text(expected["percent_of_crude"]))
    #expect(try .bool(ratio >= Ratio(22, 100)) == expected["meets_22pct_if_this_definition"])
  }

  @Test("R02: three plants add up to a ratio of sums")
  func r02() throws {
    let (inputs, expected) = try Self.vector("R02")
    let plants = try #require(inputs["plants"]).elements
    let sums = try Ratio(
      plants.map { try Self.number($0["scrap_charged_t"]) }.reduce(0, +),
      plants.map { try Self.number($0["crude_steel_t"]) }.reduce(0, +))
    #expect(try sums.rounded(times: 1000, places: 4) == Self.text(expected["kg_per_t"]))
    #expect(try sums.percent(places: 4) == Self.text(expected["percent"]))
    #expect(plants.count == 3)
    for plant in plants {
      let shown = expected["plant_kg_per_t"]?[try Self.text(plant["id"])]
      #expect(try Self.kilogramsPerTonne(plant) == Self.text(shown))
    }
  }

  @Test("R03: an idle month has no ratio and a reason, and its tonnes enter the period")
  func r03() throws {
    let (inputs, expected) = try Self.vector("R03")
    let months = try #require(inputs["months"]).elements
    var scrap: Int128 = 0
    var steel: Int128 = 0
    var shown: [JSON] = []
    var status: [JSON] = []
    for month in months {
      guard month["crude_steel_t"] != .null else {
        shown.append(.null)
        status.append("missing")
        continue
      }
      scrap += try Self.number(month["scrap_charged_t"])
      steel += try Self.number(month["crude_steel_t"])
      do {
        shown.append(.string(try Self.kilogramsPerTonne(month)))
        status.append("ok")
      } catch let undefined as Ratio.Undefined {
        shown.append(.null)
        status.append(.string(undefined.rawValue))
      }
    }
    #expect(.array(shown) == expected["monthly_kg_per_t"])
    #expect(.array(status) == expected["monthly_status"])
    #expect(
      try Ratio(scrap, steel).rounded(times: 1000, places: 4)
        == Self.text(expected["period_kg_per_t"]))
    let reported = status.count { $0 != "missing" }
    #expect(.int(reported) == expected["reported_months"])
    #expect(
      try Ratio(Int128(reported), Int128(months.count)).rounded(places: 4)
        == Self.text(expected["coverage"]))
  }

  @Test("R08: recycled over primary is not the recycled share")
  func r08() throws {
    let (inputs, expected) = try Self.vector("R08")
    let recycled = try Self.number(inputs["recycled_al_t"])
    let primary = try Self.number(inputs["primary_al_t"])
    #expect(
      try Ratio(recycled, recycled + primary).percent(places: 4)
        == Self.text(expected["share_of_total_percent"]))
    #expect(
      try Ratio(recycled, primary).percent(places: 4)
        == Self.text(expected["recycled_over_primary_percent"]))
  }

  @Test("R11: a target is judged on the full value, and rounding is to even, once")
  func r11() throws {
    let (inputs, expected) = try Self.vector("R11")
    let cases = try #require(inputs["cases"]).elements
    let rows = try #require(expected["rows"]).elements
    #expect(cases.count == rows.count && rows.count == 5)
    let target = try Ratio(22, 100)
    for (input, row) in zip(cases, rows) {
      let ratio = try Ratio(Self.number(input["num"]), Self.number(input["den"]))
      #expect(try ratio.percent(places: 4) == Self.text(row["full"]))
      if let shown = row["display_1dp"]?.text { #expect(ratio.percent(places: 1) == shown) }
      if let shown = row["display_2dp"]?.text { #expect(ratio.percent(places: 2) == shown) }
      if let meets = row["meets_22"] { #expect(.bool(ratio >= target) == meets) }
    }
  }

  @Test("R18: January and February published together enter the quarter as they are")
  func r18() throws {
    let (inputs, expected) = try Self.vector("R18")
    let series = try #require(inputs["series"]).elements
    let quarter = try Ratio(
      series.map { try Self.number($0["scrap"]) }.reduce(0, +),
      series.map { try Self.number($0["crude"]) }.reduce(0, +))
    #expect(try quarter.percent(places: 4) == Self.text(expected["q1_percent"]))
  }

  @Test("A deadline of 40 natural days is counted from the month's last day")
  func deadlines() throws {
    let deadlines = try #require(Self.all["ets_deadlines"]).elements
    #expect(deadlines.count == 3)
    for each in deadlines {
      let month = try #require(Month(try Self.text(each["period"])))
      #expect(try month.lastDay.description == Self.text(each["month_end"]))
      #expect(
        try month.lastDay.adding(days: 40).description
          == Self.text(each["deadline_40_natural_days"]))
    }
  }
}
