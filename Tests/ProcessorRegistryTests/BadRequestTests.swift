import Models
import ServiceKit
import Testing

@Suite(
  "A request that no client should send", .registry(["REMELT_HTTP_DEADLINE_SECONDS": "1"]),
  .serialized)
struct BadRequestTests {
  private func head(_ token: String, _ path: String, length: Int, type: String = "application/json")
    -> String
  {
    "POST /registry/v1/\(path) HTTP/1.1\r\nHost: registry.test\r\nAuthorization: Bearer \(token)\r\nIdempotency-Key: trickled\r\nContent-Type: \(type)\r\nContent-Length: \(length)\r\n\r\n"
  }

  @Test("A missing or doubled Host is refused")
  func host() async throws {
    let registry = try RunningRegistry.current
    let wire = Wire(port: registry.port)
    try await expectNothingWritten(try await registry.operator) {
      for hosts in ["", "Host: a\r\nHost: b\r\n", "Host: a\r\nhost: a\r\n", "Host:\r\n"] {
        let reply = await wire.exchange(
          "GET /registry/v1/keys.json HTTP/1.1\r\n\(hosts)Connection: close\r\n\r\n")
        #expect(reply.status == 400, "\(hosts): \(reply.text)")
        #expect(reply.isEnded)
      }
      let good = await wire.exchange(
        "GET /registry/v1/keys.json HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
      #expect(good.status == 200)
    }
  }

  @Test("What is no HTTP is refused and the connection ends")
  func noHTTP() async throws {
    let registry = try RunningRegistry.current
    let wire = Wire(port: registry.port)
    let requests = [
      "GET\r\n\r\n", "\u{16}\u{3}\u{1}hello\r\n\r\n", "GET / HTTP/9.9\r\nHost: a\r\n\r\n",
      "GET / HTTP/1.1\r\nHost: a\r\nContent-Length: x\r\n\r\n",
      "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
      "GET / HTTP/1.1\r\nHost: a\r\nX: \(String(repeating: "x", count: 200_000))\r\n\r\n",
      "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nZZ\r\n",
    ]
    try await expectNothingWritten(try await registry.operator) {
      for request in requests {
        let reply = await wire.exchange(request)
        #expect(reply.isEnded, "\(request.prefix(60))")
        #expect(reply.status.map { (400..<500).contains($0) } ?? true, "\(reply.text)")
      }
    }
  }

  @Test("A body that comes a byte at a time is given up after the deadline, with 408")
  func trickle() async throws {
    let registry = try RunningRegistry.current
    let witness = try await registry.operator
    let enrolled = try await Enrolled(by: witness)
    try await expectNothingWritten(witness) {
      let reply = await Wire(port: registry.port).trickle(
        head(enrolled.reporter.token, "throughput", length: 5000), byte: 0x20, every: 100)
      #expect(reply.status == 408)
      #expect(reply.problem == "timeout")
      #expect(reply.isEnded, "the connection stays open")
    }
  }

  @Test("A body that never comes is given up after the deadline too")
  func silence() async throws {
    let registry = try RunningRegistry.current
    let reply = await Wire(port: registry.port).exchange(
      head(try await registry.operator.token, "organisations", length: 100))
    #expect(reply.status == 408)
    #expect(reply.isEnded)
  }

  @Test("A client that goes away in the middle of a body leaves nothing behind")
  func goneAway() async throws {
    let registry = try RunningRegistry.current
    let witness = try await registry.operator
    let enrolled = try await Enrolled(by: witness)
    let body = String(decoding: Sample.report(enrolled.facility).bytes, as: UTF8.self)
    try await expectNothingWritten(witness) {
      let head = head(enrolled.reporter.token, "throughput", length: body.utf8.count + 1)
      await Wire(port: registry.port).abandon(head + body)
    }
    #expect(try await enrolled.report().status == 201)
  }

  @Test("An endless body is answered with 413 before it ends, and the connection ends")
  func endless() async throws {
    let registry = try RunningRegistry.current
    let witness = try await registry.operator
    let piece = [UInt8](repeating: 0x20, count: 1 << 16)
    try await expectNothingWritten(witness) {
      let reply = await Wire(port: registry.port).exchange(
        head(witness.token, "organisations", length: 1 << 30), repeating: piece, times: 64)
      #expect(reply.status == 413)
      #expect(reply.isEnded)
    }
  }

  @Test("A wrong method is answered with 405 and the right ones, an unknown path with 404")
  func methods() async throws {
    let caller = try await RunningRegistry.current.operator
    let methods = [
      ("DELETE", "throughput", "GET, POST"), ("PUT", "organisations", "GET, POST"),
      ("GET", "token", "POST"), ("POST", "me", "GET"), ("PATCH", "facilities/bulk", "POST"),
      ("POST", "/health/live", "GET"),
    ]
    for (method, path, allowed) in methods {
      let reply = try await caller.send(method, path)
      #expect(reply.status == 405, "\(method) \(path)")
      #expect(reply.header("Allow") == allowed, "\(method) \(path)")
      #expect(reply.problem == "method-not-allowed")
    }
    for path in [
      "nothing", "/", "/registry", "/registry/v2/me", "throughput/x/y/z", "/registry/v1/",
    ] {
      let reply = try await caller.get(path)
      #expect(reply.status == 404, "\(path)")
      #expect(reply.problem == "not-found", "\(path): \(reply.text)")
    }
    for path in [
      "throughput/x", "facilities/01890000-0000-7000-8000-00000000dead", "organisations/%00",
      "throughput/%2e%2e",
    ] {
      #expect(try await caller.get(path).status == 404, "\(path)")
    }
  }

  @Test("Query parameters that cannot be read are named")
  func queries() async throws {
    let caller = try await RunningRegistry.current.operator
    let wrong = [
      "throughput?limit=0", "throughput?limit=501", "throughput?limit=x", "throughput?cursor=x",
      "throughput?from=2025", "throughput?metal=gold", "throughput?facility_id=1",
      "throughput?limit=1&limit=2", "throughput?bogus=1", "facilities?role=x",
      "facilities?province=999999", "organisations?identifier=91",
      "qualified-capacity?date=2025-02-30",
      "facilities?identifier=%00:x", "throughput?cursor=bnVsbA", "journal?after=-1",
      "journal?wait=26", "journal?limit=0",
    ]
    for path in wrong {
      let reply = try await caller.get(path)
      #expect(reply.status == 422, "\(path): \(reply.text)")
      #expect(reply.pointers.allSatisfy { $0.hasPrefix("?") }, "\(path): \(reply.text)")
    }
  }

  @Test("A read waits for the journal position it names, and is put off when that does not come")
  func journalPosition() async throws {
    let caller = try await RunningRegistry.current.operator
    let size = try await caller.mark()
    let there = try await caller.get("me", headers: [("Journal-Position", "registry=\(size)")])
    #expect(there.status == 200)
    for text in ["registry", "registry=x", "moon=1", ""] where !text.isEmpty {
      let wrong = try await caller.get("me", headers: [("Journal-Position", text)])
      #expect(wrong.status == 400, "\(text)")
    }
  }
}

extension Wire {
  /// Sends and closes at once, without reading.
  func abandon(_ text: String) async { _ = await exchange(text, reading: false) }
}
