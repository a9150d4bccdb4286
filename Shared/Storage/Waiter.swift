import Synchronization

/// Somebody who waits for a result on another thread, and is answered once: by the result, or by the
/// end of their own task, whichever comes first.
final class Waiter<Value: Sendable>: Sendable {
  private enum State {
    case new
    case waiting(CheckedContinuation<Value, any Error>)
    case answered
  }

  private let state = Mutex(State.new)

  /// Whether there is nobody any more to be answered.
  var isAnswered: Bool {
    state.withLock { if case .answered = $0 { true } else { false } }
  }

  /// - Parameter start: begins what will answer.
  /// - Throws: `CancellationError` as soon as the task is cancelled.
  func wait(_ start: () -> Void) async throws -> Value {
    try await withTaskCancellationHandler {
      try await withCheckedThrowingContinuation { continuation in
        let isLate = state.withLock { state in
          if case .answered = state { return true }
          state = .waiting(continuation)
          return false
        }
        if isLate { return continuation.resume(throwing: CancellationError()) }
        start()
      }
    } onCancel: {
      answer(.failure(CancellationError()))
    }
  }

  /// - Returns: whether somebody waited still.
  @discardableResult
  func answer(_ result: Result<Value, any Error>) -> Bool {
    let continuation = state.withLock { state -> CheckedContinuation<Value, any Error>? in
      defer { state = .answered }
      if case .waiting(let continuation) = state { return continuation }
      return nil
    }
    continuation?.resume(with: result)
    return continuation != nil
  }
}
