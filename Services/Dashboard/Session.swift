import Hummingbird
import Models
import ServiceKit

/// The cookie that carries a session's id.
struct SessionCookie: Sendable {
  static let name = "remelt_session"

  /// Whether readers come over https.
  let secure: Bool

  /// It goes when the browser closes; the server ends the session by its own clock.
  func field(_ id: String) -> String {
    "\(Self.name)=\(id); Path=\(DashboardApplication.prefix); HttpOnly; SameSite=Strict"
      + (secure ? "; Secure" : "")
  }

  /// Takes the cookie away.
  var gone: String { field("") + "; Max-Age=0" }

  static func id(_ request: Request) -> String? { request.cookies[name]?.value }
}

/// Lets those pass who signed in, as the API lets those pass who bring a token: the session's token
/// is verified at each request, so that a revoked key loses the page too.
struct SignedIn: RouterMiddleware {
  static let page = "\(DashboardApplication.prefix)/sign-in"

  let sessions: Sessions
  let keys: AccessKeys

  func handle(
    _ request: Request, context: Context, next: (Request, Context) async throws -> Response
  ) async throws -> Response {
    guard let id = SessionCookie.id(request), let token = try await sessions.token(id) else {
      return .redirect(to: Self.page)
    }
    var context = context
    do {
      context.caller = try await keys.actor(for: token)
    } catch let problem as Problem where problem.kind == .unauthenticated {
      try await sessions.end(id)
      return .redirect(to: Self.page)
    }
    return try await next(request, context)
  }
}
