import Foundation
import Models
import Testing

extension RunningTests {
  @Suite("Reporting a month of hydrogen", .serialized, .ledger)
  struct HydrogenReportingTests {
    func user() async throws -> Plant { try await SharedLedger.first.enrol(.hydrogenUse) }

    /// A certificate that nobody has yet.
    static func certificate() -> String { "GO-\(UUID().uuidString)" }

    @Test("A report is accepted with what it says, its place, and what follows from it")
    func reported() async throws {
      let user = try await user()
      let certificates = [Self.certificate(), Self.certificate()]
      let reply = try await user.reporter.accepted(
        Hydrogen.month(user.facility, certificates: certificates)
          .with("closing", Sample.kilograms("101")), to: .hydrogenUse)
      let id = try reply.id
      #expect(reply.header("Location") == "\(ReportKind.hydrogenUse.path)/\(id)")
      #expect(reply.etag == "\"1\"" && reply.position?.hasPrefix("hydrogen-use=") == true)
      #expect(reply["version"]?.int == 1 && reply["revision"]?.int == 1)
      #expect(reply["status"]?.text == "reported" && reply["review"]?.text == "submitted")
      #expect(reply["late"] == true && reply["warnings"] == [])
      let derived = try #require(reply["derived"], "\(reply.text)")
      #expect(derived["supplied"] == Sample.mass("1.5394"))
      #expect(derived["used"] == Sample.mass("1") && derived["sold"] == Sample.mass("0.5"))
      #expect(derived["stock_difference"] == Sample.mass("-0.001"))
      // Of 1,639.4 kg.
      #expect(derived["stock_difference_percent"]?.text == "-0.0610")
      let supplies = derived["supplies"]?.elements ?? []
      let masses = supplies.compactMap { $0["mass"] }
      #expect(masses == [Sample.mass("1"), Sample.mass("0.5394")])
      let classes = supplies.map { supply in
        supply["classes"]?.elements.first { $0["scheme"]?.text == "US-45V" }?["class"]?.text
      }
      #expect(classes == ["tier1", "not_declared"])
      let first = reply["supplies"]?.elements.first
      #expect(first?["certificates"]?.elements.compactMap(\.text) == certificates)
      #expect(first?["renewable"] == true && first?["power"]?.text == "wind")
      let read = try await user.reporter.read(.hydrogenUse, "/\(id)")
      #expect(read.status == 200 && read.text == reply.text && read.etag == "\"1\"")
      let listed = try await user.reporter.read(
        .hydrogenUse, "?facility_id=\(user.facility)&from=2025-01&to=2025-01&review=submitted")
      #expect(listed["items"]?.elements == [reply.json])
      let metal = try await user.reporter.read(.hydrogenUse, "?metal=steel")
      #expect(metal.status == 422, "\(metal.text)")
      let receipt = try await user.reporter.read(.hydrogenUse, "/\(id)/receipt")
      let event = try JSONParser.parse(Array(try Vectors.text(receipt["event"]).utf8))
      #expect(event["type"]?.text == ReportKind.hydrogenUse.event)
      #expect(event["source"]?.text == ReportKind.hydrogenUse.origin)
      #expect(event["data"]?["supplies"] == reply["supplies"])
    }

