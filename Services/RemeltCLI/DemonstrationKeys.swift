import Foundation
import Models

/// The keys that a newcomer tries the demonstration with.
struct DemonstrationKeys {
  let api: LedgerAPI
  let folder: URL

  /// Writes `analyst.key` and `reporter.key`, and keeps those that still work.
  /// - Parameter organisation: whose reporter it is.
  func fill(organisation: String) async throws -> [String] {
    var lines: [String] = []
    for (name, grant) in [
      ("analyst", "analyst@all"), ("reporter", "reporter@organisation:\(organisation)"),
    ] {
      let file = folder.appending(path: "\(name).key")
      if try await works(file) {
        lines.append("\(file.path) kept")
        continue
      }
      let key = try await issue("Demonstration \(name)", kind: "person", grant: grant).key
      try SecretFile.write(key.text + "\n", to: file)
      lines.append("\(file.path) written")
    }
    return lines
  }

  private func works(_ file: URL) async throws -> Bool {
    guard let key = try SecretFile.read(file).flatMap(Key.init) else { return false }
    do {
      _ = try await Tokens.request(
        key, registry: api.profile.registry, client: api.client, now: Clock.system.now())
      return true
    } catch is Refusal {
      return false
    }
  }

  private func issue(_ holder: String, kind: String, grant: String) async throws
    -> (id: String, key: Key)
  {
    let body = JSON.members([
      "holder": .string(holder), "holder_kind": .string(kind), "grants": [.string(grant)],
    ])
    let answer = try await api.post("/registry/v1/credentials", body).json()
    guard let id = answer["id"]?.text, let key = answer["key"]?.text.flatMap(Key.init) else {
      throw LocalFailure(.refused, "The registry issued no key.")
    }
    return (id, key)
  }

  /// Works as the yards' reporter, with a key that is kept nowhere and revoked at the end.
  func asReporter<Result>(_ work: (LedgerAPI) async throws -> Result) async throws -> Result {
    let (id, key) = try await issue(
      "Demonstration loader", kind: "machine", grant: "reporter@all")
    let reporter = LedgerAPI(
      profile: Profile(api.profile, key: key), folder: ProfileFolder(environment: [:]),
      client: api.client,
      clock: .system)
    let outcome: Swift.Result<Result, any Error>
    do {
      outcome = .success(try await work(reporter))
    } catch {
      outcome = .failure(error)
    }
    _ = try await api.post(
      "/registry/v1/credentials/\(id)/revocation",
      .members(["reason": "The demonstration is filled"]))
    return try outcome.get()
  }
}
