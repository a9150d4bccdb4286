import Foundation
import Models
import Testing

extension RunningTests.InputReportingTests {
  @Test("A nil return carries the stock through the month and has nothing in it")
  func nilReturn() async throws {
    let mill = try await mill()
    let reporter = mill.reporter
    try await reporter.accepted(Mill.month(mill.facility, "2025-01"), to: .recycledInput)
    let nothing = Sample.nilReturn(mill.facility, period: "2025-02")
    let reply = try await reporter.accepted(nothing, to: .recycledInput)
    #expect(reply["nil"] == true && reply["inputs"] == [] && reply["outputs"] == [])
    #expect(reply["opening"] == Sample.mass("80") && reply["closing"] == Sample.mass("80"))
    let rate = reply.json.share("SCRAP_RATE_KG_T")
    #expect(rate?["value"] == .null && rate?["reason"]?.text == "undefined_zero_over_zero")
    let march = Mill.month(mill.facility, "2025-03").with("opening_reason", nil)
      .with("opening", Sample.mass("80")).with("closing", Sample.mass("120"))
    try await reporter.accepted(march, to: .recycledInput)
    for (name, value) in [
      ("inputs", Mill.month("x")["inputs"]), ("outputs", Mill.month("x")["outputs"]),
      ("received", Sample.mass("1")), ("home_arising", Sample.mass("1")),
      ("sold", Sample.mass("1")), ("product", Sample.mass("1")),
    ] as [(String, JSON?)] {
      let moved = nothing.with("period", "2025-04").with(name, value)
      let refused = try await reporter.post(moved, to: .recycledInput)
      #expect(refused.status == 422 && refused.pointers == ["/\(name)"], "\(refused.text)")
    }
  }

  @Test("A month opens with the stock the last one closed with, or says why not")
  func chain() async throws {
    let mill = try await mill()
    let reporter = mill.reporter
    let both = try await reporter.accepted(
      Mill.month(mill.facility, "2025-01..02"), to: .recycledInput)
    let silent = Mill.month(mill.facility, "2025-03").with("opening_reason", nil)
    let refused = try await reporter.post(silent, to: .recycledInput)
    #expect(refused.status == 422 && refused.pointers == ["/opening"], "\(refused.text)")
    #expect(refused.text.contains("80 t"), "the closing of February is not told: \(refused.text)")
    try await reporter.accepted(Mill.month(mill.facility, "2025-03"), to: .recycledInput)
    // Nothing is reported before December, but January opens with another stock than that leaves.
    let before = try await reporter.accepted(
      Mill.month(mill.facility, "2024-12").with("opening_reason", nil), to: .recycledInput)
    let told = before["warnings"]?.elements.compactMap(\.text) ?? []
    #expect(told.count == 1 && told.first?.hasPrefix("2025-01..02 opens with 40 t") == true)
    let revised = try await reporter.put(
      Mill.month(mill.facility, "2025-01..02").with("closing", Sample.mass("79"))
        .with("reason", "counted"), to: .recycledInput, both.id, ifMatch: both.etag)
    #expect(revised.status == 200, "\(revised.text)")
    #expect(revised["warnings"]?.elements.count == 1)
    let warning = revised["warnings"]?.elements.first?.text ?? ""
    #expect(warning.hasPrefix("2025-03 opens with 40 t") && warning.contains("79 t"), "\(warning)")
  }

  @Test("The stock may be off by five per mille of what there was, to the gram, either way")
  func tolerance() async throws {
    let mill = try await mill()
    // 1,100 t were there or came: 5.5 t.
    for (month, closing, difference) in [
      ("2025-01", "74.5", "5.5"), ("2025-03", "74.499999", nil), ("2025-05", "85.5", "-5.5"),
      ("2025-07", "85.500001", nil),
    ] as [(String, String, String?)] {
      let reply = try await mill.reporter.post(
        Mill.month(mill.facility, month).with("closing", Sample.mass(closing)), to: .recycledInput)
      guard let difference else {
        #expect(reply.status == 422 && reply.pointers == ["/closing"], "\(reply.text)")
        continue
      }
      #expect(reply.status == 201, "\(reply.text)")
      #expect(reply["derived"]?["stock_difference"] == Sample.mass(difference))
    }
  }

