import Models

/// The columns of a throughput report in a CSV file, masses in tonnes, and their JSON form.
enum ThroughputRow {
  private static let texts = ["facility_id", "metal", "month", "opening_reason", "note", "reason"]
  private static let masses = ["opening", "input", "residue", "loss", "closing"].map {
    (column: $0 + "_t", name: $0)
  }

  /// Empty columns are absent; unknown ones are passed on, so that they are refused by name.
  @Sendable static func json(_ columns: [String: String]) -> JSON {
    var rest = columns
    for (name, text) in columns {
      let trimmed = text.trimmingSpace
      if trimmed.isEmpty {
        rest[name] = nil
      } else if trimmed.utf8.count < text.utf8.count {
        rest[name] = trimmed
      }
    }
    var members: [JSON.Member] = []
    for name in texts {
      if let text = rest.removeValue(forKey: name) { members.append(.init(name, .string(text))) }
    }
    if let text = rest.removeValue(forKey: "nil") {
      members.append(
        .init("nil", ["true": .bool(true), "false": .bool(false)][text] ?? .string(text)))
    }
    for (column, name) in masses {
      if let text = rest.removeValue(forKey: column) {
        members.append(.init(name, mass(text)))
      }
    }
    members.append(
      .init("purchases", trades(&rest, "source", purchases)))
    members.append(
      .init("shipments", trades(&rest, "destination", shipments)))
    members.append(.init("products", products(&rest)))
    return .object(
      members + rest.sorted { $0.key < $1.key }.map { .init($0.key, .string($0.value)) })
  }

  private static func mass(_ text: String) -> JSON {
    .members(["value": .string(text), "unit": "t"])
  }

  /// `purchased_obsolete_t`, `shipped_mill_t` …: a line for each that is not zero.
  private static func trades(
    _ rest: inout [String: String], _ member: String, _ columns: [(name: String, word: String)]
  ) -> JSON {
    .array(
      columns.compactMap { name, word in
        guard let text = rest.removeValue(forKey: name), text != "0" else { return nil }
        return .members([member: .string(word), "mass": mass(text)])
      })
  }

  private static let purchases = PurchaseSource.allCases.map {
    (name: "purchased_\($0.rawValue)_t", word: $0.rawValue)
  }
  private static let shipments = ShipmentDestination.allCases.map {
    (name: "shipped_\($0.rawValue)_t", word: $0.rawValue)
  }

  private static func products(_ rest: inout [String: String]) -> JSON {
    guard let text = rest.removeValue(forKey: "product_t"), text != "0" else {
      rest.removeValue(forKey: "product_grade")
      return []
    }
    let grade = rest.removeValue(forKey: "product_grade")
    return [.members(["grade": .text(grade), "mass": mass(text)])]
  }
}
