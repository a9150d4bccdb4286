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
    let bytes = Array(text.utf8)
    guard bytes.count == 36 else { return nil }
    for (index, byte) in bytes.enumerated() {
      if [8, 13, 18, 23].contains(index) {
        guard byte == UInt8(ascii: "-") else { return nil }
      } else {
        guard Character(Unicode.Scalar(byte)).isHexDigit else { return nil }
      }
    }
    self.text = text.lowercased()
  }

  /// A UUID version 7 (RFC 9562 §5.7) from a moment and ten random bytes.
  package init(at moment: Instant, random: [UInt8]) {
    let time = UInt64(bitPattern: moment.milliseconds)
    var bytes = (0..<6).map { UInt8(truncatingIfNeeded: time >> (40 - 8 * UInt64($0))) }
    bytes += random.prefix(10)
    bytes[6] = bytes[6] & 0x0F | 0x70
    bytes[8] = bytes[8] & 0x3F | 0x80
    let hex = bytes.hex
    var text = ""
    for (index, character) in hex.enumerated() {
      if [8, 12, 16, 20].contains(index) { text.append("-") }
      text.append(character)
    }
    self.text = text
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
    var generator = SystemRandomNumberGenerator()
    return (0..<count).map { _ in UInt8.random(in: 0...255, using: &generator) }
  }

  package func id(at moment: Instant) -> ID { ID(at: moment, random: bytes(10)) }
}

extension Sequence where Element == UInt8 {
  /// Lower-case hexadecimal.
  package var hex: String {
    let digits = Array("0123456789abcdef".utf8)
    return String(
      decoding: flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
  }
}
