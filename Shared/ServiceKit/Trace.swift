import Models

/// W3C Trace Context: the caller's `traceparent` is passed on, or a new one begun.
package struct Trace: Sendable {
  package let parent: String

  /// What all services log of one request: 32 hexadecimal digits.
  package var id: String { String(parent.dropFirst(3).prefix(32)) }

  @TaskLocal package static var current: Trace?

  /// Takes a valid header, and otherwise makes one.
  init(_ header: String?) {
    if let header, Trace.isValid(header) {
      parent = header
    } else {
      parent = "00-\(Trace.hex(16))-\(Trace.hex(8))-01"
    }
  }

  private static func isValid(_ header: String) -> Bool {
    let parts = header.split(separator: "-", omittingEmptySubsequences: false)
    return parts.map(\.count) == [2, 32, 16, 2]
      && parts.allSatisfy { $0.allSatisfy { $0.isHexDigit && !$0.isUppercase } }
  }

  private static func hex(_ bytes: Int) -> String {
    // Eight bytes a system call; the lowest bit keeps an id from being all zeros, which is invalid.
    stride(from: 0, to: bytes, by: 8).map { _ in
      withUnsafeBytes(of: UInt64.random(in: 0 ... .max) | 1) { $0.hex }
    }.joined()
  }
}
