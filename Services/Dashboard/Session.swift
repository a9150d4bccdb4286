import Hummingbird
import Models
import ServiceKit
import Synchronization

/// The page's sessions: who signed in, by the cookie's value, and the token that answers for them.
///
/// They live in memory, so a restart ends them; a token never leaves the server.
final class Sessions: Sendable {
  /// The oldest go first when there would be more.
  static let most = 10_000

  private struct Session {
    let token: String
    let expires: Instant
    let number: Int
  }

  private struct State {
    var sessions: [String: Session] = [:]
    var opened = 0
    /// When the first of them expires.
    var firstEnd: Instant?

    /// Forgets what has expired, and the oldest where there is no room for one more.
    mutating func makeRoom(at now: Instant) {
      if let firstEnd, firstEnd <= now {
        sessions = sessions.filter { $0.value.expires > now }
        self.firstEnd = sessions.values.map(\.expires).min()
      }
      guard sessions.count >= Sessions.most,
        let oldest = sessions.min(by: { $0.value.number < $1.value.number })
      else { return }
      sessions[oldest.key] = nil
    }

    mutating func add(_ id: String, _ token: String, until end: Instant) {
      opened += 1
      firstEnd = firstEnd.map { min($0, end) } ?? end
      sessions[id] = Session(token: token, expires: end, number: opened)
    }
  }

  private let clock: Clock
  private let random: Randomness
  private let state = Mutex(State())

  init(clock: Clock, random: Randomness) {
    self.clock = clock
    self.random = random
  }

  var count: Int { state.withLock { $0.sessions.count } }

  /// Keeps a token for as long as it lives.
  /// - Returns: the session's id, 256 random bits.
  func open(token: String, seconds: Int64) -> String {
    let id = Base64URL.encode(random.bytes(32))
    let now = clock.now()
    state.withLock { state in
      state.makeRoom(at: now)
      state.add(id, token, until: now.adding(seconds: seconds))
    }
    return id
  }

  /// The token of a session that has not ended.
  func token(_ id: String) -> String? {
    let now = clock.now()
    return state.withLock { $0.sessions[id] }.flatMap { $0.expires > now ? $0.token : nil }
  }

  func end(_ id: String) {
    state.withLock { $0.sessions[id] = nil }
  }
}

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
    guard let id = SessionCookie.id(request), let token = sessions.token(id) else {
      return .redirect(to: Self.page)
    }
    var context = context
    do {
      context.caller = try await keys.actor(for: token)
    } catch let problem as Problem where problem.kind == .unauthenticated {
      sessions.end(id)
      return .redirect(to: Self.page)
    }
    return try await next(request, context)
  }
}
