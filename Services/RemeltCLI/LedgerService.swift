/// A service of the ledger. A path's first component names it, so that a request finds its way by
/// its path alone, as it would behind a proxy that makes one origin of them.
enum LedgerService: String, CaseIterable, Sendable {
  case registry
  case recycledInput = "recycled-input"
  case hydrogenUse = "hydrogen-use"
  case dashboard

  init?(path: String) {
    guard let first = path.split(whereSeparator: { $0 == "/" || $0 == "?" }).first else {
      return nil
    }
    self.init(rawValue: String(first))
  }

  /// The port on which it listens where nothing else was said.
  private var usualPort: Int {
    switch self {
    case .dashboard: 8080
    case .registry: 8081
    case .recycledInput: 8082
    case .hydrogenUse: 8083
    }
  }

  /// Where it is if nobody says: beside a registry on its usual port, or behind the same address.
  func address(beside registry: String) -> String {
    let port = ":\(LedgerService.registry.usualPort)"
    guard registry.hasSuffix(port) else { return registry }
    return registry.dropLast(port.count) + ":\(usualPort)"
  }

  /// The journals that it follows, so that it can wait for what was written there.
  var follows: [LedgerService] {
    switch self {
    case .registry: []
    case .recycledInput, .hydrogenUse: [.registry]
    case .dashboard: [.registry, .recycledInput, .hydrogenUse]
    }
  }

  /// Its member of the stored profile.
  var member: String { rawValue.replacing("-", with: "_") }

  /// The variable of the environment that overrides what is stored.
  var variable: String { "REMELT_" + member.uppercased() }
}
