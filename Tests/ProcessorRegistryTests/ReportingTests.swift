import Crypto
import Foundation
import Journal
import Models
import Testing

@Suite("Reporting a month's throughput", .registry)
struct ReportingTests {
  private func enrolled() async throws -> Enrolled {
    try await Enrolled(by: try await RunningRegistry.current.operator)
  }

  @Test("A report is accepted with what it says, its revision, its differences and its position")
  func reported() async throws {
    let enrolled = try await enrolled()
    let reply = try await enrolled.report {
      $0.with("closing", Sample.mass("0.1755", "kt")).with("input", Sample.mass("949900", "kg"))
    }
    #expect(reply.status == 201, "\(reply.text)")
    let id = try #require(reply["id"]?.text)
    #expect(reply.header("Location") == "/registry/v1/throughput/\(id)")
    #expect(reply.etag == "\"1\"")
    #expect(reply.journalSize != nil)
    #expect(reply["status"]?.text == "reported")
    #expect(reply["stock_difference"] == Sample.mass("-0.5"))
    #expect(reply["processing_difference"] == Sample.mass("-0.1"))
    #expect(reply["closing"] == Sample.mass("175.5"))
    #expect(reply["late"] == true)
    #expect(reply["warnings"] == [])
    let read = try await enrolled.reporter.get("throughput/\(id)")
    #expect(read.body == reply.body)
    let listed = try await enrolled.reporter.get("throughput?facility_id=\(enrolled.facility)")
    #expect(listed["items"]?.elements == [reply.json])
  }

  @Test("A second report of the month is refused, naming the first")
  func duplicate() async throws {
    let enrolled = try await enrolled()
    let first = try await enrolled.report()
    let second = try await enrolled.report()
    #expect(second.status == 409)
    #expect(second.problem == "duplicate")
    #expect(second["existing"] == first["id"])
    let copper = try await enrolled.report {
      $0.with("metal", "copper").with("products/0/grade", "HS:740400")
    }
    #expect(copper.status == 201, "another metal is another report: \(copper.text)")
  }

  @Test("A revision needs a reason and the version it changes; old ones stay readable")
  func revision() async throws {
    let enrolled = try await enrolled()
    let first = try await enrolled.report()
    let path = "throughput/\(first["id"]?.text ?? "")"
    let new = Sample.report(enrolled.facility).with("input", Sample.mass("951"))
    let revised = new.with("reason", "weighed again")
    #expect(try await enrolled.reporter.put(path, revised, ifMatch: nil).status == 428)
    #expect(try await enrolled.reporter.put(path, revised, ifMatch: "\"2\"").status == 412)
    let silent = try await enrolled.reporter.put(path, new, ifMatch: "\"1\"")
    #expect(silent.pointers == ["/reason"])
    for (member, value) in [("month", "2025-02"), ("metal", "copper")] {
      let moved = try await enrolled.reporter.put(
        path, revised.with(member, .string(value)), ifMatch: "\"1\"")
      #expect(moved.pointers == ["/\(member)"], "\(moved.text)")
    }
    let wrong = try await enrolled.reporter.put(
      path, revised.with("closing", Sample.mass("0")), ifMatch: "\"1\"")
    #expect(wrong.pointers == ["/closing"])
    let done = try await enrolled.reporter.put(path, revised, ifMatch: "\"1\"")
    #expect(done.status == 200, "\(done.text)")
    #expect(done.etag == "\"2\"")
    #expect(done["status"]?.text == "revised")
    #expect(done["input"] == Sample.mass("951"))
    let all = try await enrolled.reporter.get(path + "/revisions")
    #expect(all["items"]?.elements.map { $0["revision"]?.int } == [1, 2])
    #expect(all["items"]?.elements.map { $0["status"]?.text } == ["reported", "revised"])
    #expect(all["items"]?.elements.map { $0["reason"]?.text } == [nil, "weighed again"])
    let old = try await enrolled.reporter.get(path + "/revisions/1")
    #expect(old["report"]?["input"] == Sample.mass("950"))
    for number in ["0", "3", "x"] {
      #expect(try await enrolled.reporter.get(path + "/revisions/\(number)").status == 404)
    }
  }

  @Test("A withdrawal needs a reason and the version; the month may then be reported anew")
  func withdrawal() async throws {
    let enrolled = try await enrolled()
    let first = try await enrolled.report()
    let path = "throughput/\(first["id"]?.text ?? "")"
    let reason = JSON.members(["reason": "wrong facility"])
    let post = { (body: JSON, ifMatch: String?) in
      try await enrolled.reporter.post(path + "/withdrawal", body, ifMatch: ifMatch)
    }
    #expect(try await post(reason, nil).status == 428)
    #expect(try await post(reason, "\"2\"").status == 412)
    #expect(try await post(.object([]), "\"1\"").pointers == ["/reason"])
    let done = try await post(reason, "\"1\"")
    #expect(done.status == 201, "\(done.text)")
    #expect(done["status"]?.text == "withdrawn")
    #expect(done.etag == "\"2\"")
    #expect(try await post(reason, "\"2\"").status == 409)
    let revised = Sample.report(enrolled.facility).with("reason", "too late")
    #expect(try await enrolled.reporter.put(path, revised, ifMatch: "\"2\"").status == 409)
    let again = try await enrolled.report()
    #expect(again.status == 201)
    #expect(again["id"] != first["id"])
    #expect(try await enrolled.reporter.get(path)["status"]?.text == "withdrawn")
    let all = try await enrolled.reporter.get(path + "/revisions")
    #expect(all["items"]?.elements.last?["status"]?.text == "withdrawn")
    #expect(all["items"]?.elements.last?["reason"]?.text == "wrong facility")
  }

