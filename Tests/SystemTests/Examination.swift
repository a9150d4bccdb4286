import Foundation
import Models
import TestSupport
import Testing

@testable import Storage

/// A report that was sent, and the id that an answer of 2xx gave it.
struct Sent: Sendable {
  let key: String
  let body: JSON
  var id: String?
}

/// Holds what was answered against a stopped service's database: every answered report is in its
/// journal once, and no other; entries, leaves and signed roots are what they must be.
struct Examination {
  let kind: ReportKind
  let sent: [Sent]
  /// The checkpoint that was published last.
  let note: String

  /// Opens the stopped service's database, and reads it without the service's own code.
  func run(_ ledger: RunningLedger) async throws {
    let path = ledger.folder.appending(path: "\(kind.service).sqlite").path()
    let database = try Database(url: TestStorage.url(path))
    let (rows, signed, head) = try await database.read { connection in
      (
        try connection.query("SELECT * FROM journal ORDER BY position"),
        try connection.query("SELECT size, root, note FROM journal_checkpoint ORDER BY size"),
        try connection.first("SELECT size FROM journal_head")?.int("size")
      )
    }
    let states = try await database.read {
      try $0.query(
        """
        SELECT t.id, t.body, t.revision, r.position FROM report t
        JOIN report_entry r ON r.report_id = t.id AND r.version = 1
        """)
    }
    #expect(try rows.map { try $0.int("position") } == Array(0..<Int64(rows.count)))
    #expect(head == Int64(rows.count))
    let moments = try rows.map { try $0.int("recorded_at") }
    #expect(zip(moments, moments.dropFirst()).allSatisfy { $0 <= $1 })
    let leaves = try rows.map {
      SimpleTree.leaf(event: try $0.blob("event"), salt: try $0.blob("salt"))
    }
    let isSame = try rows.map { try $0.blob("leaf") } == leaves
    #expect(isSame, "a leaf is not that of its event and salt")
    try reports(rows, states)
    try roots(leaves, signed)
    try database.close()
  }

  private func reports(_ rows: [Row], _ states: [Row]) throws {
    var positions: [String: [Int64]] = [:]
    var bodies: [String: JSON] = [:]
    for row in rows where try row.text("type") == kind.event {
      let id = try row.text("subject")
      positions[id, default: []].append(try row.int("position"))
      bodies[id] = try JSONParser.parse(try row.blob("event"))["data"]
    }
    let doubled = positions.filter { $0.value.count != 1 }
    #expect(doubled.isEmpty, "\(doubled)")
    let answered = sent.compactMap(\.id)
    #expect(Set(answered).count == sent.count, "two answers name one report")
    // Everything that was sent was answered in the end, so neither has more than the other.
    #expect(Set(answered) == Set(positions.keys))
    #expect(states.count == positions.count)
    for row in states {
      let id = try row.text("id")
      #expect(positions[id] == [try row.int("position")])
      let state = try JSONParser.parse(Array(row.text("body").utf8))
      let entry = bodies[id]?.replacing("id", nil).replacing("revision", nil)
      #expect(state == entry, "the state of \(id) is not what its entry says")
    }
  }

  private func roots(_ leaves: [[UInt8]], _ signed: [Row]) throws {
    let last = try #require(signed.last)
    #expect(try last.text("note") == note)
    #expect(try last.int("size") == Int64(leaves.count))
    for row in signed.suffix(1) + signed.shuffled().prefix(20) {
      let size = Int(try row.int("size"))
      let root = SimpleTree.root(leaves.prefix(size))
      #expect(try row.blob("root") == root, "the checkpoint of \(size)")
      let lines = try row.text("note").split(separator: "\n", omittingEmptySubsequences: false)
      #expect(lines.prefix(2).map(String.init) == [kind.origin, "\(size)"])
      #expect(String(lines[2]) == Data(root).base64EncodedString())
    }
  }
}
