import Models
import ServiceKit

/// An access token and when it ends.
struct Token: Sendable {
  let value: String
  let expires: Instant

  /// Usable while more than a minute of it is left.
  func isUsable(at moment: Instant) -> Bool { moment.adding(seconds: 60) < expires }
}

/// The token in use: from the profile folder, or asked for at the registry.
actor Tokens {
  private let profile: Profile
  private let folder: ProfileFolder
  private let client: HTTPClient
  private let clock: Clock
  private var current: Token?

  init(profile: Profile, folder: ProfileFolder, client: HTTPClient, clock: Clock) {
    self.profile = profile
    self.folder = folder
    self.client = client
    self.clock = clock
  }

  func token() async throws -> Token {
    let key = try signedIn()
    let now = clock.now()
    if let current, current.isUsable(at: now) { return current }
    if profile.keyIsStored, let kept = folder.token(for: key, registry: profile.registry),
      kept.isUsable(at: now)
    {
      current = kept
      return kept
    }
    return try await renew()
  }

  /// Asks for a new one, whatever is kept.
  @discardableResult
  func renew() async throws -> Token {
    let key = try signedIn()
    let token = try await Tokens.request(
      key, registry: profile.registry, client: client, now: clock.now())
    if profile.keyIsStored { folder.keep(token, for: key, registry: profile.registry) }
    current = token
    return token
  }

  private func signedIn() throws -> Key {
    guard let key = profile.key else {
      throw LocalFailure(
        .notAllowed, "You are not signed in. Run: remelt sign-in --registry \(profile.registry)")
    }
    return key
  }

  /// OAuth 2 client credentials.
  static func request(_ key: Key, registry: String, client: HTTPClient, now: Instant) async throws
    -> Token
  {
    let form =
      "grant_type=client_credentials&client_id=\(URLText.encoded(key.credential))"
      + "&client_secret=\(URLText.encoded(key.secret))"
    let call = HTTPCall(
      method: "POST", url: registry + "/registry/v1/token",
      headers: [
        (name: "Content-Type", value: "application/x-www-form-urlencoded"),
        (name: "Accept", value: "application/json"),
      ], body: Array(form.utf8))
    let answer = try await client.reach(call)
    guard answer.status == 200, let json = try? JSONParser.parse(answer.body),
      let value = json["access_token"]?.text, let life = json["expires_in"]?.int
    else { throw Refusal(status: answer.status, body: answer.body) }
    return Token(value: value, expires: now.adding(seconds: Int64(life)))
  }
}

extension HTTPClient {
  /// Sends; nobody answering is a failure with its own exit code.
  func reach(_ call: HTTPCall) async throws -> HTTPAnswer {
    do {
      return try await send(call)
    } catch let failure as HTTPFailure {
      throw LocalFailure(.unreachable, "\(failure)")
    }
  }
}
