import Models
import Synchronization

/// A machine's access to the other services: a key in a file, turned into tokens at the registry.
package final class SignIn: Sendable {
  private struct Token {
    let value: String
    let fetchedAt: Instant
    let seconds: Int64
    var isRefused = false

    func lives(at now: Instant) -> Bool { now < fetchedAt.adding(seconds: seconds - 60) }
  }

  package struct Failure: Error, CustomStringConvertible {
    package let description: String

    package init(description: String) { self.description = description }
  }

  private let registry: String
  private let key: @Sendable () throws -> String
  private let client: HTTPClient
  private let clock: Clock
  private let token = Mutex<Token?>(nil)

  /// - Parameters:
  ///   - registry: the registry's address without a path.
  ///   - key: `<id>.<secret>`, read at each use, since the file may appear later than the service.
  package init(
    registry: String, client: HTTPClient, clock: Clock, key: @escaping @Sendable () throws -> String
  ) {
    self.registry = registry
    self.key = key
    self.client = client
    self.clock = clock
  }

  /// The value of the `Authorization` field; a new token a minute before the old one ends. While the
  /// registry is away, a token that was refused is tried again: who refused it may have been
  /// starting, without the registry's key.
  package func authorization() async throws -> String {
    let now = clock.now()
    let held = token.withLock { $0 }.flatMap { $0.lives(at: now) ? $0 : nil }
    if let held, !held.isRefused { return "Bearer \(held.value)" }
    do {
      let fresh = try await fetch(at: now)
      token.withLock { $0 = fresh }
      return "Bearer \(fresh.value)"
    } catch is HTTPFailure where held != nil {
      return "Bearer \(held?.value ?? "")"
    }
  }

  /// Asks for another token in place of one that was refused, such as one whose signing key was
  /// revoked.
  package func forget() { token.withLock { $0?.isRefused = true } }

  private func fetch(at now: Instant) async throws -> Token {
    let answer = try await SignIn.token(registry: registry, key: try key(), client: client)
    guard answer.status == 200, let json = try? JSONParser.parse(answer.body),
      let value = json["access_token"]?.text, let seconds = json["expires_in"]?.int
    else {
      throw Failure(
        description: "the registry at \(registry) refused this service's key (\(answer.status))")
    }
    return Token(value: value, fetchedAt: now, seconds: Int64(seconds))
  }

  /// Asks the registry for a token (OAuth 2 client credentials).
  package static func token(registry: String, key: String, client: HTTPClient) async throws
    -> HTTPAnswer
  {
    let parts = key.trimmingSpace.split(separator: ".", maxSplits: 1).map(String.init)
    guard parts.count == 2, parts.allSatisfy({ $0.utf8.allSatisfy(isPlain) }) else {
      throw Failure(description: "a key has the form <id>.<secret>")
    }
    let form = "grant_type=client_credentials&client_id=\(parts[0])&client_secret=\(parts[1])"
    return try await client.send(
      HTTPCall(
        method: "POST", url: registry + "/registry/v1/token",
        headers: [("Content-Type", "application/x-www-form-urlencoded")], body: Array(form.utf8)))
  }

  private static func isPlain(_ byte: UInt8) -> Bool {
    (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
      || byte == 0x2D || byte == 0x5F
  }
}
