import Foundation
import TestSupport
import Testing

@testable import ServiceKit

struct HTTPClientTests {
  private let client = HTTPClient(concurrency: 2, userAgent: "remelt-tests")

  private func lines(_ answer: HTTPAnswer) -> [String] {
    String(decoding: answer.body, as: UTF8.self).split(separator: "\n").map(String.init)
  }

  private func failure(_ call: HTTPCall) async throws -> HTTPFailure {
    try #require(await #expect(throws: HTTPFailure.self) { try await client.send(call) })
  }

  @Test("A change that names the version it means is not made twice")
  func preconditions() {
    let url = "http://127.0.0.1/"
    #expect(HTTPCall(method: "PUT", url: url).mayRepeat)
    #expect(!HTTPCall(method: "PUT", url: url, headers: [("If-Match", "\"1\"")]).mayRepeat)
  }

  @Test("Method, headers and body arrive, and nothing is added that would slow or mislabel them")
  func request() async throws {
    let server = try PythonServer()
    let body = [UInt8](repeating: 0x61, count: 3_000_000)
    let answer = try await client.send(
      HTTPCall(
        method: "POST", url: server.url("/echo"), headers: [("X-Empty", ""), ("X-One", "1 2")],
        body: body))
    let seen = lines(answer)
    #expect(answer.status == 200)
    #expect(answer.header("content-TYPE") == "text/plain")
    #expect(seen.first == "POST 3000000")
    #expect(seen.contains("x-empty: ") && seen.contains("x-one: 1 2"))
    #expect(seen.contains("user-agent: remelt-tests") && seen.contains("accept-encoding: gzip"))
    #expect(!seen.contains { $0.hasPrefix("expect") || $0.hasPrefix("content-type") })
  }

  @Test("A POST and a PUT without a body say that it is empty", arguments: ["POST", "PUT"])
  func emptyBody(method: String) async throws {
    let server = try PythonServer()
    let answer = try await client.send(HTTPCall(method: method, url: server.url("/echo")))
    #expect(lines(answer).first == "\(method) 0")
    #expect(lines(answer).contains("content-length: 0"))
  }

  @Test("HEAD, DELETE and other statuses are answers; a redirect is not followed")
  func plainAnswers() async throws {
    let server = try PythonServer()
    let head = try await client.send(HTTPCall(method: "HEAD", url: server.url("/echo")))
    #expect(head.status == 200 && head.body.isEmpty)
    let delete = try await client.send(HTTPCall(method: "DELETE", url: server.url("/echo")))
    #expect(lines(delete).first == "DELETE 0")
    #expect(try await client.send(HTTPCall(url: server.url("/none"))).status == 404)
    let redirect = try await client.send(HTTPCall(url: server.url("/redirect")))
    #expect(redirect.status == 302 && redirect.header("location") == "/echo")
  }

