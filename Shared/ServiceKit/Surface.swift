import HTTPTypes
import Hummingbird
import Logging
import Metrics
import Models
import NIOCore
import Storage

/// What every request passes on its way in and out, the same for all services: `Host`, the
/// deadline, 405, problems, gzip, the log line and the metrics.
package struct Surface<Routes: HTTPResponder>: HTTPResponder where Routes.Context == Context {
  private let routes: Routes
  private let methods: MethodTable
  private let deadline: Duration

  package init(routes: Routes, methods: MethodTable, deadline: Duration) {
    self.routes = routes
    self.methods = methods
    self.deadline = deadline
  }

  package func respond(to request: Request, context: Context) async throws -> Response {
    let start = ContinuousClock.now
    let trace = Trace(request.header("traceparent"))
    var (response, problem) = await Trace.$current.withValue(trace) {
      await answer(request, context)
    }
    if let name = HTTPField.Name("Request-Id") { response.headers[name] = trace.id }
    await compress(&response, for: request)
    record(request, context, response, problem, trace, took: ContinuousClock.now - start)
    return response
  }

  private func answer(_ request: Request, _ context: Context) async -> (Response, Problem.Kind?) {
    do {
      try checkHost(request)
      let response = try await withDeadline(deadline) {
        let response = try await self.routes.respond(to: request, context: context)
        // The router's own 404, which it has made a response already.
        guard response.status != .notFound || response.body.contentLength != 0 else {
          throw self.methods.problem(for: request)
        }
        return response
      }
      return (response, nil)
    } catch {
      let problem = problem(for: error, request, context)
      let response = problem.response
      return (leavesBody(request, problem) ? closing(response, context) : response, problem.kind)
    }
  }

  private func checkHost(_ request: Request) throws(Problem) {
    let again = HTTPField.Name("Host").map { request.headers.contains($0) } ?? false
    guard let authority = request.head.authority, !authority.isEmpty, !again else {
      throw Problem(.malformed, "Send exactly one Host field.")
    }
  }

  private func problem(for error: any Error, _ request: Request, _ context: Context) -> Problem {
    switch error {
    case let problem as Problem: return problem
    case StorageFailure.overloaded:
      return Problem(
        .unavailable, "Too many writes are waiting. Try again in a moment.",
        headers: [("Retry-After", "1")])
    case StorageFailure.away(let why):
      context.logger.warning(
        "A request met a database that is away.",
        metadata: ["why": "\(why)", "path": "\(request.uri.path)"])
      return .databaseAway
    case is NIOTooManyBytesError: return BodyDecoder.tooLarge(BodyLimit.document)
    case let error as any HTTPResponseError where error.status.code < 500:
      return Problem(.malformed, "The request cannot be understood (\(error.status)).")
    default:
      context.logger.error(
        "A request failed.",
        metadata: [
          "error": "\(error)", "path": "\(request.uri.path)",
        ])
      return Problem(.internalError, "This is our fault and was logged. Nothing was recorded.")
    }
  }

  /// Whether a body may still be on its way that the answer has not waited for.
  private func leavesBody(_ request: Request, _ problem: Problem) -> Bool {
    switch problem.kind {
    case .timeout, .tooLarge: true
    case .unauthenticated, .forbidden, .notFound, .methodNotAllowed, .unsupportedMediaType:
      request.headers[.transferEncoding] != nil
        || (request.headers[.contentLength].flatMap { Int($0) } ?? 0) > 0
    default: false
    }
  }

  /// The rest of a body that nobody wants is read for five seconds at most.
  private func closing(_ response: Response, _ context: Context) -> Response {
    var response = response
    response.headers[.connection] = "close"
    let channel = context.channel
    channel.eventLoop.scheduleTask(in: .seconds(5)) { channel.close(promise: nil) }
    return response
  }

  private func compress(_ response: inout Response, for request: Request) async {
    guard let size = response.body.contentLength, size > 1024,
      request.headers[.acceptEncoding]?.contains("gzip") == true,
      response.headers[.contentEncoding] == nil,
      let bytes = await WholeBody.bytes(of: response.body), let zipped = try? Gzip.compress(bytes)
    else { return }
    response.headers[.contentEncoding] = "gzip"
    response.headers[.vary] = "Accept-Encoding"
    response.headers[.contentLength] = String(zipped.count)
    response.body = .init(byteBuffer: ByteBuffer(bytes: zipped))
  }

  private func record(
    _ request: Request, _ context: Context, _ response: Response, _ problem: Problem.Kind?,
    _ trace: Trace, took: Duration
  ) {
    let path = context.endpointPath ?? "none"
    let labels = [
      ("method", request.method.rawValue), ("path", path), ("status", "\(response.status.code)"),
      ("problem", problem?.rawValue ?? ""),
    ]
    Counter(label: "remelt_http_requests", dimensions: labels).increment()
    Timer(label: "remelt_http_request", dimensions: [("path", path)]).recordNanoseconds(
      took.components.seconds * 1_000_000_000 + took.components.attoseconds / 1_000_000_000)
    context.logger.debug(
      "answered",
      metadata: [
        "method": "\(request.method)", "path": "\(request.uri.path)",
        "status": "\(response.status.code)", "trace": "\(trace.parent)",
      ])
  }
}

/// Which methods each path knows, for 405 and `Allow`.
package struct MethodTable: Sendable {
  private let routes: [(path: [Substring], method: String)]

  package init(_ router: Router<Context>) {
    routes = router.routes.map {
      ("\($0.path)".split(separator: "/"), $0.method.rawValue)
    }
  }

  /// 405 where the path exists with other methods, else 404. Of several patterns that match, the
  /// most literal one counts, as in the router.
  func problem(for request: Request) -> Problem {
    let path = request.uri.path.split(separator: "/")
    let matching = routes.filter { route in
      route.path.count == path.count
        && zip(route.path, path).allSatisfy { MethodTable.isVariable($0) || $0 == $1 }
    }
    let variables = matching.map { $0.path.count(where: MethodTable.isVariable) }
    let allowed = zip(matching, variables).filter { $0.1 == variables.min() }.map(\.0.method)
    guard !allowed.isEmpty else {
      return Problem(.notFound, "There is nothing at \(request.uri.path).")
    }
    let list = Set(allowed).sorted().joined(separator: ", ")
    return Problem(
      .methodNotAllowed, "\(request.method) is not possible here: \(list) is.",
      headers: [("Allow", list)])
  }

  private static func isVariable(_ part: Substring) -> Bool {
    part.hasPrefix("{") || part.hasPrefix(":")
  }
}

/// Runs a body for a limited time.
/// - Throws: ``Problem`` `timeout` when the time is up; the body is cancelled.
package func withDeadline<Result: Sendable>(
  _ limit: Duration, _ body: @escaping @Sendable () async throws -> Result
) async throws -> Result {
  try await withThrowingTaskGroup(of: Result?.self) { group in
    group.addTask { try await body() }
    group.addTask {
      // The deadline itself.
      try await Task.sleep(for: limit)
      return nil
    }
    defer { group.cancelAll() }
    guard let result = try await group.next(), let result else {
      throw Problem(
        .timeout,
        "The request did not arrive and finish within \(limit.components.seconds) s. Send it again, faster or in parts; a write with the same Idempotency-Key, since it may have been recorded."
      )
    }
    return result
  }
}
