import Foundation
import Models
import Testing

extension RunningTests.ReportedVectorsTests {
  @Test("R09: a revision moves the quarter, and as of the moment before it the first figure stands")
  func r09() async throws {
    let (inputs, expected) = try Vectors.vector("R09")
    let caller = try SharedLedger.first
    let plant = try await caller.enrol(.recycledInput, in: ["410000"])
    let analyst = try await caller.issue("analyst@authority:410000")
    let path = "recycled-input?metal=steel&from=2026-04&to=2026-06&by=province"
    let records = try #require(inputs["records"]).elements
    var replies: [Reply] = []
    for record in records {
      let body = try Mill.steel(
        plant.facility, Vectors.text(record["m"]), scrap: Vectors.text(record["scrap"]),
        crude: Vectors.text(record["crude"]))
      if record["v"]?.int == 1 {
        replies.append(try await plant.reporter.accepted(body, to: .recycledInput))
      } else {
        // The figures are in the dashboard before they are revised.
        let first = try await analyst.figures(
          path, after: [plant.position, replies.last?.position])
        let percent = try Vectors.ratio(first["whole"]?.share(Self.rate)).percent(places: 4)
        #expect(percent == expected["as_first_published_percent"]?.text)
        let old = try #require(replies.first)
        let revised = try await plant.reporter.put(
          body.with("reason", record["reason"]), to: .recycledInput, old.id, ifMatch: old.etag)
        #expect(revised.status == 200, "\(revised.text)")
        replies.append(revised)
      }
    }
    try #require(replies.count == 4)
    #expect(replies.last?["status"] == expected["state"] && replies.last?["revision"]?.int == 2)
    let moments = try replies.map { try Vectors.text($0["recorded_at"]) }
    #expect(moments[2] < moments[3], "the revision came in the same millisecond")

    let now = try await analyst.figures(path, after: [replies.last?.position])
    let before = try await analyst.figures(
      path + "&as_of=\(moments[2])", after: [replies.last?.position])
    let after = try await analyst.figures(
      path + "&as_of=\(moments[3])", after: [replies.last?.position])
    let percent = { (figures: Reply) in
      try Vectors.ratio(figures["whole"]?.share(Self.rate)).percent(places: 4)
    }
    #expect(try percent(now) == expected["as_current_percent"]?.text)
    #expect(try percent(before) == expected["as_first_published_percent"]?.text)
    #expect(try percent(after) == expected["as_current_percent"]?.text)
    #expect(after["rows"] == now["rows"] && before["as_of"]?.text == moments[2])
    let (new, old) = (
      try Vectors.ratio(now["whole"]?.share(Self.rate)),
      try Vectors.ratio(before["whole"]?.share(Self.rate))
    )
    #expect(new.denominator == old.denominator)
    let points = try Ratio(new.numerator - old.numerator, new.denominator).percent(places: 4)
    #expect(points == expected["revision_pp"]?.text)

    let reports = "recycled-input/reports?metal=steel&month=2026-04"
    let current = try await analyst.figures(reports, after: [replies.last?.position])
    let superseded = try await analyst.figures(
      reports + "&as_of=\(moments[2])", after: [replies.last?.position])
    #expect(current["items"]?.elements.compactMap { $0["revision"]?.int } == [2])
    #expect(superseded["items"]?.elements.compactMap { $0["revision"]?.int } == [1])
  }

  @Test("R18: January and February reported as one enter the quarter as one and are never split")
  func r18() async throws {
    let (inputs, expected) = try Vectors.vector("R18")
    let caller = try SharedLedger.first
    let plant = try await caller.enrol(
      .recycledInput, in: ["420000"],
      owes: [Sample.owed(.recycledInput, from: "2026-01", to: "2026-03")])
    let analyst = try await caller.issue("analyst@authority:420000")
    var replies: [Reply] = []
    for record in try #require(inputs["series"]).elements {
      let body = try Mill.steel(
        plant.facility, Vectors.text(record["p"]), scrap: Vectors.text(record["scrap"]),
        crude: Vectors.text(record["crude"]))
      replies.append(try await plant.reporter.accepted(body, to: .recycledInput))
    }
    for month in ["2026-01", "2026-02"] {
      let single = try await plant.reporter.post(
        Mill.steel(plant.facility, month, scrap: "16800", crude: "80000"), to: .recycledInput)
      #expect(single.status == 409 && single.problem == "duplicate", "\(single.text)")
      #expect(single["existing"] == replies.first?["id"])
      let idle = try await plant.reporter.post(
        Sample.nilReturn(plant.facility, period: month), to: .recycledInput)
      #expect(idle.status == 409 && idle["existing"] == replies.first?["id"], "\(idle.text)")
    }

    let path = "recycled-input?metal=steel&by=province"
    let quarter = try await analyst.figures(
      path + "&from=2026-01&to=2026-03", after: [plant.position, replies.last?.position])
    let whole = try #require(quarter["whole"], "\(quarter.text)")
    let share = try #require(whole.share(Self.rate))
    #expect(try Vectors.ratio(share).percent(places: 4) == expected["q1_percent"]?.text)
    #expect(share["value"]?.text == "213.6000")
    // No month that was not reported by itself, in particular no January.
    let periods = { (reply: Reply, name: String) in
      reply[name]?.elements.compactMap { $0["period"]?.text }
    }
    #expect(periods(quarter, "rows") == ["2026-01..02", "2026-03"])
    #expect(periods(quarter, "total") == ["2026-01..02", "2026-03"])
    #expect(expected["january_alone"] == .null && quarter["left_out"] == [])
    let both = quarter["rows"]?.elements.first
    #expect(both?.share(Self.rate)?["value"]?.text == "210.0000")
    #expect(both?["coverage"]?["owed"]?.int == 2 && both?["coverage"]?["received"]?.int == 2)
    #expect(both?["coverage"]?["reports"]?.int == 1)
    #expect(whole["coverage"]?["owed"]?.int == 3 && whole["coverage"]?["missing"]?.int == 0)

    for (from, to) in [("2026-02", "2026-03"), ("2025-11", "2026-01")] {
      let partly = try await analyst.figures(
        path + "&from=\(from)&to=\(to)", after: [replies.last?.position])
      #expect(partly["left_out"] == ["2026-01..02"], "\(partly.text)")
      let hasMarch = to == "2026-03"
      let scrap = Sample.mass(hasMarch ? "19800" : "0")
      #expect(partly["whole"]?.share(Self.rate)?["numerator"] == scrap, "\(partly.text)")
      let filled = partly["rows"]?.elements.filter { $0["inputs"] != [] }
      #expect(filled?.compactMap { $0["period"]?.text } == (hasMarch ? ["2026-03"] : []))
    }
    // The report behind is the same for either month.
    for month in ["2026-01", "2026-02"] {
      let behind = try await analyst.figures(
        "recycled-input/reports?metal=steel&month=\(month)", after: [replies.last?.position])
      #expect(behind["items"]?.elements.map { $0["report_id"] } == [replies.first?["id"]])
      #expect(behind["items"]?.elements.first?["period"]?.text == "2026-01..02")
      #expect(behind["missing"] == [])
    }
  }
}