    @Test("A month is reported once, revised by reason and version, and anew after a withdrawal")
    func course() async throws {
      let user = try await user()
      let reporter = user.reporter
      let body = Hydrogen.month(user.facility)
      let first = try await reporter.accepted(body, to: .hydrogenUse)
      let id = try first.id
      let again = try await reporter.post(body, to: .hydrogenUse)
      #expect(again.status == 409 && again.problem == "duplicate", "\(again.text)")
      #expect(again["existing"] == first["id"])

      let new = body.with("uses/0/mass", Sample.kilograms("1001"))
      let revised = new.with("reason", "metered anew")
      let put = { (body: JSON, ifMatch: String?) in
        try await reporter.put(body, to: .hydrogenUse, id, ifMatch: ifMatch)
      }
      #expect(try await put(revised, nil).status == 428)
      #expect(try await put(revised, "\"2\"").status == 412)
      #expect(try await put(new, "\"1\"").pointers == ["/reason"])
      #expect(try await put(revised.with("month", "2025-02"), "\"1\"").pointers == ["/month"])
      let done = try await put(revised, "\"1\"")
      #expect(done.status == 200 && done.etag == "\"2\"", "\(done.text)")
      #expect(done["revision"]?.int == 2 && done["derived"]?["used"] == Sample.mass("1.001"))
      let old = try await reporter.read(.hydrogenUse, "/\(id)/revisions/1")
      #expect(old["report"]?["uses"]?.elements.first?["mass"] == Sample.mass("1"))

      #expect(try await reporter.withdraw(id, at: .hydrogenUse, ifMatch: nil).status == 428)
      #expect(try await reporter.withdraw(id, at: .hydrogenUse, ifMatch: "\"1\"").status == 412)
      let gone = try await reporter.withdraw(id, at: .hydrogenUse, ifMatch: "\"2\"")
      #expect(gone.status == 201 && gone["status"]?.text == "withdrawn", "\(gone.text)")
      #expect(try await put(revised, "\"3\"").status == 409)
      let anew = try await reporter.accepted(body, to: .hydrogenUse)
      #expect(anew["id"] != first["id"])
      let all = try await reporter.read(.hydrogenUse, "/\(id)/revisions")
      let words = all["items"]?.elements.map { $0["status"]?.text }
      #expect(words == ["reported", "revised", "withdrawn"])
    }

    @Test("A nil return carries the stock, and the next month opens with it or says why not")
    func stock() async throws {
      let user = try await user()
      let reporter = user.reporter
      try await reporter.accepted(Hydrogen.month(user.facility, "2025-01"), to: .hydrogenUse)
      let idle = Hydrogen.nilReturn(user.facility, "2025-02")
      for (name, value) in [
        ("supplies", JSON.array([Hydrogen.supply("1")])),
        ("uses", JSON.array([Hydrogen.use("heat", "1")])),
        ("vented", Sample.kilograms("1")),
      ] {
        let refused = try await reporter.post(idle.with(name, value), to: .hydrogenUse)
        #expect(refused.status == 422 && refused.pointers == ["/\(name)"], "\(refused.text)")
      }
      let carried = try await reporter.accepted(idle, to: .hydrogenUse)
      #expect(carried["opening"] == Sample.mass("0.1") && carried["closing"] == Sample.mass("0.1"))
      #expect(carried["derived"]?["stock_difference_percent"]?.text == "0.0000")
      let march = Hydrogen.month(user.facility, "2025-03").with("opening_reason", nil)
      let refused = try await reporter.post(
        march.with("opening", Sample.kilograms("99")), to: .hydrogenUse)
      #expect(refused.status == 422 && refused.pointers == ["/opening"], "\(refused.text)")
      #expect(refused.text.contains("0.1 t"))
      try await reporter.accepted(march, to: .hydrogenUse)
      let empty = try await reporter.accepted(
        Hydrogen.nilReturn(user.facility, "2025-05"), to: .hydrogenUse)
      #expect(empty["derived"]?["stock_difference_percent"] == .null, "0 of 0 is no share")
    }

    @Test("The balance may be off by 2 % of what there was, to the gram, either way")
    func tolerance() async throws {
      let user = try await user()
      // 1,639.4 kg were there or came: 32.788 kg.
      for (month, closing, percent) in [
        ("2025-01", "132.788", "-2.0000"), ("2025-03", "132.789", nil),
        ("2025-05", "67.212", "2.0000"), ("2025-07", "67.211", nil),
      ] as [(String, String, String?)] {
        let reply = try await user.reporter.post(
          Hydrogen.month(user.facility, month).with("closing", Sample.kilograms(closing)),
          to: .hydrogenUse)
        guard let percent else {
          #expect(reply.status == 422 && reply.pointers == ["/closing"], "\(reply.text)")
          continue
        }
        #expect(reply.status == 201, "\(reply.text)")
        #expect(reply["derived"]?["stock_difference_percent"]?.text == percent)
      }
    }

