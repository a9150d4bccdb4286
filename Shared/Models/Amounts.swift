/// Named sums (``Sum``, ``Term``), of which only those that are not zero are kept: grams, counts, and
/// kilogram-days of capacity. Wide enough for the sums of any number of reports.
package struct Amounts: Sendable, Equatable {
  private var grams: [String: Int128] = [:]

  package static let zero = Amounts()

  package init() {}

  package subscript(name: String) -> Int128 {
    get { grams[name] ?? 0 }
    set { grams[name] = newValue == 0 ? nil : newValue }
  }

  package var isEmpty: Bool { grams.isEmpty }
  package var names: [String] { grams.keys.sorted() }

  package mutating func add(_ mass: Mass, to name: String) { self[name] += Int128(mass.grams) }

  package static func + (one: Amounts, other: Amounts) -> Amounts {
    var sum = one
    sum += other
    return sum
  }

  package static func += (one: inout Amounts, other: Amounts) {
    if one.grams.isEmpty {
      one = other
    } else {
      for (name, value) in other.grams { one[name] += value }
    }
  }

  package static prefix func - (amounts: Amounts) -> Amounts {
    var negative = amounts
    for (name, value) in amounts.grams { negative.grams[name] = -value }
    return negative
  }

  /// `name=grams` pairs in the order of their names, for a store.
  package var text: String { names.map { "\($0)=\(self[$0])" }.joined(separator: " ") }

  package init?(text: String) {
    var text = text
    let isRead = text.withUTF8 { bytes in
      bytes.split(separator: UInt8(ascii: " ")).allSatisfy { pair in
        guard let middle = pair.firstIndex(of: UInt8(ascii: "=")), middle > pair.startIndex,
          let value = Self.number(pair[(middle + 1)...])
        else { return false }
        self[String(decoding: pair[..<middle], as: UTF8.self)] = value
        return true
      }
    }
    guard isRead else { return nil }
  }

  private static func number(_ digits: Slice<UnsafeBufferPointer<UInt8>>) -> Int128? {
    // Most are small enough for one machine word.
    if digits.count <= 18, digits.first != UInt8(ascii: "-"), !digits.isEmpty {
      var value: Int64 = 0
      for digit in digits {
        guard (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(digit) else { return nil }
        value = value * 10 + Int64(digit - UInt8(ascii: "0"))
      }
      return Int128(value)
    }
    return Int128(String(decoding: digits, as: UTF8.self))
  }
}
