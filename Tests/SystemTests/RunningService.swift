import Dispatch
import Foundation
import Glibc
import Models
import ServiceKit
import Synchronization
import TestSupport
import Testing

/// A service's real executable, with a database of its own in a folder, as often as it is started.
struct RunningService: Sendable {
  let name: String
  let port: Int
  let process: Launched
  let log: Gathered

  struct NotReady: Error, CustomStringConvertible {
    let description: String
  }

  /// Starts it, and returns once it says that it is ready.
  /// - Parameter port: 0 for any free one. A service that others know is started again on its own.
  init(_ name: String, in folder: URL, port: Int = 0, settings: [String: String] = [:])
    async throws
  {
    self.name = name
    log = Gathered()
    process = try Launched(
      name, settings: try Self.settings(name, in: folder, port: port).merging(settings) { $1 },
      standardError: log)
    guard let line = await log.line(containing: "Ready."),
      let port = line.firstMatch(of: /port=(\d+)/).flatMap({ Int($0.1) })
    else { throw NotReady(description: "\(name) did not start: \(log.text)") }
    self.port = port
  }

  static func settings(_ name: String, in folder: URL, port: Int = 0) throws -> [String: String] {
    [
      "REMELT_HTTP_PORT": String(port), "REMELT_LOG_LEVEL": "notice",
      "REMELT_STORAGE_URL": try TestStorage.url("\(folder.path())\(name).sqlite"),
      "REMELT_KEYS_FOLDER": "\(folder.path())keys", "REMELT_PUBLIC_URL": "http://\(name).test",
    ]
  }

  var url: String { "http://127.0.0.1:\(port)" }

  /// SIGTERM, and the exit code; -1 when a signal ended it.
  @discardableResult
  func stop() async -> Int32 { await process.end(SIGTERM) }

  /// SIGKILL.
  func kill() async { _ = await process.end(SIGKILL) }
}

/// The registry and those who follow it, in one folder.
final class RunningLedger: Sendable {
  let folder: URL
  private let services = Mutex<[String: RunningService]>([:])
  private let ports = Mutex<[String: Int]>([:])
  let client = HTTPClient(concurrency: 32, userAgent: "remelt-system-tests")

  init(in folder: URL) { self.folder = folder }

  static let followers = ["recycled-input", "hydrogen-use", "dashboard"]

