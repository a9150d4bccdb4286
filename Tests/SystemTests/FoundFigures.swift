import Models

/// The service's answers in the form of the second implementation.
enum FoundFigures {
  static func text(_ json: JSON?) -> String {
    switch json {
    case .some(.string(let text)): text
    case .some(.number(let digits)): digits
    default: "null"
    }
  }

  /// Tonnes in grams, and what is none as it stands.
  static func grams(_ text: String) -> String {
    SimpleNumber.grams(text).map { String($0) } ?? text
  }

  /// A mass in grams, a count as it stands.
  private static func amount(_ json: JSON?) -> String {
    let value = text(json?["value"])
    return json?["unit"]?.text == "t" ? grams(value) : value
  }

  private static func value(_ json: JSON?, unit: String) -> String {
    unit == "t" || unit == "t/y" ? grams(text(json)) : text(json)
  }

  struct Row {
    let definition: String
    let span: SimpleSpan
    let labels: [String]
    let values: [String: String]

    var key: String { SimpleFigures.key(definition, span, labels) }
    var isMissing: Bool { values["reason"] == "missing" }
    var isCut: Bool { values["reason"] == "january_february_combined" }

    /// What is not there adds nothing.
    func sum(_ name: String) -> Int128 { Int128(values[name] ?? "0") ?? 0 }

    init?(_ json: JSON, by: [String]) {
      guard let definition = json["definition_id"]?.text,
        let span = json["period"]?.text.flatMap({ SimpleSpan($0) })
      else { return nil }
      self.definition = definition
      self.span = span
      labels = by.map { json[$0]?.text ?? "" }
      let unit = FoundFigures.text(json["unit"])
      let value = FoundFigures.value(json["value"], unit: unit)
      var values = ["unit": unit, "value": value]
      values["reason"] = FoundFigures.text(json["reason"])
      values["state"] = FoundFigures.text(json["state"])
      values["numerator"] = json["numerator"].map { FoundFigures.amount($0) } ?? value
      values["denominator"] = FoundFigures.amount(json["denominator"])
      for name in [
        "owed", "received", "nil", "missing", "late", "on_time", "reports", "percent",
        "by_capacity",
      ] {
        values[name] = FoundFigures.text(json["coverage"]?[name])
      }
      let before = json["year_on_year"]
      values["year_on_year"] = FoundFigures.text(before?["value"])
      values["year_on_year_unit"] = FoundFigures.text(before?["unit"])
      values["year_on_year_before"] = FoundFigures.value(before?["before"], unit: unit)
      self.values = values
    }
  }

  /// The parts of a change, by name.
  static func change(_ json: JSON, _ definition: String) -> [String: String] {
    var found: [String: String] = [:]
    let unit = SimpleDefinitions.unit(definition)
    for name in ["before", "after", "change", "revisions", "newly_reporting", "same_panel"] {
      let part = json[name]
      found["\(name).value"] = value(part?["value"], unit: unit)
      for sum in ["numerator", "denominator"] {
        // What is not there adds nothing.
        found["\(name).\(sum)"] = part?[sum].map { amount($0) } ?? "0"
      }
    }
    return found
  }

  /// In words, where rows differ: all that the second implementation says must be said, and no row
  /// may stand there without it, but for those that say nothing.
  static func differences(
    _ found: [String: Row], _ expected: SimpleFigures.Rows, isByLabel: Bool
  ) -> [String] {
    var differences: [String] = []
    for (key, row) in expected.sorted(by: { $0.key < $1.key }) {
      guard let one = found[key] else {
        let saysNothing =
          row["reason"] == "january_february_combined" && row["owed"] == "0"
        if !saysNothing { differences.append("\(key) is not there, expected \(row)") }
        continue
      }
      for (name, text) in row.sorted(by: { $0.key < $1.key }) where one.values[name] != text {
        differences.append("\(key): \(name) \(one.values[name] ?? "none"), expected \(text)")
      }
    }
    for (key, row) in found.sorted(by: { $0.key < $1.key }) where expected[key] == nil {
      let isEmptyLabel = isByLabel && (row.isMissing || row.isCut || row.sum("numerator") == 0)
      let isEmptyCut = row.isCut && row.values["owed"] == "0"
      let isNothingQualified =
        row.definition.hasPrefix("QUALIFIED_")
        && ["0", "null"].contains(row.values["value"] ?? "null")
      if isEmptyLabel || isEmptyCut || isNothingQualified { continue }
      differences.append("\(key) should not be there: \(row.values)")
    }
    return differences
  }
}
