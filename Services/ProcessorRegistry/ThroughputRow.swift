import Models

/// The columns of a throughput report in a CSV file, masses in tonnes, and their JSON form.
enum ThroughputRow {
  private static let texts = ["facility_id", "metal", "month", "opening_reason", "note", "reason"]
  private static let masses = ["opening", "input", "residue", "loss", "closing"]

  /// Empty columns are absent; unknown ones are passed on, so that they are refused by name.
  @Sendable static func json(_ columns: [String: String]) -> JSON {
    var rest = columns.mapValues(\.trimmingSpace)
    rest = rest.filter { !$0.value.isEmpty }
    var members: [JSON.Member] = []
    for name in texts {
      if let text = rest.removeValue(forKey: name) { members.append(.init(name, .string(text))) }
    }
    if let text = rest.removeValue(forKey: "nil") {
      members.append(
        .init("nil", ["true": .bool(true), "false": .bool(false)][text] ?? .string(text)))
    }
    for name in masses {
      if let text = rest.removeValue(forKey: name + "_t") {
        members.append(.init(name, mass(text)))
      }
    }
    members.append(
      .init("purchases", trades(&rest, "purchased", "source", PurchaseSource.allCases)))
    members.append(
      .init("shipments", trades(&rest, "shipped", "destination", ShipmentDestination.allCases)))
    members.append(.init("products", products(&rest)))
    return .object(
      members + rest.sorted { $0.key < $1.key }.map { .init($0.key, .string($0.value)) })
  }

  private static func mass(_ text: String) -> JSON {
    .members(["value": .string(text), "unit": "t"])
  }

  /// `purchased_obsolete_t`, `shipped_mill_t` …: a line for each that is not zero.
  private static func trades<Word: RawRepresentable>(
    _ rest: inout [String: String], _ prefix: String, _ member: String, _ words: [Word]
  ) -> JSON where Word.RawValue == String {
    .array(
      words.compactMap { word in
        guard let text = rest.removeValue(forKey: "\(prefix)_\(word.rawValue)_t"), text != "0"
        else {
          return nil
        }
        return .members([member: .string(word.rawValue), "mass": mass(text)])
      })
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
