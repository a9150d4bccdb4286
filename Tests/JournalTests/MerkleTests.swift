import Crypto
import Models
import Storage
import TestSupport
import Testing

@testable import Journal

/// The tree, computed in three ways.
struct MerkleTests {
  /// RFC 6962 §2.1 as it is written: split at the largest power of two below the size.
  private static func root(_ leaves: ArraySlice<Merkle.Hash>) -> Merkle.Hash {
    guard leaves.count > 1 else { return leaves.first ?? Array(SHA256.hash(data: [UInt8]())) }
    var split = 1
    while split * 2 < leaves.count { split *= 2 }
    let middle = leaves.startIndex + split
    return Array(SHA256.hash(data: [0x01] + root(leaves[..<middle]) + root(leaves[middle...])))
  }

  private static func leaf(_ number: Int, _ salt: [UInt8]) -> Merkle.Hash {
    Array(SHA256.hash(data: salt + Array("\(number)".utf8)))
  }

  @Test("A frontier has the root of RFC 6962 at every size up to 600, and comes back from bytes")
  func frontier() throws {
    var random = Seeded()
    let salt = random.bytes(8)
    let leaves = (0..<600).map { Self.leaf($0, salt) }
    var frontier = Frontier()
    for size in 0...600 {
      #expect(frontier.size == Int64(size))
      #expect(frontier.root == Self.root(leaves[..<size]), "size \(size)")
      #expect(frontier.peaks.count == size.nonzeroBitCount)
      #expect(Frontier(size: frontier.size, bytes: frontier.bytes) == frontier)
      #expect(Frontier(size: frontier.size, peaks: frontier.peaks) == frontier)
      if size < 600 { frontier.append(leaves[size]) }
    }
  }

  @Test("A frontier is refused when its peaks do not fit its size")
  func misfit() {
    #expect(Frontier(size: 3, bytes: [UInt8](repeating: 1, count: 32)) == nil)
    #expect(Frontier(size: 1, bytes: [UInt8](repeating: 1, count: 33)) == nil)
    #expect(Frontier(size: 1, bytes: []) == nil)
    #expect(Frontier(size: 0, bytes: [UInt8](repeating: 1, count: 32)) == nil)
    #expect(Frontier(size: -1, bytes: []) == nil)
    #expect(Frontier(size: 0, bytes: []) == Frontier())
    #expect(Frontier().root == Merkle.emptyRoot)
  }

  /// Puts leaves straight into the journal's table.
  private func insert(_ leaves: [Merkle.Hash], into database: Database) async throws {
    try await database.migrate("journal", Journal.migrations)
    try await database.write { connection in
      for (position, leaf) in leaves.enumerated() {
        try connection.execute(
          """
          INSERT INTO journal (position, event, type, subject, recorded_at, salt, leaf)
          VALUES ($1, $2, '', '', 0, $2, $3)
          """, [.int(position), .blob([]), .blob(leaf)])
      }
    }
  }

  @Test("The tiles give the frontier at every size, near and far from a tile's end")
  func tiles() async throws {
    var random = Seeded()
    let folder = try TemporaryFolder()
    defer { withExtendedLifetime(folder) {} }
    let database = try folder.database()
    let salt = random.bytes(8)
    let leaves = (0..<66_100).map { Self.leaf($0, salt) }
    try await insert(leaves, into: database)

    let edges = [
      0, 1, 2, 255, 256, 257, 511, 512, 513, 65_279, 65_280, 65_535, 65_536, 65_537, 65_791, 65_792,
      66_100,
    ]
    let sizes = Set(edges + (0..<60).map { _ in random.int(0...66_100) }).sorted()
    var frontier = Frontier()
    for size in sizes {
      while frontier.size < size { frontier.append(leaves[Int(frontier.size)]) }
      let expected = frontier
      try await database.write { connection in
        // The tiles grow step by step, as the keeper stores them.
        try Tiles.store(upTo: Int64(size), on: connection)
        #expect(try Tiles.frontier(at: Int64(size), on: connection) == expected, "size \(size)")
        let counts = try connection.query(
          "SELECT level, COUNT(*) AS count FROM journal_tile GROUP BY level ORDER BY level"
        ).map { try $0.int("count") }
        #expect(counts == [Int64(size / 256), Int64(size / 65_536)].filter { $0 > 0 })
      }
    }
    // Older sizes are still there when later tiles are.
    let older = sizes.filter { _ in random.int(0...3) == 0 }
    let found = try await database.read { connection in
      try older.map { try Tiles.frontier(at: Int64($0), on: connection) }
    }
    var again = Frontier()
    for (size, found) in zip(older, found) {
      while again.size < size { again.append(leaves[Int(again.size)]) }
      #expect(found == again, "size \(size)")
    }
  }

  @Test("A size whose tiles are not stored is refused, not guessed")
  func noTiles() async throws {
    let folder = try TemporaryFolder()
    defer { withExtendedLifetime(folder) {} }
    let database = try folder.database()
    try await insert((0..<300).map { Self.leaf($0, []) }, into: database)
    for size: Int64 in [256, 300, 301] {
      await #expect(throws: StorageFailure.self) {
        try await database.read { try Tiles.frontier(at: size, on: $0) }
      }
    }
    await #expect(throws: StorageFailure.misuse("tile 0/1 is not complete")) {
      try await database.write { try Tiles.store(upTo: 512, on: $0) }
    }
    // Five leaves have as many peaks as six.
    try await database.write { try $0.script("DELETE FROM journal WHERE position = 5") }
    await #expect(throws: StorageFailure.self) {
      try await database.read { try Tiles.frontier(at: 6, on: $0) }
    }
  }
}
