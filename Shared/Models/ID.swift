#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// The id of anything the ledger holds: a UUID in lower case. New ones are version 7, so they sort
/// by the moment they were made.
package struct ID: Sendable, Hashable, CustomStringConvertible {
  package let text: String

  /// Reads a UUID in its usual form of 36 characters.
  package init?(_ text: String) {
    guard text.utf8.count == 36 else { return nil }
    var isLower = true
    for (index, byte) in text.utf8.enumerated() {
      switch (index, byte) {
      case (8, 0x2D), (13, 0x2D), (18, 0x2D), (23, 0x2D): continue
      case (8, _), (13, _), (18, _), (23, _): return nil
      case (_, 0x30...0x39), (_, 0x61...0x66): continue
      case (_, 0x41...0x46): isLower = false
      default: return nil
      }
    }
    self.text = isLower ? text : text.lowercased()
  }

  /// A UUID version 7 (RFC 9562 §5.7) from a moment and ten random bytes.
  package init(at moment: Instant, random: [UInt8]) {
    let time = UInt64(bitPattern: moment.milliseconds)
    var bytes = (0..<6).map { UInt8(truncatingIfNeeded: time >> (40 - 8 * UInt64($0))) }
    bytes += random.prefix(10)
    bytes[6] = bytes[6] & 0x0F | 0x70
    bytes[8] = bytes[8] & 0x3F | 0x80
    var hex = Array(bytes.hex.utf8)
    for place in [20, 16, 12, 8] { hex.insert(UInt8(ascii: "-"), at: place) }
    self.text = String(decoding: hex, as: UTF8.self)
  }

  package var description: String { text }
  package var json: JSON { .string(text) }
}

/// Where time comes from: an argument everywhere, so that tests say what time it is.
package struct Clock: Sendable {
  package let now: @Sendable () -> Instant

  package init(now: @escaping @Sendable () -> Instant) { self.now = now }

  package static let system = Clock {
    var time = timespec()
    clock_gettime(CLOCK_REALTIME, &time)
    return Instant(milliseconds: Int64(time.tv_sec) * 1000 + Int64(time.tv_nsec) / 1_000_000)
  }
}

/// Where ids, salts and secrets come from.
package struct Randomness: Sendable {
  package let bytes: @Sendable (Int) -> [UInt8]

  package init(bytes: @escaping @Sendable (Int) -> [UInt8]) { self.bytes = bytes }

  /// The operating system's generator.
  package static let system = Randomness { count in
    // Eight bytes a call of the generator, which asks the operating system each time.
    var generator = SystemRandomNumberGenerator()
    var bytes: [UInt8] = []
    bytes.reserveCapacity(count + 7)
    while bytes.count < count {
      withUnsafeBytes(of: generator.next()) { bytes.append(contentsOf: $0) }
    }
    return Array(bytes.prefix(count))
  }

  package func id(at moment: Instant) -> ID { ID(at: moment, random: bytes(10)) }
}

extension Sequence where Element == UInt8 {
  /// Lower-case hexadecimal.
  package var hex: String {
    var text: [UInt8] = []
    text.reserveCapacity(2 * underestimatedCount)
    for byte in self {
      for digit in [byte >> 4, byte & 15] { text.append(digit < 10 ? 0x30 + digit : 0x57 + digit) }
    }
    return String(decoding: text, as: UTF8.self)
  }
}