  @Test("Calls in a row use one connection, but a POST that may not be repeated gets its own")
  func reuse() async throws {
    let server = try PythonServer()
    var ports: [String] = []
    for _ in 0..<5 {
      let answer = try await client.send(HTTPCall(url: server.url("/echo")))
      ports.append(try #require(answer.header("X-Port")))
    }
    #expect(Set(ports).count == 1)
    let post = try await client.send(HTTPCall(method: "POST", url: server.url("/echo")))
    #expect(post.header("X-Port") != ports.first)
  }

  // The server answers these two by two: fewer under way would never be answered.
  @Test("As many calls are under way as the client allows, and no more")
  func concurrency() async throws {
    let server = try PythonServer()
    try await withThrowingTaskGroup(of: Int.self) { group in
      for _ in 0..<40 {
        group.addTask { try await client.send(HTTPCall(url: server.url("/busy"))).status }
      }
      for try await status in group { #expect(status == 200) }
    }
    #expect(lines(try await client.send(HTTPCall(url: server.url("/busiest")))) == ["2"])
  }

  @Test("503 is tried again, and the 200 that follows is the answer")
  func retries() async throws {
    let server = try PythonServer()
    let answer = try await client.send(HTTPCall(url: server.url("/flaky/2")))
    #expect(answer.status == 200 && lines(answer) == ["3"])
    let keyed = HTTPCall(
      method: "POST", url: server.url("/flaky/2/keyed"), headers: [("idempotency-key", "k")])
    #expect(lines(try await client.send(keyed)) == ["3"])
  }

  @Test("The last answer is given when no retry is left, none is safe, or the wait is too long")
  func noRetry() async throws {
    let server = try PythonServer()
    let spent = try await client.send(HTTPCall(url: server.url("/flaky/9"), retries: 1))
    #expect(spent.status == 503 && lines(spent) == ["2"])
    let post = try await client.send(HTTPCall(method: "POST", url: server.url("/flaky/9/post")))
    #expect(post.status == 503 && lines(post) == ["1"])
    let far = try await client.send(HTTPCall(url: server.url("/flaky/9/far?after=3600")))
    #expect(far.status == 503 && lines(far) == ["1"])
    let past = HTTPCall(url: server.url("/flaky/9/past?after=5"), timeoutSeconds: 4)
    #expect(lines(try await client.send(past)) == ["1"])
  }

  @Test("Retry-After is waited for")
  func retryAfter() async throws {
    let server = try PythonServer()
    let start = ContinuousClock.now
    let answer = try await client.send(HTTPCall(url: server.url("/flaky/1?after=1")))
    #expect(lines(answer) == ["2"])
    #expect(ContinuousClock.now - start >= .seconds(1))
  }

  @Test("A connection that breaks before the answer is tried again")
  func broken() async throws {
    let server = try PythonServer()
    #expect(lines(try await client.send(HTTPCall(url: server.url("/broken/2")))) == ["3"])
    let post = HTTPCall(method: "POST", url: server.url("/broken/2/post"))
    #expect(try await failure(post).description.hasPrefix("POST http://127.0.0.1:"))
    let count = HTTPCall(url: server.url("/count/broken/2/post"))
    #expect(lines(try await client.send(count)) == ["1"])
  }

  @Test("A call that gets no answer in its time fails as a timeout, without its secrets")
  func timeout() async throws {
    let server = try PythonServer()
    let url = server.url("/hold?key=secret").replacing("//", with: "//user:pass@")
    let failure = try await failure(HTTPCall(url: url, timeoutSeconds: 1))
    #expect(failure.isTimeout)
    #expect(failure.description.hasPrefix("GET \(server.url("/hold")) got no answer: "))
    #expect(!failure.description.contains("secret") && !failure.description.contains("pass"))
  }

  @Test("A call that waits for a free connection past its time fails as a timeout")
  func waitTimeout() async throws {
    let server = try PythonServer()
    let single = HTTPClient(concurrency: 1)
    try await withThrowingTaskGroup(of: HTTPAnswer.self) { group in
      group.addTask { try await single.send(HTTPCall(url: server.url("/hold"))) }
      _ = try await client.send(HTTPCall(url: server.url("/held")))
      let late = HTTPCall(url: server.url("/echo"), timeoutSeconds: 1)
      let failure = await #expect(throws: HTTPFailure.self) { try await single.send(late) }
      #expect(failure?.isTimeout == true)
      group.cancelAll()
    }
  }

  @Test("Cancelling the task ends the transfer, which the server sees")
  func cancellation() async throws {
    let server = try PythonServer()
    await #expect(throws: CancellationError.self) {
      try await withThrowingTaskGroup(of: HTTPAnswer.self) { group in
        group.addTask { try await client.send(HTTPCall(url: server.url("/hold"))) }
        _ = try await client.send(HTTPCall(url: server.url("/held")))
        group.cancelAll()
        _ = try await group.next()
      }
    }
    #expect(lines(try await client.send(HTTPCall(url: server.url("/released")))) == ["True"])
  }

  @Test("Cancelling a task that waits for a free connection ends its wait")
  func cancelledWait() async throws {
    let server = try PythonServer()
    let single = HTTPClient(concurrency: 1)
    try await withThrowingTaskGroup(of: HTTPAnswer.self) { group in
      group.addTask { try await single.send(HTTPCall(url: server.url("/hold"))) }
      _ = try await client.send(HTTPCall(url: server.url("/held")))
      for _ in 0..<3 {
        group.addTask { try await single.send(HTTPCall(url: server.url("/echo"))) }
      }
      group.cancelAll()
      while let result = await group.nextResult() {
        #expect(throws: CancellationError.self) { try result.get() }
      }
    }
    #expect(try await single.send(HTTPCall(url: server.url("/echo"))).status == 200)
  }

  @Test("A gzip answer comes decompressed")
  func gzip() async throws {
    let server = try PythonServer()
    let answer = try await client.send(HTTPCall(url: server.url("/gzip/100000")))
    #expect(answer.body == [UInt8](repeating: 0x61, count: 100_000))
  }

  @Test("An answer above the limit is refused, and a bomb by what it would become")
  func tooLarge() async throws {
    let server = try PythonServer()
    for path in ["/plain/1001", "/gzip/50000000"] {
      let failure = try await failure(HTTPCall(url: server.url(path), maximumAnswer: 1_000))
      #expect(failure.description.contains("larger than 1000 bytes") && !failure.isTimeout)
    }
    let exact = HTTPCall(url: server.url("/plain/1000"), maximumAnswer: 1_000)
    #expect(try await client.send(exact).body.count == 1_000)
  }

  @Test("A refused connection says where, why and what to check")
  func refused() async throws {
    // Bound and not listening, so nobody else gets the port.
    let server = try PythonServer()
    let failure = try await failure(HTTPCall(url: server.deadURL, retries: 1))
    #expect(failure.description.hasPrefix("GET \(server.deadURL) got no answer: "))
    #expect(failure.description.hasSuffix("Check the address, and that the service is running."))
    #expect(!failure.isTimeout)
  }

  @Test(
    "What cannot be a safe request is refused before it is sent",
    arguments: [
      HTTPCall(url: "file:///etc/passwd"), HTTPCall(url: "ftp://127.0.0.1/"),
      HTTPCall(url: "http://127.0.0.1/a b"), HTTPCall(method: "GET /", url: "http://127.0.0.1"),
      HTTPCall(url: "http://127.0.0.1/", headers: [("X", "1\r\nY: 2")]),
      HTTPCall(url: "http://127.0.0.1/", headers: [("X:", "1")]), HTTPCall(url: ""),
    ])
  func unsafe(call: HTTPCall) async throws {
    #expect(try await !failure(call).isPassing)
  }
}

/// A real server on a port of its own. It ends with its standard input, so with this process.
private final class PythonServer: Sendable {
  private let process: Process
  private let origin: String
  /// Where nobody listens.
  let deadURL: String

