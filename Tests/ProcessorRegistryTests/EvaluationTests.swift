import Models
import Testing

@testable import ProcessorRegistry

@Suite("An application judged criterion by criterion")
struct EvaluationTests {
  private func evaluate(_ set: String, _ facts: [String: String]) throws -> Evaluation {
    let json = JSON.object(
      facts.sorted { $0.key < $1.key }.map { .init($0.key, .string($0.value)) })
    return Evaluation(try Fields.read(json, as: ApplicationFacts.init), by: set)
  }

  private func results(_ evaluation: Evaluation) -> [String: String] {
    Dictionary(
      uniqueKeysWithValues: evaluation.lines.map { ($0.criterion.name, $0.result.rawValue) })
  }

  private static let complete: [String: [String: String]] = [
    "SCRAP_STEEL_2012": [
      "category": "new", "capacity_t_y": "150000", "site_area_m2": "30000",
      "electricity_kwh_t": "29.99", "water_t_t": "0.19", "lease_years": "15",
    ],
    "SCRAP_STEEL_2016": [
      "category": "new", "capacity_t_y": "150000", "site_area_m2": "30000",
      "hardened_area_m2": "15000",
    ],
    "SCRAP_COPPER_2023": [
      "capacity_t_y": "50000", "site_area_m2": "15000", "shredding_kgce_t": "11.9",
      "pyrolysis_kgce_t": "29.9",
    ],
    "SCRAP_ALUMINIUM_2023": ["capacity_t_y": "100000", "site_area_m2": "30000"],
  ]

  @Test("Every set is passed at its limits", arguments: complete.keys.sorted())
  func passed(set: String) throws {
    let facts = try #require(Self.complete[set])
    let evaluation = try evaluate(set, facts)
    let given = facts.keys.filter { $0 != "category" }
    #expect(results(evaluation).filter { given.contains($0.key) }.allSatisfy { $0.value == "pass" })
    #expect(Set(given).isSubset(of: results(evaluation).keys), "a figure judges nothing")
    let open = Set(results(evaluation).keys).subtracting(given)
    #expect(evaluation.result == (open.isEmpty ? .pass : .unknown), "\(open)")
  }

  @Test("One figure that misses its limit fails the application", arguments: complete.keys.sorted())
  func failed(set: String) throws {
    let facts = try #require(Self.complete[set])
    let evaluation = try evaluate(set, facts.merging(["capacity_t_y": "29999.999"]) { $1 })
    #expect(results(evaluation)["capacity_t_y"] == "fail")
    #expect(evaluation.result == .fail)
  }

  @Test(
    "A figure that is not given is unknown, and so is the whole", arguments: complete.keys.sorted())
  func unknown(set: String) throws {
    var facts = try #require(Self.complete[set])
    facts["site_area_m2"] = nil
    let evaluation = try evaluate(set, facts)
    #expect(results(evaluation)["site_area_m2"] == "unknown")
    #expect(evaluation.result == .unknown)
  }

  @Test("A failure weighs more than what is unknown")
  func failureFirst() throws {
    let evaluation = try evaluate("SCRAP_STEEL_2016", ["category": "new", "capacity_t_y": "1"])
    #expect(evaluation.result == .fail)
  }

  @Test(
    "The category chooses the limits",
    arguments: [
      ("new", "149999", "fail"), ("new", "150000", "pass"), ("rebuilt", "100000", "pass"),
      ("rebuilt", "99999.9", "fail"), ("special", "30000", "pass"), ("special", "29999", "fail"),
    ])
  func category(category: String, capacity: String, result: String) throws {
    for set in ["SCRAP_STEEL_2012", "SCRAP_STEEL_2016"] {
      let evaluation = try evaluate(set, ["category": category, "capacity_t_y": capacity])
      #expect(results(evaluation)["capacity_t_y"] == result)
    }
  }

  @Test("A limit that must be undercut is not met by being reached")
  func strict() throws {
    let facts = try #require(Self.complete["SCRAP_STEEL_2012"])
    let reached = try evaluate(
      "SCRAP_STEEL_2012", facts.merging(["electricity_kwh_t": "30", "water_t_t": "0.2"]) { $1 })
    #expect(results(reached)["electricity_kwh_t"] == "fail")
    #expect(results(reached)["water_t_t"] == "fail")
  }

  @Test("An application without a category of the set is never passed")
  func noCategory() throws {
    let facts = try #require(Self.complete["SCRAP_STEEL_2016"])
    for category in [nil, "renovated"] {
      let evaluation = try evaluate(
        "SCRAP_STEEL_2016", facts.merging(["category": ""]) { _, _ in category ?? "any" })
      #expect(evaluation.result != .pass, "\(category ?? "none")")
    }
  }
}
