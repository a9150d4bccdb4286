import Models

/// Random values of the wire.
extension Seeded {
  mutating func day(_ years: ClosedRange<Int>) -> JSON {
    Day(year: int(years), month: int(1...12), day: int(1...28)).json
  }

  /// Among few, so that reports meet.
  mutating func month() -> Month {
    Month(number: Month(year: 2025, month: 9).number + int(0...7))
  }

  /// A mass in a random unit.
  mutating func mass(_ grams: Int64) -> JSON {
    switch int(0...3) {
    case 0: .members(["value": .string(Self.decimal(grams, 3)), "unit": "kg"])
    case 1: .members(["value": .string(Self.decimal(grams, 9)), "unit": "kt"])
    case 2: .members(["value": .string(Self.decimal(grams, 10)), "unit": "万吨"])
    default: .members(["value": .string(Self.decimal(grams, 6)), "unit": "t"])
    }
  }

  private static func decimal(_ value: Int64, _ places: Int) -> String {
    let digits = String(value)
    let padded = String(repeating: "0", count: max(0, places + 1 - digits.count)) + digits
    return "\(padded.dropLast(places)).\(padded.suffix(places))"
  }
}
