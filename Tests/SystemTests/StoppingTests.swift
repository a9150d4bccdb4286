import Foundation
import Models
import ServiceKit
import TestSupport
import Testing

extension RunningTests {
  @Suite("Starting and stopping", .serialized)
  struct StoppingTests {
    private func request(_ caller: Caller, _ body: String, count: Int) -> String {
      """
      POST /registry/v1/throughput HTTP/1.1\r
      Host: registry.test\r
      Authorization: Bearer \(caller.token)\r
      Content-Type: application/json\r
      Idempotency-Key: \(UUID().uuidString)\r
      Content-Length: \(count)\r
      \r
      \(body)
      """
    }

    @Test("SIGTERM lets a request under way finish, and a body that never comes is not waited for")
    func terminated() async throws {
      try await withLedger { ledger in
        let registry = try await ledger.start("processor-registry")
        let first = try await ledger.signIn(try ledger.operatorKey)
        let organisation = try await first.post("organisations", Sample.organisation()).id
        let facility = try await first.post("facilities", Sample.facility(organisation)).id
        let issued = try await first.post(
          "credentials",
          .members(["holder": "T", "holder_kind": "machine", "grants": ["reporter@all"]]))
        let caller = try await ledger.signIn(try #require(issued["key"]?.text))
        let body = String(
          decoding: Sample.report(facility, "2012-05").bytes, as: UTF8.self)
        let half = String(body.prefix(body.count / 2))

        let finishing = await Wire(port: registry.port)
        await finishing.send(request(caller, half, count: body.utf8.count))
        let hanging = await Wire(port: registry.port)
        await hanging.send(request(caller, half, count: body.utf8.count))
        // What the service has not read yet is no request under way.
        for wire in [finishing, hanging] { #expect(await wire.isReadByPeer) }
        let start = ContinuousClock.now
        registry.process.signal(15)
        // It has noticed when it lets nobody in any more; each try is a connection of its own.
        var isListening = true
        for _ in 0..<2000 where isListening { isListening = await Wire(port: registry.port).isOpen }
        #expect(!isListening)
        await finishing.send(body.dropFirst(half.count))
        let answer = await finishing.read(upTo: "\r\n\r\n")
        #expect(answer.hasPrefix("HTTP/1.1 201"), "\(answer)")
        #expect(await registry.process.exit() == 0, "\(registry.log.text)")
        let took = ContinuousClock.now - start
        #expect(took < .seconds(12), "\(took)")
        print("stopped \(took) after SIGTERM")
        _ = hanging

        // What was answered is there, and only that.
        try await ledger.start("processor-registry")
        let list = try await caller.get(
          "processor-registry", "/registry/v1/throughput?facility_id=\(facility)")
        #expect(list["items"]?.elements.count == 1, "\(list.text)")
        try await ledger.stopAll()
      }
    }

    @Test(
      "A second process is kept off a SQLite file, with a sentence that says what to do",
      .enabled(if: !TestStorage.isPostgres))
    func second() async throws {
      try await withLedger { ledger in
        for name in ["processor-registry", "dashboard"] {
          try await ledger.start(name)
          let log = Gathered()
          let process = try Launched(
            name, settings: try RunningService.settings(name, in: ledger.folder), standardError: log
          )
          #expect(await process.exit() > 0)
          let line = await log.line(containing: "Another process has this database open")
          #expect(line?.contains("storage.url") == true, "\(log.text)")
          let live = HTTPCall(url: try ledger[name].url + "/health/live")
          #expect(try await ledger.client.send(live).status == 200)
        }
        try await ledger.stopAll()
      }
    }
  }
}
