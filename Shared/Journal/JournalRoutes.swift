import Hummingbird
import HTTPTypes
import Models
import ServiceKit
import ServiceLifecycle
import Storage

/// A service's feed and its checkpoint.
package struct JournalRoutes: Sendable {
  private let database: Database
  private let keeper: JournalKeeper

  package init(database: Database, keeper: JournalKeeper) {
    self.database = database
    self.keeper = keeper
  }

  /// The checkpoint is public: it tells nothing but how much there is.
  package func addPublic(to group: RouterGroup<Context>) {
    group.get("journal/checkpoint") { _, _ in
      guard let published = keeper.published else {
        throw Problem(.notFound, "Nothing has been signed yet.")
      }
      return Response.text(published.note)
    }
  }

  package func add(to group: RouterGroup<Context>) {
    group.get("journal", use: page)
  }

  private func page(_ request: Request, _ context: Context) async throws -> Response {
    guard try context.actor.mayAll([.service, .operator]) else {
      throw Problem(.forbidden, "Reading the journal needs the role service or operator over all.")
    }
    let query = Query(request)
    try query.only("after", "limit", "wait")
    let after = Int64(try query.int("after", default: 0, in: 0...Int(Int64.max)))
    let limit = try query.int("limit", default: 1000, in: 1...1000)
    let wait = try query.int("wait", default: 0, in: 0...25)
    if let trouble = keeper.stoppedBecause {
      throw Problem(
        .unavailable, "This journal is not served: \(trouble)", headers: [("Retry-After", "60")])
    }
    guard let published = try await published(after: after, within: .seconds(wait)) else {
      throw Problem(.unavailable, "Nothing has been signed yet.", headers: [("Retry-After", "1")])
    }
    // A reader that knows more than there is gets what there is, and sees that it shrank.
    let start = min(after, published.checkpoint.size)
    let (frontier, entries) = try await database.read { connection in
      (
        try Tiles.frontier(at: start, on: connection),
        try Journal.entries(
          after: start, limit: limit, end: published.checkpoint.size, on: connection)
      )
    }
    return Response.json(
      JournalPage.json(
        origin: keeper.signer.origin, verifier: keeper.signer.verifier, after: frontier,
        entries: Self.fitting(entries), size: published.checkpoint.size, note: published.note))
  }

  /// How long a reader is kept that knows more than is signed here: another replica may have signed
  /// it just now. If not, the journal was set back, and the reader shall see that soon.
  private static let patience = Duration.seconds(1)

  /// A page's events, at most 8 MiB of them and at least one, so that a reader always gets on.
  private static func fitting(_ entries: [Entry]) -> [Entry] {
    var bytes = 0
    return Array(
      entries.prefix { entry in
        defer { bytes += entry.event.count }
        return bytes < 8 << 20
      })
  }

  /// Waits until more than `after` entries are signed, or the time is up.
  private func published(after: Int64, within wait: Duration) async throws
    -> JournalKeeper.Published?
  {
    let start = ContinuousClock.now
    while let published = keeper.published, published.checkpoint.size <= after,
      ContinuousClock.now - start
        < (published.checkpoint.size < after ? min(wait, Self.patience) : wait),
      !Task.isShuttingDownGracefully
    {
      // The long poll that the follower asked for.
      try await Task.sleep(for: .milliseconds(20))
    }
    // Before a reader is shown that the journal shrank, the database itself is asked.
    if let published = keeper.published, published.checkpoint.size < after {
      try await keeper.keep()
    }
    return keeper.published
  }
}
