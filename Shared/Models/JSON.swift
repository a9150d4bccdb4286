/// A JSON value as it stands in a text: numbers keep their digits, objects keep their order.
///
/// Event bytes are fixed for ever, so their form is written out by hand with this type and never
/// left to a synthesised coder (`ops/decisions/0002-wire-forms-by-hand.md`).
package enum JSON: Sendable, Equatable {
  case null
  case bool(Bool)
  /// The digits as written; ``JSON/int(_:)`` and ``JSON/coordinate(_:)`` make them.
  case number(String)
  case string(String)
  case array([JSON])
  case object([Member])
  /// Bytes that are JSON already, written verbatim.
  case raw([UInt8])

  package struct Member: Sendable, Equatable {
    package let name: String
    package let value: JSON

    package init(_ name: String, _ value: JSON) {
      self.name = name
      self.value = value
    }
  }

  package static func int(_ value: some BinaryInteger) -> JSON { .number(String(value)) }

  /// Degrees, the only use of `Double` on the wire.
  package static func coordinate(_ degrees: Double) -> JSON { .number("\(degrees)") }

  /// An object of the members that have a value: absent stands for unknown, never `null`.
  package static func members(_ members: KeyValuePairs<String, JSON?>) -> JSON {
    .object(members.compactMap { name, value in value.map { Member(name, $0) } })
  }

  package static func text(_ value: String?) -> JSON? { value.map { .string($0) } }

  package subscript(name: String) -> JSON? {
    guard case .object(let members) = self else { return nil }
    return members.first { $0.name == name }?.value
  }

  package var text: String? {
    guard case .string(let text) = self else { return nil }
    return text
  }

  package var int: Int? {
    guard case .number(let digits) = self else { return nil }
    return Int(digits)
  }

  package var elements: [JSON] {
    guard case .array(let elements) = self else { return [] }
    return elements
  }

  /// The compact UTF-8 form, members in the order they were given.
  package var bytes: [UInt8] {
    var output: [UInt8] = []
    output.reserveCapacity(512)
    write(to: &output)
    return output
  }

  private func write(to output: inout [UInt8]) {
    switch self {
    case .null: output.append(contentsOf: "null".utf8)
    case .bool(let value): output.append(contentsOf: (value ? "true" : "false").utf8)
    case .number(let digits): output.append(contentsOf: digits.utf8)
    case .string(let text): Self.write(text, to: &output)
    case .array(let elements):
      Self.write(elements, between: (0x5B, 0x5D), to: &output) { $0.write(to: &$1) }
    case .object(let members):
      Self.write(members, between: (0x7B, 0x7D), to: &output) { member, output in
        Self.write(member.name, to: &output)
        output.append(0x3A)
        member.value.write(to: &output)
      }
    case .raw(let bytes): output.append(contentsOf: bytes)
    }
  }

  private static func write<Element>(
    _ elements: [Element], between brackets: (UInt8, UInt8), to output: inout [UInt8],
    each: (Element, inout [UInt8]) -> Void
  ) {
    output.append(brackets.0)
    for (index, element) in elements.enumerated() {
      if index > 0 { output.append(0x2C) }
      each(element, &output)
    }
    output.append(brackets.1)
  }

  private static func write(_ text: String, to output: inout [UInt8]) {
    var text = text
    text.withUTF8 { write($0, to: &output) }
  }

  /// Copies what needs no escape in runs: an event within a page has an escape every few bytes.
  private static func write(_ text: UnsafeBufferPointer<UInt8>, to output: inout [UInt8]) {
    output.append(0x22)
    var start = 0
    for (index, byte) in text.enumerated() where byte < 0x20 || byte == 0x22 || byte == 0x5C {
      output.append(contentsOf: text[start..<index])
      start = index + 1
      output.append(0x5C)
      switch byte {
      case 0x22, 0x5C: output.append(byte)
      case 0x0A: output.append(0x6E)
      case 0x0D: output.append(0x72)
      case 0x09: output.append(0x74)
      default:
        output.append(contentsOf: "u00".utf8)
        output.append(0x30 + (byte >> 4))
        output.append(byte & 15 < 10 ? 0x30 + byte & 15 : 0x57 + byte & 15)
      }
    }
    output.append(contentsOf: text[start...])
    output.append(0x22)
  }
}

extension JSON: ExpressibleByStringLiteral, ExpressibleByBooleanLiteral, ExpressibleByArrayLiteral {
  package init(stringLiteral value: String) { self = .string(value) }
  package init(booleanLiteral value: Bool) { self = .bool(value) }
  package init(arrayLiteral elements: JSON...) { self = .array(elements) }
}
