import Models
import Synchronization
import Testing

@testable import Dashboard

@Suite("Turns")
struct TurnsTests {
  private final class Counts: Sendable {
    private let state = Mutex((now: 0, most: 0, done: 0))

    var most: Int { state.withLock { $0.most } }
    var done: Int { state.withLock { $0.done } }

    func begin() {
      state.withLock {
        $0.now += 1
        $0.most = max($0.most, $0.now)
      }
    }

    func end() {
      state.withLock {
        $0.now -= 1
        $0.done += 1
      }
    }
  }

  @Test("No more than a few are at work at once, and each gets its turn")
  func few() async throws {
    let turns = Turns(2)
    let counts = Counts()
    try await withThrowingTaskGroup(of: Void.self) { group in
      for _ in 0..<40 {
        group.addTask {
          try await turns.take {
            counts.begin()
            for _ in 0..<20 { await Task.yield() }
            counts.end()
          }
        }
      }
      try await group.waitForAll()
    }
    #expect(counts.most <= 2 && counts.done == 40)
  }

  @Test("Who is cancelled waits no more, and takes nobody's turn")
  func cancelled() async throws {
    let turns = Turns(1)
    try await turns.take {
      try await withThrowingTaskGroup(of: Bool.self) { group in
        for _ in 0..<10 {
          group.addTask {
            do {
              try await turns.take {}
              return false
            } catch is CancellationError {
              return true
            }
          }
        }
        group.cancelAll()
        for try await isCancelled in group { #expect(isCancelled) }
      }
    }
    try await turns.take {}
  }

  @Test("More than wait at most are told to come again")
  func tooMany() async throws {
    let turns = Turns(1)
    try await turns.take {
      try await withThrowingTaskGroup(of: String.self) { group in
        for _ in 0...Turns.mostWaiting {
          group.addTask {
            do {
              try await turns.take {}
              return "turn"
            } catch let problem as Problem {
              return problem.kind.rawValue
            } catch {
              return "cancelled"
            }
          }
        }
        // One at least finds the queue full; then the others give up.
        #expect(try await group.next() == "unavailable")
        group.cancelAll()
        for try await other in group { #expect(other == "cancelled") }
      }
    }
  }
}
