import Foundation
import Models
import Storage
import Synchronization

/// Whose turn it is to follow a source, where several replicas share a database: one follows, and
/// the others look on until it is silent for some seconds.
///
/// This spares work and keeps nothing right: a page is stored only on the cursor that it extends,
/// whoever fetched it. So a wrong clock costs time and no entry.
struct FollowerTurn: Sendable {
  /// How long the one who follows may be silent.
  private static let seconds: Int64 = 4

  let source: String
  let database: Database
  let clock: Clock
  private let holder = UUID().uuidString

  init(source: String, database: Database, clock: Clock) {
    self.source = source
    self.database = database
    self.clock = clock
  }

  /// How long a source is asked to wait for news: less than a turn lasts.
  var waitSeconds: Int { database.isShared ? 1 : 20 }

  /// Takes the turn or keeps it, and lets the others know how far this one is.
  func take(_ progress: Follower.Progress) async throws -> Bool {
    guard database.isShared else { return true }
    let now = clock.now()
    let parameters: [Value] = [
      .text(source), .text(holder), .int(now.adding(seconds: Self.seconds).milliseconds),
      .text(progress.state.rawValue), .optional(progress.detail), .int(progress.sourceSize),
      .optional(progress.heardAt?.milliseconds), .int(now.milliseconds),
    ]
    return try await database.write { connection in
      try connection.first(
        """
        INSERT INTO follower_turn
          (source, holder, held_until, state, detail, source_size, heard_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7)
        ON CONFLICT (source) DO UPDATE SET holder = $2, held_until = $3, state = $4, detail = $5,
          source_size = $6, heard_at = $7
        WHERE follower_turn.holder = $2 OR follower_turn.held_until < $8
        RETURNING source
        """, parameters) != nil
    }
  }

  /// Lets the next replica follow at once.
  func release() async {
    guard database.isShared else { return }
    let parameters: [Value] = [.text(source), .text(holder)]
    // If the database is away, the turn ends by itself.
    try? await database.write {
      try $0.execute(
        "UPDATE follower_turn SET held_until = 0 WHERE source = $1 AND holder = $2", parameters)
    }
  }

  /// How far the replica that follows is.
  func progress() async throws -> Follower.Progress? {
    try await database.read { try Follower.Progress(source, on: $0) }
  }
}

extension Follower.Progress {
  /// As it stands in the database.
  package init?(_ source: String, on connection: Connection) throws {
    let row = try connection.first(
      """
      SELECT t.state, t.detail, t.source_size, t.heard_at, f.origin, f.size, f.recorded_at
      FROM follower_turn t LEFT JOIN follower f ON f.source = t.source WHERE t.source = $1
      """, [.text(source)])
    guard let row else { return nil }
    self.init()
    state = Follower.State(rawValue: try row.text("state")) ?? .starting
    detail = try row.optionalText("detail")
    origin = try row.optionalText("origin")
    size = try row.optionalInt("size") ?? 0
    sourceSize = try row.int("source_size")
    recordedAt = try row.optionalInt("recorded_at").map(Instant.init(milliseconds:))
    heardAt = try row.optionalInt("heard_at").map(Instant.init(milliseconds:))
  }
}
