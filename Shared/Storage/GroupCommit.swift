import Metrics
import Synchronization

/// Gathers concurrent writes and commits them together: one fsync serves many reports.
///
/// The first write to arrive asks for a turn on the engine's writer. While a group is being
/// committed others gather, and go together in the next group.
final class GroupCommit: Sendable {
  static let maximumGroup = 64
  static let maximumWaiting = 1024

  /// Told how the commit went, once it is known.
  private typealias Completion = @Sendable (Result<Void, any Error>) -> Void

  private struct Write: Sendable {
    let run: @Sendable (Connection) -> Completion
    /// For a write whose group failed before its turn.
    let fail: @Sendable (any Error) -> Void
  }

  private struct Queue {
    var writes: [Write] = []
    var isServed = false
  }

  private let engine: any Engine
  private let largestGroup: Int
  private let queue = Mutex(Queue())
  private let groupSize = Recorder(label: "remelt_commit_group_size")
  private let commits = Atomic(0)
  private let latency = Timer(label: "remelt_commit")
  private let depth = Gauge(label: "remelt_writes_waiting")

  init(engine: any Engine, largestGroup: Int = maximumGroup) {
    self.engine = engine
    self.largestGroup = largestGroup
  }

  /// Groups committed by this process.
  var committed: Int { commits.load(ordering: .acquiring) }

  var waiting: Int { queue.withLock { $0.writes.count } }

  func write<Value: Sendable>(
    _ body: @escaping @Sendable (Connection) throws -> Value
  ) async throws -> Value {
    let waiter = Waiter<Value>()
    let write = Write(
      run: { connection in
        // Whoever has given up is not written for.
        if waiter.isAnswered { return { _ in } }
        do {
          let value = try connection.savepoint { try body(connection) }
          return { commit in waiter.answer(commit.map { value }) }
        } catch {
          return { _ in waiter.answer(.failure(error)) }
        }
      },
      fail: { waiter.answer(.failure($0)) })
    return try await waiter.wait {
      if !enqueue(write) { write.fail(StorageFailure.overloaded) }
    }
  }

  private func enqueue(_ write: Write) -> Bool {
    let (accepted, first) = queue.withLock { queue -> (Bool, Bool) in
      guard queue.writes.count < Self.maximumWaiting else { return (false, false) }
      queue.writes.append(write)
      defer { queue.isServed = true }
      return (true, !queue.isServed)
    }
    if first {
      engine.onWriter { session in
        while let group = self.nextGroup() { self.commit(group, on: session) }
      }
    }
    return accepted
  }

  private func nextGroup() -> [Write]? {
    queue.withLock { queue in
      guard !queue.writes.isEmpty else {
        queue.isServed = false
        return nil
      }
      let group = Array(queue.writes.prefix(largestGroup))
      queue.writes.removeFirst(group.count)
      return group
    }
  }

  private func takeAll() -> [Write] {
    queue.withLock { queue in
      defer { queue.writes = [] }
      return queue.writes
    }
  }

  private func commit(_ group: [Write], on session: any Session) {
    let start = ContinuousClock.now
    var completions: [Completion] = []
    do {
      try session.beginWriting()
    } catch {
      // Nobody's turn comes: whoever waits hears it now, and not one group after the other.
      for write in group + takeAll() { write.fail(error) }
      depth.record(0)
      return
    }
    let result = Result {
      for write in group {
        completions.append(write.run(Connection(session: session)))
        try session.demandTransaction()
      }
      try session.commit()
    }
    if case .failure(let failure) = result {
      session.rollback()
      for write in group.dropFirst(completions.count) { write.fail(failure) }
    }
    commits.add(1, ordering: .releasing)
    for completion in completions { completion(result) }
    depth.record(waiting)
    groupSize.record(group.count)
    latency.recordNanoseconds((ContinuousClock.now - start).nanoseconds)
  }
}

extension Duration {
  fileprivate var nanoseconds: Int64 {
    components.seconds * 1_000_000_000 + components.attoseconds / 1_000_000_000
  }
}
