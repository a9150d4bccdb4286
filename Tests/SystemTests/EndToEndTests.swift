import Foundation
import Models
import ServiceKit
import TestSupport
import Testing

extension RunningTests {
  @Suite("All services over real sockets", .serialized)
  struct EndToEndTests {
    private static let qualified = "qualified-capacity?metal=steel&date=2025-06-01"
    private static let throughput = "throughput?metal=steel&from=2025-01&to=2025-02&by=province"

    @Test("What is registered, qualified and reported is a figure, also after all were restarted")
    func wholeWay() async throws {
      try await withLedger { ledger in
        try await ledger.startAll()
        let operatorKey = try ledger.operatorKey
        let caller = try await ledger.signIn(operatorKey)
        for name in RunningLedger.followers { try await caller.becomeKnown(to: name) }
        let organisation = try await caller.post("organisations", Sample.organisation()).id
        let facility = try await caller.post("facilities", Sample.facility(organisation)).id
        let verifier = try await issue(["verifier@all"], by: caller)
        let reporter = try await issue(["reporter@organisation:\(organisation)"], by: caller)
        for (index, event) in Sample.qualification.enumerated() {
          let reply = try await (index == 0 ? reporter : verifier).post(
            "facilities/\(facility)/qualification", event)
          #expect(reply.status == 201, "\(reply.text)")
        }
        let report = try await reporter.post("throughput", Sample.report(facility, "2025-01"))
        #expect(report.status == 201, "\(report.text)")
        let position = try #require(report.position)

        // The reader's own write, carried over to another service.
        let capacity = try await caller.dashboard(Self.qualified, after: position)
        #expect(capacity["total"]?["number"]?.int == 1, "\(capacity.text)")
        #expect(capacity["total"]?["capacity_per_year"]?["value"]?.text == "300000")
        let months = try await caller.dashboard(Self.throughput, after: position)
        let first = try #require(months["rows"]?.elements.first, "\(months.text)")
        #expect(first["code"]?.text == "130000" && first["month"]?.text == "2025-01")
        #expect(first["throughput"]?["value"]?.text == "950")
        #expect(first["coverage"]?["received"]?.int == 1)
        for name in ["recycled-input", "hydrogen-use"] {
          let page = try await caller.get(name, "/\(name)/v1/journal", after: position)
          #expect(page.status == 200, "\(page.text)")
        }

        try await ledger.stopAll()
        try await ledger.startAll()
        // The token goes on, and nothing was lost.
        let again = try await caller.dashboard(Self.throughput, after: position)
        #expect(again["rows"] == months["rows"] && again["total"] == months["total"])
        let kept = try await caller.dashboard(Self.qualified, after: position)
        #expect(kept["rows"] == capacity["rows"])
        let read = try await reporter.get(
          "processor-registry", "/registry/v1/throughput/\(try report.id)")
        #expect(read["input"]?["value"]?.text == "950")
        try await ledger.stopAll()
      }
    }

    @Test(
      "A request's trace goes through all services that take part in it, and back to its sender")
    func trace() async throws {
      try await withLedger { ledger in
        let loud = ["REMELT_LOG_LEVEL": "debug"]
        let registry = try await ledger.start("processor-registry", settings: loud)
        let dashboard = try await ledger.start("dashboard", settings: loud)
        let id = "4bf92f3577b34da6a3ce929d0e0e4736"
        let call = HTTPCall(
          method: "POST", url: try ledger["dashboard"].url + "/dashboard/sign-in",
          headers: [
            ("Content-Type", "application/x-www-form-urlencoded"),
            ("traceparent", "00-\(id)-00f067aa0ba902b7-01"),
          ], body: Array("key=\(try ledger.operatorKey)".utf8), timeoutSeconds: 120, retries: 0)
        let answer = try await ledger.client.send(call)
        #expect(answer.header("Request-Id") == id)
        try await ledger.stopAll()
        for service in [registry, dashboard] {
          let line = await service.log.line(containing: id)
          #expect(line?.contains("answered") == true, "\(service.name) knows nothing of it")
        }
      }
    }

    private func issue(_ grants: [String], by caller: Caller) async throws -> Caller {
      let issued = try await caller.post(
        "credentials",
        .members([
          "holder": "A tester", "holder_kind": "person",
          "grants": .array(grants.map { .string($0) }),
        ]))
      return try await caller.ledger.signIn(
        try #require(issued["key"]?.text, "\(issued.text)"))
    }

    @Test("While the registry is down the others answer on, and catch up when it is back")
    func registryDown() async throws {
      try await withLedger { ledger in
        try await ledger.startAll()
        let caller = try await ledger.signIn(try ledger.operatorKey)
        for name in RunningLedger.followers { try await caller.becomeKnown(to: name) }
        let organisation = try await caller.post("organisations", Sample.organisation()).id
        let facility = try await caller.post("facilities", Sample.facility(organisation)).id
        let reporter = try await issue(["reporter@organisation:\(organisation)"], by: caller)
        let report = try await reporter.post("throughput", Sample.report(facility, "2025-01"))
        let position = try #require(report.position, "\(report.text)")
        let before = try await caller.dashboard(Self.throughput, after: position)

        try await ledger.kill("processor-registry")
        for name in RunningLedger.followers {
          #expect(try await caller.get(name, "/health/ready").status == 200, "\(name)")
        }
        let during = try await caller.get("dashboard", "/dashboard/v1/" + Self.throughput)
        #expect(during.status == 200 && during["rows"] == before["rows"], "\(during.text)")
        let sources = try await state(caller, of: "registry") { $0 == "unreachable" }
        #expect(sources == "unreachable")

        try await ledger.start("processor-registry")
        let second = try await caller.post("facilities", Sample.facility(organisation))
        let later = try await reporter.post("throughput", Sample.report(try second.id, "2025-02"))
        let after = try await caller.dashboard(
          Self.throughput, after: try #require(later.position, "\(later.text)"))
        #expect(after["rows"]?.elements.count == 2, "\(after.text)")
        #expect(try await state(caller, of: "registry") { $0 == "following" } == "following")
        try await ledger.stopAll()
      }
    }
  }
}

/// The state of a source as the dashboard says it, asked again (at most 1,200 times, each a request
/// over the network) until it is the one that is awaited.
func state(_ caller: Caller, of source: String, until awaited: (String) -> Bool) async throws
  -> String
{
  var last = ""
  for _ in 0..<1200 {
    last = try await sourceLine(caller, source)["state"]?.text ?? ""
    if awaited(last) { break }
    // The follower's own pace is some tenths of a second; its log tells nothing at this level.
    try await Task.sleep(for: .milliseconds(25))
  }
  return last
}

func sourceLine(_ caller: Caller, _ source: String) async throws -> JSON {
  let sources = try await caller.get("dashboard", "/dashboard/v1/sources")
  return try #require(
    sources["items"]?.elements.first { $0["source"]?.text == source }, "\(sources.text)")
}