  init() throws {
    let (process, output) = try Spawning.run { process in
      let output = Pipe()
      process.executableURL = URL(filePath: "/usr/bin/env")
      process.arguments = ["python3", "-c", PythonServer.script]
      process.standardInput = Pipe()
      process.standardOutput = output
      return output
    }
    self.process = process
    var said = Data()
    while said.last != 0x0A {
      let more = output.fileHandleForReading.availableData
      try #require(!more.isEmpty, "python3 did not start")
      said += more
    }
    let ports = String(decoding: said, as: UTF8.self).split(whereSeparator: \.isWhitespace)
    try #require(ports.count == 2)
    origin = "http://127.0.0.1:\(ports[0])"
    deadURL = "http://127.0.0.1:\(ports[1])/"
  }

  deinit { process.terminate() }

  func url(_ path: String) -> String { origin + path }

  private static let script = #"""
    import collections, gzip, http.server, os, socket, sys, threading, urllib.parse

    lock, counts = threading.Lock(), collections.Counter()
    held, released = threading.Event(), threading.Event()
    WAIT = 20
    pair = threading.Barrier(2, timeout=WAIT)

    class Handler(http.server.BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True

        def log_message(self, *_): pass

        def answer(self, status, text, headers=()):
            body = text if isinstance(text, bytes) else str(text).encode()
            self.send_response(status)
            self.send_header("Content-Type", "text/plain")
            self.send_header("X-Port", str(self.client_address[1]))
            for name, value in headers: self.send_header(name, value)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            if self.command != "HEAD": self.wfile.write(body)

        def count(self, name):
            with lock:
                counts[name] += 1
                return counts[name]

        def hold(self):
            held.set()
            self.connection.settimeout(WAIT)
            try: ended = self.connection.recv(1) == b""
            except ConnectionError: ended = True
            except TimeoutError: ended = False
            if ended: released.set()
            self.close_connection = True

        def busy(self):
            with lock:
                counts["now"] += 1
                counts["most"] = max(counts["most"], counts["now"])
            pair.wait()
            with lock: counts["now"] -= 1
            self.answer(200, "")

        def handle_any(self):
            size = len(self.rfile.read(int(self.headers.get("Content-Length", 0))))
            url = urllib.parse.urlsplit(self.path)
            parts = url.path.split("/")[1:]
            kind = parts[0]
            if kind == "echo":
                seen = [f"{k.lower()}: {v}" for k, v in self.headers.items()]
                self.answer(200, "\n".join([f"{self.command} {size}"] + seen))
            elif kind == "flaky":
                seen, query = self.count(url.path), urllib.parse.parse_qs(url.query)
                after = [("Retry-After", v) for v in query.get("after", [])]
                self.answer(503 if seen <= int(parts[1]) else 200, seen, after)
            elif kind == "broken":
                seen = self.count(url.path)
                if seen > int(parts[1]): return self.answer(200, seen)
                self.close_connection = True
            elif kind == "count": self.answer(200, counts["/" + "/".join(parts[1:])])
            elif kind == "hold": self.hold()
            elif kind == "held": self.answer(200, held.wait(WAIT))
            elif kind == "released": self.answer(200, released.wait(WAIT))
            elif kind == "busy": self.busy()
            elif kind == "busiest": self.answer(200, counts["most"])
            elif kind == "plain": self.answer(200, b"a" * int(parts[1]))
            elif kind == "gzip":
                packed = gzip.compress(b"a" * int(parts[1]))
                self.answer(200, packed, [("Content-Encoding", "gzip")])
            elif kind == "redirect": self.answer(302, "", [("Location", "/echo")])
            else: self.answer(404, "")

        do_GET = do_HEAD = do_POST = do_PUT = do_DELETE = handle_any

    def end_with_parent():
        sys.stdin.read()
        os._exit(0)

    dead = socket.socket()
    dead.bind(("127.0.0.1", 0))
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=end_with_parent, daemon=True).start()
    print(server.server_address[1], dead.getsockname()[1], flush=True)
    server.serve_forever()
    """#
}
