import Foundation
import Models
import Testing

extension RunningTests.ReportCommandTests {
  private static let columns = [
    "facility_id", "metal", "period", "opening_t", "opening_reason", "received_t",
    "home_arising_t", "sold_t", "closing_t", "scrap_steel.post_consumer.gross_t",
    "scrap_steel.post_consumer.moisture", "scrap_steel.home.gross_t", "hot_metal.gross_t",
    "output.bof_t", "note",
  ]

  /// In tonnes 40 + 1,000 + 60 = 940 + 60 charged + 20 + 80.
  private func row(_ facility: String, _ period: String, closing: String = "80") -> String {
    "\(facility),steel,\(period),40,first,1000,60,20,\(closing),1000,0.06,60,4000,4700,\"a, b\""
  }

  private func outcomes(_ said: Said) -> [String] {
    said.lines.dropLast().map { "\($0["row"]?.int ?? 0) \($0["outcome"]?.text ?? "?")" }
  }

  @Test("Of a file's rows the refused one is named by its own number, and the others are taken")
  func submitFile() async throws {
    let (facility, reporter) = try await Self.mill()
    let rows = [
      Self.columns.joined(separator: ","), row(facility, "2025-01..02"), "",
      row(facility, "2025-05", closing: "0"), row(facility, "2025-07"),
    ]
    let file = try reporter.file(rows.joined(separator: "\r\n"), "months.csv")
    let first = try reporter.remelt("recycled-input", "submit-file", file)
    #expect(first.code == 5, "\(first)")
    #expect(first.output == "3 rows: 2 created, 0 unchanged, 0 revised, 1 refused\n", "\(first)")
    let refused = first.error.split(separator: "\n").filter { $0.hasPrefix("row ") }
    #expect(refused.count == 1 && refused.first?.hasPrefix("row 4: /closing ") == true, "\(first)")

    let second = try reporter.remelt("recycled-input", "submit-file", file, "--json")
    #expect(second.code == 5)
    #expect(outcomes(second) == ["2 unchanged", "4 refused", "5 unchanged"], "\(second)")
    let summary = second.lines.last?["summary"]
    #expect(summary?["rows"]?.int == 3 && summary?["refused"]?.int == 1, "\(second)")
    try #require(second.lines.count == 4)
    let fault = second.lines[1]["problem"]?["errors"]?.elements.first
    #expect(fault?["pointer"]?.text == "/closing", "\(second)")

    let id = try Vectors.text(second.lines[0]["id"])
    let shown = try reporter.remelt("recycled-input", "show", id, "--json")
    #expect(shown["period"]?.text == "2025-01..02" && shown["note"]?.text == "a, b", "\(shown)")
    #expect(shown["derived"]?["charged"] == Sample.mass("1000"))
    let inputs = [
      Mill.charge("hot_metal", "4000"), Mill.charge("scrap_steel", "60", "home"),
      Mill.charge("scrap_steel", "1000", "post_consumer", ["moisture": "0.06"]),
    ]
    #expect(shown["inputs"]?.elements == inputs, "\(shown)")

    let good = try reporter.file([rows[0], rows[1], rows[4]].joined(separator: "\n"), "good.csv")
    let third = try reporter.remelt("recycled-input", "submit-file", good)
    #expect(third.code == 0, "\(third)")
    #expect(third.output == "2 rows: 0 created, 2 unchanged, 0 revised, 0 refused\n", "\(third)")
  }

  /// In tonnes 2 + 50 + 5.394 = 49.5 + 5.394 used + 0.5 + 2.
  private func example(_ facility: String, _ month: String, certificates: [String]) -> [String] {
    let supply =
      "electrolysis_pem.captive=50t,power=wind,intensity=1.2,boundary=well_to_gate,method=ISO 19870"
    return [
      "hydrogen-use", "submit", "--facility", facility, "--month", month, "--opening", "2t",
      "--supply", supply + certificates.map { ",certificate=\($0)" }.joined(),
      "--supply", "coke_oven_gas.by_product=10万m3,state=0C,hydrogen=0.6",
      "--use", "ammonia=49.5t,product=275t", "--use", "heat=5394kg", "--vented", "500kg",
      "--closing", "2t", "--json",
    ]
  }

  @Test("A month of hydrogen is told by flags, as masses and as volumes, and corrected")
  func hydrogen() async throws {
    let (facility, reporter) = try await Self.user()
    let certificates = ["GO-\(UUID().uuidString)", "GO-\(UUID().uuidString)"]
    let told = try reporter.remelt(example(facility, "2025-03", certificates: certificates))
    try #require(told.code == 0 && told.error.isEmpty, "\(told)")
    let supplies: [JSON] = [
      .members([
        "route": "electrolysis_pem", "power": "wind", "source": "captive",
        "mass": Sample.mass("50"),
        "carbon_intensity": .members([
          "value": "1.2", "boundary": "well_to_gate", "method": "ISO 19870",
        ]), "renewable": true, "certificates": .array(certificates.map { .string($0) }),
      ]),
      .members([
        "route": "coke_oven_gas", "source": "by_product",
        "volume": .members(["value": "100000", "unit": "m3"]), "reference_state": "0C",
        "hydrogen_fraction": "0.6", "renewable": false,
      ]),
    ]
    #expect(told["supplies"]?.elements == supplies, "\(told)")
    let uses: [JSON] = [
      .members([
        "use": "ammonia", "mass": Sample.mass("49.5"), "product": Sample.mass("275"),
      ]), .members(["use": "heat", "mass": Sample.mass("5.394")]),
    ]
    #expect(told["uses"]?.elements == uses && told["warnings"] == [], "\(told)")
    #expect(told["derived"]?["supplied"] == Sample.mass("55.394"), "\(told)")
    #expect(told["derived"]?["stock_difference"] == Sample.mass("0"))
    let id = try told.id
    let shown = try reporter.remelt("hydrogen-use", "show", id)
    #expect(
      shown.value("supplies[1]")
        == "route coke_oven_gas, source by_product, volume 100000 m3, reference_state 0C, "
        + "hydrogen_fraction 0.6, renewable no", "\(shown)")

    let revised = try reporter.remelt(
      "hydrogen-use", "revise", id, "--closing", "2100kg", "--reason", "gauge read anew", "--json")
    #expect(revised.code == 0 && revised["revision"]?.int == 2, "\(revised)")
    #expect(revised["closing"] == Sample.mass("2.1") && revised["supplies"] == told["supplies"])
    let idle = try reporter.remelt(
      "hydrogen-use", "nil", "--facility", facility, "--month", "2025-04", "--json")
    #expect(idle.code == 0 && idle["nil"] == true, "\(idle)")
    #expect(idle["opening"] == Sample.mass("2.1") && idle["supplies"] == [], "\(idle)")

    // A certificate is free again once the report that had it is withdrawn.
    let other = example(facility, "2025-07", certificates: [certificates[1]])
    let taken = try reporter.remelt(other)
    #expect(taken.code == 1 && taken.output.isEmpty, "\(taken)")
    #expect(taken.pointers == ["/supplies/0/certificates/0"], "\(taken)")
    let gone = try reporter.remelt("hydrogen-use", "withdraw", id, "--reason", "wrong month")
    #expect(gone.code == 0 && gone.value("status") == "withdrawn", "\(gone)")
    let free = try reporter.remelt(other)
    #expect(free.code == 0, "\(free)")
  }
}
