import Dispatch
import Metrics
import Synchronization

/// A PostgreSQL database, which other replicas of the service may write to as well: one connection
/// that writes, and a bounded number that read.
final class PostgresEngine: Engine {
  private static let maximumWaiting = 1024

  private typealias Turn = CheckedContinuation<PostgresSession, any Error>

  private struct Readers {
    var idle: [PostgresSession]
    var waiting: [Turn] = []
    var isClosed = false
  }

  private let writer: PostgresSession?
  private let readers: Mutex<Readers>
  private let count: Int
  private let busy: Gauge
  private let queued: Gauge

  /// - Parameter writes: false for a standby, which is read only.
  init(_ server: PostgresServer, readers count: Int, writes: Bool) throws {
    self.count = count
    writer = writes ? PostgresSession(server: server) : nil
    readers = Mutex(Readers(idle: (0..<count).map { _ in PostgresSession(server: server) }))
    let role = writes ? "primary" : "standby"
    busy = Gauge(label: "remelt_pool_busy", dimensions: [("of", role)])
    queued = Gauge(label: "remelt_reads_waiting", dimensions: [("of", role)])
    if writes { try prepareTurns() }
  }

  var isShared: Bool { true }

  /// Makes the row that writers wait for. Replicas that start together may both try.
  private func prepareTurns() throws {
    guard let writer else { return }
    for attempt in 1...3 {
      do {
        return try writer.queue.sync { try writer.makeTurns() }
      } catch StorageFailure.constraint where attempt < 3 {
        continue
      }
    }
  }

  func onWriter(_ work: @escaping @Sendable (any Session) -> Void) {
    guard let writer else { return }
    writer.queue.async { work(writer) }
  }

  func read<Result: Sendable>(
    _ body: @escaping @Sendable (Connection) throws -> Result
  ) async throws -> Result {
    let session = try await withCheckedThrowingContinuation { take($0) }
    defer { give(back: session) }
    return try await withCheckedThrowingContinuation { continuation in
      session.queue.async {
        continuation.resume(with: Swift.Result { try session.read(body) })
      }
    }
  }

  private func take(_ turn: Turn) {
    let answer = readers.withLock { readers -> Swift.Result<PostgresSession, any Error>? in
      if readers.isClosed { return .failure(StorageFailure.away("the database was closed")) }
      if let session = readers.idle.popLast() { return .success(session) }
      guard readers.waiting.count < Self.maximumWaiting else {
        return .failure(StorageFailure.overloaded)
      }
      readers.waiting.append(turn)
      return nil
    }
    record()
    if let answer { turn.resume(with: answer) }
  }

  private func give(back session: PostgresSession) {
    let next = readers.withLock { readers -> Turn? in
      if readers.waiting.isEmpty {
        readers.idle.append(session)
        return nil
      }
      return readers.waiting.removeFirst()
    }
    record()
    next?.resume(returning: session)
  }

  private func record() {
    let (idle, waiting) = readers.withLock { ($0.idle.count, $0.waiting.count) }
    busy.record(count - idle)
    queued.record(waiting)
  }

  /// Nothing reads or writes any more; connections end.
  func close() {
    let (idle, waiting) = readers.withLock { readers in
      defer { (readers.idle, readers.waiting, readers.isClosed) = ([], [], true) }
      return (readers.idle, readers.waiting)
    }
    for turn in waiting { turn.resume(throwing: StorageFailure.away("the database was closed")) }
    for session in idle { session.queue.sync { session.disconnect() } }
    writer?.queue.sync { writer?.close() }
  }
}
