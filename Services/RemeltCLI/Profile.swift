import Foundation
import Models

/// A key as it is handed to people: `<credential id>.<secret>`.
struct Key: Sendable, Equatable {
  let credential: String
  let secret: String

  init?(_ text: String) {
    let parts = text.trimmingSpace.split(separator: ".", maxSplits: 1).map(String.init)
    guard parts.count == 2, let id = ID(parts[0]), !parts[1].isEmpty else { return nil }
    credential = id.text
    secret = parts[1]
  }

  var text: String { "\(credential).\(secret)" }

  static func read(_ text: String) throws -> Key {
    guard let key = Key(text) else {
      throw LocalFailure(.usage, "That is no key: it must read <credential id>.<secret>.")
    }
    return key
  }
}

/// Who I am and where the ledger is. Stored, or from the environment.
struct Profile: Sendable {
  static let usualRegistry = "http://127.0.0.1:8081"
  static let usualDashboard = "http://127.0.0.1:8080"

  let key: Key?
  let registry: String
  let dashboard: String
  /// A token is kept on disk only for a key that is on disk itself.
  let keyIsStored: Bool

  init(key: Key, registry: String, dashboard: String, keyIsStored: Bool) {
    self.key = key
    self.registry = Profile.address(registry)
    self.dashboard = Profile.address(dashboard)
    self.keyIsStored = keyIsStored
  }

  /// The stored profile under the environment's overrides.
  static func current(_ folder: ProfileFolder, environment: [String: String]) throws -> Profile {
    let stored = try folder.profile()
    let key = try environment["REMELT_KEY"].map(Key.read)
    return Profile(
      optional: try key ?? stored?["key"]?.text.map(Key.read),
      registry: environment["REMELT_REGISTRY"] ?? stored?["registry"]?.text ?? usualRegistry,
      dashboard: environment["REMELT_DASHBOARD"] ?? stored?["dashboard"]?.text ?? usualDashboard,
      keyIsStored: key == nil)
  }

  private init(optional key: Key?, registry: String, dashboard: String, keyIsStored: Bool) {
    self.key = key
    self.registry = Profile.address(registry)
    self.dashboard = Profile.address(dashboard)
    self.keyIsStored = keyIsStored
  }

  /// The address of the port, however the user wrote it.
  static func address(_ text: String) -> String {
    var text = text
    while text.hasSuffix("/") { text.removeLast() }
    for prefix in ["/registry", "/dashboard"] where text.hasSuffix(prefix) {
      text.removeLast(prefix.count)
    }
    return text.contains("://") ? text : "http://" + text
  }

  var json: JSON {
    .members([
      "key": .text(key?.text), "registry": .string(registry), "dashboard": .string(dashboard),
    ])
  }
}
