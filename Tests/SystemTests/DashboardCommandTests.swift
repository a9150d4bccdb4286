import Foundation
import Models
import Testing

/// The figures that come of what was reported.
extension RunningTests.ReportCommandTests {
  /// Reports a month of a plant of its own, and waits until the dashboard has it.
  private func report(_ kind: ReportKind, _ month: String) async throws -> (
    id: String, reporter: Person
  ) {
    let caller = try SharedLedger.first
    let plant = try await caller.enrol(kind)
    let reporter = try await Person.with("reporter@organisation:\(plant.organisation)")
    let id = try reporter.submit(kind.month(plant.facility, month), as: kind).id
    let receipt = try reporter.remelt(kind.rawValue, "receipt", id)
    let position = try #require(receipt["position"]?.int, "\(receipt)")
    let event = try JSONParser.parse(Array(try Vectors.text(receipt["event"]).utf8))
    #expect(event["type"]?.text == kind.event && event["subject"]?.text == id, "\(receipt)")
    _ = try await caller.figures(
      kind.figures(month), after: [plant.position, "\(kind.source)=\(position + 1)"])
    return (id, reporter)
  }

  /// Holds what the command prints against what the service says.
  private func expectVerbatim(_ said: Said, _ path: String) async throws {
    let answer = try await SharedLedger.first.get("dashboard", "/dashboard/v1/" + path)
    #expect(said.code == 0 && said.error.isEmpty && answer.status == 200, "\(said)")
    // How long ago a source was heard differs from one question to the next.
    #expect(said.json.with("sources", nil) == answer.json.with("sources", nil), "\(said)")
  }

  @Test("The dashboard's recycled shares are printed as they are, and as a table with a legend")
  func shares() async throws {
    let (id, reporter) = try await report(.recycledInput, "2024-05")
    let analyst = try await Person.with("analyst@all")
    let command = ["dashboard", "recycled-input", "--from", "2024-05", "--by", "country"]
    let said = try analyst.remelt(command + ["--json"])
    try await expectVerbatim(
      said, "recycled-input?from=2024-05&to=2024-05&metal=steel&by=country")
    #expect(said["metal"]?.text == "steel" && said["to"]?.text == "2024-05", "\(said)")
    let outputs = [Mill.output("eaf", "700"), Mill.output("bof", "4000")]
    #expect(said["whole"]?["outputs"]?.elements == outputs, "\(said)")
    // 1,000 t of scrap in 4,700 t of steel.
    let rate = said["whole"]?.share("SCRAP_RATE_KG_T")
    #expect(rate?["value"]?.text == "212.7660" && rate?["unit"]?.text == "kg/t", "\(said)")
    let codes = said["rows"]?.elements.map { $0["code"]?.text }
    #expect(codes == ["CN"], "\(said)")

    let table = try analyst.remelt(command)
    let legend = table.rows.first { $0.contains("SCRAP_RATE_KG_T") } ?? []
    #expect(
      legend.prefix(6) == ["a", "SCRAP_RATE_KG_T", "212.7660", "kg/t", "1000", "4700"], "\(table)")
    #expect(table.output.contains("CN-RECYCLED-STEEL-2027 >= 22 %: not met"), "\(table)")
    let csv = try analyst.remelt(command + ["--csv"])
    #expect(csv.code == 0 && csv.output.hasPrefix("period,code,name,"), "\(csv)")
    let behind = try analyst.remelt(
      "dashboard", "reports", "--of", "recycled-input", "--month", "2024-05", "--json")
    #expect(behind.items.map { $0["report_id"]?.text } == [id], "\(behind)")
    let blind = try reporter.remelt(command)
    #expect(blind.code == 4 && blind.output.isEmpty, "a reporter reads no dashboard: \(blind)")
  }

  @Test("The dashboard's hydrogen is printed as it is, and as tables")
  func hydrogenFigures() async throws {
    let (id, _) = try await report(.hydrogenUse, "2024-05")
    let analyst = try await Person.with("analyst@authority:130000")
    let command = ["dashboard", "hydrogen-use", "--from", "2024-05", "--to", "2024-06"]
    let said = try analyst.remelt(command + ["--json"])
    #expect(said.code == 0 && said["by"]?.text == "province", "\(said)")
    let whole = said["whole"]
    #expect(whole?["supplied"] == Sample.mass("1.5394"), "\(said)")
    #expect(whole?["used"] == Sample.mass("1") && whole?["sold"] == Sample.mass("0.5"))
    let routes: [JSON] = [
      .members(["route": "coke_oven_gas", "mass": Sample.mass("0.5394")]),
      .members(["route": "electrolysis_pem", "mass": Sample.mass("1")]),
    ]
    #expect(whole?["by_route"]?.elements == routes, "\(said)")
    let rows = try analyst.remelt(command).rows
    #expect(rows.contains(["route", "coke_oven_gas", "0.5394"]), "\(rows)")
    #expect(rows.contains { $0.starts(with: ["2024-05", "130000", "Hebei", "1.5394", "1"]) })
    let behind = try analyst.remelt(
      "dashboard", "reports", "--of", "hydrogen-use", "--month", "2024-05", "--json")
    #expect(behind.items.map { $0["report_id"]?.text } == [id], "\(behind)")
  }

  @Test("What others have published is printed as it is, with the rate that follows from it")
  func published() async throws {
    let analyst = try await Person.with("analyst@all")
    let said = try analyst.remelt("dashboard", "reference-series", "--json")
    try await expectVerbatim(said, "reference-series")
    #expect(said.items.count == Reference.shared.published.count, "\(said)")
    // 215.93 Mt of scrap in 996.3 Mt of steel.
    let figure = said["figures"]?.elements.first { $0["period"]?.text == "2019" }
    #expect(figure?["definition_id"]?.text == "SCRAP_RATE_KG_T", "\(said)")
    #expect(figure?["value"]?.text == "216.7319" && figure?["percent"]?.text == "21.67", "\(said)")
    let table = try analyst.remelt("dashboard", "reference-series")
    #expect(table.output.contains("Published by others; never summed with reports."), "\(table)")
  }
}
