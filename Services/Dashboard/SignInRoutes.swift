import Foundation
import HTTPTypes
import Hummingbird
import Models
import ServiceKit

/// Signing in to the page with a key, and out again.
struct SignInRoutes: Sendable {
  let templates: PageTemplates
  let sessions: Sessions
  let cookie: SessionCookie
  let registry: String
  let client: HTTPClient
  let keys: AccessKeys

  private struct Page: Sendable {
    let trouble: String?
  }

  private enum Exchange {
    case token(String, seconds: Int64)
    case refused, unreachable
    /// The registry gave a token that this service cannot verify yet.
    case early
  }

  /// Less than a request may take, so that the answer is a page.
  private static let patience = Duration.seconds(10)

  func add(to group: RouterGroup<Context>) {
    group.get("sign-in") { _, _ in form(nil) }
    group.post("sign-in", use: signIn)
    group.post("sign-out", use: signOut)
  }

  private func form(_ trouble: String?, _ status: HTTPResponse.Status = .ok) -> Response {
    templates.page(.signIn, Page(trouble: trouble), status: status)
  }

  private func signIn(_ request: Request, _ context: Context) async throws -> Response {
    try Self.refuseForeign(request)
    let body = try await request.document("application/x-www-form-urlencoded")
    guard let key = Self.key(body), !key.isEmpty else {
      return form(
        "Write your key into the field: one text, and nothing else is sent.",
        .unprocessableContent)
    }
    switch try await exchange(key) {
    case .token(let token, let seconds):
      if let old = SessionCookie.id(request) { try await sessions.end(old) }
      var response = Response.redirect(to: "\(DashboardApplication.prefix)/")
      response.headers[.setCookie] = cookie.field(
        try await sessions.open(token: token, seconds: seconds))
      return response
    case .refused:
      return form("This key is not known, or it was revoked. Nothing else is wrong.", .unauthorized)
    case .unreachable:
      return form(
        "The registry, which knows the keys, does not answer now. Try again in a moment; your key may be right.",
        .serviceUnavailable)
    case .early:
      return form(
        "Your key is right, but this dashboard has not read the registry's journal as far as the signature needs. Try again in a moment.",
        .serviceUnavailable)
    }
  }

  private func signOut(_ request: Request, _ context: Context) async throws -> Response {
    try Self.refuseForeign(request)
    if let id = SessionCookie.id(request) { try await sessions.end(id) }
    var response = Response.redirect(to: SignedIn.page)
    response.headers[.setCookie] = cookie.gone
    return response
  }

  private func exchange(_ key: String) async throws -> Exchange {
    let answer: HTTPAnswer
    do {
      answer = try await withDeadline(Self.patience) {
        try await SignIn.token(registry: registry, key: key, client: client)
      }
    } catch is SignIn.Failure {
      return .refused
    } catch is HTTPFailure {
      return .unreachable
    } catch let problem as Problem where problem.kind == .timeout {
      return .unreachable
    }
    if [400, 401].contains(answer.status) { return .refused }
    return try await verified(answer)
  }

  private func verified(_ answer: HTTPAnswer) async throws -> Exchange {
    guard answer.status == 200, let json = try? JSONParser.parse(answer.body),
      let token = json["access_token"]?.text, let seconds = json["expires_in"]?.int
    else { return .unreachable }
    do {
      _ = try await keys.actor(for: token)
    } catch let problem as Problem where problem.kind == .unauthenticated {
      return .early
    }
    return .token(token, seconds: Int64(seconds))
  }

  /// Another site's form must not sign a reader in as somebody else. Browsers say where a request
  /// comes from; `Origin` is of no use here, since pages without referrers send `null`.
  private static func refuseForeign(_ request: Request) throws(Problem) {
    guard let site = request.header("Sec-Fetch-Site") else { return }
    guard ["same-origin", "none"].contains(site) else {
      throw Problem(.forbidden, "This form was sent from another site. Use the one here.")
    }
  }

  /// The one field of the form.
  static func key(_ body: [UInt8]) -> String? {
    let pairs = String(decoding: body, as: UTF8.self).split(separator: "&").map {
      $0.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
    }
    guard pairs.count == 1, pairs[0].count == 2, pairs[0][0] == "key" else { return nil }
    return pairs[0][1].replacing("+", with: " ").removingPercentEncoding?.trimmingSpace
  }
}
