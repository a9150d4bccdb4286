import Foundation
import Models
import Testing

extension RunningTests.InputReportingTests {
  /// Columns of a steel mill's file, and ``Mill/month(_:_:)`` as a row of it.
  private static let columns = [
    "facility_id", "metal", "period", "opening_t", "opening_reason", "received_t",
    "home_arising_t", "sold_t", "closing_t", "scrap_steel.post_consumer.gross_t",
    "scrap_steel.pre_consumer.gross_t", "scrap_steel.home.gross_t", "hot_metal.gross_t",
    "output.bof_t", "output.eaf_t", "nil", "reason",
  ]

  private func row(
    _ facility: String, _ period: String, bof: String = "4000", reason: String = ""
  ) -> String {
    "\(facility),steel,\(period),40,first report,1000,60,20,80,900,40,60,4000,\(bof),700,,\(reason)"
  }

  private func file(_ rows: [String]) -> String {
    ([Self.columns.joined(separator: ",")] + rows).joined(separator: "\n") + "\n"
  }

  private func counts(_ reply: Reply) -> [Int?] {
    let summary = reply.lines.last?["summary"]
    return ["rows", "created", "unchanged", "revised", "refused"].map { summary?[$0]?.int }
  }

  private func pointers(_ reply: Reply) -> [String] {
    reply.lines.compactMap { $0["problem"]?["errors"]?.elements.first?["pointer"]?.text }
  }

  @Test(
    "Each row of a file is answered by its own number as created, unchanged, revised or refused")
  func csv() async throws {
    let mill = try await mill()
    let rows = ["2024-12", "2025-01..02", "2025-03"].map { row(mill.facility, $0) }
    let first = try await mill.reporter.bulk(file(rows), to: .recycledInput)
    #expect(first.status == 200 && first.header("Content-Type") == "application/x-ndjson")
    #expect(first.outcomes == ["2 created", "3 created", "4 created"], "\(first.text)")
    #expect(counts(first) == [3, 3, 0, 0, 0])
    try #require(first.lines.count == 4)
    let again = try await mill.reporter.bulk(file(rows), to: .recycledInput)
    #expect(again.outcomes == ["2 unchanged", "3 unchanged", "4 unchanged"], "\(again.text)")
    #expect(again.lines.first?["id"] == first.lines.first?["id"])

    let third = try await mill.reporter.bulk(
      file([
        rows[0], row(mill.facility, "2025-01..02", bof: "4001", reason: "recounted"),
        row(mill.facility, "2025-03", bof: "4002"), row(mill.facility, "2025-02"),
        row(mill.facility, "2025-13"), row(mill.facility, "2025-04", bof: "x"),
      ]), to: .recycledInput)
    #expect(
      third.outcomes == [
        "2 unchanged", "3 revised", "4 refused", "5 refused", "6 refused", "7 refused",
      ], "\(third.text)")
    #expect(counts(third) == [6, 0, 1, 1, 4])
    #expect(pointers(third) == ["/reason", "/period", "/outputs/1/mass/value"])
    try #require(third.lines.count == 7)
    // February by itself is reported with January.
    let overlapping = third.lines[3]["problem"]
    #expect(overlapping?["status"]?.int == 409)
    #expect(overlapping?["existing"] == first.lines[1]["id"])

