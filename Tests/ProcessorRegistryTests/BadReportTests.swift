import Models
import ServiceKit
import Testing

@Suite("A throughput report with something wrong in it", .registry, .serialized)
struct BadReportTests {
  /// Sends every change of a good report; each must be refused, and nothing may be written.
  private func expectRefused(
    _ cases: [(path: String, value: JSON?, pointer: String?)], status: Int = 422,
    at location: SourceLocation = #_sourceLocation
  ) async throws {
    let witness = try await RunningRegistry.current.operator
    let enrolled = try await Enrolled(by: witness)
    let good = Sample.report(enrolled.facility)
    try await expectNothingWritten(witness) {
      for one in cases {
        let reply = try await enrolled.reporter.post("throughput", good.with(one.path, one.value))
        let said = Comment(rawValue: "\(one.path) = \(one.value as Any): \(reply.text)")
        #expect(reply.status == status, said, sourceLocation: location)
        #expect(reply.header("Content-Type") == "application/problem+json", said)
        guard let pointer = one.pointer else { continue }
        #expect(
          reply.pointers.contains { $0.hasPrefix(pointer) }, said, sourceLocation: location)
      }
    }
    #expect(try await enrolled.report().status == 201, "the good report is accepted")
  }

  @Test("Every mass is refused when it is missing where needed, null, or of a wrong type")
  func massShape() async throws {
    let required = [
      "opening", "input", "closing", "purchases/0/mass", "shipments/0/mass", "products/0/mass",
    ]
    let wrong: [JSON] = [
      .int(5), "5", "5 t", true, [], [.int(5)], .object([]), .members(["value": "5"]),
      .members(["unit": "t"]), .members(["value": .int(5), "unit": "t"]),
      .members(["value": "5", "unit": .int(1)]), .members(["value": .null, "unit": "t"]),
      .members(["value": "5", "unit": "t", "note": "x"]),
    ]
    var cases = required.flatMap { path in
      [(path, nil, "/" + path), (path, JSON.null, "/" + path)] as [(String, JSON?, String?)]
    }
    for path in required + ["residue", "loss"] {
      cases += wrong.map { (path, $0, "/" + path) }
    }
    try await expectRefused(cases)
  }

  @Test("Every mass is refused when it is negative, too large, too precise, or no plain decimal")
  func massValue() async throws {
    let values = [
      "-1", "-0", "100000000.000001", "999999999999999999", "1.1234567",
      "", " 5", "5 ", "+5", "05", "5.", ".5", "1e3", "0x10", "1,000", "1'000", "NaN", "Infinity",
      "五", "５", "5\u{301}", "5t",
    ]
    let paths = [
      "opening", "input", "closing", "residue", "loss", "purchases/0/mass", "shipments/0/mass",
      "products/0/mass",
    ]
    let cases = paths.flatMap { path in
      values.map { (path, Sample.mass($0), "/\(path)/value") as (String, JSON?, String?) }
    }
    try await expectRefused(cases)
  }

  @Test("Every mass is refused in a unit that is not listed, such as tons")
  func massUnit() async throws {
    let units = ["tons", "ton", "st", "T", "Kg", "g", "mt", "Mt", "吨", "万", "", "t ", "lb"]
    let paths = ["opening", "input", "closing", "residue", "loss", "purchases/0/mass"]
    let cases = paths.flatMap { path in
      units.map { (path, Sample.mass("5", $0), "/\(path)/unit") as (String, JSON?, String?) }
    }
    try await expectRefused(cases)
  }

  @Test("Every word is refused when it is missing, null, of a wrong type, or not in its list")
  func words() async throws {
    var cases: [(String, JSON?, String?)] = []
    for path in [
      "metal", "purchases/0/source", "shipments/0/destination", "products/0/grade", "month",
      "facility_id",
    ] {
      let wrong: [JSON?] = [nil, .null, .int(1), true, [], .object([]), "", "nonsense", "STEEL"]
      cases += wrong.map { (path, $0, "/" + path) }
    }
    let months = [
      "2025-13", "2025-00", "2025-1", "2009-12", "2050-01", "2025-01-01", "202501", "２025-01",
    ]
    cases += months.map { ("month", .string($0), "/month") }
    cases += ["yes", .int(1), .int(0), "true", []].map { ("nil", $0, "/nil") }
    try await expectRefused(cases)
  }

  @Test(
    "Texts are refused when they are empty, too long, of a wrong type, or hold control characters")
  func texts() async throws {
    var cases: [(String, JSON?, String?)] = []
    for (path, most) in [("opening_reason", 500), ("note", 1000)] {
      let wrong: [JSON] = [
        .int(1), true, [], .object([]), "", " \t ", "a\u{1}b", "a\nb", "\u{7F}x",
        .string(String(repeating: "长", count: most + 1)),
      ]
      cases += wrong.map { (path, $0, "/" + path) }
    }
    try await expectRefused(cases)
  }

  @Test("Lists are refused when they are no lists, hold no objects, or are too long")
  func lists() async throws {
    var cases: [(String, JSON?, String?)] = []
    for path in ["purchases", "shipments", "products"] {
      cases += [.int(1), "x", true, .object([])].map { (path, $0, "/" + path) }
      cases += [[.int(1)], ["x"], [.null], [[]]].map { (path, $0, "/\(path)/0") }
      cases.append((path, .array((0..<201).map { _ in .object([]) }), "/" + path))
      cases += [nil, .null, []].map { (path, $0, nil) }
    }
    try await expectRefused(cases)
  }

  @Test("Unknown members are named, at the top and within")
  func unknownMembers() async throws {
    try await expectRefused([
      ("bogus", .int(1), "/bogus"), ("a/b", .int(1), "/a"), ("id", "x", "/id"),
      ("purchases/0/price", .int(1), "/purchases/0/price"),
      ("opening/currency", "CNY", "/opening/currency"), ("reason", "why", "/reason"),
    ])
  }

  @Test("Counterparts must be other facilities of the ledger")
  func counterparts() async throws {
    let nobody = "01890000-0000-7000-8000-00000000dead"
    try await expectRefused(
      ["purchases", "shipments"].flatMap { list in
        ["x", JSON.string(nobody), .int(1)].map {
          ("\(list)/0/facility_id", $0, "/\(list)/0/facility_id")
        }
      })
    let witness = try await RunningRegistry.current.operator
    let enrolled = try await Enrolled(by: witness)
    let own = try await enrolled.report {
      $0.with("purchases/0/facility_id", .string(enrolled.facility))
    }
    #expect(own.pointers == ["/purchases/0/facility_id"])
  }

  @Test("A balance that is off by more than the tolerance is refused at the field that shows it")
  func balances() async throws {
    try await expectRefused([
      ("closing", Sample.mass("169.499999"), "/closing"),
      ("input", Sample.mass("955.500001"), "/input"),
      ("purchases/0/mass", Sample.mass("1", "kg"), "/closing"),
    ])
  }

  @Test("A month that is not over, or is far ahead, is refused")
  func future() async throws {
    let now = Clock.system.now().dayInChina.month
    try await expectRefused(
      [now, now.next, Month.last].map { ("month", $0.json, "/month") })
  }

  @Test("Another organisation's facility and one that nobody registered are both not found")
  func notFound() async throws {
    let stranger = try await Enrolled(by: try await RunningRegistry.current.operator)
    try await expectRefused(
      [
        ("facility_id", .string(stranger.facility), nil),
        ("facility_id", "01890000-0000-7000-8000-00000000dead", nil),
      ], status: 404)
  }

  @Test("A facility that is closed, not yet open, or no processor reports nothing")
  func closedFacility() async throws {
    let witness = try await RunningRegistry.current.operator
    let enrolled = try await Enrolled(by: witness)
    let plain = Sample.facility(enrolled.organisation)
    let sites = [
      (plain.with("closed_on", "2024-12-31"), "/month"),
      (plain.with("name", "other A").with("opened_on", "2025-02-01"), "/month"),
      (plain.with("name", "third of B").with("roles", ["mill"]), "/facility_id"),
    ]
    for (site, pointer) in sites {
      let id = try await witness.register(site)
      try await expectNothingWritten(witness) {
        let reply = try await enrolled.reporter.post("throughput", Sample.report(id))
        #expect(reply.status == 422)
        #expect(reply.pointers == [pointer])
      }
    }
  }

  @Test("A body that is no JSON object, or no JSON, is refused")
  func malformed() async throws {
    let witness = try await RunningRegistry.current.operator
    let enrolled = try await Enrolled(by: witness)
    let good = String(decoding: Sample.report(enrolled.facility).bytes, as: UTF8.self)
    let malformed: [[UInt8]] = [
      [], Array("{".utf8), Array("{}x".utf8), Array(good.dropLast().utf8),
      Array((good + good).utf8),
      Array(good.replacing("{\"facility_id\"", with: "{\"metal\":\"steel\",\"facility_id\"").utf8),
      Array(good.replacing("first report", with: "a\\u0000b").utf8),
      Array(good.replacing("first report", with: "a\0b").utf8),
      Array(good.replacing("first report", with: "\\ud800").utf8),
      Array(good.utf8) + [0xFF], [0xEF, 0xBB, 0xBF] + Array(good.utf8),
      Array(good.replacing("first report", with: "MARK").utf8).split(separator: 0x4D, maxSplits: 1)
        .joined(separator: [0xC3, 0x28]).map { $0 },
      Array(String(repeating: "[", count: 100_000).utf8),
      Array(good.replacing("\"month\"", with: "month").utf8), Array("NaN".utf8),
    ]
    try await expectNothingWritten(witness) {
      for body in malformed {
        let reply = try await enrolled.reporter.post("throughput", bytes: body)
        let said = Comment(rawValue: String(decoding: body.prefix(80), as: UTF8.self) + reply.text)
        #expect(reply.status == 400, said)
        #expect(reply.problem == "malformed", said)
      }
      for body in ["[]", "null", "5", "\"x\"", "{}"] {
        let reply = try await enrolled.reporter.post("throughput", bytes: Array(body.utf8))
        #expect(reply.status == 422, "\(body): \(reply.text)")
      }
    }
  }

  @Test("A body over 1 MiB, as sent or as unzipped, is too large; one of 1 MiB is read")
  func size() async throws {
    let witness = try await RunningRegistry.current.operator
    let enrolled = try await Enrolled(by: witness)
    let good = Sample.report(enrolled.facility).bytes
    let limit = BodyLimit.document
    let full = good + [UInt8](repeating: 0x20, count: limit - good.count)
    let reporter = enrolled.reporter
    let first = try await reporter.post("throughput", bytes: full)
    #expect(first.status == 201, "\(first.text)")
    let other = Sample.report(enrolled.facility, "2025-02").bytes
    let spaces = [UInt8](repeating: 0x20, count: limit + 1 - other.count)
    let mebibytes = [UInt8](repeating: 0x20, count: 10 << 20)
    let member = try Gzip.compress(mebibytes)
    let bomb = [[UInt8]](repeating: member, count: 20).flatMap { $0 }
    try await expectNothingWritten(witness) {
      #expect(try await reporter.post("throughput", bytes: other + spaces).status == 413)
      let zipped = try Gzip.compress(other + spaces)
      #expect(
        try await reporter.post("throughput", bytes: zipped, encoding: "gzip").status == 413)
      let bombed = try await reporter.post("throughput", bytes: bomb, encoding: "gzip")
      #expect(bombed.status == 413)
      #expect(bombed.problem == "too-large")
    }
    #expect(try RunningRegistry.current.highWaterMegabytes < 400)
  }

  @Test("Gzip is accepted whole, and refused truncated, damaged or not gzip at all")
  func gzip() async throws {
    let witness = try await RunningRegistry.current.operator
    let enrolled = try await Enrolled(by: witness)
    let zipped = try Gzip.compress(Sample.report(enrolled.facility).bytes)
    var damaged = zipped
    damaged[zipped.count / 2] ^= 0xFF
    let wrong = [
      Array(zipped.dropLast()), Array(zipped.dropLast(9)), Array(zipped.prefix(5)), [], damaged,
      zipped + [1], Sample.report(enrolled.facility).bytes,
    ]
    try await expectNothingWritten(witness) {
      for body in wrong {
        let reply = try await enrolled.reporter.post("throughput", bytes: body, encoding: "gzip")
        #expect(reply.status == 400, "\(body.count) bytes: \(reply.text)")
      }
      for encoding in ["br", "gzip, gzip", "zstd"] {
        let reply = try await enrolled.reporter.post(
          "throughput", bytes: zipped, encoding: encoding)
        #expect(reply.status == 415, "\(encoding)")
      }
    }
    let good = try await enrolled.reporter.post("throughput", bytes: zipped, encoding: "gzip")
    #expect(good.status == 201, "\(good.text)")
  }

  @Test("Only JSON is taken where JSON is expected")
  func contentType() async throws {
    let witness = try await RunningRegistry.current.operator
    let enrolled = try await Enrolled(by: witness)
    let body = Sample.report(enrolled.facility).bytes
    try await expectNothingWritten(witness) {
      for type in ["text/plain", "application/x-www-form-urlencoded", "text/json", "json", ""] {
        let reply = try await enrolled.reporter.post("throughput", bytes: body, type: type)
        #expect(reply.status == 415, "\(type): \(reply.text)")
      }
    }
    let good = try await enrolled.reporter.post(
      "throughput", bytes: body, type: "Application/JSON; charset=utf-8")
    #expect(good.status == 201)
  }
}

@Suite("A throughput report with numbers of many digits", .registry)
struct LongNumberTests {
  /// From 9,223,372,036,854,775,808 on, a number of 19 digits is past 64 bits.
  @Test("A number of more than 18 digits is refused, and the process lives")
  func digits() async throws {
    let witness = try await RunningRegistry.current.operator
    let enrolled = try await Enrolled(by: witness)
    let texts = [
      "1000000000000000000", "9223372036854775807", "9223372036854775808", "9999999999999999999",
      "0.9999999999999999999", "99999999999999999999999999999999999999999",
    ]
    for text in texts {
      let reply = try await enrolled.report { $0.with("closing", Sample.mass(text)) }
      #expect(reply.status == 422)
      #expect(reply.pointers == ["/closing/value"])
    }
    let facts = Application.applied("2025-01-01").with("facts/capacity_t_y", "9999999999999999999")
    let reply = try await enrolled.reporter.post(
      "facilities/\(enrolled.facility)/qualification", facts)
    #expect(reply.status == 422)
  }
}
