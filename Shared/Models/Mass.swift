/// A mass in whole grams. On the wire a decimal text with a unit: `{"value": "12.345", "unit": "t"}`.
package struct Mass: Sendable, Hashable, Comparable {
  package let grams: Int64

  /// 100 Mt, more than any facility handles in a year. Ninety thousand such masses still sum
  /// within 64 bits; sums are checked all the same.
  package static let maximum = Mass(grams: 100_000_000_000_000)
  package static let zero = Mass(grams: 0)

  package init(grams: Int64) { self.grams = grams }

  package enum Unit: String, CaseIterable, Sendable {
    case kilogram = "kg"
    case tonne = "t"
    case kilotonne = "kt"
    /// 10,000 t.
    case wan = "万吨"

    /// The power of ten of a gram that one unit is.
    package var exponent: Int {
      switch self {
      case .kilogram: 3
      case .tonne: 6
      case .kilotonne: 9
      case .wan: 10
      }
    }

    package static let list = allCases.map(\.rawValue).joined(separator: ", ")
  }

  /// Why a mass was refused, and whether its value or its unit is at fault.
  package struct Refusal: Error, Equatable {
    package let field: String
    package let detail: String
  }

  /// Reads an exact value in a unit; nothing is rounded.
  package init(_ value: String, unit name: String) throws(Refusal) {
    guard let unit = Unit(rawValue: name) else {
      throw Refusal(
        field: "unit",
        detail: "\"\(name)\" is not a unit here: write one of \(Unit.list) (a tonne is t, 1,000 kg)"
      )
    }
    if value.hasPrefix("-") { throw Refusal(field: "value", detail: "must not be negative") }
    guard let decimal = ExactDecimal(value) else {
      throw Refusal(
        field: "value",
        detail: "a plain decimal of at most 18 digits is expected, such as \"12.345\"")
    }
    guard decimal.scale <= unit.exponent else {
      throw Refusal(
        field: "value",
        detail: "may have \(unit.exponent) decimals at most in \(name): a gram is the smallest unit"
      )
    }
    let grams = Int128(decimal.digits) * ExactDecimal.powerOfTen(unit.exponent - decimal.scale)
    guard grams <= Int128(Mass.maximum.grams) else {
      throw Refusal(field: "value", detail: "is more than 100 Mt, the most that is accepted")
    }
    self.init(grams: Int64(grams))
  }

  /// Tonnes, exact, as short as possible.
  package var tonnes: String { Mass.tonnes(Int128(grams)) }

  package static func tonnes(_ grams: Int128) -> String {
    if let grams = Int64(exactly: grams) { return tonnes(grams) }
    return shortened(grams) { ExactDecimal.text($0, scale: $1) }
  }

  private static func tonnes(_ grams: Int64) -> String {
    shortened(grams) { ExactDecimal.text(Int128($0), scale: $1) }
  }

  private static func shortened<Number: BinaryInteger>(
    _ grams: Number, _ text: (Number, Int) -> String
  ) -> String {
    var digits = grams
    var scale = 6
    while scale > 0, digits % 10 == 0 {
      digits /= 10
      scale -= 1
    }
    return text(digits, scale)
  }

  /// The wire form, always in tonnes.
  package var json: JSON { Mass.json(grams: Int128(grams)) }

  package static func json(grams: Int128) -> JSON {
    .members(["value": .string(tonnes(grams)), "unit": "t"])
  }

  package static func < (one: Mass, other: Mass) -> Bool { one.grams < other.grams }

  /// The sum of reported masses: at most 1,000 of at most ``maximum`` each, so it cannot overflow.
  package static func + (one: Mass, other: Mass) -> Mass { Mass(grams: one.grams + other.grams) }
}

extension Sequence where Element == Mass {
  package var sum: Mass { reduce(.zero, +) }
}