    // A row is the JSON body in another form.
    let id = try Vectors.text(first.lines[0]["id"])
    let single = try await mill.reporter.read(.recycledInput, "/\(id)")
    let body = Mill.month(mill.facility, "2024-12")
    for name in ["period", "opening", "opening_reason", "received", "sold", "closing"] {
      #expect(single[name] == body[name], "\(name)")
    }
    #expect(single["derived"]?["charged"] == Sample.mass("1000"))
    let revised = try await mill.reporter.read(
      .recycledInput, "/\(try Vectors.text(first.lines[1]["id"]))")
    #expect(revised["revision"]?.int == 2 && revised["status"]?.text == "revised")
    let output = revised["outputs"]?.elements.first { $0["route"]?.text == "bof" }
    #expect(output?["mass"] == Sample.mass("4001"))
    let same = try await mill.reporter.post(
      Mill.month(mill.facility, "2024-12"), to: .recycledInput)
    #expect(same.status == 409 && same["existing"] == single["id"], "\(same.text)")
  }

  @Test(
    "Wide columns tell each input's weights, deductions, assay and route; empty ones tell nothing")
  func wide() async throws {
    let mill = try await mill()
    let columns = [
      "facility_id", "metal", "period", "opening_t", "received_t", "closing_t",
      "scrap_copper.post_consumer.gross_t", "scrap_copper.post_consumer.tare_t",
      "scrap_copper.post_consumer.moisture", "scrap_copper.post_consumer.impurity",
      "scrap_copper.post_consumer.impurity_basis", "scrap_copper.post_consumer.assay",
      "scrap_copper.post_consumer.yield", "scrap_copper.post_consumer.route",
      "scrap_copper_alloy.home.gross_t", "scrap_copper_alloy.home.impurity_t",
      "scrap_copper_alloy.home.assay", "scrap_copper_alloy.home.route",
      "scrap_aluminium.unknown.gross_t", "scrap_aluminium.unknown.assay",
      "scrap_aluminium.unknown.yield", "output.secondary_refined_t", "output.recovered_t",
      "product_t", "note", "nil",
    ]
    // Vector R06 and half of 9 t of alloy; 10 t of aluminium; nothing.
    let copper =
      "copper,2025-01,0,20.926368,0,32.5,14.5,0.02,0.03,dry,0.96,0.975,secondary_refined"
      + ",10,1,0.5,direct_melt,,,,16,,,\"two, \"\"inputs\"\"\","
    let aluminium =
      "aluminium,2025-01,0,9,0" + String(repeating: ",", count: 12)
      + ",10,0.9,0.9,,8.1,20,,false"
    let nothing = "copper,2025-02,,,," + String(repeating: ",", count: 18) + ",true"
    let rows = [copper, aluminium, nothing].map { "\(mill.facility),\($0)" }
    let text = ([columns.joined(separator: ",")] + rows).joined(separator: "\r\n")
    let reply = try await mill.reporter.bulk(text, to: .recycledInput)
    #expect(reply.outcomes == ["2 created", "3 created", "4 created"], "\(reply.text)")
    let ids = try reply.lines.dropLast().map { try Vectors.text($0["id"]) }
    try #require(ids.count == 3)
    let first = try await mill.reporter.read(.recycledInput, "/\(ids[0])")
    let inputs = first["inputs"]?.elements ?? []
    let expected: [JSON] = [
      .members([
        "material": "scrap_copper", "origin": "post_consumer", "route": "secondary_refined",
        "gross": Sample.mass("32.5"), "tare": Sample.mass("14.5"), "moisture": "0.02",
        "impurity": "0.03", "impurity_basis": "dry", "assay": "0.96", "yield": "0.975",
      ]),
      .members([
        "material": "scrap_copper_alloy", "origin": "home", "route": "direct_melt",
        "gross": Sample.mass("10"), "impurity_mass": Sample.mass("1"), "assay": "0.5",
      ]),
    ]
    #expect(inputs == expected, "\(first.text)")
    #expect(first["derived"]?["stock_difference"] == Sample.mass("0"))
    #expect(first["note"]?.text == "two, \"inputs\"" && first["product"] == nil)
    let second = try await mill.reporter.read(.recycledInput, "/\(ids[1])")
    #expect(second["inputs"]?.elements.map { $0["origin"]?.text } == ["unknown"])
    #expect(second["product"] == Sample.mass("20") && second["nil"] == false)
    let third = try await mill.reporter.read(.recycledInput, "/\(ids[2])")
    #expect(third["nil"] == true && third["inputs"] == [])
  }

  @Test("NDJSON rows are the bodies of single reports, and chain like them")
  func ndjson() async throws {
    let mill = try await mill()
    let good = Mill.month(mill.facility, "2025-01")
    let next = Mill.month(mill.facility, "2025-02").with("opening_reason", nil)
    let reply = try await mill.reporter.bulk(
      [
        good, next, next.with("opening", Sample.mass("80")).with("closing", Sample.mass("120")),
        good.with("note", "weighed anew").with("reason", "recounted"),
        good.with("closing", Sample.mass("0")).with("reason", "recounted"),
        Mill.copper(mill.facility), Mill.copper(mill.facility), [],
      ], to: .recycledInput)
    #expect(
      reply.outcomes == [
        "1 created", "2 refused", "3 created", "4 revised", "5 refused", "6 created",
        "7 unchanged", "8 refused",
      ], "\(reply.text)")
    #expect(pointers(reply).prefix(2) == ["/opening", "/closing"])
    let summed = try await SharedLedger.first.figures(
      "recycled-input/reports?metal=steel&month=2025-01",
      after: [mill.position, try await self.position(mill)])
    let behind = summed["items"]?.elements.filter { $0["facility_id"]?.text == mill.facility }
    #expect(behind?.compactMap { $0["revision"]?.int } == [2])
  }

  /// The service's journal with all that was sent so far in it.
  private func position(_ mill: Plant) async throws -> String? {
    try await mill.reporter.accepted(Mill.aluminium(mill.facility, "2026-05"), to: .recycledInput)
      .position
  }

  @Test("What a file may not have is refused row by row, and who may report nothing is not read")
  func refusedFile() async throws {
    let (own, other) = (try await mill(), try await mill())
    let foreign = try await own.reporter.bulk(
      file([row(other.facility, "2025-01"), row(own.facility, "2025-01")]), to: .recycledInput)
    #expect(foreign.outcomes == ["2 refused", "3 created"], "\(foreign.text)")
    #expect(foreign.lines.first?["problem"]?["status"]?.int == 404)
    let extra = try await own.reporter.bulk(
      "facility_id,metal,period,colour,scrap_steel.mars.gross_t,hot_metal.home.gross_t\n"
        + "\(own.facility),steel,2025-05,red,1,1\n", to: .recycledInput)
    #expect(extra.outcomes == ["2 refused"], "\(extra.text)")
    for pointer in [
      "/colour", "/scrap_steel.mars.gross_t", "/opening", "/closing", "/inputs/0/origin",
    ] {
      #expect(extra.text.contains("\"\(pointer)\""), "\(pointer): \(extra.text)")
    }
    let later = row(own.facility, "2025-07")
    for grant in ["operator@all", "verifier@all", "analyst@all"] {
      let reader = try await SharedLedger.first.issue(grant)
      let reply = try await reader.bulk(file([later]), to: .recycledInput)
      #expect(reply.status == 403, "\(grant): \(reply.text)")
    }
    let typed = try await own.reporter.bulk(
      file([later]), to: .recycledInput, type: "application/json")
    #expect(typed.status == 415, "\(typed.text)")
    let twice = try await own.reporter.bulk("metal,metal\nsteel,steel\n", to: .recycledInput)
    #expect(twice.lines.last?["problem"]?["status"]?.int == 400, "\(twice.text)")
    let listed = try await own.reporter.read(
      .recycledInput, "?facility_id=\(own.facility)&from=2025-02")
    #expect(listed["items"] == [])
  }
}
