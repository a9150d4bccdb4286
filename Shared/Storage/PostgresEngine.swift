import Dispatch
import Metrics
import Synchronization

/// A PostgreSQL database, which other replicas of the service may write to as well: one connection
/// that writes, and a bounded number that read.
final class PostgresEngine: Engine {
  private static let maximumWaiting = 1024

  private typealias Turn = Waiter<PostgresSession>

  private struct Readers {
    var idle: [PostgresSession]
    var waiting: [Turn] = []
    var isClosed = false
  }

  private let writer: PostgresSession
  private let readers: Mutex<Readers>
  private let count: Int
  private let busy: Gauge
  private let queued: Gauge

  /// - Parameter writes: false for a standby, which is read only.
  init(_ server: PostgresServer, readers count: Int, writes: Bool) throws {
    self.count = count
    writer = PostgresSession(server: server)
    readers = Mutex(Readers(idle: (0..<count).map { _ in PostgresSession(server: server) }))
    let role = writes ? "primary" : "standby"
    busy = Gauge(label: "remelt_pool_busy", dimensions: [("of", role)])
    queued = Gauge(label: "remelt_reads_waiting", dimensions: [("of", role)])
    if writes { try prepareTurns() }
  }

  var isShared: Bool { true }

  /// Makes the row that writers wait for. Replicas that start together may both try.
  private func prepareTurns() throws {
    for attempt in 1...3 {
      do {
        return try writer.queue.sync { try writer.makeTurns() }
      } catch let failure as StorageFailure where attempt < 3 {
        guard case .unusable = failure else { continue }
        throw failure
      }
    }
  }

  func onWriter(_ work: @escaping @Sendable (any Session) -> Void) {
    writer.queue.async { [writer] in work(writer) }
  }

  func read<Result: Sendable>(
    _ body: @escaping @Sendable (Connection) throws -> Result
  ) async throws -> Result {
    let turn = Turn()
    let session = try await turn.wait { take(turn) }
    let waiter = Waiter<Result>()
    return try await waiter.wait {
      session.queue.async {
        let result = Swift.Result { try session.read(body) }
        self.give(back: session)
        waiter.answer(result)
      }
    }
  }

  private func take(_ turn: Turn) {
    let answer = readers.withLock { readers -> Swift.Result<PostgresSession, any Error>? in
      if readers.isClosed { return .failure(StorageFailure.away("the database was closed")) }
      if let session = readers.idle.popLast() { return .success(session) }
      readers.waiting.removeAll(where: \.isAnswered)
      guard readers.waiting.count < Self.maximumWaiting else {
        return .failure(StorageFailure.overloaded)
      }
      readers.waiting.append(turn)
      return nil
    }
    record()
    guard let answer else { return }
    if !turn.answer(answer), case .success(let session) = answer { give(back: session) }
  }

  /// To the first who still waits, else back to the idle ones.
  private func give(back session: PostgresSession) {
    var isGiven = false
    while !isGiven {
      let next = readers.withLock { readers -> Turn? in
        if readers.waiting.isEmpty {
          readers.idle.append(session)
          return nil
        }
        return readers.waiting.removeFirst()
      }
      isGiven = next?.answer(.success(session)) ?? true
    }
    record()
  }

  private func record() {
    let (idle, waiting) = readers.withLock { ($0.idle.count, $0.waiting.count) }
    busy.record(count - idle)
    queued.record(waiting)
  }

  /// How long a connection that waits for the server may keep this process from ending.
  private static let patience = DispatchTimeInterval.seconds(5)

  /// Nothing reads or writes any more; connections end.
  func close() {
    let (idle, waiting) = readers.withLock { readers in
      defer { (readers.idle, readers.waiting, readers.isClosed) = ([], [], true) }
      return (readers.idle, readers.waiting)
    }
    for turn in waiting {
      turn.answer(.failure(StorageFailure.away("the database was closed")))
    }
    let ended = DispatchGroup()
    for session in idle + [writer] {
      session.queue.async(group: ended) { session.close() }
    }
    _ = ended.wait(timeout: .now() + Self.patience)
  }
}
