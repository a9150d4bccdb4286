import Models

/// One object as aligned lines of name and value.
struct Card {
  let lines: [String]

  init(_ json: JSON) {
    let pairs = Card.pairs(json, prefix: "")
    let width = pairs.map { TextWidth.of($0.0) }.max() ?? 0
    lines = pairs.map {
      TextWidth.padded($0.0, to: width) + "  " + TextWidth.harmless($0.1)
    }
  }

  var text: String { lines.joined(separator: "\n") }

  /// Nested objects become `outer.inner`; a list of objects one line each.
  private static func pairs(_ json: JSON, prefix: String) -> [(String, String)] {
    guard case .object(let members) = json else { return [(prefix, inline(json))] }
    if mass(json) != nil { return [(prefix, inline(json))] }
    return members.flatMap { member -> [(String, String)] in
      let name = prefix.isEmpty ? member.name : "\(prefix).\(member.name)"
      if case .object = member.value { return pairs(member.value, prefix: name) }
      guard case .array(let elements) = member.value else { return [(name, inline(member.value))] }
      if elements.allSatisfy({ $0.text != nil }) { return [(name, inline(member.value))] }
      return elements.enumerated().map { ("\(name)[\($0.offset)]", inline($0.element)) }
    }
  }

  /// A value on one line.
  static func inline(_ json: JSON?) -> String {
    switch json {
    case nil, .null: return ""
    case .bool(let value): return value ? "yes" : "no"
    case .number(let digits): return digits
    case .string(let text): return text
    case .array(let elements): return elements.map { inline($0) }.joined(separator: ", ")
    case .raw(let bytes): return String(decoding: bytes, as: UTF8.self)
    case .object(let members):
      if let json, let mass = mass(json) { return mass }
      return members.map { "\($0.name) \(inline($0.value))" }.joined(separator: ", ")
    }
  }

  /// `{"value", "unit"}` reads as `12.345 t`.
  private static func mass(_ json: JSON) -> String? {
    guard case .object(let members) = json, members.count == 2, let value = json["value"]?.text,
      let unit = json["unit"]?.text
    else { return nil }
    return "\(value) \(unit)"
  }
}
