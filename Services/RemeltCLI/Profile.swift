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

  let key: Key?
  let registry: String
  /// The addresses that were said; the others follow from the registry's.
  private let said: [LedgerService: String]
  /// A token is kept on disk only for a key that is on disk itself.
  let keyIsStored: Bool

  init(
    key: Key?, registry: String, recycledInput: String? = nil, hydrogenUse: String? = nil,
    dashboard: String? = nil, keyIsStored: Bool
  ) {
    self.key = key
    self.registry = Profile.address(registry)
    said = [.recycledInput: recycledInput, .hydrogenUse: hydrogenUse, .dashboard: dashboard]
      .compactMapValues { $0.map(Profile.address) }
    self.keyIsStored = keyIsStored
  }

  /// The same ledger for somebody else, whose key is kept nowhere.
  init(_ profile: Profile, key: Key) {
    self.key = key
    registry = profile.registry
    said = profile.said
    keyIsStored = false
  }

  /// The stored profile under the environment's overrides.
  static func current(_ folder: ProfileFolder, environment: [String: String]) throws -> Profile {
    let stored = try folder.profile()
    let key = try environment["REMELT_KEY"].map(Key.read)
    let storedRegistry = stored?[LedgerService.registry.member]?.text
    let registry = environment[LedgerService.registry.variable] ?? storedRegistry ?? usualRegistry
    // The stored addresses are those of the stored registry's ledger, not of another one.
    let isStored = storedRegistry.map(Profile.address) == Profile.address(registry)
    func address(_ service: LedgerService) -> String? {
      environment[service.variable] ?? (isStored ? stored?[service.member]?.text : nil)
    }
    return Profile(
      key: try key ?? stored?["key"]?.text.map(Key.read), registry: registry,
      recycledInput: address(.recycledInput), hydrogenUse: address(.hydrogenUse),
      dashboard: address(.dashboard), keyIsStored: key == nil)
  }

  func address(of service: LedgerService) -> String {
    service == .registry ? registry : said[service] ?? service.address(beside: registry)
  }

  /// The address of the port, however the user wrote it.
  static func address(_ text: String) -> String {
    var text = text
    while text.hasSuffix("/") { text.removeLast() }
    for service in LedgerService.allCases where text.hasSuffix("/" + service.rawValue) {
      text.removeLast(service.rawValue.count + 1)
    }
    return text.contains("://") ? text : "http://" + text
  }

  /// Every service's address, whether it was said or follows from the registry's.
  var places: JSON {
    .object(LedgerService.allCases.map { .init($0.member, .string(address(of: $0))) })
  }

  var json: JSON { Body.merged(.members(["key": .text(key?.text)]), places) }
}
