import Dispatch

@testable import Storage

/// Stops a read or a write in its middle, until it is opened.
final class Gate: Sendable {
  private let opened = DispatchSemaphore(value: 0)
  private let arrivals: AsyncStream<Void>
  private let arrival: AsyncStream<Void>.Continuation

  init() { (arrivals, arrival) = AsyncStream.makeStream() }

  /// Waits at the gate: only where no cooperative thread is blocked, inside the database.
  func hold() {
    arrival.yield()
    opened.wait()
  }

  /// Returns when somebody waits at the gate.
  func reached() async { for await _ in arrivals { return } }

  func open() { opened.signal() }
}

extension Database {
  /// Returns when so many writes wait for their turn.
  func waiting(for count: Int) async {
    while waitingWrites < count { await Task.yield() }
  }

  /// Makes `count` writes go in one group, in the order of their numbers, and gives the errors of
  /// those that failed.
  func together(
    _ count: Int, _ body: @escaping @Sendable (Int, Connection) throws -> Void
  ) async throws -> [Int: any Error] {
    let gate = Gate()
    return try await withThrowingTaskGroup(of: (Int, (any Error)?).self) { group in
      group.addTask {
        try await self.write { _ in gate.hold() }
        return (-1, nil)
      }
      await gate.reached()
      for number in 0..<count {
        group.addTask {
          do {
            try await self.write { try body(number, $0) }
            return (number, nil)
          } catch {
            return (number, error)
          }
        }
        await self.waiting(for: number + 1)
      }
      gate.open()
      var failures: [Int: any Error] = [:]
      for try await (number, failure) in group { failures[number] = failure }
      return failures
    }
  }

  func count(_ table: String) async throws -> Int64? {
    try await read { try $0.first("SELECT COUNT(*) AS count FROM \(table)")?.int("count") }
  }
}
