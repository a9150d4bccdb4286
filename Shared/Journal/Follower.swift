import Foundation
import Logging
import Metrics
import Models
import ServiceKit
import ServiceLifecycle
import Storage
import Synchronization

/// Follows another service's journal into this service's database.
///
/// Each page must extend the size and root that are here already; if it does not, the follower
/// stops and says so. The entries and the cursor are stored in one transaction, so a page is
/// applied once or not at all.
package final class Follower: Service {
  package enum State: String, CaseIterable, Sendable {
    case starting, following, unreachable, stopped
  }

  /// How far it is, for readers.
  package struct Progress: Sendable {
    package var state = State.starting
    package var detail: String?
    package var origin: String?
    package var size: Int64 = 0
    /// The source's signed size when it last answered.
    package var sourceSize: Int64 = 0
    package var recordedAt: Instant?
    package var heardAt: Instant?
  }

  package static let pageLimit = 1000
  /// How often one of several replicas looks whether it is its turn to follow.
  private static let lookOnInterval = Duration.milliseconds(250)

  package static let migrations = [
    Migration(
      1,
      """
      CREATE TABLE follower (
        source TEXT PRIMARY KEY, origin TEXT NOT NULL, verifier TEXT NOT NULL,
        size BIGINT NOT NULL, frontier BYTEA NOT NULL, recorded_at BIGINT NOT NULL);
      """),
    Migration(
      2,
      """
      CREATE TABLE follower_turn (
        source TEXT PRIMARY KEY, holder TEXT NOT NULL, held_until BIGINT NOT NULL,
        state TEXT NOT NULL, detail TEXT, source_size BIGINT NOT NULL, heard_at BIGINT);
      """),
  ]

  package let source: String
  private let url: String
  private let client: HTTPClient
  private let authorize: @Sendable () async throws -> String
  private let refused: @Sendable () -> Void
  private let database: Database
  private let clock: Clock
  private let logger: Logger
  private let apply: @Sendable ([Followed], Connection) throws -> Void
  private let turn: FollowerTurn
  private let gauges: FollowerGauges
  private let state = Mutex(Progress())

  /// - Parameters:
  ///   - source: the service's name, such as `registry`.
  ///   - url: its feed's address.
  ///   - authorize: the value of the `Authorization` field.
  ///   - refused: told when that value was not accepted.
  ///   - apply: stores what the entries say, in the same transaction as the cursor.
  package init(
    source: String, url: String, client: HTTPClient,
    authorize: @escaping @Sendable () async throws -> String,
    refused: @escaping @Sendable () -> Void = {}, database: Database, clock: Clock, logger: Logger,
    apply: @escaping @Sendable ([Followed], Connection) throws -> Void
  ) {
    self.source = source
    self.url = url
    self.client = client
    self.authorize = authorize
    self.refused = refused
    self.database = database
    self.clock = clock
    self.logger = logger
    self.apply = apply
    turn = FollowerTurn(source: source, database: database, clock: clock)
    gauges = FollowerGauges(source: source)
  }

  /// By source, how much of its journal the facts in this database come from.
  package static func applied(on connection: Connection) throws -> [String: Applied] {
    try connection.query("SELECT source, size, recorded_at FROM follower").reduce(into: [:]) {
      $0[try $1.text("source")] = Applied(
        size: try $1.int("size"), recordedAt: Instant(milliseconds: try $1.int("recorded_at")))
    }
  }

  package struct Applied: Sendable {
    package let size: Int64
    /// When the last of these entries was recorded.
    package let recordedAt: Instant
  }

  package var progress: Progress { state.withLock { $0 } }
  package var appliedSize: Int64 { progress.size }

  package func run() async {
    await cancelWhenGracefulShutdown {
      var failures = 0
      while !Task.isCancelled {
        do {
          if try await self.turn.take(self.progress) {
            try await self.follow()
          } else {
            try await self.lookOn()
          }
          failures = 0
        } catch let broken as BrokenJournal {
          return await self.stop(because: broken)
        } catch is CancellationError {
          return
        } catch {
          failures += 1
          self.note(unreachable: error)
          // Another replica may reach what this one does not.
          await self.turn.release()
          // Waits between tries, longer each time, so that a source that is down is left alone.
          try? await Task.sleep(for: .milliseconds(min(5000, 100 << min(failures, 6))))
        }
      }
    }
    await turn.release()
  }

  /// Another replica follows: what it says of its progress is this one's too.
  private func lookOn() async throws {
    if let progress = try await turn.progress() { show(progress) }
    try await Task.sleep(for: Self.lookOnInterval)
  }

  private func show(_ progress: Progress) {
    state.withLock { $0 = progress }
    gauges.record(progress, at: clock.now())
  }

  private func note(unreachable error: any Error) {
    var progress = self.progress
    progress.state = .unreachable
    progress.detail = "\(error)"
    show(progress)
    logger.debug(
      "The journal cannot be read now.", metadata: ["source": "\(source)", "why": "\(error)"])
  }

  /// Stops for good: only a person can say which journal is right. Idles so that the service lives.
  private func stop(because broken: BrokenJournal) async {
    var progress = self.progress
    progress.state = .stopped
    progress.detail = broken.description
    show(progress)
    logger.critical("Following stopped: \(broken)", metadata: ["source": "\(source)"])
    try? await gracefulShutdown()
  }

  /// One page: fetch, verify, apply.
  package func follow() async throws {
    let source = self.source
    let cursor = try await database.read { try Cursor(source, on: $0) }
    state.withLock { $0.size = cursor?.frontier.size ?? 0 }
    let page = try await fetch(after: cursor?.frontier.size ?? 0)
    let next = try page.extending(cursor, source: source)
    if !page.entries.isEmpty {
      let isNext = try await database.write { connection in
        guard try Cursor(source, on: connection)?.frontier == cursor?.frontier else { return false }
        try self.apply(page.entries, connection)
        try next.store(source, on: connection)
        return true
      }
      // Another replica was faster: the next round begins where it is now.
      guard isNext else { return }
    }
    show(
      Progress(
        state: .following, detail: nil, origin: page.origin, size: next.frontier.size,
        sourceSize: page.size, recordedAt: next.frontier.size > 0 ? next.recordedAt : nil,
        heardAt: clock.now()))
  }

  private func fetch(after: Int64) async throws -> JournalPage {
    // Whether the source is there is to be known at once, and only then what is new.
    let wait = progress.state == .following ? turn.waitSeconds : 0
    let address = "\(url)?after=\(after)&limit=\(Self.pageLimit)&wait=\(wait)"
    let answer = try await client.send(
      HTTPCall(
        url: address, headers: [("Authorization", try await authorize())],
        timeoutSeconds: wait + 20, retries: 0))
    if answer.status == 401 { refused() }
    guard answer.status == 200 else {
      throw HTTPRefusal(status: answer.status, url: url)
    }
    return try JournalPage(answer.body)
  }
}

