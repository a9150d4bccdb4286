import Models
import Storage

/// Something that happened, before it has its place in the journal.
package struct Event: Sendable {
  package let type: EventType
  /// The id of what it happened to.
  package let subject: String
  /// The credential that did it, or `service` for what a service does by itself.
  package let actor: String
  /// The full report as accepted. No secret, and no hash of one.
  package let data: JSON

  package init(_ type: EventType, subject: String, actor: String, data: JSON) {
    self.type = type
    self.subject = subject
    self.actor = actor
    self.data = data
  }
}

/// An entry as stored: the exact bytes, and what commits to them.
package struct Entry: Sendable, Equatable {
  package let position: Int64
  /// CloudEvents 1.0 JSON, never encoded again.
  package let event: [UInt8]
  package let recordedAt: Instant
  /// 16 bytes.
  package let salt: [UInt8]
  package let leaf: Merkle.Hash
}

/// The append-only journal of a service, in the service's own database. A report is accepted when
/// its entry is committed together with the service's state.
package struct Journal: Sendable {
  /// Where an event went.
  package struct Place: Sendable {
    package let position: Int64
    package let recordedAt: Instant

    /// The journal's size with the event in it.
    package var size: Int64 { position + 1 }
  }

  package let clock: Clock
  package let random: Randomness

  package init(clock: Clock, random: Randomness) {
    self.clock = clock
    self.random = random
  }

  package static let migrations = [
    Migration(
      1,
      """
      CREATE TABLE journal (
        position BIGINT PRIMARY KEY, event BYTEA NOT NULL, type TEXT NOT NULL,
        subject TEXT NOT NULL, recorded_at BIGINT NOT NULL, salt BYTEA NOT NULL,
        leaf BYTEA NOT NULL);
      CREATE INDEX journal_subject ON journal (subject, position);
      CREATE TABLE journal_head (
        id BIGINT PRIMARY KEY CHECK (id = 1), origin TEXT NOT NULL, size BIGINT NOT NULL,
        recorded_at BIGINT NOT NULL, signing_key BYTEA NOT NULL, signer TEXT NOT NULL,
        signer_until BIGINT NOT NULL);
      CREATE TABLE journal_tile (
        level BIGINT NOT NULL, tile BIGINT NOT NULL, root BYTEA NOT NULL, hashes BYTEA NOT NULL,
        PRIMARY KEY (level, tile));
      CREATE TABLE journal_checkpoint (
        size BIGINT PRIMARY KEY, root BYTEA NOT NULL, note TEXT NOT NULL,
        signed_at BIGINT NOT NULL);
      """),
    // One signer at a time: since writes take turns, no lease is needed for that.
    Migration(
      2,
      """
      ALTER TABLE journal_head DROP COLUMN signer;
      ALTER TABLE journal_head DROP COLUMN signer_until;
      """),
  ]

  /// The head as a write of this transaction left it: asked for once, since writes take turns.
  private struct Head: Sendable {
    let origin: String
    var size: Int64
    var recordedAt: Int64

    init(on connection: Connection) throws {
      let row = try connection.first("SELECT origin, size, recorded_at FROM journal_head")
      guard let row else { throw StorageFailure.misuse("the journal was not prepared") }
      origin = try row.text("origin")
      size = try row.int("size")
      recordedAt = try row.int("recorded_at")
    }
  }

  private static let head = "journal head"

  /// Lets the head be read again, for whoever changes it in another way than by appending.
  static func forgetHead(on connection: Connection) { connection.forget(head) }

  /// Appends an event inside the transaction that changes the state it tells of. Writers take turns,
  /// so positions are dense and in order.
  @discardableResult
  package func append(_ event: Event, on connection: Connection) throws -> Place {
    var head =
      try connection.remembered(Self.head, as: Head.self) ?? Head(on: connection)
    let place = Place(
      position: head.size,
      recordedAt: Instant(milliseconds: max(head.recordedAt, clock.now().milliseconds)))
    head.size += 1
    head.recordedAt = place.recordedAt.milliseconds
    connection.remember(Self.head, head) { [head] in
      try $0.execute(
        "UPDATE journal_head SET size = $1, recorded_at = $2",
        [.int(head.size), .int(head.recordedAt)])
    }
    let bytes = event.bytes(
      id: random.id(at: place.recordedAt), source: head.origin, at: place.recordedAt)
    let salt = random.bytes(16)
    try connection.execute(
      """
      INSERT INTO journal (position, event, type, subject, recorded_at, salt, leaf)
      VALUES ($1, $2, $3, $4, $5, $6, $7)
      """,
      [
        .int(place.position), .blob(bytes), .text(event.type.rawValue), .text(event.subject),
        .int(place.recordedAt.milliseconds), .blob(salt),
        .blob(Merkle.leaf(Merkle.entry(bytes, salt: salt))),
      ])
    return place
  }

  /// Entries after the first `after`, at most `limit` and only of the first `end`.
  package static func entries(
    after: Int64, limit: Int, end: Int64, on connection: Connection
  ) throws -> [Entry] {
    try connection.query(
      """
      SELECT position, event, recorded_at, salt, leaf FROM journal
      WHERE position >= $1 AND position < $2 ORDER BY position LIMIT $3
      """, [.int(after), .int(end), .int(limit)]
    ).map(Entry.init)
  }

  package static func entry(at position: Int64, on connection: Connection) throws -> Entry? {
    try entries(after: position, limit: 1, end: position + 1, on: connection).first
  }

  package static func size(on connection: Connection) throws -> Int64 {
    try connection.first("SELECT size FROM journal_head")?.int("size") ?? 0
  }
}

extension Entry {
  init(_ row: Row) throws {
    position = try row.int("position")
    event = try row.blob("event")
    recordedAt = Instant(milliseconds: try row.int("recorded_at"))
    salt = try row.blob("salt")
    leaf = try row.blob("leaf")
  }
}

extension Event {
  /// The exact bytes of the entry. The order of members is part of the format.
  package func bytes(id: ID, source: String, at moment: Instant) -> [UInt8] {
    JSON.members([
      "specversion": "1.0", "id": id.json, "source": .string(source),
      "type": .string(type.rawValue), "subject": .string(subject), "time": moment.json,
      "datacontenttype": "application/json", "actor": .string(actor), "data": data,
    ]).bytes
  }
}
