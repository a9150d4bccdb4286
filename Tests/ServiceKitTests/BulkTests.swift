import Dispatch
import Glibc
import Hummingbird
import Models
import ServiceKit
import Synchronization
import Testing

@Suite("Taking a file in as a stream")
struct BulkTests {
  private static let id = "01890000-0000-7000-8000-000000000001"

  /// A route that takes every row, keeps the batches' sizes, and refuses the row `{"x":"no"}`.
  private func served(
    deadline: Duration = Bulk.deadline, failing: Bool = false,
    _ body: @escaping @Sendable (Served, Batches) async throws -> Void
  ) async throws {
    let batches = Batches()
    try await Served.with({ router in
      router.post("bulk") { request, context in
        try await Bulk.respond(
          to: request, context,
          convert: { columns in
            .object(columns.sorted { $0.key < $1.key }.map { .init($0.key, .string($0.value)) })
          }, deadline: deadline
        ) { rows in
          if failing { throw CancellationError() }
          batches.add(rows.count)
          return rows.map { row in
            guard case .success(let json) = row.content, json["x"]?.text != "no" else {
              return .refused(Problem(.invalid, "No."))
            }
            return ID(Self.id).map { .created($0) } ?? .refused(Problem(.invalid, "No id."))
          }
        }
      }
    }) { try await body($0, batches) }
  }

  final class Batches: Sendable {
    private let sizes = Mutex<[Int]>([])
    func add(_ size: Int) { sizes.withLock { $0.append(size) } }
    var all: [Int] { sizes.withLock { $0 } }
  }

  private func send(_ served: Served, _ text: String) async throws -> [JSON] {
    let reply = try await served.call("POST", "/bulk", [("Content-Type", "text/csv")], body: text)
    #expect(reply.status == 200)
    return try reply.text.split(separator: "\n").map { try JSONParser.parse(Array($0.utf8)) }
  }

  @Test("Rows are written in batches of 500 and answered in order")
  func batches() async throws {
    try await served { served, batches in
      let lines = try await send(served, "x\n" + String(repeating: "a\n", count: 1201))
      #expect(batches.all == [500, 500, 201])
      #expect(lines.dropLast().map { $0["row"]?.int } == (2...1202).map { $0 })
      #expect(lines.last?["summary"]?["created"]?.int == 1201)
      #expect(lines.last?["problem"] == nil)
    }
  }

  @Test("A refused row stands among the taken ones")
  func refused() async throws {
    try await served { served, _ in
      let lines = try await send(served, "x\na\nno\nb")
      #expect(lines.compactMap { $0["outcome"]?.text } == ["created", "refused", "created"])
    }
  }

  @Test("An answer of more than 4 MiB streams out while the file comes in")
  func streams() async throws {
    try await served { served, _ in
      let lines = try await send(served, "x\n" + String(repeating: "a\n", count: 60_000))
      #expect(lines.count == 60_001)
    }
  }

  @Test("A failure of ours ends the answer with a summary that says so")
  func failure() async throws {
    try await served(failing: true) { served, _ in
      let lines = try await send(served, "x\na")
      #expect(lines.last?["problem"]?["status"]?.int == 500)
      #expect(lines.last?["summary"]?["rows"]?.int == 0)
    }
  }

  @Test("A file whose header is refused is read to its end, and its sender hears why")
  func passedOver() async throws {
    try await served { served, batches in
      let lines = try await send(served, "x,x\n" + String(repeating: "a,b\n", count: 2_000_000))
      #expect(lines.last?["problem"]?["status"]?.int == 400)
      #expect(batches.all == [])
    }
  }

  @Test("A file that comes a byte at a time is given up after its deadline")
  func trickle() async throws {
    try await served(deadline: .milliseconds(500)) { served, _ in
      let text = await Trickle.send(
        "POST /bulk HTTP/1.1\r\nHost: a\r\nContent-Type: text/csv\r\nContent-Length: 100000\r\n\r\nx\n",
        to: served.port)
      #expect(text?.contains("\"status\":408") == true, "\(text ?? "the connection stayed open")")
    }
  }
}

/// Sends a head, and then a byte whenever nothing has come back for a tenth of a second.
private enum Trickle {
  /// What came back until the server ended the connection; nil when it did not within 30 s.
  static func send(_ head: String, to port: Int) async -> String? {
    await withCheckedContinuation { continuation in
      DispatchQueue.global().async {
        continuation.resume(returning: exchange(Array(head.utf8), port))
      }
    }
  }

  private static func exchange(_ head: [UInt8], _ port: Int) -> String? {
    let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    defer { close(descriptor) }
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = in_port_t(port).bigEndian
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    withUnsafePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        _ = connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
      }
    }
    var bytes: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 4096)
    _ = Glibc.send(descriptor, head, head.count, Int32(MSG_NOSIGNAL))
    for _ in 0..<300 {
      var waiting = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
      if poll(&waiting, 1, 100) == 0 {
        _ = Glibc.send(descriptor, [0x20], 1, Int32(MSG_NOSIGNAL))
        continue
      }
      let count = recv(descriptor, &buffer, buffer.count, 0)
      if count <= 0 { return String(decoding: bytes, as: UTF8.self) }
      bytes += buffer[..<count]
    }
    return nil
  }
}