/// What a follower keeps of the tree it follows.
struct Cursor: Sendable {
  let origin: String
  let verifier: String
  let frontier: Frontier
  let recordedAt: Instant

  init(origin: String, verifier: String, frontier: Frontier, recordedAt: Instant) {
    self.origin = origin
    self.verifier = verifier
    self.frontier = frontier
    self.recordedAt = recordedAt
  }

  init?(_ source: String, on connection: Connection) throws {
    guard
      let row = try connection.first(
        "SELECT origin, verifier, size, frontier, recorded_at FROM follower WHERE source = $1",
        [.text(source)])
    else { return nil }
    guard let frontier = Frontier(size: try row.int("size"), bytes: try row.blob("frontier")) else {
      throw BrokenJournal(source, "left a cursor here that is damaged")
    }
    self.init(
      origin: try row.text("origin"), verifier: try row.text("verifier"), frontier: frontier,
      recordedAt: Instant(milliseconds: try row.int("recorded_at")))
  }

  func store(_ source: String, on connection: Connection) throws {
    try connection.execute(
      """
      INSERT INTO follower (source, origin, verifier, size, frontier, recorded_at)
      VALUES ($1, $2, $3, $4, $5, $6)
      ON CONFLICT (source) DO UPDATE SET size = $4, frontier = $5, recorded_at = $6
      """,
      [
        .text(source), .text(origin), .text(verifier), .int(frontier.size),
        .blob(frontier.bytes), .int(recordedAt.milliseconds),
      ])
  }
}

/// The journal that is followed is not the one that was followed so far.
package struct BrokenJournal: Error, CustomStringConvertible {
  package let description: String

  init(_ source: String, _ what: String) {
    description =
      "the journal of \(source) \(what). Nothing of it was applied. See RUNBOOK, FollowerStopped."
  }
}

/// The source answered, but not with a page.
struct HTTPRefusal: Error, CustomStringConvertible {
  let status: Int
  let url: String

  var description: String { "\(url) answered \(status)" }
}
