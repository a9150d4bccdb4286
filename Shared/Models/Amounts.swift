/// Named sums of grams, of which only those that are not zero are kept. Wide enough for the sums of
/// any number of reports.
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

  /// The sum of all whose name begins so.
  package func sum(prefix: String) -> Int128 {
    grams.reduce(0) { $1.key.hasPrefix(prefix) ? $0 + $1.value : $0 }
  }

  package static func + (one: Amounts, other: Amounts) -> Amounts {
    var sum = one
    for (name, value) in other.grams { sum[name] += value }
    return sum
  }

  package static prefix func - (amounts: Amounts) -> Amounts {
    var negative = amounts
    for (name, value) in amounts.grams { negative.grams[name] = -value }
    return negative
  }

  /// `name=grams` pairs in the order of their names, for a store.
  package var text: String { names.map { "\($0)=\(self[$0])" }.joined(separator: " ") }

  package init?(text: String) {
    for pair in text.split(separator: " ") {
      let parts = pair.split(separator: "=", omittingEmptySubsequences: false)
      guard parts.count == 2, !parts[0].isEmpty, let value = Int128(parts[1]) else {
        return nil
      }
      self[String(parts[0])] = value
    }
  }
}
