import Journal
import Models
import Storage

/// Which of the definitions that a goal may mean an operator has chosen to judge it by.
struct Headline: Sendable {
  let target: String
  /// Nil where the choice was taken back.
  let definition: Definition?
  let reason: String
  let chosenAt: Instant
  let actor: String

  var json: JSON {
    .object([
      .init("target_id", .string(target)),
      .init("definition_id", .textOrNull(definition?.rawValue)),
      .init("reason", .string(reason)), .init("chosen_at", chosenAt.json),
      .init("actor", .string(actor)),
    ])
  }
}

/// What an operator asks for.
struct HeadlineChoice: Sendable {
  let definition: Definition?
  let reason: String

  init?(_ fields: Fields) {
    definition = fields.word("definition_id", required: false, as: Definition.self)
    let reason = fields.text("reason", maximum: 500)
    fields.end()
    guard let reason else { return nil }
    self.reason = reason
  }
}

/// The choices, in the dashboard's own journal.
enum HeadlineStore {
  static let migrations = [
    Migration(
      1,
      """
      CREATE TABLE headline (
        position BIGINT PRIMARY KEY, target_id TEXT NOT NULL, definition_id TEXT,
        reason TEXT NOT NULL, actor TEXT NOT NULL, recorded_at BIGINT NOT NULL);
      """)
  ]

  static func choose(
    _ choice: HeadlineChoice, for target: Reference.Target, by actor: String, _ journal: Journal,
    on connection: Connection
  ) throws -> (Headline, Journal.Place) {
    let place = try journal.append(
      Event(
        .headlineChosen, subject: target.id, actor: actor,
        data: .members([
          "target_id": .string(target.id), "definition_id": .text(choice.definition?.rawValue),
          "reason": .string(choice.reason),
        ])), on: connection)
    try connection.execute(
      """
      INSERT INTO headline (position, target_id, definition_id, reason, actor, recorded_at)
      VALUES ($1, $2, $3, $4, $5, $6)
      """,
      [
        .int(place.position), .text(target.id), .optional(choice.definition?.rawValue),
        .text(choice.reason), .text(actor), .int(place.recordedAt.milliseconds),
      ])
    let headline = Headline(
      target: target.id, definition: choice.definition, reason: choice.reason,
      chosenAt: place.recordedAt, actor: actor)
    return (headline, place)
  }

  /// By target, the last choice that was known at a moment; nil stands for now.
  static func headlines(asOf moment: Instant?, on connection: Connection) throws -> [String:
    Headline]
  {
    let rows = try connection.query(
      """
      SELECT target_id, definition_id, reason, actor, recorded_at FROM headline
      WHERE recorded_at <= $1 ORDER BY position
      """, [.int(moment?.milliseconds ?? ReadModelStore.never)])
    return try rows.reduce(into: [:]) { found, row in
      let target = try row.text("target_id")
      found[target] = Headline(
        target: target,
        definition: try row.optionalText("definition_id").flatMap(Definition.init),
        reason: try row.text("reason"),
        chosenAt: Instant(milliseconds: try row.int("recorded_at")),
        actor: try row.text("actor"))
    }
  }
}
