import Foundation
import Models
import Testing

extension RunningTests.FigureVectorsTests {
  /// Reports the records of R09 in their order, the revision last.
  private func reportAll(_ records: [JSON], _ plant: Plant) async throws -> [Reply] {
    var replies: [Reply] = []
    for record in records {
      let body = try Mill.steel(
        plant.facility, Vectors.text(record["m"]), scrap: Vectors.text(record["scrap"]),
        crude: Vectors.text(record["crude"]))
      guard record["v"]?.int != 1 else {
        replies.append(try await plant.reporter.accepted(body, to: .recycledInput))
        continue
      }
      let old = try #require(replies.first)
      let revised = try await plant.reporter.put(
        body.with("reason", record["reason"]), to: .recycledInput, old.id, ifMatch: old.etag)
      try #require(revised.status == 200, "\(revised.text)")
      replies.append(revised)
    }
    return replies
  }

  @Test("R09: as of the moment before a revision its quarter stands, and the change is explained")
  func r09() async throws {
    let (inputs, expected) = try Vectors.vector("R09")
    let caller = try SharedLedger.first
    let plant = try await caller.enrol(.recycledInput, in: ["410000"])
    let replies = try await reportAll(try #require(inputs["records"]).elements, plant)
    try #require(replies.count == 4)
    let moments = try replies.map { try Vectors.text($0["recorded_at"]) }
    try #require(moments[2] < moments[3], "the revision came in the same millisecond")
    let written = [plant.position, replies[3].position]

    let place = "definition=\(Self.rate)&province=410000"
    let quarter = "\(place)&period=quarter&from=2026-06&to=2026-06"
    let now = try await caller.row(quarter, after: written)
    let before = try await caller.row("\(quarter)&as_of=\(moments[2])", after: written)
    let after = try await caller.row("\(quarter)&as_of=\(moments[3])", after: written)
    let percent = { (row: JSON) in try Vectors.ratio(row).percent(places: 4) }
    #expect(now["period"]?.text == "2026Q2" && before["period"] == now["period"])
    #expect(try percent(now) == expected["as_current_percent"]?.text)
    #expect(try percent(before) == expected["as_first_published_percent"]?.text)
    #expect(after == now, "a moment is inclusive")
    #expect(now["state"] == expected["state"] && before["state"]?.text == "provisional")
    let versions = try Vectors.text(Self.wrong("R09")?["summing_all_versions_percent"])
    #expect(try percent(now) != versions)

    try await explain(
      "figures/change?\(place)&period=2026Q2&before_as_of=\(moments[2])", from: before, to: now,
      points: Vectors.text(expected["revision_pp"]), after: written)
    try await trace("figures/reports?\(place)&period=2026Q2", now, [2, 1, 1], after: written)
    try await trace(
      "figures/reports?\(place)&period=2026Q2&as_of=\(moments[2])", before, [1, 1, 1],
      after: written)
  }

  /// Demands that a change is the revision and nothing else.
  private func explain(
    _ path: String, from before: JSON, to now: JSON, points: String, after written: [String?]
  ) async throws {
    let answer = try await SharedLedger.first.figures(path, after: written)
    for (side, row) in [("before", before), ("after", now)] {
      for name in ["period", "value", "numerator", "denominator"] {
        #expect(answer[side]?[name] == row[name], "\(side) \(name): \(answer.text)")
      }
    }
    let (new, old) = (try Vectors.ratio(now), try Vectors.ratio(before))
    try #require(new.denominator == old.denominator)
    let moved = try Ratio(new.numerator - old.numerator, new.denominator)
    #expect(moved.percent(places: 4) == points)
    let change = try #require(answer["change"], "\(answer.text)")
    // 2 points of a percentage are 20 kg a tonne.
    let times: Int128 = change["unit"]?.text == "kg/t" ? 1000 : 100
    #expect(change["value"]?.text == moved.rounded(times: times, places: 4), "\(answer.text)")
    let revisions = try #require(answer["revisions"], "\(answer.text)")
    #expect(revisions["value"] == change["value"] && revisions["facilities"]?.int == 1)
    let nothing = Sample.mass("0")
    let mass = Mass.json(grams: new.numerator - old.numerator)
    for part in [change, revisions] {
      #expect(part["numerator"] == mass && part["denominator"] == nothing, "\(answer.text)")
    }
    for name in ["newly_reporting", "same_panel"] {
      let part = answer[name]
      #expect(part?["numerator"] == nothing && part?["denominator"] == nothing, "\(name)")
    }
    #expect(answer["newly_reporting"]?["facilities"]?.int == 0, "\(answer.text)")
  }

  /// Demands that the reports behind a figure are of these revisions and add up to it.
  private func trace(
    _ path: String, _ row: JSON, _ revisions: [Int], after written: [String?]
  ) async throws {
    let behind = try await SharedLedger.first.figures(path, after: written)
    let items = behind.items.sorted {
      ($0["period"]?.text ?? "") < ($1["period"]?.text ?? "")
    }
    #expect(items.compactMap { $0["period"]?.text } == ["2026-04", "2026-05", "2026-06"])
    #expect(items.compactMap { $0["revision"]?.int } == revisions, "\(behind.text)")
    let states = revisions.map { $0 > 1 ? "revised" : "provisional" }
    #expect(items.compactMap { $0["state"]?.text } == states, "\(behind.text)")
    for name in ["numerator", "denominator"] {
      let sum = items.compactMap { $0[name]?.grams }.reduce(0, +)
      #expect(sum == row[name]?.grams, "\(name): \(behind.text)")
    }
  }

  @Test("A change is what was revised, who is new or gone, and the same plants, to the gram")
  func parts() async throws {
    let caller = try SharedLedger.first
    let mills = try await caller.enrol(.recycledInput, in: ["530000", "530000", "530000"])
    let reporter = mills.reporter
    let report = { (mill: Int, month: String, scrap: String) in
      try await reporter.accepted(
        Mill.steel(mills.facilities[mill], month, scrap: scrap, crude: "1000"),
        to: .recycledInput)
    }
    // The first goes on, the second is gone after April, the third is new in May.
    let first = try await report(0, "2024-04", "100")
    _ = try await report(1, "2024-04", "300")
    _ = try await report(0, "2024-05", "150")
    let last = try await report(2, "2024-05", "500")
    let moment = try Vectors.text(last["recorded_at"])
    let revised = try await reporter.put(
      Mill.steel(mills.facilities[0], "2024-04", scrap: "120", crude: "1000")
        .with("reason", "weighed again"), to: .recycledInput, first.id, ifMatch: first.etag)
    try #require(revised.status == 200, "\(revised.text)")
    let later = try Vectors.text(revised["recorded_at"])
    try #require(moment < later, "the revision came in the same millisecond")
    let written = [mills.position, revised.position]

    let place = "definition=METALLIC_INPUT&province=530000"
    let answer = try await caller.figures(
      "figures/change?\(place)&period=2024-05&before_period=2024-04&before_as_of=\(moment)",
      after: written)
    #expect(answer["before"]?["value"]?.text == "400", "\(answer.text)")
    #expect(answer["after"]?["value"]?.text == "650", "\(answer.text)")
    let tonnes = { (name: String) in answer[name]?["value"]?.text }
    #expect(tonnes("change") == "250" && tonnes("revisions") == "20", "\(answer.text)")
    #expect(tonnes("newly_reporting") == "200" && tonnes("same_panel") == "30")
    #expect(answer["newly_reporting"]?["facilities"]?.int == 2)
    #expect(answer["newly_reporting"]?["of_which_new"]?.int == 1)
    #expect(answer["newly_reporting"]?["of_which_gone"]?.int == 1, "\(answer.text)")
  }
}
