import Foundation
import Models

/// Finds facilities that are likely the same: like name, near by.
enum Likeness {
  /// Metres within which a like name makes a duplicate likely.
  static let distance = 2000.0
  /// The share of letter pairs that two names have in common (Sørensen–Dice) from which they are
  /// alike.
  static let share = 0.75

  /// Letters and digits only, compatibility forms and case folded.
  static func folded(_ name: String) -> String {
    String(
      name.precomposedStringWithCompatibilityMapping.lowercased().filter {
        $0.isLetter || $0.isNumber
      })
  }

  static func areAlike(_ one: String, _ other: String) -> Bool {
    let (a, b) = (pairs(one), pairs(other))
    let total = a.values.reduce(0, +) + b.values.reduce(0, +)
    guard total > 0 else { return one == other }
    let common = a.reduce(0) { $0 + min($1.value, b[$1.key] ?? 0) }
    return Double(2 * common) / Double(total) >= share
  }

  private static func pairs(_ text: String) -> [String: Int] {
    let characters = Array(text)
    guard characters.count > 1 else { return text.isEmpty ? [:] : [text: 1] }
    return zip(characters, characters.dropFirst()).reduce(into: [:]) {
      $0["\($1.0)\($1.1)", default: 0] += 1
    }
  }

  /// Great-circle distance in metres (haversine, mean radius 6,371,009 m).
  static func metres(_ one: (Double, Double), _ other: (Double, Double)) -> Double {
    let radians = { (degrees: Double) in degrees * .pi / 180 }
    let dLatitude = radians(other.0 - one.0)
    let dLongitude = radians(other.1 - one.1)
    let a =
      sin(dLatitude / 2) * sin(dLatitude / 2)
      + cos(radians(one.0)) * cos(radians(other.0)) * sin(dLongitude / 2) * sin(dLongitude / 2)
    return 2 * 6_371_009 * asin(min(1, a.squareRoot()))
  }
}
