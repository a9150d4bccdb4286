/// Reads the members of a JSON object (or the columns of a row) into typed values, and gathers
/// every mistake instead of stopping at the first.
///
/// A model's `init?(_ fields: Fields)` reads each member, calls ``end()`` and returns nil when a
/// required value is missing; ``read(_:as:)`` turns what was gathered into one ``Problem``.
package final class Fields {
  /// The mistakes found so far, shared by an object and all that is nested in it.
  package final class Mistakes {
    package fileprivate(set) var found: [Problem.Field] = []
    /// More are not listed: nobody reads them.
    package static let limit = 50
  }

  package let pointer: String
  private let members: [JSON.Member]
  /// Which members were asked for.
  private var known: [Bool]
  private let mistakes: Mistakes

  private init(_ members: [JSON.Member], pointer: String, mistakes: Mistakes) {
    self.members = members
    known = Array(repeating: false, count: members.count)
    self.pointer = pointer
    self.mistakes = mistakes
  }

  /// Parses a JSON text and reads it as one model.
  /// - Throws: ``Problem`` `malformed` where it is no JSON, `invalid` with every wrong field.
  package static func read<Model>(_ text: [UInt8], as model: (Fields) -> Model?) throws -> Model {
    try read(try parse(text), as: model)
  }

  /// Parses a JSON text.
  /// - Throws: ``Problem`` `malformed`, naming the byte where it stops being JSON.
  package static func parse(_ text: [UInt8]) throws(Problem) -> JSON {
    do throws(JSONParser.Failure) {
      return try JSONParser.parse(text)
    } catch {
      throw Problem(.malformed, "The body is not JSON: at byte \(error.offset), \(error.reason).")
    }
  }

  /// Reads a JSON value as one model.
  /// - Parameter more: members that are there besides, which others read.
  package static func read<Model>(
    _ json: JSON, besides more: [String] = [], as model: (Fields) -> Model?
  ) throws -> Model {
    let mistakes = Mistakes()
    guard case .object(let members) = json else {
      throw Problem.field("", "an object is expected here")
    }
    let fields = Fields(members, pointer: "", mistakes: mistakes)
    for (index, member) in members.enumerated() where more.contains(member.name) {
      fields.known[index] = true
    }
    let value = model(fields)
    guard mistakes.found.isEmpty, let value else {
      throw Problem.fields(
        mistakes.found.isEmpty ? [.init("", "this cannot be read")] : mistakes.found)
    }
    return value
  }

  package func wrong(_ name: String, _ detail: String) {
    note(.init(name.isEmpty ? pointer : "\(pointer)/\(escaped(name))", detail))
  }

  /// A member's name within a JSON pointer (RFC 6901).
  private func escaped(_ name: String) -> String {
    name.replacing("~", with: "~0").replacing("/", with: "~1")
  }

  private func note(_ field: Problem.Field) {
    if mistakes.found.count < Mistakes.limit { mistakes.found.append(field) }
  }

  /// Names every member that nothing has asked for.
  package func end() {
    for (member, isKnown) in zip(members, known) where !isKnown {
      note(.init("\(pointer)/\(escaped(member.name))", "there is no such field here"))
    }
  }

  /// The member, or nil where it is absent or null.
  package func optional(_ name: String) -> JSON? {
    guard let index = members.firstIndex(where: { $0.name == name }) else { return nil }
    known[index] = true
    if case .null = members[index].value { return nil }
    return members[index].value
  }

  package func has(_ name: String) -> Bool { optional(name) != nil }

  private func value<Value>(
    _ name: String, required: Bool, _ kind: @autoclosure () -> String,
    _ convert: (JSON) -> Value?
  ) -> Value? {
    guard let json = optional(name) else {
      if required { wrong(name, "is required: \(kind())") }
      return nil
    }
    guard let value = convert(json) else {
      wrong(name, "\(kind()) is expected")
      return nil
    }
    return value
  }

  /// Text of 1 to `maximum` characters, without control characters.
  package func text(_ name: String, required: Bool = true, maximum: Int = 200) -> String? {
    guard let text = value(name, required: required, "a text", { $0.text }) else { return nil }
    let trimmed = text.trimmingSpace
    if trimmed.isEmpty {
      wrong(name, "must not be empty")
    } else if trimmed.utf8.count > maximum, trimmed.unicodeScalars.count > maximum {
      wrong(name, "may have \(maximum) characters at most")
    } else if trimmed.utf8.contains(where: { $0 < 0x20 || $0 == 0x7F }) {
      wrong(name, "must not hold control characters")
    } else {
      return trimmed
    }
    return nil
  }

  /// One of a closed list of words.
  package func word<Word: RawRepresentable & CaseIterable>(
    _ name: String, required: Bool = true, as _: Word.Type = Word.self
  ) -> Word? where Word.RawValue == String {
    value(
      name, required: required,
      "one of \(Word.allCases.map(\.rawValue).joined(separator: ", "))"
    ) { $0.text.flatMap(Word.init) }
  }

  package func flag(_ name: String, default absent: Bool = false) -> Bool? {
    guard let json = optional(name) else { return absent }
    guard case .bool(let value) = json else {
      wrong(name, "true or false is expected")
      return nil
    }
    return value
  }

  package func int(_ name: String, required: Bool = true, in range: ClosedRange<Int>) -> Int? {
    value(
      name, required: required, "a whole number from \(range.lowerBound) to \(range.upperBound)"
    ) {
      $0.int.flatMap { range.contains($0) ? $0 : nil }
    }
  }

  /// Degrees within ±`limit`.
  package func degrees(_ name: String, limit: Double) -> Double? {
    value(name, required: false, "a number of degrees from -\(limit) to \(limit)") { json in
      guard case .number(let digits) = json, let value = Double(digits),
        (-limit...limit).contains(value)
      else { return nil }
      return value
    }
  }

  package func month(_ name: String, required: Bool = true) -> Month? {
    value(name, required: required, "a month such as 2026-01, from \(Month.first) to \(Month.last)")
    { $0.text.flatMap(Month.init) }
  }

  /// A month, or January and February together.
  package func period(_ name: String, required: Bool = true) -> Period? {
    value(
      name, required: required,
      "a month such as 2026-03, or January and February together as 2026-01..02"
    ) { $0.text.flatMap(Period.init) }
  }

  package func day(_ name: String, required: Bool = true) -> Day? {
    value(name, required: required, "a day such as 2026-01-31") { $0.text.flatMap(Day.init) }
  }

  package func id(_ name: String, required: Bool = true) -> ID? {
    value(name, required: required, "an id (UUID)") { $0.text.flatMap(ID.init) }
  }

  /// A decimal text, exact, not negative.
  package func decimal(_ name: String, required: Bool = true) -> ExactDecimal? {
    value(name, required: required, "a decimal number as text, such as \"12.5\"") {
      $0.text.flatMap(ExactDecimal.init)
    }
  }

  /// A mass with its unit, from 0 to ``Mass/maximum``.
  package func mass(_ name: String, required: Bool = true) -> Mass? {
    object(name, required: required, #"a mass such as {"value": "12.345", "unit": "t"}"#) {
      let value = $0.value("value", required: true, "a decimal number as text", { $0.text })
      let unit = $0.value("unit", required: true, "one of \(Mass.Unit.list)", { $0.text })
      $0.end()
      guard let value, let unit else { return nil }
      do throws(Mass.Refusal) {
        return try Mass(value, unit: unit)
      } catch {
        $0.wrong(error.field, error.detail)
        return nil
      }
    }
  }

  /// A nested object.
  package func object<Model>(
    _ name: String, required: Bool = true, _ kind: @autoclosure () -> String = "an object",
    as model: (Fields) -> Model?
  ) -> Model? {
    guard
      let members = value(
        name, required: required, kind(),
        { json -> [JSON.Member]? in
          guard case .object(let members) = json else { return nil }
          return members
        })
    else { return nil }
    return model(Fields(members, pointer: "\(pointer)/\(name)", mistakes: mistakes))
  }

  /// A list of objects; an absent list is an empty one.
  package func list<Model>(_ name: String, maximum: Int = 200, as model: (Fields) -> Model?)
    -> [Model]
  {
    elements(name, maximum: maximum).enumerated().compactMap { index, element in
      let place = "\(pointer)/\(name)/\(index)"
      guard case .object(let members) = element else {
        note(.init(place, "an object is expected here"))
        return nil
      }
      return model(Fields(members, pointer: place, mistakes: mistakes))
    }
  }

  /// A list of words of a closed list; an absent list is an empty one.
  package func words<Word: RawRepresentable & CaseIterable>(_ name: String, as _: Word.Type)
    -> [Word] where Word.RawValue == String
  {
    elements(name, maximum: 50).enumerated().compactMap { index, element in
      if let word = element.text.flatMap(Word.init) { return word }
      let words = Word.allCases.map(\.rawValue).joined(separator: ", ")
      note(.init("\(pointer)/\(name)/\(index)", "one of \(words) is expected"))
      return nil
    }
  }

  /// A list of different texts of 1 to 100 visible ASCII characters; an absent list is an empty one.
  package func texts(_ name: String, maximum: Int) -> [String] {
    let texts = elements(name, maximum: maximum).enumerated().compactMap { index, element in
      let text = element.text.map(\.trimmingSpace) ?? ""
      if (1...100).contains(text.utf8.count), text.utf8.allSatisfy({ (0x21...0x7E).contains($0) }) {
        return text
      }
      note(
        .init(
          "\(pointer)/\(name)/\(index)", "a text of 1 to 100 visible ASCII characters is expected"))
      return nil as String?
    }
    if Set(texts).count < texts.count { wrong(name, "one stands twice") }
    return texts
  }

  private func elements(_ name: String, maximum: Int) -> [JSON] {
    guard let json = optional(name) else { return [] }
    guard case .array(let elements) = json else {
      wrong(name, "a list is expected")
      return []
    }
    if elements.count > maximum {
      wrong(name, "may have \(maximum) entries at most")
      return []
    }
    return elements
  }
}

extension String {
  /// The text without white space at its ends.
  package var trimmingSpace: String {
    // Nearly always there is none, which is seen without looking for grapheme clusters.
    if let first = utf8.first, let last = utf8.last, (0x21...0x7E).contains(first),
      (0x21...0x7E).contains(last)
    {
      return self
    }
    guard let first = firstIndex(where: { !$0.isWhitespace }),
      let last = lastIndex(where: { !$0.isWhitespace })
    else { return "" }
    return String(self[first...last])
  }
}
