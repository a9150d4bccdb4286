import Foundation
import Models
import ServiceKit
import TestSupport
import Testing

extension RunningTests {
  /// Recycled content claimed on the credit of a quarter.
  @Suite("Claims on a mass balance", .serialized, .ledger)
  struct ClaimTests {
    private static let path = "/recycled-input/v1/claims"

    private func claim(
      _ plant: Plant, _ quarter: String, _ tonnes: String, key: String = Caller.fresh()
    ) async throws -> Reply {
      let body = JSON.members([
        "facility_id": .string(plant.facility), "metal": "steel", "quarter": .string(quarter),
        "mass": Sample.mass(tonnes), "reference": "lot 17",
      ])
      return try await plant.reporter.send(
        "POST", "recycled-input", Self.path,
        headers: [("Content-Type", "application/json"), ("Idempotency-Key", key)],
        body: body.bytes)
    }

    /// A month whose external scrap, after the yield, is the credit; home scrap earns none.
    private func month(_ plant: Plant, _ month: String, _ external: String, _ yield: String) -> JSON
    {
      .members([
        "facility_id": .string(plant.facility), "metal": "steel", "period": .string(month),
        "inputs": [
          .members([
            "material": "scrap_steel", "origin": "post_consumer", "gross": Sample.mass(external),
            "yield": .string(yield),
          ]),
          .members(["material": "scrap_steel", "origin": "home", "gross": Sample.mass("70")]),
        ],
        "opening": Sample.mass("0"), "opening_reason": "first report",
        "received": Sample.mass(external), "home_arising": Sample.mass("70"),
        "sold": Sample.mass("0"), "closing": Sample.mass("0"),
        "outputs": [.members(["route": "eaf", "mass": Sample.mass(external)])],
      ])
    }

    @Test("R12: credit is input times yield, lapses with its quarter, and is never overdrawn")
    func r12() async throws {
      let (inputs, expected) = try Vectors.vector("R12")
      let plant = try await SharedLedger.first.enrol(.recycledInput, in: ["420000"])
      let yield = try #require(inputs["conversion_yield"]?.text)
      for (index, line) in try #require(inputs["in_t"]).elements.enumerated() {
        let tonnes = try #require(line["recycled_t"]?.text)
        let body = month(plant, ["2026-02", "2026-05"][index], tonnes, yield)
        _ = try await plant.reporter.accepted(body, to: .recycledInput)
      }
      var results: [JSON] = []
      var left: [String: String] = [:]
      for line in try #require(inputs["claims_t"]).elements {
        let quarter = try #require(line["q"]?.text)
        let reply = try await claim(plant, quarter, try #require(line["t"]?.text))
        results.append(reply.status == 201 ? "accepted" : "rejected_insufficient_credit")
        if reply.status == 201 {
          left[quarter] = reply["left"]?["value"]?.text
        } else {
          #expect(reply.status == 409 && reply["left"] == Sample.mass("0"), "\(reply.text)")
        }
      }
      #expect(.array(results) == expected["claim_results"])
      for (quarter, member) in [("2026Q1", "credit_q1_t"), ("2026Q2", "credit_q2_t")] {
        let list = try await plant.reporter.get(
          "recycled-input", "\(Self.path)?facility_id=\(plant.facility)&quarter=\(quarter)")
        #expect(list["credit"] == (try Vectors.mass(expected[member])), "\(list.text)")
      }
      #expect(try Vectors.mass(expected["unused_q1_t"]) == left["2026Q1"].map { Sample.mass($0) })
      #expect(left["2026Q2"] == "0", "what the first quarter left is not carried over")
    }

