/// Named sums (``Sum``, ``Term``), of which only those that are not zero are kept: grams, counts, and
/// kilogram-days of capacity. Wide enough for the sums of any number of reports.
package struct Amounts: Sendable, Equatable {
  private struct One: Sendable, Equatable {
    let name: String
    var value: Int128
  }

  /// In the order of their names: few enough that looking through them beats hashing.
  private var ones: [One] = []

  package static let zero = Amounts()

  package init() {}

  package subscript(name: String) -> Int128 {
    get {
      let place = place(of: name)
      return stands(name, at: place) ? ones[place].value : 0
    }
    set {
      let place = place(of: name)
      switch (stands(name, at: place), newValue == 0) {
      case (true, true): ones.remove(at: place)
      case (true, false): ones[place].value = newValue
      case (false, true): return
      case (false, false): ones.insert(One(name: name, value: newValue), at: place)
      }
    }
  }

  /// Where a name stands, or would.
  private func place(of name: String) -> Int {
    var (low, high) = (0, ones.count)
    while low < high {
      let middle = (low + high) / 2
      if ones[middle].name < name { low = middle + 1 } else { high = middle }
    }
    return low
  }

  private func stands(_ name: String, at place: Int) -> Bool {
    place < ones.count && ones[place].name == name
  }

  package var isEmpty: Bool { ones.isEmpty }
  package var names: [String] { ones.map(\.name) }

  package mutating func add(_ mass: Mass, to name: String) { self[name] += Int128(mass.grams) }

  package static func + (one: Amounts, other: Amounts) -> Amounts {
    var sum = one
    sum += other
    return sum
  }

  package static func += (one: inout Amounts, other: Amounts) {
    if one.ones.isEmpty {
      one = other
    } else if one.ones.elementsEqual(other.ones, by: { $0.name == $1.name }) {
      for place in one.ones.indices { one.ones[place].value += other.ones[place].value }
      if one.ones.contains(where: { $0.value == 0 }) { one.ones.removeAll { $0.value == 0 } }
    } else {
      for added in other.ones { one[added.name] += added.value }
    }
  }

  package static prefix func - (amounts: Amounts) -> Amounts {
    var negative = amounts
    for place in negative.ones.indices { negative.ones[place].value *= -1 }
    return negative
  }

  /// `name=grams` pairs in the order of their names, for a store.
  package var text: String {
    var text = ""
    for one in ones {
      if !text.isEmpty { text += " " }
      text += one.name
      text += "="
      text += String(one.value)
    }
    return text
  }

  package init?(text: String) {
    var text = text
    let isRead = text.withUTF8 { bytes in
      bytes.split(separator: UInt8(ascii: " ")).allSatisfy { pair in
        guard let middle = pair.firstIndex(of: UInt8(ascii: "=")), middle > pair.startIndex,
          let value = Self.number(pair[(middle + 1)...])
        else { return false }
        let name = String(decoding: pair[..<middle], as: UTF8.self)
        if value != 0, ones.last.map({ $0.name < name }) ?? true {
          ones.append(One(name: name, value: value))
        } else {
          self[name] = value
        }
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
