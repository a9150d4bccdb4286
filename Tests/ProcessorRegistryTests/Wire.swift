import Dispatch
import Glibc
import Models
import ServiceKit

/// A connection without any HTTP client, for requests that none would send. It blocks a thread of
/// its own and gives up after 30 s.
struct Wire: Sendable {
  let port: Int

  /// What came back up to the end of the connection.
  struct Outcome: Sendable {
    let bytes: [UInt8]
    /// Whether the server ended the connection.
    let isEnded: Bool

    var text: String { String(decoding: bytes, as: UTF8.self) }
    var status: Int? { text.split(separator: " ").dropFirst().first.flatMap { Int($0) } }
    /// The problem's kind.
    var problem: String? {
      text.firstMatch(of: /urn:remelt:problem:([a-z-]+)/).map { String($0.1) }
    }

    func header(_ name: String) -> String? {
      text.split(separator: "\r\n").first { $0.lowercased().hasPrefix(name.lowercased() + ":") }
        .map { String($0.dropFirst(name.count + 1)).trimmingSpace }
    }
  }

  /// Sends everything, then reads to the end.
  func exchange(_ text: String, reading: Bool = true) async -> Outcome {
    await onThread { descriptor in
      _ = Wire.send(Array(text.utf8), descriptor)
      return reading ? Wire.read(descriptor) : Outcome(bytes: [], isEnded: false)
    }
  }

  /// Sends one piece again and again.
  func exchange(_ head: String, repeating piece: [UInt8], times: Int, end: [UInt8] = [])
    async -> Outcome
  {
    await onThread { descriptor in
      var isOpen = Wire.send(Array(head.utf8), descriptor)
      for _ in 0..<times where isOpen { isOpen = Wire.send(piece, descriptor) }
      if isOpen { _ = Wire.send(end, descriptor) }
      return Wire.read(descriptor)
    }
  }

  /// Sends the head, then a byte whenever nothing has come back for a while.
  func trickle(_ head: String, byte: UInt8, every milliseconds: Int32) async -> Outcome {
    await onThread { descriptor in
      guard Wire.send(Array(head.utf8), descriptor) else { return Wire.read(descriptor) }
      for _ in 0..<(30_000 / Int(milliseconds)) {
        var waiting = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        if poll(&waiting, 1, milliseconds) != 0 { break }
        if !Wire.send([byte], descriptor) { break }
      }
      return Wire.read(descriptor)
    }
  }

  private func onThread(_ body: @escaping @Sendable (Int32) -> Outcome) async -> Outcome {
    await withCheckedContinuation { continuation in
      DispatchQueue.global().async { [port] in
        let descriptor = Wire.connect(port)
        defer { close(descriptor) }
        continuation.resume(returning: body(descriptor))
      }
    }
  }

  private static func connect(_ port: Int) -> Int32 {
    let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    var limit = timeval(tv_sec: 30, tv_usec: 0)
    let size = socklen_t(MemoryLayout<timeval>.size)
    setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &limit, size)
    setsockopt(descriptor, SOL_SOCKET, SO_SNDTIMEO, &limit, size)
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = in_port_t(port).bigEndian
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    withUnsafePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        _ = Glibc.connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
      }
    }
    return descriptor
  }

  private static func send(_ bytes: [UInt8], _ descriptor: Int32) -> Bool {
    var sent = 0
    while sent < bytes.count {
      let count = bytes.withUnsafeBytes {
        Glibc.send(
          descriptor, $0.baseAddress?.advanced(by: sent), $0.count - sent, Int32(MSG_NOSIGNAL))
      }
      if count <= 0 { return false }
      sent += count
    }
    return true
  }

  private static func read(_ descriptor: Int32) -> Outcome {
    var bytes: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 65_536)
    while true {
      let count = recv(descriptor, &buffer, buffer.count, 0)
      // A reset also ends the connection; only a timeout does not.
      guard count > 0 else {
        return Outcome(bytes: bytes, isEnded: count == 0 || errno == ECONNRESET)
      }
      bytes += buffer[..<count]
    }
  }
}
