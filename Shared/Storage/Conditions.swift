/// The conditions of a list, with their parameters: only those that the question asks for stand in
/// the statement, so that the engine finds the index that fits.
package struct Conditions: Sendable {
  private var texts: [String] = []
  package private(set) var parameters: [Value]

  /// - Parameter parameters: those of the rest of the statement, which come first.
  package init(after parameters: [Value] = []) { self.parameters = parameters }

  /// What stands after `WHERE`.
  package var sql: String { texts.isEmpty ? "1 = 1" : texts.joined(separator: " AND ") }

  /// Adds a condition in which each `?` stands for the next of the values.
  package mutating func add(_ text: String, _ values: Value...) {
    add(text, values: values)
  }

  package mutating func add(_ text: String, values: [Value]) {
    var parts = text.split(separator: "?", omittingEmptySubsequences: false)[...]
    var numbered = String(parts.removeFirst())
    for (value, part) in zip(values, parts) {
      parameters.append(value)
      numbered += "$\(parameters.count)\(part)"
    }
    texts.append(numbered)
  }
}