  subscript(name: String) -> RunningService {
    get throws { try #require(services.withLock { $0[name] }, "\(name) does not run") }
  }

  /// The services that ever ran here.
  var started: [String] {
    ports.withLock { $0.keys.filter { !$0.contains("#") }.sorted() }
  }

  /// Replica 2 of a service has a name of its own here, and the first one's database and settings.
  static func name(_ service: String, replica: Int) -> String {
    replica == 1 ? service : "\(service)#\(replica)"
  }

  private func address(_ service: String, replica: Int) -> String {
    let name = Self.name(service, replica: replica)
    return "http://127.0.0.1:\(ports.withLock { $0[name] ?? $0[service] } ?? 1)"
  }

  /// Starts a service; again on the port it had. Replica 2 talks to the others' replica 2, where
  /// there is one.
  @discardableResult
  func start(_ service: String, replica: Int = 1, settings: [String: String] = [:]) async throws
    -> RunningService
  {
    let addresses = [
      "REMELT_REGISTRY_URL": address("processor-registry", replica: replica),
      "REMELT_RECYCLED_INPUT_URL": address("recycled-input", replica: replica),
      "REMELT_HYDROGEN_USE_URL": address("hydrogen-use", replica: replica),
    ]
    let name = Self.name(service, replica: replica)
    let running = try await RunningService(
      service, in: folder, port: ports.withLock { $0[name] } ?? 0,
      settings: addresses.merging(settings) { $1 })
    ports.withLock { $0[name] = running.port }
    services.withLock { $0[name] = running }
    return running
  }

  func startAll() async throws {
    for name in ["processor-registry"] + Self.followers { try await start(name) }
  }

  func kill(_ name: String) async throws {
    try await self[name].kill()
    services.withLock { $0[name] = nil }
  }

  /// SIGTERM, and the demand that it ends well.
  func stop(_ name: String, at location: SourceLocation = #_sourceLocation) async throws {
    let service = try self[name]
    let code = await service.stop()
    #expect(code == 0, "\(name) did not stop well: \(service.log.text)", sourceLocation: location)
    services.withLock { $0[name] = nil }
  }

  func stopAll() async throws {
    for name in services.withLock({ $0.keys.sorted() }) { try await stop(name) }
  }

  /// Ends whatever runs still, after a failure.
  fileprivate func clean() async {
    for service in services.withLock({ Array($0.values) }) { await service.kill() }
  }

  /// The key that the registry's first start wrote.
  var operatorKey: String {
    get throws {
      try String(contentsOf: folder.appending(path: "keys/operator.key"), encoding: .utf8)
        .trimmingSpace
    }
  }

  /// Somebody with a token.
  func signIn(_ key: String) async throws -> Caller {
    let answer = try await SignIn.token(
      registry: self["processor-registry"].url, key: key, client: client)
    let token = try JSONParser.parse(answer.body)["access_token"]?.text
    return Caller(
      ledger: self,
      token: try #require(token, "no token: \(String(decoding: answer.body, as: UTF8.self))"))
  }
}

/// Runs something with an empty ledger in a temporary folder; nothing of it is left after.
func withLedger(_ body: (RunningLedger) async throws -> Void) async throws {
  try await withFolder { folder in
    let ledger = RunningLedger(in: folder)
    do {
      try await body(ledger)
    } catch {
      await ledger.clean()
      throw error
    }
    await ledger.clean()
  }
}

/// A connection without any HTTP client, for requests that end in the middle. It gives up after
/// 30 s. Its calls block; they are made on threads of their own.
final class Wire: Sendable {
  private let descriptor: Int32
  private let queue = DispatchQueue(label: "remelt.wire")

  init(port: Int) async {
    descriptor = await Self.on(DispatchQueue.global()) { Self.connect(port) ?? -1 }
  }

  deinit { if descriptor >= 0 { close(descriptor) } }

  var isOpen: Bool { descriptor >= 0 }

  private static func on<Result: Sendable>(
    _ queue: DispatchQueue, _ body: @escaping @Sendable () -> Result
  ) async -> Result {
    await withCheckedContinuation { continuation in
      queue.async { continuation.resume(returning: body()) }
    }
  }

  private static func connect(_ port: Int) -> Int32? {
    let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    var limit = timeval(tv_sec: 30, tv_usec: 0)
    let size = socklen_t(MemoryLayout<timeval>.size)
    setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &limit, size)
    setsockopt(descriptor, SOL_SOCKET, SO_SNDTIMEO, &limit, size)
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = in_port_t(port).bigEndian
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    let code = withUnsafePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        Glibc.connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
      }
    }
    if code == 0 { return descriptor }
    close(descriptor)
    return nil
  }

  /// Whether the process at the other end has read all that was sent: nothing waits in its socket's
  /// queue, as the kernel's table says. Asked again at most 5,000 times.
  var isReadByPeer: Bool {
    get async {
      var address = sockaddr_in()
      var size = socklen_t(MemoryLayout<sockaddr_in>.size)
      withUnsafeMutablePointer(to: &address) {
        $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
          _ = getsockname(descriptor, $0, &size)
        }
      }
      let port = String(in_port_t(bigEndian: address.sin_port), radix: 16, uppercase: true)
      let own = "0100007F:" + String(repeating: "0", count: 4 - port.count) + port
      for _ in 0..<5000 {
        // A handle reads it to its end; String(contentsOfFile:) stops after a page.
        let file = FileHandle(forReadingAtPath: "/proc/net/tcp")
        let table = String(decoding: (try? file?.readToEnd()) ?? Data(), as: UTF8.self)
        // local address, remote address, state, and "tx_queue:rx_queue".
        let queues = table.split(separator: "\n").map { $0.split(separator: " ") }
          .first { $0.count > 4 && $0[2] == own }?[4]
        if queues?.hasSuffix(":00000000") == true { return true }
        await Task.yield()
      }
      return false
    }
  }

  func send(_ text: some StringProtocol) async {
    let bytes = Array(text.utf8)
    await Self.on(queue) { [descriptor] in
      var sent = 0
      while sent < bytes.count {
        let count = bytes.withUnsafeBytes {
          Glibc.send(
            descriptor, $0.baseAddress?.advanced(by: sent), $0.count - sent, Int32(MSG_NOSIGNAL))
        }
        if count <= 0 { return }
        sent += count
      }
    }
  }

  /// What comes, up to the end of the connection or to `marker`.
  func read(upTo marker: String? = nil) async -> String {
    await Self.on(queue) { [descriptor] in
      var text = ""
      var buffer = [UInt8](repeating: 0, count: 65_536)
      while marker.map({ !text.contains($0) }) ?? true {
        let count = recv(descriptor, &buffer, buffer.count, 0)
        guard count > 0 else { return text }
        text += String(decoding: buffer[..<count], as: UTF8.self)
      }
      return text
    }
  }
}
