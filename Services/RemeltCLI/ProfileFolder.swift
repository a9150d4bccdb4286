import Foundation
import Models

/// Where the profile and its token are kept: REMELT_HOME, or `remelt` in the user's configuration.
struct ProfileFolder: Sendable {
  let url: URL

  init(environment: [String: String]) {
    if let home = environment["REMELT_HOME"], !home.isEmpty {
      url = URL(filePath: home, directoryHint: .isDirectory)
    } else if let base = environment["XDG_CONFIG_HOME"], !base.isEmpty {
      url = URL(filePath: base, directoryHint: .isDirectory).appending(path: "remelt")
    } else {
      url = FileManager.default.homeDirectoryForCurrentUser.appending(path: ".config/remelt")
    }
  }

  var profileFile: URL { url.appending(path: "profile.json") }
  private var tokenFile: URL { url.appending(path: "token.json") }
  private var writtenFile: URL { url.appending(path: "written.json") }

  func profile() throws -> JSON? {
    guard let text = try SecretFile.read(profileFile) else { return nil }
    guard let json = try? JSONParser.parse(Array(text.utf8)) else {
      throw LocalFailure(.usage, "\(profileFile.path) is not readable; sign in again.")
    }
    return json
  }

  func store(_ profile: Profile) throws {
    forgetToken()
    try? FileManager.default.removeItem(at: writtenFile)
    try SecretFile.write(profile.json.bytes, to: profileFile)
  }

  func forget() {
    forgetToken()
    try? FileManager.default.removeItem(at: profileFile)
  }

  /// The token kept for this key at this registry.
  func token(for key: Key, registry: String) -> Token? {
    guard let text = try? SecretFile.read(tokenFile),
      let json = try? JSONParser.parse(Array(text.utf8)), json["key"]?.text == key.text,
      json["registry"]?.text == registry, let value = json["access_token"]?.text,
      let expires = json["expires_at"]?.text.flatMap(Instant.init)
    else { return nil }
    return Token(value: value, expires: expires)
  }

  /// A folder that cannot be written only costs another token request.
  func keep(_ token: Token, for key: Key, registry: String) {
    let json = JSON.members([
      "key": .string(key.text), "registry": .string(registry),
      "access_token": .string(token.value), "expires_at": token.expires.json,
    ])
    try? SecretFile.write(json.bytes, to: tokenFile)
  }

  /// How far each journal was when this user wrote to it last, so that what they wrote to one
  /// service is known to the next that they turn to.
  func written(at registry: String) -> [LedgerService: Int] {
    guard let text = try? SecretFile.read(writtenFile),
      let json = try? JSONParser.parse(Array(text.utf8)), json["registry"]?.text == registry
    else { return [:] }
    return LedgerService.allCases.reduce(into: [:]) { $0[$1] = json["sizes"]?[$1.rawValue]?.int }
  }

  /// Remembers a `Journal-Position`, such as `registry=12`; no folder is made for that.
  func keep(written position: String, at registry: String) {
    let parts = position.split(separator: "=").map(String.init)
    guard parts.count == 2, let service = LedgerService(rawValue: parts[0]),
      let size = Int(parts[1]), FileManager.default.fileExists(atPath: url.path)
    else { return }
    var sizes = written(at: registry)
    sizes[service] = size
    let members = sizes.sorted { $0.key.rawValue < $1.key.rawValue }
      .map { JSON.Member($0.key.rawValue, .int($0.value)) }
    let json = JSON.members(["registry": .string(registry), "sizes": .object(members)])
    try? SecretFile.write(json.bytes, to: writtenFile)
  }

  func forgetToken() { try? FileManager.default.removeItem(at: tokenFile) }
}
