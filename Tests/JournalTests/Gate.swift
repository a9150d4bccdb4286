import Dispatch

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
