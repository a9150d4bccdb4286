import Models

/// The columns of a CSV row on their way to a report's JSON form. Empty ones are absent; those that
/// nothing took are passed on, so that they are refused by name.
package struct RowColumns {
  private var columns: [String: String]

  package init(_ columns: [String: String]) {
    // In place, since nearly all columns stay as they are.
    self.columns = columns
    for (name, text) in columns {
      let trimmed = text.trimmingSpace
      if trimmed.isEmpty {
        self.columns[name] = nil
      } else if trimmed.utf8.count < text.utf8.count {
        self.columns[name] = trimmed
      }
    }
  }

  package mutating func take(_ name: String) -> String? { columns.removeValue(forKey: name) }

  package func has(prefix: String) -> Bool { columns.keys.contains { $0.hasPrefix(prefix) } }

  package mutating func texts(_ names: [String]) -> [JSON.Member] {
    names.compactMap { name in take(name).map { JSON.Member(name, .string($0)) } }
  }

  /// `true` and `false` as such; anything else as it stands, to be refused.
  package mutating func flag(_ name: String) -> [JSON.Member] {
    take(name).map { [JSON.Member(name, Self.flag($0))] } ?? []
  }

  package static func flag(_ text: String) -> JSON {
    ["true": .bool(true), "false": .bool(false)][text] ?? .string(text)
  }

  /// Columns such as `opening_t`, each a member without its unit.
  package mutating func masses(_ names: [String], unit: Mass.Unit = .tonne) -> [JSON.Member] {
    names.compactMap { name in
      take("\(name)_\(unit.rawValue)").map { JSON.Member(name, Self.mass($0, unit)) }
    }
  }

  package static func tonnes(_ text: String) -> JSON { mass(text, .tonne) }

  package static func mass(_ text: String, _ unit: Mass.Unit) -> JSON {
    .members(["value": .string(text), "unit": .string(unit.rawValue)])
  }

  /// What is left, in the order of the names.
  package var rest: [JSON.Member] {
    columns.sorted { $0.key < $1.key }.map { .init($0.key, .string($0.value)) }
  }
}
