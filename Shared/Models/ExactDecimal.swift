/// An exact decimal number that is not negative: digits and a scale, never a `Double`.
package struct ExactDecimal: Sendable, Hashable, Comparable, CustomStringConvertible {
  /// The number is `digits` / 10^`scale`.
  package let digits: Int64
  package let scale: Int

  /// Reads `12`, `0.5`, `12.345`: at most 18 digits, no sign, no exponent, no leading zero.
  package init?(_ text: String) {
    var digits: Int64 = 0
    var scale: Int?
    var count = 0
    for byte in text.utf8 {
      switch byte {
      case 0x30...0x39:
        if count == 1, digits == 0, scale == nil { return nil }
        count += 1
        // Eighteen digits always fit.
        guard count <= 18 else { return nil }
        digits = digits * 10 + Int64(byte - 0x30)
        if let places = scale { scale = places + 1 }
      case UInt8(ascii: ".") where scale == nil && count > 0: scale = 0
      default: return nil
      }
    }
    guard count > 0, scale != 0 else { return nil }
    self.init(digits: digits, scale: scale ?? 0)
  }

  package init(digits: Int64, scale: Int) {
    self.digits = digits
    self.scale = scale
  }

  /// The shortest text: no zero at the end of a fraction.
  package var description: String {
    var digits = self.digits
    var scale = self.scale
    while scale > 0, digits % 10 == 0 {
      digits /= 10
      scale -= 1
    }
    return ExactDecimal.text(Int128(digits), scale: scale)
  }

  package static func < (one: ExactDecimal, other: ExactDecimal) -> Bool {
    Int128(one.digits) * powerOfTen(other.scale) < Int128(other.digits) * powerOfTen(one.scale)
  }

  package static func == (one: ExactDecimal, other: ExactDecimal) -> Bool {
    !(one < other) && !(other < one)
  }

  package func hash(into hasher: inout Hasher) { hasher.combine(description) }

  package static func powerOfTen(_ exponent: Int) -> Int128 {
    var power: Int128 = 1
    for _ in 0..<exponent { power *= 10 }
    return power
  }

  /// `digits` / 10^`scale` with exactly `scale` decimals.
  package static func text(_ digits: Int128, scale: Int) -> String {
    let negative = digits < 0
    // Almost all fit into 64 bits, whose division is one instruction.
    var text = Int64(exactly: digits).map { String($0.magnitude) } ?? String(digits.magnitude)
    if scale > 0 {
      if text.count <= scale { text = String(repeating: "0", count: scale + 1 - text.count) + text }
      text.insert(".", at: text.index(text.endIndex, offsetBy: -scale))
    }
    return negative ? "-" + text : text
  }
}