  @Test("A receipt holds what its leaf in the journal is made of")
  func receipt() async throws {
    let enrolled = try await enrolled()
    let reply = try await enrolled.report()
    let receipt = try await enrolled.reporter.get(
      "throughput/\(reply["id"]?.text ?? "")/receipt")
    #expect(receipt.status == 200)
    let event = Data(try #require(receipt["event"]?.text).utf8)
    let salt = try #require(receipt["salt"]?.text.flatMap { Data(base64Encoded: $0) })
    #expect(salt.count == 16)
    let entry = Data(HMAC<SHA256>.authenticationCode(for: event, using: SymmetricKey(data: salt)))
    let leaf = Data(SHA256.hash(data: [0] + entry))
    #expect(receipt["leaf"]?.text == leaf.base64EncodedString())
    let json = try JSONParser.parse(Array(event))
    #expect(json["specversion"]?.text == "1.0")
    #expect(json["type"]?.text == "remelt.throughput.reported.v1")
    #expect(json["source"]?.text == "registry.test/registry")
    #expect(json["subject"] == reply["id"])
    #expect(json["data"]?["input"] == Sample.mass("950"))
    let position = try #require(receipt["position"]?.int)
    #expect(reply.journalSize == position + 1)
    let feed = try await RunningRegistry.current.operator.get(
      "journal?after=\(position)&limit=1",
      headers: [("Journal-Position", "registry=\(position + 1)")])
    #expect(feed["entries"]?.elements.first?["event"] == receipt["event"])
    #expect(feed["entries"]?.elements.first?["salt"] == receipt["salt"])
  }

  @Test("A nil return carries the stock and keeps the chain of months whole")
  func nilReturn() async throws {
    let enrolled = try await enrolled()
    _ = try await enrolled.report("2025-01")
    let body = JSON.members([
      "facility_id": .string(enrolled.facility), "metal": "steel", "month": "2025-02", "nil": true,
    ])
    let reply = try await enrolled.reporter.post("throughput", body)
    #expect(reply.status == 201, "\(reply.text)")
    #expect(reply["nil"] == true)
    #expect(reply["opening"] == Sample.mass("175"))
    #expect(reply["closing"] == Sample.mass("175"))
    #expect(reply["input"] == Sample.mass("0"))
    let next = try await enrolled.report("2025-03") {
      $0.with("opening_reason", nil).with("opening", Sample.mass("175"))
        .with("closing", Sample.mass("250"))
    }
    #expect(next.status == 201, "\(next.text)")
    for name in ["purchases", "shipments", "products"] {
      let moved = body.with("month", "2025-04").with(name, Sample.report("x")[name])
      #expect(try await enrolled.reporter.post("throughput", moved).pointers == ["/\(name)"])
    }
  }

  @Test(
    "An opening that is not last month's closing needs its reason; a changed closing is warned of")
  func chain() async throws {
    let enrolled = try await enrolled()
    let first = try await enrolled.report("2025-01")
    let silent = try await enrolled.report("2025-02") { $0.with("opening_reason", nil) }
    #expect(silent.pointers == ["/opening"])
    #expect(silent.text.contains("175 t"))
    #expect(try await enrolled.report("2025-02").status == 201, "with a reason")
    let revised = try await enrolled.reporter.put(
      "throughput/\(first["id"]?.text ?? "")",
      Sample.report(enrolled.facility).with("closing", Sample.mass("174")).with(
        "reason", "counted"),
      ifMatch: first.etag)
    #expect(revised.status == 200)
    #expect(revised["warnings"]?.elements.count == 1)
    #expect(revised["warnings"]?.elements.first?.text?.contains("2025-02") == true)
  }

  @Test("Within the tolerance, to the gram, a report is accepted; the difference is shown")
  func tolerance() async throws {
    let enrolled = try await enrolled()
    let edge = try await enrolled.report { $0.with("closing", Sample.mass("169.5")) }
    #expect(edge.status == 201)
    #expect(edge["stock_difference"] == Sample.mass("5.5"))
    let over = try await enrolled.report("2025-03") {
      $0.with("closing", Sample.mass("169.499999"))
    }
    #expect(over.status == 422)
  }

  @Test("A list is filtered by metal and months")
  func list() async throws {
    let enrolled = try await enrolled()
    for month in ["2024-12", "2025-01", "2025-02"] { _ = try await enrolled.report(month) }
    let months = { (query: String) in
      try await enrolled.reporter.get("throughput?\(query)")["items"]?.elements
        .compactMap { $0["month"]?.text }.sorted()
    }
    #expect(try await months("from=2025-01") == ["2025-01", "2025-02"])
    #expect(try await months("to=2025-01&from=2025-01") == ["2025-01"])
    #expect(try await months("metal=copper") == [])
    #expect(try await months("metal=steel&to=2024-12") == ["2024-12"])
  }
}

@Suite("Another tolerance", .registry(["REMELT_BALANCE_TOLERANCE_PERMILLE": "0"]))
struct ToleranceSettingTests {
  @Test("The tolerance is a setting")
  func setting() async throws {
    let enrolled = try await Enrolled(by: try await RunningRegistry.current.operator)
    let off = try await enrolled.report { $0.with("closing", Sample.mass("175.000001")) }
    #expect(off.status == 422)
    #expect(try await enrolled.report().status == 201)
  }
}
