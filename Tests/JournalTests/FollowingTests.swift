import Foundation
import Models
import Storage
import TestSupport
import Testing

@testable import Journal

/// What a follower takes, and what it stops at.
struct FollowingTests {
  let folder: TemporaryFolder
  let ledger: Ledger

  init() async throws {
    folder = try TemporaryFolder()
    ledger = try await Ledger(try folder.database())
    try await ledger.append(0..<5)
    try await ledger.keeper.keep()
  }

  private func cursor(after json: JSON, from cursor: Cursor? = nil) throws -> Cursor {
    try JournalPage(json.bytes).extending(cursor, source: "registry")
  }

  /// Expects that the page is refused, and for this reason.
  private func refuses(
    _ page: JSON, after cursor: Cursor?, because reason: String,
    at location: SourceLocation = #_sourceLocation
  ) {
    do {
      _ = try JournalPage(page.bytes).extending(cursor, source: "registry")
      Issue.record("it was taken", sourceLocation: location)
    } catch let broken as BrokenJournal {
      #expect(
        broken.description
          == "the journal of registry \(reason). Nothing of it was applied. See RUNBOOK, FollowerStopped.",
        sourceLocation: location)
    } catch {
      Issue.record(error, sourceLocation: location)
    }
  }

  @Test("A page says what the journal says, with its leaves computed and not believed")
  func page() async throws {
    let page = try JournalPage(try await ledger.page(after: 2, limit: 2).bytes)
    #expect(page.origin == Ledger.origin)
    #expect(page.after == 2 && page.size == 5)
    #expect(page.entries.map(\.position) == [2, 3])
    let leaves = try await ledger.leaves()
    #expect(page.rootAfter == Frontier(leaves.prefix(2)).root)
    #expect(page.entries.map(\.leaf) == Array(leaves[2..<4]))
    let entry = try #require(page.entries.first)
    #expect(entry.type == Ledger.event(2).type)
    #expect(entry.subject == "subject-2" && entry.actor == "credential:2")
    #expect(entry.data == Ledger.event(2).data)
    #expect(entry.recordedAt == ledger.time.clock.now())
  }

  @Test("An event of a type that is not known yet is followed")
  func unknownType() throws {
    let event = #"""
      {"type":"remelt.something.new.v9","subject":"s","actor":"a","time":"2026-03-01T00:00:00Z","data":1}
      """#
    let followed = try Followed(position: 0, event: Array(event.utf8), salt: [])
    #expect(followed.type == nil && followed.data == .number("1"))
  }

  @Test("Pages follow one another to the root that is signed")
  func extending() async throws {
    let first = try cursor(after: try await ledger.page(after: 0, limit: 3))
    #expect(first.frontier.size == 3)
    let second = try cursor(after: try await ledger.page(after: 3), from: first)
    #expect(second.frontier.size == 5)
    #expect(second.frontier.root == ledger.keeper.published?.checkpoint.root)
    let idle = try cursor(after: try await ledger.page(after: 5), from: second)
    #expect(idle.frontier == second.frontier && idle.recordedAt == second.recordedAt)
  }

  @Test("A page of another origin is refused")
  func otherOrigin() async throws {
    let known = try cursor(after: try await ledger.page(after: 0))
    let other = try await Ledger(try folder.database("other.sqlite"), origin: "other.example")
    try await other.append(0..<9)
    try await other.keeper.keep()
    refuses(
      try await other.page(after: 5), after: known,
      because: "is another one now (other.example instead of registry.example/registry)")
  }

  @Test("A page of the same origin with another key is refused")
  func otherVerifier() async throws {
    let known = try cursor(after: try await ledger.page(after: 0))
    let other = try await Ledger(try folder.database("other.sqlite"))
    try await other.append(0..<9)
    try await other.keeper.keep()
    refuses(
      try await other.page(after: 5), after: known,
      because: "is another one now (registry.example/registry instead of registry.example/registry)"
    )
  }

  @Test("A page whose checkpoint is not signed by its key is refused, even as the first one")
  func badSignature() async throws {
    let page = try await ledger.page(after: 0)
    let note = try #require(page["checkpoint"]?.text)
    let published = try #require(ledger.keeper.published)
    let stranger = try CheckpointSigner(origin: Ledger.origin, seed: Array(0..<32))
    let renamed = try CheckpointSigner(origin: "other.example", seed: Array(0..<32))
    let forged = page.replacing(
      "checkpoint", .string(try stranger.note(for: published.checkpoint)))
    for bad in [
      forged, page.replacing("checkpoint", ""), page.replacing("size", .int(4)),
      page.replacing("checkpoint", .string(note.replacingOccurrences(of: "\n5\n", with: "\n6\n"))),
      page.replacing("verifier", "nonsense"), page.replacing("origin", "other.example"),
      page.replacing("verifier", .string(renamed.verifier.text)),
    ] {
      refuses(bad, after: nil, because: "has a checkpoint whose signature does not hold")
    }
  }

  @Test("A journal that shrank is refused")
  func shrunk() async throws {
    let before = try await ledger.page(after: 0)
    try await ledger.append(5..<8)
    try await ledger.keeper.keep()
    let known = try cursor(after: try await ledger.page(after: 0))
    refuses(
      before.replacing("entries", []), after: known,
      because: "has shrunk to 5 entries; 8 are known here")
  }

  @Test("A journal with another past under the same key is refused")
  func rewritten() async throws {
    let known = try cursor(after: try await ledger.page(after: 0))
    // The same key, as a restored and rewritten database has it.
    let restored = try folder.database("restored.sqlite")
    let key = try await ledger.database.read {
      try $0.first("SELECT signing_key FROM journal_head")?.blob("signing_key")
    }
    let other = try await Ledger(
      restored, random: Randomness { [seed = try #require(key)] in Array(seed.prefix($0)) })
    #expect(other.keeper.signer.verifier == ledger.keeper.signer.verifier)
    try await other.append(0..<9)
    try await other.keeper.keep()
    refuses(
      try await other.page(after: 5), after: known, because: "was rewritten before entry 5")
    refuses(
      try await ledger.page(after: 0), after: known, because: "was rewritten before entry 5")
    refuses(
      try await ledger.page(after: 3), after: nil, because: "was rewritten before entry 0")
  }

  @Test("A page with a gap, a doubled or a misplaced entry is refused")
  func gap() async throws {
    let page = try await ledger.page(after: 0)
    let entries = try #require(page["entries"]).elements
    let with = { (places: [Int]) in page.replacing("entries", .array(places.map { entries[$0] })) }
    refuses(with([1, 2, 3, 4]), after: nil, because: "has a gap before entry 1")
    refuses(with([0, 1, 3, 4]), after: nil, because: "has a gap before entry 3")
    refuses(with([0, 1, 1, 2]), after: nil, because: "has a gap before entry 1")
    refuses(with([1, 0, 2, 3, 4]), after: nil, because: "has a gap before entry 1")
  }

  @Test("Entries that do not have the signed root are refused")
  func wrongRoot() async throws {
    let page = try await ledger.page(after: 0)
    let entries = try #require(page["entries"]).elements
    let event = try #require(entries[2]["event"]?.text)
    let changed = [
      entries[2].replacing(
        "event", .string(event.replacingOccurrences(of: "subject-2", with: "subject-3"))),
      entries[2].replacing("event", .string(event + " ")),
      entries[2].replacing("salt", entries[3]["salt"] ?? .null),
    ]
    for entry in changed {
      refuses(
        page.replacing("entries", .array(entries[..<2] + [entry] + entries[3...])), after: nil,
        because: "does not have the root that its checkpoint of 5 says")
    }
  }

  @Test("Entries beyond the checkpoint are refused: nobody signed them")
  func unsigned() async throws {
    let signed = try await ledger.page(after: 0)
    try await ledger.append(5..<7)
    try await ledger.keeper.keep()
    let entries = try #require(try await ledger.page(after: 0)["entries"])
    refuses(
      signed.replacing("entries", entries), after: nil,
      because: "has 7 entries on its page, but its checkpoint says 5")
  }

  @Test("An answer that is no page is not a broken journal: it is asked again")
  func unreadable() async throws {
    let page = try await ledger.page(after: 0)
    let entry = try #require(page["entries"]?.elements.first)
    for (name, value) in [
      ("origin", JSON.null), ("verifier", .int(1)), ("after", "0"), ("root_after", "no base64!"),
      ("size", "5"), ("checkpoint", .null), ("entries", .array([.null])),
      ("entries", .array([entry.replacing("salt", "!")])),
      ("entries", .array([entry.replacing("event", "{}")])),
      ("entries", .array([entry.replacing("event", "not JSON")])),
      ("entries", .array([entry.replacing("position", "0")])),
    ] {
      do {
        _ = try JournalPage(page.replacing(name, value).bytes)
        Issue.record("\(name) was taken as \(value)")
      } catch {
        #expect(!(error is BrokenJournal))
      }
    }
    #expect(throws: (any Error).self) { try JournalPage([]) }
    #expect(throws: (any Error).self) { try JournalPage(Array("<html>".utf8)) }
  }
}
