import Foundation
import Models

/// A page of a journal's feed, as the follower reads it.
package struct JournalPage: Sendable {
  package let origin: String
  package let verifier: String
  package let after: Int64
  /// The source's root over its first `after` entries.
  package let rootAfter: Merkle.Hash
  package let entries: [Followed]
  /// The signed size.
  package let size: Int64
  package let note: String

  struct Unreadable: Error, CustomStringConvertible {
    let description = "the answer is no page of a journal"
  }

  /// The wire form.
  static func json(
    origin: String, verifier: CheckpointVerifier, after: Frontier, entries: [Entry], size: Int64,
    note: String
  ) -> JSON {
    .members([
      "origin": .string(origin), "verifier": .string(verifier.text), "after": .int(after.size),
      "root_after": .string(Data(after.root).base64EncodedString()),
      "entries": .array(
        entries.map {
          .members([
            "position": .int($0.position), "salt": .string(Data($0.salt).base64EncodedString()),
            "event": .string(String(decoding: $0.event, as: UTF8.self)),
          ])
        }), "size": .int(size), "checkpoint": .string(note),
    ])
  }

  package init(_ body: [UInt8]) throws {
    let json = try JSONParser.parse(body)
    guard let origin = json["origin"]?.text, let verifier = json["verifier"]?.text,
      let after = json["after"]?.int, let root = json["root_after"]?.text,
      let rootAfter = Data(base64Encoded: root), let size = json["size"]?.int,
      let note = json["checkpoint"]?.text
    else { throw Unreadable() }
    self.origin = origin
    self.verifier = verifier
    self.after = Int64(after)
    self.rootAfter = Array(rootAfter)
    self.size = Int64(size)
    self.note = note
    entries = try (json["entries"]?.elements ?? []).map(Followed.init)
  }

  /// The cursor after this page.
  /// - Throws: ``BrokenJournal`` where the page does not extend what is here already.
  func extending(_ cursor: Cursor?, source: String) throws -> Cursor {
    var frontier = cursor?.frontier ?? Frontier()
    if let cursor, cursor.origin != origin || cursor.verifier != verifier {
      throw BrokenJournal(source, "is another one now (\(origin) instead of \(cursor.origin))")
    }
    guard let key = CheckpointVerifier(verifier),
      let checkpoint = Checkpoint(note: note, verifier: key), key.name == origin,
      checkpoint.size == size
    else { throw BrokenJournal(source, "has a checkpoint whose signature does not hold") }
    guard size >= frontier.size else {
      throw BrokenJournal(source, "has shrunk to \(size) entries; \(frontier.size) are known here")
    }
    guard after == frontier.size, rootAfter == frontier.root else {
      throw BrokenJournal(source, "was rewritten before entry \(frontier.size)")
    }
    for entry in entries {
      guard entry.position == frontier.size else {
        throw BrokenJournal(source, "has a gap before entry \(entry.position)")
      }
      frontier.append(entry.leaf)
    }
    guard frontier.size <= size else {
      throw BrokenJournal(
        source, "has \(frontier.size) entries on its page, but its checkpoint says \(size)")
    }
    if frontier.size == size, frontier.root != checkpoint.root {
      throw BrokenJournal(source, "does not have the root that its checkpoint of \(size) says")
    }
    return Cursor(
      origin: origin, verifier: verifier, frontier: frontier,
      recordedAt: entries.last?.recordedAt ?? cursor?.recordedAt ?? Instant(milliseconds: 0))
  }
}

/// An entry out of a feed, with its event read.
package struct Followed: Sendable {
  package let position: Int64
  package let event: JSON
  package let type: EventType?
  package let subject: String
  package let actor: String
  package let recordedAt: Instant
  package let data: JSON
  /// Computed here and not believed.
  let leaf: Merkle.Hash

  init(_ json: JSON) throws {
    guard let position = json["position"]?.int, let salt64 = json["salt"]?.text,
      let salt = Data(base64Encoded: salt64), let text = json["event"]?.text
    else { throw JournalPage.Unreadable() }
    let bytes = Array(text.utf8)
    try self.init(position: Int64(position), event: bytes, salt: Array(salt))
  }

  /// - Throws: where the bytes are no event of a journal.
  package init(position: Int64, event bytes: [UInt8], salt: [UInt8]) throws {
    let event = try JSONParser.parse(bytes)
    guard let recordedAt = event["time"]?.text.flatMap(Instant.init),
      let subject = event["subject"]?.text, let actor = event["actor"]?.text,
      let data = event["data"], let type = event["type"]?.text
    else { throw JournalPage.Unreadable() }
    self.position = position
    self.event = event
    self.type = EventType(rawValue: type)
    self.subject = subject
    self.actor = actor
    self.recordedAt = recordedAt
    self.data = data
    leaf = Merkle.leaf(Merkle.entry(bytes, salt: salt))
  }
}
