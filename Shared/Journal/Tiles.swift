import Storage

/// The stored part of the tree: complete tiles of 256 hashes, each with the root over them. Tile
/// `index` of level 0 covers 256 leaves; level n covers 256 tiles of level n - 1.
package enum Tiles {
  private static let width: Int64 = 256

  /// Stores every tile that `size` entries complete and that is not stored yet.
  static func store(upTo size: Int64, on connection: Connection) throws {
    var level: Int64 = 0
    var count = size
    while count >= width {
      let last = try connection.first(
        "SELECT MAX(tile) AS tile FROM journal_tile WHERE level = $1", [.int(level)]
      )?.optionalInt("tile")
      let done = last.map { $0 + 1 } ?? 0
      for index in done..<max(done, count / width) {
        try store(level: level, index: index, on: connection)
      }
      count /= width
      level += 1
    }
  }

  private static func store(level: Int64, index: Int64, on connection: Connection) throws {
    let hashes = try hashes(
      level: level, from: index * width, to: (index + 1) * width, on: connection)
    guard hashes.count == width else {
      throw StorageFailure.misuse("tile \(level)/\(index) is not complete")
    }
    var frontier = Frontier()
    for hash in hashes { frontier.append(hash) }
    try connection.execute(
      "INSERT INTO journal_tile (level, tile, root, hashes) VALUES ($1, $2, $3, $4)",
      [.int(level), .int(index), .blob(frontier.root), .blob(hashes.flatMap { $0 })])
  }

  /// The hashes of a level: leaves, or the roots of the tiles below.
  private static func hashes(
    level: Int64, from: Int64, to: Int64, on connection: Connection
  ) throws -> [Merkle.Hash] {
    if level == 0 {
      return try connection.query(
        "SELECT leaf FROM journal WHERE position >= $1 AND position < $2 ORDER BY position",
        [.int(from), .int(to)]
      ).map { try $0.blob("leaf") }
    }
    return try connection.query(
      "SELECT root FROM journal_tile WHERE level = $1 AND tile >= $2 AND tile < $3 ORDER BY tile",
      [.int(level - 1), .int(from), .int(to)]
    ).map { try $0.blob("root") }
  }

  /// The frontier of the first `size` entries, out of the tiles and at most 255 hashes a level.
  /// Every tile that `size` completes must be stored.
  package static func frontier(at size: Int64, on connection: Connection) throws -> Frontier {
    var peaks: [Merkle.Hash] = []
    var level: Int64 = 0
    var count = size
    while count > 0 {
      var part = Frontier()
      for hash in try hashes(
        level: level, from: count - count % width, to: count, on: connection)
      { part.append(hash) }
      guard part.size == count % width else {
        throw StorageFailure.misuse("the tree of \(size) entries cannot be derived from its tiles")
      }
      peaks = part.peaks + peaks
      count /= width
      level += 1
    }
    guard let frontier = Frontier(size: size, peaks: peaks) else {
      throw StorageFailure.misuse("the tree of \(size) entries cannot be derived from its tiles")
    }
    return frontier
  }
}
