import Models

/// Texts by name, as they stand in a query or in a publication's question.
struct Texts: Sendable {
  private let texts: [String: String]

  init(_ texts: [String: String]) { self.texts = texts }

  func value<Value>(_ name: String, _ expected: String, _ convert: (String) -> Value?)
    throws(Problem) -> Value?
  {
    guard let text = texts[name] else { return nil }
    guard !text.utf8.contains(0), let value = convert(text) else {
      throw Problem.field("?\(name)", "\(expected) is expected")
    }
    return value
  }

  func word<Word: RawRepresentable & CaseIterable>(_ name: String, as _: Word.Type = Word.self)
    throws(Problem) -> Word? where Word.RawValue == String
  {
    let words = Word.allCases.map(\.rawValue).joined(separator: ", ")
    return try value(name, "one of \(words)") { Word(rawValue: $0) }
  }

  /// The first element of a list that is not known.
  func unknown(_ name: String, where isUnknown: (String) -> Bool) -> String? {
    texts[name]?.split(separator: ",").map(String.init).first(where: isUnknown)
  }

  /// A comma separated list in which nothing stands twice.
  func list<Element: Hashable>(
    _ name: String, _ expected: String, most: Int, _ convert: (String) -> Element?
  ) throws(Problem) -> [Element]? {
    try value(name, "\(expected), separated by commas, each once, at most \(most),") { text in
      let parts = text.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
      let found = parts.compactMap(convert)
      guard found.count == parts.count, Set(found).count == found.count, found.count <= most
      else { return nil }
      return found
    }
  }
}

/// What questions of one figure have in common.
enum OneDefinition {
  static func read(_ texts: Texts) throws(Problem) -> Definition {
    let found = try texts.value("definition", "the id of one definition") {
      Definition(rawValue: $0)
    }
    guard let found else {
      throw Problem.field("?definition", "say whose figure is asked for: the id of one definition")
    }
    return found
  }

  static func span(_ texts: Texts, _ name: String) throws(Problem) -> Span {
    let found = try texts.value(
      name, "a period as answers give it, such as 2026-03, 2026Q1 or 2025-10..2026-09", Span.init)
    guard let found else { throw Problem.field("?\(name)", "say of which period, such as 2026Q1") }
    return found
  }
}
