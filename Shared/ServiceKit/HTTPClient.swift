import Dispatch
import Synchronization

/// One outgoing request.
package struct HTTPCall: Sendable {
  package var method: String
  /// Absolute, http or https.
  package var url: String
  package var headers: [(name: String, value: String)]
  package var body: [UInt8]?
  /// For the whole call with its retries and its wait for a free connection; 1 to 86,400.
  package var timeoutSeconds: Int
  /// The most bytes of the answer's body, decompressed.
  package var maximumAnswer: Int
  /// How often the call is made again, where that is safe (`mayRepeat`).
  package var retries: Int

  package init(
    method: String = "GET", url: String, headers: [(name: String, value: String)] = [],
    body: [UInt8]? = nil, timeoutSeconds: Int = 30, maximumAnswer: Int = 64 << 20,
    retries: Int = 2
  ) {
    self.method = method
    self.url = url
    self.headers = headers
    self.body = body
    self.timeoutSeconds = timeoutSeconds
    self.maximumAnswer = maximumAnswer
    self.retries = retries
  }

  /// Whether carrying the call out twice does no more than once.
  package var mayRepeat: Bool {
    switch method {
    case "GET", "HEAD", "DELETE": true
    // With a precondition the second would be refused though the first was carried out.
    case "PUT": !headers.contains { $0.name.lowercased() == "if-match" }
    case "POST": headers.contains { $0.name.lowercased() == "idempotency-key" }
    default: false
    }
  }
}

package struct HTTPAnswer: Sendable {
  package let status: Int
  /// As sent: `Content-Length` and `Content-Encoding` are those of the compressed body.
  package let headers: [(name: String, value: String)]
  /// Decompressed.
  package let body: [UInt8]

  /// The first header of that name, whatever its case.
  package func header(_ name: String) -> String? {
    headers.first { $0.name.lowercased() == name.lowercased() }?.value
  }
}

/// Why a call got no answer: a sentence to act on, without the URL's user, password and query.
package struct HTTPFailure: Error, CustomStringConvertible {
  package let description: String
  package let isTimeout: Bool
  /// Whether the same call may succeed when it is made again.
  let isPassing: Bool

  init(_ call: HTTPCall, _ reason: String, isTimeout: Bool = false, isPassing: Bool = false) {
    let stop = [".", "!", "?"].contains(reason.suffix(1)) ? "" : "."
    description = "\(call.method) \(HTTPFailure.shown(call.url)) got no answer: \(reason)\(stop)"
    self.isTimeout = isTimeout
    self.isPassing = isPassing
  }

  static func late(_ call: HTTPCall) -> HTTPFailure {
    let reason = "it took longer than \(call.timeoutSeconds) s. Try again, or allow it more time"
    return HTTPFailure(call, reason, isTimeout: true, isPassing: true)
  }

  /// The URL without what may be secret in it.
  private static func shown(_ url: String) -> String {
    let start = url.firstRange(of: "//")?.upperBound ?? url.startIndex
    // Up to the path, so that not even a password with a "?" in it is shown.
    let authority = url[start...].prefix { $0 != "/" }
    let host = authority.lastIndex(of: "@").map { url.index(after: $0) } ?? start
    return url[..<start] + String(url[host...].prefix { $0 != "?" && $0 != "#" })
  }
}

/// Calls other services over HTTP with libcurl, a bounded number at a time, on connections that
/// are kept for the next call. Redirects are not followed; gzip answers are decompressed.
package final class HTTPClient: Sendable {
  private static let longestPause = Duration.seconds(10)

  private let lanes: CurlLanes
  private let userAgent: String

  /// - Parameter concurrency: the most calls under way at once, each on a thread of its own;
  ///   1,000 more may wait.
  package init(concurrency: Int = 8, userAgent: String = "remelt") {
    lanes = CurlLanes(count: max(1, concurrency))
    self.userAgent = userAgent
  }

  /// The answer, whatever its status. A call that may be repeated is, after a pause, when the
  /// connection fails or the answer is 429, 502, 503 or 504; then the last outcome counts. A
  /// `Retry-After` of more than 10 s, or past the call's own timeout, ends that.
  /// - Throws: `HTTPFailure`, or `CancellationError` within about a second of the task's end.
  package func send(_ call: HTTPCall) async throws -> HTTPAnswer {
    let call = call.passingOn(Trace.current)
    let deadline = ContinuousClock.now + .seconds(max(1, min(86_400, call.timeoutSeconds)))
    var attempt = 0
    while true {
      let outcome = try await sendOnce(call, by: deadline)
      guard attempt < call.retries, call.mayRepeat, let pause = pause(after: outcome, attempt),
        ContinuousClock.now + pause < deadline
      else { return try outcome.get() }
      // The one place that waits for time to pass: an overloaded service needs the pause, and the
      // other callers' retries must not all arrive together with this one.
      try await Task.sleep(for: pause)
      attempt += 1
    }
  }

  private func sendOnce(
    _ call: HTTPCall, by deadline: ContinuousClock.Instant
  ) async throws -> Result<HTTPAnswer, HTTPFailure> {
    try Task.checkCancellation()
    let taken: CurlLane?
    do {
      taken = try await lanes.take(by: deadline)
    } catch let crowded as CurlLanes.Crowded {
      return .failure(HTTPFailure(call, crowded.detail))
    }
    guard let lane = taken else { return .failure(.late(call)) }
    defer { lanes.give(lane) }
    let cancel = CancelFlag()
    let outcome = await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        lane.queue.async { [userAgent] in
          let outcome = lane.handle.perform(call, userAgent, by: deadline, unless: cancel)
          continuation.resume(returning: outcome)
        }
      }
    } onCancel: {
      cancel.raise()
    }
    if case .failure = outcome, cancel.isRaised { throw CancellationError() }
    return outcome
  }

  /// How long to wait before the call is made again; nil when it should not be.
  private func pause(after outcome: Result<HTTPAnswer, HTTPFailure>, _ attempt: Int) -> Duration? {
    // 0.1 s · 2^n, give or take half.
    let backoff = Duration.milliseconds(100 << min(attempt, 10)) * Double.random(in: 0.5..<1.5)
    switch outcome {
    case .failure(let failure): return failure.isPassing ? backoff : nil
    case .success(let answer):
      guard [429, 502, 503, 504].contains(answer.status) else { return nil }
      guard let seconds = answer.header("retry-after").flatMap({ Int($0) }) else { return backoff }
      guard (0...10).contains(seconds) else { return nil }
      return max(.seconds(seconds), backoff)
    }
  }
}

