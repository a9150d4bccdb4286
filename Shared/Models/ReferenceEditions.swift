import Foundation

/// Editions of the reference data: what was known when. A row that changes is added anew with the
/// edition that it changed in, and the old one stays, so that a figure of the past can be had again
/// with the words, goals and factors of its time.
extension Reference {
  /// The ids of `editions.csv`, the oldest first.
  package static func editions(_ folder: URL) throws -> [String] {
    try rows(folder.appending(path: "editions.csv")).map { try $0.column("edition") }
  }

  /// Of the rows of one key, the last that is not newer than an edition.
  static func rows(
    _ all: [[String: String]], of edition: String, in editions: [String], key: [String]
  ) throws -> [[String: String]] {
    let until = editions.firstIndex(of: edition) ?? editions.count - 1
    var places: [[String]: (place: Int, edition: Int)] = [:]
    var kept: [[String: String]] = []
    for row in all {
      let name = try row.column("in_edition")
      guard let number = editions.firstIndex(of: name) else {
        throw Unreadable(description: "editions.csv lacks \(name)")
      }
      guard number <= until else { continue }
      let id = try key.map { try row.column($0) }
      if let old = places[id] {
        if old.edition < number {
          kept[old.place] = row
          places[id] = (old.place, number)
        }
      } else {
        places[id] = (kept.count, number)
        kept.append(row)
      }
    }
    return kept
  }

  /// The row of a definition; nil before the edition that it came with.
  package func row(_ definition: Definition) -> DefinitionRow? {
    definitions.first { $0.id == definition.rawValue }
  }

  /// What an avoided amount is multiplied by, `default` first.
  package func avoided(_ definition: Definition) -> [Avoided] {
    avoided.filter { $0.definition == definition.rawValue }
  }
}

extension Reference.DefinitionRow {
  init(_ row: [String: String]) throws {
    id = try row.column("definition_id")
    edition = try row.column("in_edition")
    validFrom = try row.day("valid_from")
    validTo = try row.optionalDay("valid_to")
    report = try row.column("report")
    metal = try row.column("metal")
    unit = try row.column("unit")
    name = try row.column("name_en")
    localName = try row.column("name_zh")
    numerator = try row.column("numerator")
    denominator = try row.column("denominator")
    originScope = try row.column("origin_scope")
    unknownOrigin = try row.column("unknown_origin")
    label = try row.column("label")
    note = try row.column("note")
  }

  /// Whether it is valid from the first to the last day of some months.
  package func covers(_ months: ClosedRange<Month>) -> Bool {
    validFrom <= months.lowerBound.firstDay
      && (validTo.map { months.upperBound.lastDay <= $0 } ?? true)
  }
}

extension Reference.Factor {
  init(_ row: [String: String]) throws {
    id = try row.column("factor_id")
    edition = try row.column("in_edition")
    value = try row.decimal("value")
    unit = try row.column("unit")
    geography = try row.column("geography")
    year = try row.column("year")
    source = try row.column("source")
  }
}

extension Reference.Avoided {
  init(_ row: [String: String], factors: [String: Reference.Factor]) throws {
    func factor(_ column: String) throws -> Reference.Factor? {
      let id = try row.column(column)
      guard !id.isEmpty else { return nil }
      guard let factor = factors[id] else {
        throw Reference.Unreadable(description: "factors.csv lacks \(id)")
      }
      return factor
    }
    definition = try row.column("definition_id")
    use = try row.column("use")
    guard let one = try factor("factor_id") else {
      throw Reference.Unreadable(description: "avoided.csv: \(definition) has no factor")
    }
    self.factor = one
    share = try factor("share_id")
  }

  /// The exact product that a tonne is multiplied by: factor × (1 − share).
  package var product: ExactDecimal {
    guard let share else { return factor.value }
    // 1 − share, with the share's decimals.
    let rest = Int64(ExactDecimal.powerOfTen(share.value.scale)) - share.value.digits
    return ExactDecimal(
      digits: factor.value.digits * rest, scale: factor.value.scale + share.value.scale)
  }
}
