import Journal
import Models
import Storage

/// Which edition of the reference data was read by, and from when: in the dashboard's own journal, so
/// that a figure as of a moment has the words, goals and factors that were known then.
struct Editions: Sendable {
  static let migrations = [
    Migration(
      1,
      """
      CREATE TABLE edition_adopted (
        position BIGINT PRIMARY KEY, edition TEXT NOT NULL, recorded_at BIGINT NOT NULL);
      """)
  ]

  let journal: Journal

  /// Notes that this release reads by its newest edition, where the last one that ran did not.
  func adopt(in database: Database) async throws {
    let edition = Reference.shared.edition
    try await database.write { connection in
      let last = try connection.first(
        "SELECT edition FROM edition_adopted ORDER BY position DESC LIMIT 1")
      guard try last?.text("edition") != edition else { return }
      let place = try journal.append(
        Event(
          .editionAdopted, subject: edition, actor: "service",
          data: .members(["edition": .string(edition)])), on: connection)
      try connection.execute(
        "INSERT INTO edition_adopted (position, edition, recorded_at) VALUES ($1, $2, $3)",
        [.int(place.position), .text(edition), .int(place.recordedAt.milliseconds)])
    }
  }

  /// What was read by at a moment; before the first was adopted, that one.
  /// - Parameter moment: nil stands for now.
  static func reference(asOf moment: Instant?, on connection: Connection) throws -> Reference {
    guard let moment else { return .shared }
    let then = try connection.first(
      """
      SELECT edition FROM edition_adopted WHERE recorded_at <= $1 ORDER BY position DESC LIMIT 1
      """, [.int(moment.milliseconds)])
    let row =
      try then
      ?? connection.first(
        "SELECT edition FROM edition_adopted ORDER BY position LIMIT 1")
    guard let edition = try row?.text("edition") else { return .shared }
    guard let reference = Reference.known[edition] else {
      throw Problem(
        .internalError, "The reference data of the edition \(edition) is not in this release.")
    }
    return reference
  }
}

extension Reference {
  /// Definitions as answers give them, those that there are in this edition.
  func json(_ definitions: [Definition]) -> JSON {
    .array(definitions.compactMap { one in row(one).map { json(one, $0) } })
  }

  /// With the factors that it is multiplied by.
  private func json(_ definition: Definition, _ row: DefinitionRow) -> JSON {
    let text = { (text: String) -> JSON? in text.isEmpty ? nil : .string(text) }
    let factors = avoided(definition).flatMap { one in
      [one.factor, one.share].compactMap(\.self).map { $0.json(use: one.use) }
    }
    return .members([
      "definition_id": .string(row.id), "edition": .string(row.edition),
      "valid_from": row.validFrom.json, "valid_to": row.validTo?.json,
      "report": .string(row.report), "metal": .string(row.metal), "unit": .string(row.unit),
      "name_en": .string(row.name), "name_zh": .string(row.localName),
      "numerator": .string(row.numerator), "denominator": text(row.denominator),
      "origin_scope": .string(row.originScope), "unknown_origin": .string(row.unknownOrigin),
      "note": text(row.note), "label": text(row.label),
      "factors": factors.isEmpty ? nil : .array(factors),
    ])
  }
}

extension Reference.Factor {
  fileprivate func json(use: String) -> JSON {
    .members([
      "factor_id": .string(id), "edition": .string(edition), "value": .string(value.description),
      "unit": .string(unit), "geography": .string(geography), "year": .string(year),
      "source": .string(source), "use": .string(use),
    ])
  }
}