extension HTTPCall {
  /// The call with the `traceparent` of the request that it is made for.
  fileprivate func passingOn(_ trace: Trace?) -> HTTPCall {
    guard let trace else { return self }
    var call = self
    call.headers.append(("traceparent", trace.parent))
    return call
  }
}

/// A thread's worth of calling: a handle, and the queue it blocks.
private struct CurlLane: Sendable {
  let queue = DispatchQueue(label: "remelt.http")
  let handle = CurlHandle()
}

/// Lends the lanes out, first come, first served.
private final class CurlLanes: Sendable {
  struct Crowded: Error {
    let detail = "\(waitingLimit) calls wait for a free connection already. Try again later"
  }

  private static let waitingLimit = 1_000

  private typealias Waiter = CheckedContinuation<CurlLane?, any Error>

  private struct State {
    var idle: [CurlLane]
    var waiting: [(id: UInt64, waiter: Waiter)] = []
    var lastID: UInt64 = 0
  }

  private let state: Mutex<State>
  private let timers = DispatchQueue(label: "remelt.http.wait")

  init(count: Int) {
    state = Mutex(State(idle: (0..<count).map { _ in CurlLane() }))
  }

  /// A lane to `give` back; nil when none came free in time.
  /// - Throws: `Crowded` when too many wait already, `CancellationError`.
  func take(by deadline: ContinuousClock.Instant) async throws -> CurlLane? {
    // The one used last has the warmest connections.
    let (free, id) = state.withLock { state in
      state.lastID += 1
      return (state.idle.popLast(), state.lastID)
    }
    if let free { return free }
    return try await withTaskCancellationHandler {
      try await withCheckedThrowingContinuation { wait(as: id, $0, by: deadline) }
    } onCancel: {
      drop(id, .failure(CancellationError()))
    }
  }

  func give(_ lane: CurlLane) {
    let next = state.withLock { state -> Waiter? in
      if !state.waiting.isEmpty { return state.waiting.removeFirst().waiter }
      state.idle.append(lane)
      return nil
    }
    next?.resume(returning: lane)
  }

  private func wait(as id: UInt64, _ waiter: Waiter, by deadline: ContinuousClock.Instant) {
    let end = state.withLock { state -> Result<CurlLane?, any Error>? in
      if let lane = state.idle.popLast() { return .success(lane) }
      if state.waiting.count >= CurlLanes.waitingLimit { return .failure(Crowded()) }
      state.waiting.append((id, waiter))
      return nil
    }
    if let end { return waiter.resume(with: end) }
    // A cancellation that came before the waiter was in the list did not find it there.
    if Task.isCancelled { return drop(id, .failure(CancellationError())) }
    let left = max(0, Int(ContinuousClock.now.duration(to: deadline) / .milliseconds(1)))
    timers.asyncAfter(deadline: .now() + .milliseconds(left)) { [weak self] in
      self?.drop(id, .success(nil))
    }
  }

  /// Ends a wait that nobody has ended yet.
  private func drop(_ id: UInt64, _ end: Result<CurlLane?, any Error>) {
    let waiter = state.withLock { state -> Waiter? in
      guard let index = state.waiting.firstIndex(where: { $0.id == id }) else { return nil }
      return state.waiting.remove(at: index).waiter
    }
    waiter?.resume(with: end)
  }
}
