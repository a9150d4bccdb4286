import Foundation

/// Who somebody is: a scheme and a value. USCC and LEI carry check digits, which are verified; the
/// value of any other scheme is kept as given and marked unchecked.
package struct Identifier: Sendable, Hashable {
  package let scheme: String
  package let value: String

  package static let uscc = "uscc"
  package static let lei = "lei"

  /// Why an identifier is refused; the raw values are those of the domain's vectors.
  package enum Refusal: String, Error {
    case length
    case illegalCharacter = "illegal_character"
    case checkDigit = "check_digit"

    package func detail(scheme: String) -> String {
      switch self {
      case .length:
        scheme == Identifier.uscc ? "a USCC has 18 characters" : "an LEI has 20 characters"
      case .illegalCharacter:
        scheme == Identifier.uscc
          ? "a USCC has only digits and capital letters without I, O, S, V and Z"
          : "an LEI has only digits and capital letters, and ends in two digits"
      case .checkDigit: "the check digit is wrong: look for a mistyped or transposed character"
      }
    }
  }

  /// Normalises (trim, NFKC, upper case) and verifies where the scheme has check digits.
  package init(scheme: String, value: String) throws(Refusal) {
    self.scheme = scheme
    guard [Identifier.uscc, Identifier.lei].contains(scheme) else {
      self.value = value.trimmingSpace
      return
    }
    let normal = value.precomposedStringWithCompatibilityMapping.trimmingSpace.uppercased()
    self.value = normal
    if scheme == Identifier.uscc { try Identifier.verifyUSCC(normal) }
    if scheme == Identifier.lei { try Identifier.verifyLEI(normal) }
  }

  package var isChecked: Bool { [Identifier.uscc, Identifier.lei].contains(scheme) }

  private static let usccAlphabet = Array("0123456789ABCDEFGHJKLMNPQRTUWXY")

  /// GB 32100-2015: weights 3^(i-1) mod 31, check = (31 - Σ mod 31) mod 31.
  private static func verifyUSCC(_ text: String) throws(Refusal) {
    guard text.count == 18 else { throw .length }
    var sum = 0
    var weight = 1
    var last = 0
    for (index, character) in text.enumerated() {
      guard let value = usccAlphabet.firstIndex(of: character) else { throw .illegalCharacter }
      if index < 17 { sum += value * weight }
      weight = weight * 3 % 31
      last = value
    }
    guard last == (31 - sum % 31) % 31 else { throw .checkDigit }
  }

  /// ISO 17442: the whole number, A=10 … Z=35, is 1 modulo 97, and the check digits are 02 to 98.
  private static func verifyLEI(_ text: String) throws(Refusal) {
    guard text.count == 20 else { throw .length }
    var rest = 0
    for character in text {
      guard character.isASCII, let value = character.wholeNumberValue ?? letter(character) else {
        throw .illegalCharacter
      }
      rest = (rest * (value > 9 ? 100 : 10) + value) % 97
    }
    guard let check = Int(text.suffix(2)) else { throw .illegalCharacter }
    guard rest == 1, (2...98).contains(check) else { throw .checkDigit }
  }

  private static func letter(_ character: Character) -> Int? {
    guard let ascii = character.asciiValue, (0x41...0x5A).contains(ascii) else { return nil }
    return Int(ascii) - 55
  }

  package var json: JSON {
    .members([
      "scheme": .string(scheme), "value": .string(value), "checked": .bool(isChecked),
    ])
  }

  /// Reads `{"scheme", "value"}`; `checked` may stand there, as in an answer, and is not believed.
  package init?(_ fields: Fields) {
    let scheme = fields.text("scheme", maximum: 40)
    let value = fields.text("value", maximum: 200)
    _ = fields.flag("checked")
    fields.end()
    guard let scheme, let value else { return nil }
    guard
      scheme.utf8.allSatisfy({
        (0x61...0x7A).contains($0) || (0x30...0x39).contains($0) || $0 == 0x5F
      })
    else {
      fields.wrong("scheme", "small letters, digits and _ only, such as uscc, lei or gem_plant")
      return nil
    }
    do throws(Refusal) {
      try self.init(scheme: scheme, value: value)
    } catch {
      fields.wrong("value", error.detail(scheme: scheme))
      return nil
    }
  }
}
