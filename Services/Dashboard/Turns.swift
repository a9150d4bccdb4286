import Models
import Synchronization

/// Lets a few be at work at once; others wait in their order. Who is cancelled waits no more.
final class Turns: Sendable {
  private struct State {
    var free: Int
    var next = 0
    var waiting: [(id: Int, continuation: CheckedContinuation<Void, any Error>)] = []
    /// Who was cancelled before they began to wait.
    var cancelled: Set<Int> = []
  }

  /// More do not wait.
  static let mostWaiting = 64
  private let state: Mutex<State>

  init(_ number: Int) { state = Mutex(State(free: number)) }

  /// - Throws: ``Problem`` `unavailable` where too many wait, `CancellationError`.
  func take<Result: Sendable>(_ work: () async throws -> Result) async throws -> Result {
    try await begin()
    defer { end() }
    return try await work()
  }

  private func begin() async throws {
    let id = try state.withLock { state -> Int? in
      if state.free > 0 {
        state.free -= 1
        return nil
      }
      guard state.waiting.count < Self.mostWaiting else {
        throw Problem(
          .unavailable, "Too many figures are being asked for. Ask again in a moment.",
          headers: [("Retry-After", "2")])
      }
      state.next += 1
      return state.next
    }
    guard let id else { return }
    try await withTaskCancellationHandler {
      try await withCheckedThrowingContinuation { continuation in
        let now = state.withLock { state -> Swift.Result<Void, any Error>? in
          if state.cancelled.remove(id) != nil { return .failure(CancellationError()) }
          if state.free > 0 {
            state.free -= 1
            return .success(())
          }
          state.waiting.append((id, continuation))
          return nil
        }
        if let now { continuation.resume(with: now) }
      }
    } onCancel: {
      let found = state.withLock { state -> CheckedContinuation<Void, any Error>? in
        guard let place = state.waiting.firstIndex(where: { $0.id == id }) else {
          state.cancelled.insert(id)
          return nil
        }
        return state.waiting.remove(at: place).continuation
      }
      found?.resume(throwing: CancellationError())
    }
    _ = state.withLock { $0.cancelled.remove(id) }
  }

  private func end() {
    let next = state.withLock { state -> CheckedContinuation<Void, any Error>? in
      guard !state.waiting.isEmpty else {
        state.free += 1
        return nil
      }
      return state.waiting.removeFirst().continuation
    }
    next?.resume()
  }
}

/// Whether somebody still waits for what is being worked out.
final class Wanted: Sendable {
  private let still = Mutex(true)

  func end() { still.withLock { $0 = false } }

  /// - Throws: `CancellationError` once nobody does.
  func demand() throws {
    guard still.withLock({ $0 }) else { throw CancellationError() }
  }
}
