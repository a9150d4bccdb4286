import Crypto
import Foundation
import Models
import Testing

extension RunningTests {
  @Suite("Reporting a mill's month", .serialized, .ledger)
  struct InputReportingTests {
    func mill() async throws -> Plant { try await SharedLedger.first.enrol(.recycledInput) }

    @Test("A report is accepted with what it says, its place, and what follows from it")
    func reported() async throws {
      let mill = try await mill()
      let reply = try await mill.reporter.accepted(
        Mill.month(mill.facility).with("closing", Sample.mass("0.0805", "kt"))
          .with("inputs/0/tare", Sample.mass("3000", "kg")).with("note", " 扣杂已扣 "),
        to: .recycledInput)
      let id = try reply.id
      #expect(reply.header("Location") == "\(ReportKind.recycledInput.path)/\(id)")
      #expect(reply.etag == "\"1\"")
      #expect(reply.position?.hasPrefix("recycled-input=") == true && reply.journalSize != nil)
      #expect(reply["version"]?.int == 1 && reply["revision"]?.int == 1)
      #expect(reply["status"]?.text == "reported" && reply["review"]?.text == "submitted")
      #expect(reply["late"] == true && reply["warnings"] == [] && reply["nil"] == false)
      #expect(reply["closing"] == Sample.mass("80.5") && reply["note"]?.text == "扣杂已扣")
      let derived = try #require(reply["derived"])
      // 897 + 40 + 60 t of scrap, and 1,097.5 of 1,100 t are accounted for.
      #expect(derived["charged"] == Sample.mass("997"))
      #expect(derived["stock_difference"] == Sample.mass("2.5"))
      let counted = derived["inputs"]?.elements.compactMap { $0["counted"]?["value"]?.text }
      #expect(counted == ["897", "40", "60", "4000"])
      #expect(reply.json.share("SCRAP_SHARE_METALLIC_CHARGE")?["value"]?.text == "19.9520")
      #expect(reply.json.share("SHORT_PROCESS_SHARE_FURNACE")?["value"]?.text == "14.8936")
      #expect(reply.json.share("SHORT_PROCESS_SHARE_ENTERPRISE")?["value"]?.text == "100.0000")
      #expect(reply.json.share("CU_RIR") == nil)
      let read = try await mill.reporter.read(.recycledInput, "/\(id)")
      #expect(read.status == 200 && read.text == reply.text && read.etag == "\"1\"")
      let listed = try await mill.reporter.read(.recycledInput, "?facility_id=\(mill.facility)")
      #expect(listed["items"]?.elements == [reply.json])
    }

    @Test("A second report of the period is refused, naming the first; of another metal it is not")
    func duplicate() async throws {
      let mill = try await mill()
      let first = try await mill.reporter.accepted(Mill.month(mill.facility), to: .recycledInput)
      for period in ["2025-01", "2025-01..02"] {
        let again = try await mill.reporter.post(
          Mill.month(mill.facility, period), to: .recycledInput)
        #expect(again.status == 409 && again.problem == "duplicate", "\(again.text)")
        #expect(again["existing"] == first["id"])
      }
      for body in [Mill.copper(mill.facility), Mill.aluminium(mill.facility)] {
        try await mill.reporter.accepted(body, to: .recycledInput)
      }
    }

    @Test("A revision needs a reason and the version it changes; old ones stay readable")
    func revision() async throws {
      let caller = try SharedLedger.first
      let mill = try await caller.enrol(.recycledInput, in: ["130000", "130000"])
      let first = try await mill.reporter.accepted(Mill.month(mill.facility), to: .recycledInput)
      let id = try first.id
      let new = Mill.month(mill.facility).with("inputs/0/gross", Sample.mass("901"))
      let revised = new.with("reason", "weighed again")
      let put = { (body: JSON, ifMatch: String?) in
        try await mill.reporter.put(body, to: .recycledInput, id, ifMatch: ifMatch)
      }
      #expect(try await put(revised, nil).status == 428)
      #expect(try await put(revised, "\"2\"").status == 412)
      #expect(try await put(new, "\"1\"").pointers == ["/reason"])
      let moved = revised.with("period", "2025-02")
      #expect(try await put(moved, "\"1\"").pointers == ["/period"])
      let combined = revised.with("period", "2025-01..02")
      #expect(try await put(combined, "\"1\"").pointers == ["/period"])
      let elsewhere = revised.with("facility_id", .string(mill.facilities[1]))
      #expect(try await put(elsewhere, "\"1\"").pointers == ["/facility_id"])
      let copper = Mill.copper(mill.facility).with("reason", "x")
      #expect(try await put(copper, "\"1\"").pointers == ["/metal"])
      let wrong = revised.with("closing", Sample.mass("0"))
      #expect(try await put(wrong, "\"1\"").pointers == ["/closing"])
      let untouched = try await mill.reporter.read(.recycledInput, "/\(id)")
      #expect(untouched.json == first.json, "a refused revision has changed something")

      let done = try await put(revised, "\"1\"")
      #expect(done.status == 200 && done.etag == "\"2\"", "\(done.text)")
      #expect(done["status"]?.text == "revised" && done["revision"]?.int == 2)
      #expect(done["derived"]?["charged"] == Sample.mass("1001"))
      #expect(done.journalSize == (first.journalSize ?? 0) + 1)
      let all = try await mill.reporter.read(.recycledInput, "/\(id)/revisions")
      let items = all["items"]?.elements ?? []
      #expect(items.map { $0["revision"]?.int } == [1, 2])
      #expect(items.map { $0["status"]?.text } == ["reported", "revised"])
      #expect(items.map { $0["reason"]?.text } == [nil, "weighed again"])
      let old = try await mill.reporter.read(.recycledInput, "/\(id)/revisions/1")
      #expect(old["report"]?["inputs"]?.elements.first?["gross"] == Sample.mass("900"))
      for number in ["0", "3", "x"] {
        let none = try await mill.reporter.read(.recycledInput, "/\(id)/revisions/\(number)")
        #expect(none.status == 404, "\(number)")
      }
    }

