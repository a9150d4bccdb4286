import Models
import Testing

/// Bodies of qualification events.
enum Application {
  static func applied(_ day: String) -> JSON {
    .members([
      "metal": "steel", "event": "applied", "effective": .string(day),
      "criteria_set": "SCRAP_STEEL_2016",
      "facts": .members([
        "category": "new", "capacity_t_y": "150000", "site_area_m2": "29999",
      ]),
    ])
  }

  static func event(_ word: String, _ day: String, announcement: String? = "2025 No. 1") -> JSON {
    .members([
      "metal": "steel", "event": .string(word), "effective": .string(day),
      "announcement": .text(announcement),
    ])
  }
}

@Suite("Qualifying a processor", .registry, .serialized)
struct QualifyingTests {
  private func record(_ caller: Caller, _ facility: String, _ body: JSON) async throws -> Reply {
    try await caller.post("facilities/\(facility)/qualification", body)
  }

  @Test("An application is judged criterion by criterion")
  func evaluation() async throws {
    let caller = try await RunningRegistry.current.operator
    let enrolled = try await Enrolled(by: caller)
    let reply = try await record(
      enrolled.reporter, enrolled.facility, Application.applied("2025-01-01"))
    #expect(reply.status == 201, "\(reply.text)")
    let evaluation = try #require(reply["evaluation"])
    #expect(evaluation["criteria_set"]?.text == "SCRAP_STEEL_2016")
    #expect(evaluation["result"]?.text == "fail")
    let lines = evaluation["criteria"]?.elements ?? []
    let results = Dictionary(
      lines.map { ($0["criterion"]?.text ?? "", $0["result"]?.text ?? "") },
      uniquingKeysWith: { $1 })
    #expect(
      results == [
        "capacity_t_y": "pass", "site_area_m2": "fail", "hardened_area_m2": "unknown",
      ])
    let area = lines.first { $0["criterion"]?.text == "site_area_m2" }
    #expect(area?["value"]?.text == "29999")
    #expect(area?["comparator"]?.text == ">=")
    #expect(area?["limit"]?.text == "30000")
    #expect(area?["unit"]?.text == "m2")
  }

  @Test("The whole procedure is recorded, by others than the applicant")
  func procedure() async throws {
    let caller = try await RunningRegistry.current.operator
    let enrolled = try await Enrolled(by: caller)
    let verifier = try await caller.issue(["verifier@authority:130000"])
    let id = enrolled.facility
    #expect(
      try await record(enrolled.reporter, id, Application.applied("2025-01-01")).status == 201)
    let own = try await record(
      enrolled.reporter, id, Application.event("province_reviewed", "2025-01-10"))
    #expect(own.status == 403)
    let skipped = try await record(verifier, id, Application.event("announced", "2025-01-10"))
    #expect(skipped.status == 409)
    #expect(skipped.text.contains("province_reviewed"))
    let steps = [
      ("province_reviewed", "2025-01-10"), ("public_notice", "2025-01-20"),
      ("announced", "2025-02-01"), ("changed", "2025-03-01"), ("rectifying", "2025-04-01"),
      ("resumed", "2025-05-01"), ("suspended", "2025-06-01"), ("revoked", "2025-07-01"),
      ("applied", "2025-08-01"),
    ]
    for (event, day) in steps.dropLast() {
      let reply = try await record(verifier, id, Application.event(event, day))
      #expect(reply.status == 201, "\(event): \(reply.text)")
      let list = try await enrolled.reporter.get("facilities/\(id)/qualification")
      let state = list["states"]?["steel"]
      #expect(state?["event"]?.text == event)
      let counting = ["announced", "changed", "rectifying", "resumed"].contains(event)
      #expect(state?["counts"] == .bool(counting), "\(event)")
    }
    #expect(
      try await record(enrolled.reporter, id, Application.applied("2025-08-01")).status == 201)
    let all = try await enrolled.reporter.get("facilities/\(id)/qualification")
    #expect(
      all["items"]?.elements.compactMap { $0["event"]?.text } == ["applied"] + steps.map(\.0))
  }

  @Test("Nobody judges their own application, not even an operator")
  func secondPerson() async throws {
    let caller = try await RunningRegistry.current.operator
    let enrolled = try await Enrolled(by: caller)
    #expect(
      try await record(caller, enrolled.facility, Application.applied("2025-01-01")).status == 201)
    let own = try await record(
      caller, enrolled.facility, Application.event("province_reviewed", "2025-01-10"))
    #expect(own.status == 403)
    #expect(own.text.contains("second person"))
    let other = try await caller.issue(["operator@all"])
    let judged = try await record(
      other, enrolled.facility, Application.event("province_reviewed", "2025-01-10"))
    #expect(judged.status == 201)
  }

  @Test("An analyst, and an operator of another authority, record nothing")
  func others() async throws {
    let caller = try await RunningRegistry.current.operator
    let enrolled = try await Enrolled(by: caller)
    let analyst = try await caller.issue(["analyst@all"])
    #expect(
      try await record(analyst, enrolled.facility, Application.applied("2025-01-01")).status == 403)
    let shanxi = try await caller.issue(["operator@authority:140000"])
    #expect(
      try await record(shanxi, enrolled.facility, Application.applied("2025-01-01")).status == 404)
    let stranger = try await Enrolled(by: caller)
    #expect(
      try await record(stranger.reporter, enrolled.facility, Application.applied("2025-01-01"))
        .status == 404)
  }

  @Test("A wrong application is refused at its fields, and a mill is not qualified")
  func wrong() async throws {
    let caller = try await RunningRegistry.current.operator
    let enrolled = try await Enrolled(by: caller)
    let good = Application.applied("2025-01-01")
    let cases: [(String, JSON?, String)] = [
      ("metal", "gold", "/metal"), ("event", "approved", "/event"), ("event", nil, "/event"),
      ("effective", "2025-02-30", "/effective"), ("effective", .int(2025), "/effective"),
      ("facts", nil, "/facts"), ("facts", [], "/facts"),
      ("facts/capacity_t_y", .int(150_000), "/facts/capacity_t_y"),
      ("facts/capacity_t_y", "-1", "/facts/capacity_t_y"), ("facts/colour", "red", "/facts/colour"),
      ("criteria_set", nil, "/criteria_set"),
      ("criteria_set", "SCRAP_COPPER_2023", "/criteria_set"),
      ("bogus", "x", "/bogus"),
    ]
    try await expectNothingWritten(caller) {
      for (path, value, pointer) in cases {
        let reply = try await record(enrolled.reporter, enrolled.facility, good.with(path, value))
        #expect(reply.status == 422, "\(path): \(reply.text)")
        #expect(reply.pointers.contains { $0.hasPrefix(pointer) }, "\(path): \(reply.text)")
      }
    }
    let mill = try await caller.register(Sample.facility(enrolled.organisation, roles: ["mill"]))
    #expect(try await record(enrolled.reporter, mill, good).status == 409)
  }

  @Test(
    "Qualified capacity begins on the day of the announcement, and follows changes and revocation")
  func capacity() async throws {
    let caller = try await RunningRegistry.current.operator
    let enrolled = try await Enrolled(by: caller)
    let judge = try await caller.issue(["operator@all"])
    let site = try await caller.get("facilities/\(enrolled.facility)")
    var body = site.json
    for name in ["id", "version", "merged_ids"] { body = body.with(name, nil) }
    let capacity = JSON.members([
      "process": "scrap_processing", "metal": "aluminium", "per_year": Sample.mass("123", "kt"),
      "to": "2025-03-15",
    ])
    let larger = capacity.with("per_year", Sample.mass("200", "kt")).with("to", nil)
      .with("from", "2025-03-16")
    body = body.with("capacities", [capacity, larger])
    #expect(
      try await caller.put("facilities/\(enrolled.facility)", body, ifMatch: site.etag).status
        == 200)
    let steps = [
      ("applied", "2025-01-01"), ("province_reviewed", "2025-01-10"),
      ("public_notice", "2025-01-20"), ("announced", "2025-02-01"), ("suspended", "2025-05-01"),
      ("revoked", "2025-06-01"),
    ]
    for (event, day) in steps {
      var body = Application.event(event, day).with("metal", "aluminium")
      if event == "applied" {
        body = body.with("criteria_set", "SCRAP_ALUMINIUM_2023")
          .with("facts", .members(["capacity_t_y": "123000"]))
      }
      let reply = try await record(
        event == "applied" ? enrolled.reporter : judge, enrolled.facility, body)
      #expect(reply.status == 201, "\(reply.text)")
    }
    for (day, number, tonnes) in [
      ("2025-01-31", 0, "0"), ("2025-02-01", 1, "123000"), ("2025-03-15", 1, "123000"),
      ("2025-03-16", 1, "200000"), ("2025-04-30", 1, "200000"), ("2025-05-01", 0, "0"),
      ("2026-01-01", 0, "0"),
    ] {
      let reply = try await judge.get("qualified-capacity?metal=aluminium&date=\(day)")
      #expect(reply["number"]?.int == number, "\(day): \(reply.text)")
      #expect(reply["capacity_per_year"] == Sample.mass(tonnes), "\(day)")
    }
    #expect(try await enrolled.reporter.get("qualified-capacity").status == 403)
  }
}
