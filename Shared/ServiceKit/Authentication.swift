import Hummingbird
import Models

/// Lets nobody pass without a valid bearer token.
package struct Authentication: RouterMiddleware {
  private let keys: AccessKeys

  package init(keys: AccessKeys) { self.keys = keys }

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
    return try await next(request, context)
  }
}
