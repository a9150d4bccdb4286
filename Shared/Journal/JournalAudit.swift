import Foundation
import Storage

/// Derives a journal's tree anew from the events and salts of its entries, and holds it against the
/// checkpoint that was signed last.
package struct JournalAudit: Sendable {
  package let entries: Int64
  /// Over all entries.
  package let root: Merkle.Hash
  /// How many of them the last checkpoint covers; nil before the first.
  package let signed: Int64?

  /// What does not hold, and at which entry.
  package struct Fault: Error, CustomStringConvertible {
    package let description: String
  }

  private static let chunk = 1000

  /// - Parameter progress: told how many entries of how many have been read.
  /// - Throws: ``Fault``.
  package init(
    _ database: Database, progress: @Sendable (Int64, Int64) throws -> Void = { _, _ in }
  ) async throws {
    let (size, checkpoint) = try await database.read { connection in
      (
        try Journal.size(on: connection),
        try connection.first(
          "SELECT size, root FROM journal_checkpoint ORDER BY size DESC LIMIT 1"
        ).map { (size: try $0.int("size"), root: try $0.blob("root")) }
      )
    }
    if let checkpoint, checkpoint.size > size {
      throw Fault(
        description: "\(checkpoint.size) entries were signed, but there are \(size)")
    }
    var frontier = Frontier()
    while frontier.size < size {
      let start = frontier.size
      let entries = try await database.read {
        try Journal.entries(after: start, limit: Self.chunk, end: size, on: $0)
      }
      guard !entries.isEmpty else { throw Fault(description: "there is no entry \(start)") }
      for entry in entries {
        try Self.check(entry, at: frontier.size)
        frontier.append(entry.leaf)
        if let checkpoint, frontier.size == checkpoint.size, frontier.root != checkpoint.root {
          throw Fault(
            description: "the first \(frontier.size) entries are not those that were signed")
        }
      }
      try progress(frontier.size, size)
    }
    entries = size
    root = frontier.root
    signed = checkpoint?.size
  }

  private static func check(_ entry: Entry, at position: Int64) throws {
    guard entry.position == position else {
      throw Fault(description: "there is no entry \(position)")
    }
    guard entry.leaf == Merkle.leaf(Merkle.entry(entry.event, salt: entry.salt)) else {
      throw Fault(description: "entry \(position) is not what its hash commits to")
    }
  }
}