    @Test("What cannot be is refused at its field, and leaves nothing behind")
    func refused() async throws {
      let user = try await user()
      let body = Hydrogen.month(user.facility)
      let nobody = JSON.string("01890000-0000-7000-8000-00000000dead")
      let now = Clock.system.now().dayInChina.month
      let gas = "supplies/1"
      let cases: [(String, JSON?, String)] = [
        ("month", now.json, "/month"), ("month", "2025-01..02", "/month"),
        ("metal", "steel", "/metal"), ("reason", "why", "/reason"), ("closing", nil, "/closing"),
        ("\(gas)/reference_state", nil, "/\(gas)/reference_state"),
        ("\(gas)/reference_state", "25C", "/\(gas)/reference_state"),
        ("\(gas)/hydrogen_fraction", nil, "/\(gas)/hydrogen_fraction"),
        ("\(gas)/volume/unit", "Nm3", "/\(gas)/volume/unit"),
        ("supplies/0/mass", nil, "/supplies/0/mass"), ("\(gas)/power", "wind", "/\(gas)/power"),
        ("\(gas)/mass", Sample.kilograms("539.4"), "/\(gas)/volume"),
        ("\(gas)/facility_id", nobody, "/\(gas)/facility_id"),
        ("\(gas)/facility_id", .string(user.facility), "/\(gas)/facility_id"),
        ("supplies/0/power", nil, "/supplies/0/power"),
        ("supplies/0/source", "theft", "/supplies/0/source"),
        ("supplies/0/reference_state", "0C", "/supplies/0/reference_state"),
        (
          "supplies/0/carbon_intensity/boundary", "moon", "/supplies/0/carbon_intensity/boundary"
        ),
        ("supplies/0/carbon_intensity/boundary", nil, "/supplies/0/carbon_intensity/boundary"),
        ("supplies/0/certificates", ["A B"], "/supplies/0/certificates/0"),
        ("uses/0/feed", "co2", "/uses/0/feed"), ("uses/1/use", "balloons", "/uses/1/use"),
      ]
      for (path, value, pointer) in cases {
        let reply = try await user.reporter.post(body.with(path, value), to: .hydrogenUse)
        #expect(reply.status == 422 && reply.problem == "invalid", "\(path): \(reply.text)")
        #expect(reply.pointers == [pointer], "\(path): \(reply.text)")
      }
      let coal = Hydrogen.supply("1000", route: "coal_gasification", ["renewable": true])
      let black = try await user.reporter.post(body.with("supplies/0", coal), to: .hydrogenUse)
      #expect(black.status == 422 && black.pointers == ["/supplies/0/renewable"], "\(black.text)")
      let much = try await user.reporter.post(
        body.with("uses/0/mass", Sample.mass("100000000")), to: .hydrogenUse)
      #expect(much.status == 422 && much.pointers == ["/uses", "/closing"], "\(much.text)")
      let mill = try await SharedLedger.first.register(
        Sample.site(user.organisation, "mill"), for: .hydrogenUse)
      let wrong = try await user.reporter.post(Hydrogen.month(mill), to: .hydrogenUse)
      #expect(wrong.status == 422 && wrong.pointers == ["/facility_id"], "\(wrong.text)")
      let listed = try await user.reporter.read(.hydrogenUse)
      #expect(listed["items"] == [])
      try await user.reporter.accepted(body, to: .hydrogenUse)
    }

    @Test("Another organisation's report is not found, and a repeated request is made once")
    func others() async throws {
      let (own, other) = (try await user(), try await user())
      let (key, body) = (Caller.fresh(), Hydrogen.month(other.facility))
      let theirs = try await other.reporter.post(body, to: .hydrogenUse, key: key)
      let again = try await other.reporter.post(body, to: .hydrogenUse, key: key)
      #expect(theirs.status == 201 && again.status == 201 && again.text == theirs.text)
      #expect(again.header("Idempotent-Replay") == "true")
      let reused = try await other.reporter.post(
        body.with("note", "x"), to: .hydrogenUse, key: key)
      #expect(reused.status == 422 && reused.problem == "idempotency-key-reused")
      let id = try theirs.id
      for path in ["", "/revisions", "/receipt", "/review"] {
        let hidden = try await own.reporter.read(.hydrogenUse, "/\(id)\(path)")
        #expect(hidden.status == 404, "\(path)")
      }
      let gone = try await own.reporter.withdraw(id, at: .hydrogenUse, ifMatch: "\"1\"")
      let posted = try await own.reporter.post(body.with("month", "2025-03"), to: .hydrogenUse)
      #expect(gone.status == 404 && posted.status == 404)
      #expect(try await own.reporter.read(.hydrogenUse)["items"] == [])
    }
  }
}