  @Test("What cannot be is refused at its field, and leaves nothing behind")
  func refused() async throws {
    let mill = try await mill()
    let (steel, copper, aluminium) = (
      Mill.month(mill.facility), Mill.copper(mill.facility), Mill.aluminium(mill.facility)
    )
    let nobody = JSON.string("01890000-0000-7000-8000-00000000dead")
    let now = Clock.system.now().dayInChina.month
    let cases: [(JSON, String, JSON?, String)] = [
      (steel, "period", now.json, "/period"), (steel, "period", now.next.json, "/period"),
      (steel, "period", "2025-02..03", "/period"), (steel, "metal", "gold", "/metal"),
      (steel, "month", "2025-01", "/month"), (steel, "reason", "why", "/reason"),
      (steel, "opening", nil, "/opening"),
      (steel, "inputs/0/facility_id", nobody, "/inputs/0/facility_id"),
      (steel, "inputs/3/facility_id", .string(mill.facility), "/inputs/3/facility_id"),
      (steel, "inputs/0/origin", nil, "/inputs/0/origin"),
      (steel, "inputs/3/origin", "home", "/inputs/3/origin"),
      (steel, "inputs/0/material", "slag", "/inputs/0/material"),
      (steel, "inputs/0/tare", Sample.mass("901"), "/inputs/0/tare"),
      (steel, "outputs/0/route", "electrolytic", "/outputs/0/route"),
      (steel, "outputs/0/route", "eaf", "/outputs"),
      (steel, "outputs/0/mass", Sample.mass("99999999.5"), "/outputs"),
      (steel, "product", Sample.mass("939.999999"), "/product"),
      (copper, "inputs/0/assay", nil, "/inputs/0/assay"),
      (copper, "inputs/0/route", nil, "/inputs/0/route"),
      (copper, "inputs/0/route", "primary_refined", "/inputs/0/route"),
      (copper, "outputs/0/mass", Sample.mass("9.000001"), "/outputs/0/mass"),
      (copper, "outputs/0/route", "direct_melt", "/outputs/0/mass"),
      (aluminium, "inputs/0/yield", nil, "/inputs/0/yield"),
      (aluminium, "inputs/0/yield", "1.1", "/inputs/0/yield"),
      (aluminium, "outputs/0/mass", Sample.mass("9.000001"), "/outputs/0/mass"),
    ]
    for (body, path, value, pointer) in cases {
      let reply = try await mill.reporter.post(body.with(path, value), to: .recycledInput)
      #expect(reply.status == 422 && reply.problem == "invalid", "\(path): \(reply.text)")
      #expect(reply.pointers == [pointer], "\(path): \(reply.text)")
    }
    let listed = try await mill.reporter.read(.recycledInput, "?facility_id=\(mill.facility)")
    #expect(listed["items"] == [])
    for body in [steel, copper, aluminium] {
      try await mill.reporter.accepted(body, to: .recycledInput)
    }
    // To the last gram that its scrap contained, a secondary metal can be made.
    try await mill.reporter.accepted(
      copper.with("period", "2025-02").with("outputs/0/mass", Sample.mass("9")), to: .recycledInput)
  }

  @Test("A supplier is named by its id, and one that is in the ledger is taken")
  func supplier() async throws {
    let caller = try SharedLedger.first
    let (mill, yard) = (try await mill(), try await caller.enrol(.throughput))
    try await caller.follow(yard.position, at: .recycledInput)
    let reply = try await mill.reporter.accepted(
      Mill.month(mill.facility).with("inputs/0/facility_id", .string(yard.facility)),
      to: .recycledInput)
    let supplier = reply["inputs"]?.elements.first?["facility_id"]
    #expect(supplier?.text == yard.facility)
  }

  @Test("A facility that is no mill, is closed or not yet open reports nothing")
  func noMill() async throws {
    let caller = try SharedLedger.first
    let mill = try await mill()
    let site = Sample.site(mill.organisation, "mill")
    for (body, pointer) in [
      (site.with("roles", ["trader", "scrap_processor", "hydrogen_user"]), "/facility_id"),
      (site.with("name", "A").with("closed_on", "2024-12-31"), "/period"),
      (site.with("name", "B").with("opened_on", "2025-02-01"), "/period"),
    ] {
      let id = try await caller.register(body, for: .recycledInput)
      let reply = try await mill.reporter.post(Mill.month(id), to: .recycledInput)
      #expect(reply.status == 422 && reply.pointers == [pointer], "\(reply.text)")
    }
  }
}
