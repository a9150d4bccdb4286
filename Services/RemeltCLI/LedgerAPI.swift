import Foundation
import Models
import ServiceKit

/// The public API of the ledger, signed in.
struct LedgerAPI: Sendable {
  let profile: Profile
  let tokens: Tokens
  let client: HTTPClient
  let folder: ProfileFolder

  init(profile: Profile, folder: ProfileFolder, client: HTTPClient, clock: Clock) {
    self.profile = profile
    self.client = client
    self.folder = folder
    tokens = Tokens(profile: profile, folder: folder, client: client, clock: clock)
  }

  /// With the stored profile and the environment.
  static func current() throws -> LedgerAPI {
    let environment = ProcessInfo.processInfo.environment
    let folder = ProfileFolder(environment: environment)
    let profile = try Profile.current(folder, environment: environment)
    return LedgerAPI(profile: profile, folder: folder, client: HTTPClient(), clock: .system)
  }

  /// - Parameter position: what the service must have followed first, such as `registry=12`.
  func get(
    _ path: String, _ query: [(String, String?)] = [], accept: String = "application/json",
    position: String? = nil
  ) async throws -> HTTPAnswer {
    var headers = [(name: "Accept", value: accept)]
    if let position { headers.append((name: "Journal-Position", value: position)) }
    return try await send("GET", path + URLText.query(query), headers: headers)
  }

  /// Creates. The key is made once here, so that a repeated sending creates once.
  func post(_ path: String, _ body: JSON, ifMatch: String? = nil) async throws -> HTTPAnswer {
    let key = Randomness.system.id(at: Clock.system.now()).text
    var headers = [
      (name: "Content-Type", value: "application/json"), (name: "Idempotency-Key", value: key),
    ]
    if let ifMatch { headers.append((name: "If-Match", value: ifMatch)) }
    return try await send("POST", path, headers: headers, body: body.bytes)
  }

  func put(_ path: String, _ body: JSON, ifMatch: String) async throws -> HTTPAnswer {
    try await send(
      "PUT", path,
      headers: [
        (name: "Content-Type", value: "application/json"), (name: "If-Match", value: ifMatch),
      ], body: body.bytes)
  }

  /// A file's rows. The endpoint asks for no idempotency key, since each row has its natural one;
  /// the header tells the client that the call may be repeated.
  func bulk(_ path: String, contentType: String, _ body: [UInt8]) async throws -> HTTPAnswer {
    try await send(
      "POST", path,
      headers: [
        (name: "Content-Type", value: contentType),
        (name: "Accept", value: "application/x-ndjson"),
        (name: "Idempotency-Key", value: Randomness.system.id(at: Clock.system.now()).text),
      ], body: body, timeoutSeconds: 900)
  }

  private func send(
    _ method: String, _ path: String, headers: [(name: String, value: String)],
    body: [UInt8]? = nil, timeoutSeconds: Int = 60
  ) async throws -> HTTPAnswer {
    let service = LedgerService(path: path) ?? .registry
    let address = profile.address(of: service)
    let asks = headers.contains { $0.name == "Journal-Position" }
    var written = asks ? [] : self.written(service)
    func call(_ token: Token) -> HTTPCall {
      HTTPCall(
        method: method, url: address + path,
        headers: headers + written + [(name: "Authorization", value: "Bearer \(token.value)")],
        body: body, timeoutSeconds: timeoutSeconds)
    }
    var answer = try await client.reach(call(try await tokens.token()))
    if answer.status == 401 {
      // The kept token may be older than a rotation of keys.
      answer = try await client.reach(call(try await tokens.renew()))
    }
    if answer.status == 503, !written.isEmpty {
      // What was remembered may be of a ledger that was set up anew since, and nobody waits for it.
      written = []
      answer = try await client.reach(call(try await tokens.token()))
    }
    guard (200..<300).contains(answer.status) else {
      throw Refusal(status: answer.status, body: answer.body)
    }
    if let position = answer.header("Journal-Position") {
      folder.keep(written: position, at: profile.registry)
    }
    return answer
  }

  /// What this user wrote elsewhere, for a service that follows it.
  private func written(_ service: LedgerService) -> [(name: String, value: String)] {
    let sizes = folder.written(at: profile.registry)
    let known = service.follows.compactMap { one in sizes[one].map { "\(one.rawValue)=\($0)" } }
    return known.isEmpty ? [] : [("Journal-Position", known.joined(separator: ", "))]
  }
}

extension HTTPAnswer {
  /// The body as JSON.
  func json() throws -> JSON {
    do {
      return try JSONParser.parse(body)
    } catch {
      throw LocalFailure(.unreachable, "The answer is not JSON: is this the ledger's address?")
    }
  }

  /// The object's version as `If-Match` wants it.
  func version() throws -> String {
    guard let version = header("ETag") else {
      throw LocalFailure(.unreachable, "The answer names no version (ETag).")
    }
    return version
  }
}
