import Foundation
import TestSupport

@testable import Models

/// Random JSON values, and what it means that two readers agree. Without U+FEFF, which Foundation
/// drops at the start of a string.
enum RandomJSON {
  static func value(_ random: inout Seeded, depth: Int) -> JSON {
    switch random.int(0...(depth < 4 ? 7 : 4)) {
    case 0: return .null
    case 1: return .bool(random.chance(50))
    case 2: return .int(random.int(-1_000_000_000_000...1_000_000_000_000))
    case 3: return .number(decimal(&random))
    case 4: return .string(random.text(without: ["\u{FEFF}"]))
    case 5:
      return .array((0..<random.int(0...4)).map { _ in value(&random, depth: depth + 1) })
    default:
      let names = Set(
        (0..<random.int(0...20)).map { _ in random.text(maximum: 6, without: ["\u{FEFF}"]) })
      return .object(names.sorted().map { .init($0, value(&random, depth: depth + 1)) })
    }
  }

  private static func decimal(_ random: inout Seeded) -> String {
    let sign = random.one(of: ["", "-"])
    let exponent = random.one(of: ["", "e3", "E-7", "e+12"])
    return "\(sign)\(random.int(0...999_999)).\(random.int(0...999_999))\(exponent)"
  }

  /// Equal scalar by scalar; Swift's `==` holds canonically equivalent texts for equal.
  static func identical(_ one: JSON, _ other: JSON) -> Bool {
    one.bytes == other.bytes && one == other
  }

  static func agrees(_ json: JSON, _ value: Any) -> Bool {
    switch json {
    case .null: return value is NSNull
    case .bool(let flag): return (value as? NSNumber)?.boolValue == flag
    case .number(let digits): return (value as? NSNumber)?.doubleValue == Double(digits)
    case .string(let text):
      return (value as? String).map { Array($0.utf8) == Array(text.utf8) } ?? false
    case .array(let elements):
      guard let values = value as? [Any], values.count == elements.count else { return false }
      return zip(elements, values).allSatisfy(agrees)
    case .object(let members):
      guard let values = value as? [String: Any], values.count == members.count else {
        return false
      }
      return members.allSatisfy { member in
        values[member.name].map { agrees(member.value, $0) } ?? false
      }
    case .raw: return false
    }
  }
}