    @Test("What claims rest on is not revised or withdrawn away, and a repeated claim is one")
    func rests() async throws {
      let plant = try await SharedLedger.first.enrol(.recycledInput, in: ["430000"])
      let report = try await plant.reporter.accepted(
        month(plant, "2025-08", "1000", "0.9"), to: .recycledInput)
      let key = Caller.fresh()
      let first = try await claim(plant, "2025Q3", "850", key: key)
      #expect(first.status == 201 && first["left"] == Sample.mass("50"), "\(first.text)")
      let again = try await claim(plant, "2025Q3", "850", key: key)
      #expect(again.status == 201 && again["id"] == first["id"])
      #expect(try await claim(plant, "2025Q3", "50.000001").status == 409)
      #expect(try await claim(plant, "2025Q4", "1").status == 409, "another quarter")

      let id = try report.id
      let less = month(plant, "2025-08", "900", "0.9").with("reason", "weighed again")
      let refused = try await plant.reporter.put(less, to: .recycledInput, id, ifMatch: "\"1\"")
      #expect(refused.status == 409 && refused["credit"] == Sample.mass("810"), "\(refused.text)")
      let enough = month(plant, "2025-08", "950", "0.9").with("reason", "weighed again")
      let taken = try await plant.reporter.put(enough, to: .recycledInput, id, ifMatch: "\"1\"")
      #expect(taken.status == 200, "\(taken.text)")
      let withdrawn = try await plant.reporter.send(
        "POST", "recycled-input", "/recycled-input/v1/reports/\(id)/withdrawal",
        headers: [
          ("Content-Type", "application/json"), ("Idempotency-Key", Caller.fresh()),
          ("If-Match", "\"2\""),
        ], body: Array(#"{"reason": "wrong site"}"#.utf8))
      #expect(withdrawn.status == 409, "\(withdrawn.text)")
      let list = try await plant.reporter.get(
        "recycled-input", "\(Self.path)?facility_id=\(plant.facility)&quarter=2025Q3&metal=steel")
      #expect(
        list["items"]?.elements.count == 1 && list["left"] == Sample.mass("5"), "\(list.text)")
    }

    private func merge(_ absorbed: String, into survivor: String) async throws {
      let caller = try SharedLedger.first
      let reply = try await caller.post(
        "facilities/\(survivor)/merge",
        .members(["absorb": .string(absorbed), "reason": "entered twice"]))
      try await caller.follow(
        try #require(reply.position, "\(reply.text)"), at: .recycledInput)
    }

    private func withdraw(_ plant: Plant, _ report: Reply, _ version: Int = 1) async throws -> Reply
    {
      try await plant.reporter.send(
        "POST", "recycled-input", "/recycled-input/v1/reports/\(try report.id)/withdrawal",
        headers: [
          ("Content-Type", "application/json"), ("Idempotency-Key", Caller.fresh()),
          ("If-Match", "\"\(version)\""),
        ], body: Array(#"{"reason": "entered twice"}"#.utf8))
    }

    @Test("Of merged mills each month earns once, and what counts beside a third is not withdrawn")
    func merged() async throws {
      let caller = try SharedLedger.first
      let plant = try await caller.enrol(.recycledInput, in: ["500000", "500000", "500000"])
      func report(_ site: Int, _ period: String, _ tonnes: String) async throws -> Reply {
        let body = month(plant, period, tonnes, "1")
          .with("facility_id", .string(plant.facilities[site]))
        return try await plant.reporter.accepted(body, to: .recycledInput)
      }
      _ = try await report(0, "2026-01", "10")
      let both = try await report(1, "2026-01..02", "20")
      let second = try await report(2, "2026-02", "30")
      let path = "/recycled-input/v1/reports/\(try second.id)/review"
      for (version, action) in ["accept", "lock"].enumerated() {
        let step = try await caller.send(
          "POST", "recycled-input", path,
          headers: [
            ("Content-Type", "application/json"), ("Idempotency-Key", Caller.fresh()),
            ("If-Match", "\"\(version + 1)\""),
          ], body: Array(#"{"action": "\#(action)"}"#.utf8))
        #expect(step.status == 201, "\(step.text)")
      }
      for absorbed in plant.facilities.dropFirst() {
        try await merge(absorbed, into: plant.facility)
      }
      let list = "\(Self.path)?facility_id=\(plant.facility)&quarter=2026Q1"
      let credit = try await plant.reporter.get("recycled-input", list)
      #expect(credit["credit"] == Sample.mass("40"), "\(credit.text)")
      let counting = try await withdraw(plant, second, 3)
      #expect(counting.status == 409, "\(counting.text)")
      #expect(try await claim(plant, "2026Q1", "40").status == 201)
      let double = try await withdraw(plant, both)
      #expect(double.status == 201, "no claim rests on what does not count: \(double.text)")
      let after = try await plant.reporter.get("recycled-input", list)
      #expect(after["left"] == Sample.mass("0"), "\(after.text)")
    }

    @Test("A claim that is not whole, of another's facility or by no reporter is refused")
    func refused() async throws {
      let caller = try SharedLedger.first
      let plant = try await caller.enrol(.recycledInput, in: ["450000"])
      let other = try await caller.enrol(.recycledInput, in: ["460000"])
      let good = JSON.members([
        "facility_id": .string(plant.facility), "metal": "steel", "quarter": "2025Q1",
        "mass": Sample.mass("1"),
      ])
      func post(_ body: JSON, by who: Caller) async throws -> Reply {
        try await who.send(
          "POST", "recycled-input", Self.path,
          headers: [("Content-Type", "application/json"), ("Idempotency-Key", Caller.fresh())],
          body: body.bytes)
      }
      for (member, value) in [
        ("quarter", "2025Q5"), ("quarter", "2025-Q1"), ("quarter", "1999Q1"), ("metal", "gold"),
        ("facility_id", "x"), ("mass", nil), ("colour", "red"),
      ] as [(String, JSON?)] {
        let reply = try await post(good.with(member, value), by: plant.reporter)
        #expect(reply.status == 422 && reply.pointers == ["/\(member)"], "\(reply.text)")
      }
      let nothing = try await post(good.with("mass", Sample.mass("0")), by: plant.reporter)
      #expect(nothing.pointers == ["/mass"])
      #expect(try await post(good, by: other.reporter).status == 404)
      #expect(try await post(good, by: caller).status == 403)
      let list = "\(Self.path)?facility_id=\(plant.facility)&quarter=2025Q1"
      #expect(try await other.reporter.get("recycled-input", list).status == 404)
      #expect(try await plant.reporter.get("recycled-input", Self.path).status == 422)
    }
  }
}
