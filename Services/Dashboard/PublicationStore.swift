import Journal
import Models
import Storage

/// Publications, in the dashboard's own journal: what was published is kept as it was, byte for byte.
enum PublicationStore {
  static let migrations = [
    Migration(
      1,
      """
      CREATE TABLE publication (
        id TEXT PRIMARY KEY, position BIGINT NOT NULL, head TEXT NOT NULL, body TEXT NOT NULL);
      """)
  ]

  /// Tables of what is known, with how much of each journal they are of.
  struct Tables: Sendable {
    fileprivate let json: [JSON]
    fileprivate let positions: [Position]
  }

  /// Makes the tables of what is known now.
  /// - Parameter origins: of all sources, by name.
  /// - Throws: ``Problem`` where they have too many rows.
  static func tables(
    _ draft: PublicationDraft, _ questions: [FigureQuestion], sight: Sight,
    from origins: [String: String], wanted: Wanted, on connection: Connection
  ) throws -> Tables {
    var left = PublicationDraft.mostRows
    let json = try zip(draft.tables, questions).map { table, question in
      let reference = try Editions.reference(asOf: question.asOf, on: connection)
      let made = try FigureTable(
        question, sight: sight, reference: reference, limit: left, wanted: wanted, on: connection)
      guard !made.isCut else {
        throw Problem.field(
          "/tables", "a publication has at most \(PublicationDraft.mostRows) rows in all")
      }
      left -= made.rows.count
      return table.json(question, made.rows, reference)
    }
    return Tables(json: json, positions: try positions(origins, on: connection))
  }

  /// Keeps tables for ever.
  static func publish(
    _ draft: PublicationDraft, _ tables: Tables, by actor: String, _ journal: Journal,
    on connection: Connection
  ) throws -> (id: ID, body: JSON, place: Journal.Place) {
    if let replaced = draft.replaces, try publication(replaced.text, on: connection) == nil {
      throw Problem.field("/replaces", "there is no such publication")
    }
    let now = journal.clock.now()
    let id = journal.random.id(at: now)
    let head: [JSON.Member] =
      [
        .init("id", id.json), .init("name", .string(draft.name)),
        .init("stage", .string(draft.stage.rawValue)),
      ] + (draft.note.map { [.init("note", .string($0))] } ?? [])
      + (draft.replaces.map { [.init("replaces", $0.json)] } ?? []) + [
        .init("published_at", now.json),
        .init("as_of", (tables.positions.compactMap(\.recordedAt).max() ?? now).json),
        .init("edition", .string(Reference.shared.edition)),
        .init("positions", .array(tables.positions.map(\.json))), .init("actor", .string(actor)),
      ]
    let body = JSON.object(head + [.init("tables", .array(tables.json))])
    let place = try journal.append(
      Event(.publicationMade, subject: id.text, actor: actor, data: body), on: connection)
    try connection.execute(
      "INSERT INTO publication (id, position, head, body) VALUES ($1, $2, $3, $4)",
      [
        .text(id.text), .int(place.position), .text(text(.object(head))), .text(text(body)),
      ])
    return (id, body, place)
  }

  private static func text(_ json: JSON) -> String { String(decoding: json.bytes, as: UTF8.self) }

  struct Position: Sendable {
    let source: String
    let origin: String
    let size: Int64
    /// Nil before its first entry.
    let recordedAt: Instant?

    var json: JSON {
      .members(["source": .string(source), "origin": .string(origin), "size": .int(size)])
    }
  }

  private static func positions(_ origins: [String: String], on connection: Connection) throws
    -> [Position]
  {
    let applied = try Follower.applied(on: connection)
    return origins.sorted { $0.key < $1.key }.map { source, origin in
      Position(
        source: source, origin: origin, size: applied[source]?.size ?? 0,
        recordedAt: applied[source]?.recordedAt)
    }
  }

  /// A publication's bytes.
  static func publication(_ id: String, on connection: Connection) throws -> [UInt8]? {
    try connection.first("SELECT body FROM publication WHERE id = $1", [.text(id)])
      .map { Array(try $0.text("body").utf8) }
  }

  /// All but the tables, the newest first, from before one on.
  static func publications(before: String?, limit: Int, on connection: Connection) throws -> [(
    id: String, head: JSON
  )] {
    let rows =
      if let before {
        try connection.query(
          "SELECT id, head FROM publication WHERE id < $1 ORDER BY id DESC LIMIT $2",
          [.text(before), .int(limit)])
      } else {
        try connection.query(
          "SELECT id, head FROM publication ORDER BY id DESC LIMIT $1", [.int(limit)])
      }
    return try rows.map { (try $0.text("id"), .raw(Array(try $0.text("head").utf8))) }
  }
}

extension PublicationDraft.Table {
  fileprivate func json(_ asked: FigureQuestion, _ rows: [FigureRow], _ reference: Reference)
    -> JSON
  {
    .object([
      .init("title", .string(title)),
      .init(
        "question",
        .object(
          FigureQuestion.names.compactMap { name in
            question[name].map { JSON.Member(name, .string($0)) }
          })),
      .init("edition", .string(reference.edition)),
      .init("definitions", reference.json(asked.definitions)),
      .init("rows", .array(rows.map(\.json))),
    ])
  }
}
