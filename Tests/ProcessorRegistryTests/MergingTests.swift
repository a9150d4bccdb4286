import Models
import Testing

@Suite("Merging two entries of one facility", .registry)
struct MergingTests {
  private func merge(_ caller: Caller, _ survivor: String, _ absorbed: String) async throws -> Reply
  {
    try await caller.post(
      "facilities/\(survivor)/merge",
      .members(["absorb": .string(absorbed), "reason": "entered twice"]))
  }

  @Test("The old id goes on naming the survivor, and its reports move")
  func merged() async throws {
    let caller = try await RunningRegistry.current.operator
    let enrolled = try await Enrolled(by: caller)
    let double = try await caller.register(Sample.facility(enrolled.organisation))
    let moved = try await enrolled.reporter.post("throughput", Sample.report(double, "2025-01"))
    _ = try await enrolled.report("2025-02")
    let reply = try await merge(caller, enrolled.facility, double)
    #expect(reply.status == 201, "\(reply.text)")
    #expect(reply["id"]?.text == enrolled.facility)
    #expect(reply["merged_ids"] == [.string(double)])
    let old = try await enrolled.reporter.get("facilities/\(double)")
    #expect(old.status == 200)
    #expect(old["id"]?.text == enrolled.facility)
    #expect(old.header("Content-Location") == "/registry/v1/facilities/\(enrolled.facility)")
    let report = try await enrolled.reporter.get("throughput/\(moved["id"]?.text ?? "")")
    #expect(report["facility_id"]?.text == enrolled.facility)
    let listed = try await enrolled.reporter.get("throughput?facility_id=\(enrolled.facility)")
    #expect(listed["items"]?.elements.count == 2)
    let facilities = try await caller.get("facilities?organisation_id=\(enrolled.organisation)")
    #expect(facilities["items"]?.elements.count == 1)
    let again = try await enrolled.reporter.post("throughput", Sample.report(double, "2025-01"))
    #expect(again.status == 409, "the old id's month is the survivor's: \(again.text)")
    let next = try await enrolled.reporter.post("throughput", Sample.report(double, "2025-03"))
    #expect(next.status == 201)
    #expect(next["facility_id"]?.text == enrolled.facility)
  }

  @Test("A file that still names a merged facility does not register it anew")
  func reimported() async throws {
    let caller = try await RunningRegistry.current.operator
    let enrolled = try await Enrolled(by: caller)
    let uscc = Sample.uscc()
    let text = """
      organisation_scheme,organisation_value,organisation_name,name,identifier_scheme,identifier_value,roles,country,province,scrap_steel_ktpa
      uscc,\(uscc),Demonstration Scrap,Second yard,demo_merge,\(uscc),scrap_processor,CN,130000,300

      """
    let first = try await caller.bulk("facilities/bulk", text)
    let id = try #require(first.text.firstMatch(of: /"id":"([^"]+)"/)?.1)
    #expect(try await merge(caller, enrolled.facility, String(id)).status == 201)
    let second = try await caller.bulk("facilities/bulk", text)
    #expect(second.text.contains(#""unchanged","id":"\#(enrolled.facility)""#), "\(second.text)")
  }

  @Test("Both having reported a month is a conflict that names it, until one is withdrawn")
  func conflict() async throws {
    let caller = try await RunningRegistry.current.operator
    let enrolled = try await Enrolled(by: caller)
    let double = try await caller.register(Sample.facility(enrolled.organisation))
    let second = try await enrolled.reporter.post("throughput", Sample.report(double, "2025-01"))
    _ = try await enrolled.report("2025-01")
    let refused = try await merge(caller, enrolled.facility, double)
    #expect(refused.status == 409)
    #expect(refused.problem == "conflict")
    #expect(refused.text.contains("steel 2025-01"))
    let withdrawn = try await enrolled.reporter.post(
      "throughput/\(second["id"]?.text ?? "")/withdrawal", .members(["reason": "double"]),
      ifMatch: "\"1\"")
    #expect(withdrawn.status == 201)
    #expect(try await merge(caller, enrolled.facility, double).status == 201)
  }

  @Test("Both being qualified for one metal is a conflict")
  func qualified() async throws {
    let caller = try await RunningRegistry.current.operator
    let enrolled = try await Enrolled(by: caller)
    let double = try await caller.register(Sample.facility(enrolled.organisation))
    for id in [enrolled.facility, double] {
      let applied = try await enrolled.reporter.post(
        "facilities/\(id)/qualification", Application.applied("2025-01-01"))
      #expect(applied.status == 201, "\(applied.text)")
    }
    let refused = try await merge(caller, enrolled.facility, double)
    #expect(refused.status == 409)
    #expect(refused.text.contains("steel"))
  }

  @Test("Merges chain: every id that was ever merged names the last survivor")
  func chained() async throws {
    let caller = try await RunningRegistry.current.operator
    let enrolled = try await Enrolled(by: caller)
    let second = try await caller.register(Sample.facility(enrolled.organisation))
    let third = try await caller.register(Sample.facility(enrolled.organisation))
    #expect(try await merge(caller, second, enrolled.facility).status == 201)
    #expect(try await merge(caller, third, second).status == 201)
    for id in [enrolled.facility, second, third] {
      let reply = try await caller.get("facilities/\(id)")
      #expect(reply["id"]?.text == third)
      #expect(reply["merged_ids"]?.elements.count == 2)
    }
  }

  @Test("A facility is merged only into another, by an operator over all")
  func refused() async throws {
    let caller = try await RunningRegistry.current.operator
    let enrolled = try await Enrolled(by: caller)
    let double = try await caller.register(Sample.facility(enrolled.organisation))
    let own = try await merge(caller, enrolled.facility, enrolled.facility)
    #expect(own.pointers == ["/absorb"])
    let nobody = try await merge(caller, enrolled.facility, "01890000-0000-7000-8000-00000000dead")
    #expect(nobody.pointers == ["/absorb"])
    #expect(try await merge(enrolled.reporter, enrolled.facility, double).status == 403)
    let province = try await caller.issue(["operator@authority:130000"])
    #expect(try await merge(province, enrolled.facility, double).status == 403)
  }
}
