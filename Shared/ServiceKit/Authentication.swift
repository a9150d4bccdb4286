import Hummingbird
import Models
import Storage

/// Lets nobody pass without a valid bearer token, and makes those wait who ask for a journal's
/// position that has not arrived yet.
package struct Authentication: RouterMiddleware {
  /// By source, the size of its journal that this service has applied.
  package typealias Positions = [String: @Sendable () -> Int64]

  /// How long a request waits for a journal.
  private static let patience = Duration.seconds(5)

  private let keys: AccessKeys
  private let positions: Positions

  package init(keys: AccessKeys, positions: Positions) {
    self.keys = keys
    self.positions = positions
  }

  package func handle(
    _ request: Request, context: Context, next: (Request, Context) async throws -> Response
  ) async throws -> Response {
    guard let field = request.headers[.authorization], field.lowercased().hasPrefix("bearer ")
    else {
      throw Problem(
        .unauthenticated, "Send Authorization: Bearer with a token from /registry/v1/token.")
    }
    var context = context
    context.caller = try await keys.actor(for: String(field.dropFirst(7)).trimmingSpace)
    try await waitForJournal(request)
    // Who names what was written must see it, however far a standby is.
    let readsPrimary = request.header("Journal-Position") != nil
    return try await Database.$readsPrimary.withValue(readsPrimary) {
      try await next(request, context)
    }
  }

  /// A request may say which entries its reader has seen written: they must be here first.
  private func waitForJournal(_ request: Request) async throws {
    guard let text = request.header("Journal-Position") else { return }
    for part in text.split(separator: ",", omittingEmptySubsequences: false) {
      let pair = part.split(separator: "=").map { String($0).trimmingSpace }
      guard pair.count == 2, let size = Int64(pair[1]), let position = positions[pair[0]] else {
        let known = positions.keys.sorted().map { "\($0)=123" }.joined(separator: ", ")
        throw Problem(.malformed, "Journal-Position is read here as \(known).")
      }
      let end = ContinuousClock.now + Self.patience
      while position() < size {
        guard ContinuousClock.now < end else {
          throw Problem(
            .unavailable, "The journal of \(pair[0]) has not arrived here up to \(size) yet.",
            headers: [("Retry-After", "1")])
        }
        // The follower works meanwhile; this is the wait that the client asked for.
        try await Task.sleep(for: .milliseconds(20))
      }
    }
  }
}
