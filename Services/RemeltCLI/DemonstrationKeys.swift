import Foundation
import Models
import ServiceKit

/// The keys that a newcomer tries the demonstration with.
struct DemonstrationKeys {
  let api: LedgerAPI
  let folder: URL

  /// Writes the keys of an analyst, a verifier, and reporters of a processor, a mill and a hydrogen
  /// user, and keeps those that still work.
  /// - Parameter reporters: each key's name and the organisation whose reporter it is.
  func fill(reporters: [(name: String, organisation: String)]) async throws -> [String] {
    var lines: [String] = []
    let grants = reporters.map { ($0.name, "reporter@organisation:\($0.organisation)") }
    for (name, grant) in [("analyst", "analyst@all"), ("verifier", "verifier@all")] + grants {
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
    -> (id: String, key: Key, position: String?)
  {
    let body = JSON.members([
      "holder": .string(holder), "holder_kind": .string(kind), "grants": [.string(grant)],
    ])
    let answer = try await api.post("/registry/v1/credentials", body)
    let json = try answer.json()
    guard let id = json["id"]?.text, let key = json["key"]?.text.flatMap(Key.init) else {
      throw LocalFailure(.refused, "The registry issued no key.")
    }
    return (id, key, answer.header("Journal-Position"))
  }

  /// Those who do the demonstration's work, with keys that are kept nowhere.
  struct Workers {
    /// Reports for every facility.
    let reporter: LedgerAPI
    /// Judges reports, none of which is its own.
    let verifier: LedgerAPI
    /// The registry's journal with all that was registered before.
    let position: String?
  }

  /// Works as others, whose keys are revoked at the end.
  func working<Result>(_ work: (Workers) async throws -> Result) async throws -> Result {
    try await lending("Demonstration loader", grant: "reporter@all") { reporter, _ in
      try await lending("Demonstration examiner", grant: "verifier@all") { verifier, position in
        try await work(Workers(reporter: reporter, verifier: verifier, position: position))
      }
    }
  }

  /// Issues a key, works with it, and revokes it, whatever came of the work.
  private func lending<Result>(
    _ holder: String, grant: String, _ work: (LedgerAPI, String?) async throws -> Result
  ) async throws -> Result {
    let (id, key, position) = try await issue(holder, kind: "machine", grant: grant)
    let outcome: Swift.Result<Result, any Error>
    do {
      outcome = .success(try await work(acting(key), position))
    } catch {
      outcome = .failure(error)
    }
    _ = try await api.post(
      "/registry/v1/credentials/\(id)/revocation",
      .members(["reason": "The demonstration is filled"]))
    return try outcome.get()
  }

  private func acting(_ key: Key) -> LedgerAPI {
    LedgerAPI(
      profile: Profile(api.profile, key: key), folder: api.folder, client: api.client,
      clock: .system)
  }
}
