import Logging
import Metrics
import Models
import ServiceLifecycle
import Storage
import Synchronization

/// Keeps a service's journal signed: stores complete tiles, signs a checkpoint over what is new,
/// and publishes it once it is on the disk. Followers are served only what is signed.
package final class JournalKeeper: Service {
  /// How often it looks whether this process has written.
  private static let interval = Duration.milliseconds(50)

  /// The last checkpoint that is on the disk.
  package struct Published: Sendable {
    package let checkpoint: Checkpoint
    package let note: String
  }

  private let database: Database
  private let clock: Clock
  private let logger: Logger
  private let signedGauge = Gauge(label: "remelt_journal_signed_size")
  private let stoppedGauge = Gauge(label: "remelt_journal_stopped")
  private let latest = Mutex<Published?>(nil)
  private let trouble = Mutex<String?>(nil)
  private let failing = Mutex(false)
  package let signer: CheckpointSigner

  /// Prepares the journal where there is none: its origin and key are made once and kept.
  package init(
    origin: String, database: Database, clock: Clock, random: Randomness, logger: Logger
  ) async throws {
    try await database.migrate("journal", Journal.migrations)
    let seed = random.bytes(32)
    let head = try await database.write { connection in
      try connection.execute(
        """
        INSERT INTO journal_head (id, origin, size, recorded_at, signing_key)
        VALUES (1, $1, 0, 0, $2) ON CONFLICT (id) DO NOTHING
        """, [.text(origin), .blob(seed)])
      return try connection.first("SELECT origin, signing_key FROM journal_head")
    }
    guard let head else { throw StorageFailure.misuse("the journal has no head") }
    signer = try CheckpointSigner(origin: head.text("origin"), seed: head.blob("signing_key"))
    if signer.origin != origin {
      logger.warning(
        "This journal keeps the origin it began with.", metadata: ["origin": "\(signer.origin)"])
    }
    self.database = database
    self.clock = clock
    self.logger = logger
    stoppedGauge.record(0)
    try await publishSigned()
    do {
      try await keep()
    } catch {
      tryAgain(after: error)
    }
  }

  /// A disk that is full, or a server that is away for a while, must not end the service. Said once
  /// until it is over.
  private func tryAgain(after error: any Error) {
    let known = failing.withLock { failing in
      defer { failing = true }
      return failing
    }
    if !known {
      logger.error("Signing failed and is tried again.", metadata: ["why": "\(error)"])
    }
  }

  /// What was signed before stays published, whoever may sign next; if it is still here.
  private func publishSigned() async throws {
    let (signed, intact) = try await database.read { connection in
      guard let signed = try self.lastSigned(on: connection) else {
        return (Published?.none, true)
      }
      let size = try Journal.size(on: connection)
      return (
        signed,
        try size >= signed.checkpoint.size && self.holds(signed.checkpoint, on: connection)
      )
    }
    if intact {
      if let signed { publish(signed) }
    } else {
      stop(because: Inconsistency(size: signed?.checkpoint.size ?? 0))
    }
  }

  /// Two rounds may run at once: the later checkpoint stays.
  private func publish(_ signed: Published) {
    latest.withLock { latest in
      if signed.checkpoint.size >= latest?.checkpoint.size ?? 0 { latest = signed }
    }
    signedGauge.record(signedSize)
  }

  private func stop(because inconsistency: Inconsistency) {
    trouble.withLock { $0 = inconsistency.description }
    stoppedGauge.record(1)
    logger.critical("Nothing is signed any more: \(inconsistency)")
  }

  package var published: Published? { latest.withLock { $0 } }

  /// How many entries the last checkpoint covers.
  package var signedSize: Int64 { published?.checkpoint.size ?? 0 }

  /// Why nothing is signed any more, or nil.
  package var stoppedBecause: String? { trouble.withLock { $0 } }

  /// After how many quiet rounds it looks into the database all the same: soon where another replica
  /// may have written there, and now and then where only a person can have.
  private var quietRounds: Int { database.isShared ? 4 : 20 }

  package func run() async {
    await cancelWhenGracefulShutdown {
      var commits = -1
      var quiet = 0
      while !Task.isCancelled {
        quiet = self.database.commits == commits ? quiet + 1 : 0
        commits = self.database.commits
        do {
          if quiet % self.quietRounds == 0 {
            try await self.keep()
            self.failing.withLock { $0 = false }
          }
        } catch is CancellationError {
          return
        } catch {
          self.tryAgain(after: error)
          commits = -1
        }
        // The loop's own pace, not a wait for something else to be ready.
        try? await Task.sleep(for: Self.interval)
      }
    }
  }

  /// One round: signs what is new, or publishes what another replica has signed.
  package func keep() async throws {
    let known = published?.checkpoint
    let (size, signed) = try await database.read {
      (try Journal.size(on: $0), try self.lastSigned(on: $0)?.checkpoint)
    }
    guard stoppedBecause == nil else { return }
    if let known, size < known.size || (signed?.size == known.size && signed != known) {
      // What was published was read before, so the database has been set back since: restored, or
      // failed over to a standby that had not followed so far.
      return stop(because: Inconsistency(size: known.size))
    }
    guard size != known?.size else { return }
    if size == signed?.size { return try await publishSigned() }
    do {
      let published = try await database.write { try self.sign(on: $0) }
      publish(published)
    } catch StorageFailure.overloaded {
      // What waits will be signed a round later.
    } catch let inconsistency as Inconsistency {
      stop(because: inconsistency)
    }
  }

  /// The tree in the database is not the one that was signed.
  struct Inconsistency: Error, CustomStringConvertible {
    let size: Int64

    var description: String {
      "the first \(size) entries of the journal are not those that were signed; see RUNBOOK, JournalStopped"
    }
  }

  /// Writes take turns, those of other replicas too, so there is one signer at a time, and each
  /// extends what the last one signed.
  private func sign(on connection: Connection) throws -> Published {
    let size = try Journal.size(on: connection)
    if let signed = try lastSigned(on: connection) {
      guard size >= signed.checkpoint.size, try holds(signed.checkpoint, on: connection) else {
        throw Inconsistency(size: signed.checkpoint.size)
      }
      if signed.checkpoint.size == size { return signed }
    }
    try Tiles.store(upTo: size, on: connection)
    let root = try Tiles.frontier(at: size, on: connection).root
    let checkpoint = Checkpoint(origin: signer.origin, size: size, root: root)
    let note = try signer.note(for: checkpoint)
    try connection.execute(
      "INSERT INTO journal_checkpoint (size, root, note, signed_at) VALUES ($1, $2, $3, $4)",
      [.int(size), .blob(root), .text(note), .int(clock.now().milliseconds)])
    return Published(checkpoint: checkpoint, note: note)
  }

  /// Whether the tree that was signed is still here.
  private func holds(_ signed: Checkpoint, on connection: Connection) throws -> Bool {
    do {
      return try Tiles.frontier(at: signed.size, on: connection).root == signed.root
    } catch StorageFailure.misuse {
      // Entries are missing: there is no tree.
      return false
    }
  }

  private func lastSigned(on connection: Connection) throws -> Published? {
    try connection.first(
      "SELECT size, root, note FROM journal_checkpoint ORDER BY size DESC LIMIT 1"
    ).map {
      Published(
        checkpoint: Checkpoint(
          origin: signer.origin, size: try $0.int("size"), root: try $0.blob("root")),
        note: try $0.text("note"))
    }
  }
}