    @Test("A withdrawal needs a reason and the version; the period may then be reported anew")
    func withdrawal() async throws {
      let mill = try await mill()
      let reporter = mill.reporter
      let first = try await reporter.accepted(Mill.month(mill.facility), to: .recycledInput)
      let id = try first.id
      #expect(try await reporter.withdraw(id, at: .recycledInput, ifMatch: nil).status == 428)
      #expect(try await reporter.withdraw(id, at: .recycledInput, ifMatch: "\"2\"").status == 412)
      let silent = try await reporter.withdraw(
        id, at: .recycledInput, ifMatch: "\"1\"", reason: nil)
      #expect(silent.pointers == ["/reason"])
      let done = try await reporter.withdraw(id, at: .recycledInput, ifMatch: "\"1\"")
      #expect(done.status == 201 && done.etag == "\"2\"", "\(done.text)")
      #expect(done["status"]?.text == "withdrawn" && done["revision"]?.int == 2)
      #expect(try await reporter.withdraw(id, at: .recycledInput, ifMatch: "\"2\"").status == 409)
      let late = Mill.month(mill.facility).with("reason", "too late")
      #expect(try await reporter.put(late, to: .recycledInput, id, ifMatch: "\"2\"").status == 409)
      let again = try await reporter.accepted(
        Mill.month(mill.facility, "2025-01..02"), to: .recycledInput)
      #expect(again["id"] != first["id"])
      #expect(try await reporter.read(.recycledInput, "/\(id)")["status"]?.text == "withdrawn")
      let all = try await reporter.read(.recycledInput, "/\(id)/revisions")
      #expect(all["items"]?.elements.last?["status"]?.text == "withdrawn")
      #expect(all["items"]?.elements.last?["reason"]?.text == "wrong facility")
      let figures = try await SharedLedger.first.figures(
        "recycled-input/reports?metal=steel&month=2025-01", after: [mill.position, again.position])
      let behind = figures["items"]?.elements.filter { $0["facility_id"]?.text == mill.facility }
      #expect(behind?.map { $0["report_id"] } == [again["id"]])
    }

    @Test("A receipt holds what its leaf in the journal is made of")
    func receipt() async throws {
      let mill = try await mill()
      let reply = try await mill.reporter.accepted(Mill.month(mill.facility), to: .recycledInput)
      let receipt = try await mill.reporter.read(.recycledInput, "/\(try reply.id)/receipt")
      #expect(receipt.status == 200, "\(receipt.text)")
      let event = Data(try #require(receipt["event"]?.text).utf8)
      let salt = try #require(receipt["salt"]?.text.flatMap { Data(base64Encoded: $0) })
      let entry = Data(
        HMAC<SHA256>.authenticationCode(for: event, using: SymmetricKey(data: salt)))
      let leaf = Data(SHA256.hash(data: [0] + entry))
      #expect(receipt["leaf"]?.text == leaf.base64EncodedString())
      let json = try JSONParser.parse(Array(event))
      #expect(json["type"]?.text == "remelt.recycled-input.reported.v1")
      #expect(json["source"]?.text == "recycled-input.test/recycled-input")
      #expect(json["subject"] == reply["id"])
      let name = try await mill.reporter.name()
      #expect(json["actor"]?.text == name)
      #expect(json["data"]?["inputs"] == reply["inputs"])
      let position = try #require(receipt["position"]?.int)
      #expect(reply.journalSize == position + 1)
      let feed = try await SharedLedger.first.get(
        "recycled-input", "/recycled-input/v1/journal?after=\(position)&limit=1",
        after: reply.position)
      #expect(feed["entries"]?.elements.first?["event"] == receipt["event"], "\(feed.text)")
    }
  }
}
