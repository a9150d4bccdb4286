import Foundation
import Hummingbird
import Journal
import Models
import ServiceKit
import Storage

/// The dashboard at a glance: it follows all journals and answers from what they say.
struct DashboardApplication: Sendable {
  static let prefix = "/dashboard"

  let host: ServiceHost
  let keys: AccessKeys
  let followers: [Follower]
  private let registry: String

  init(host: ServiceHost) async throws {
    self.host = host
    _ = Reference.shared
    registry = try host.settings.url("registry.url", default: "http://127.0.0.1:8081")
    let input = try host.settings.url("recycled.input.url", default: "http://127.0.0.1:8082")
    let hydrogen = try host.settings.url("hydrogen.use.url", default: "http://127.0.0.1:8083")
    try await host.database.migrate("follower", Follower.migrations)
    try await host.database.migrate("dashboard", ReadModelStore.migrations)
    keys = try await AccessKeys(database: host.database, clock: host.clock)
    let signIn = RegistryAccess.signIn(host, registry: registry)
    // The two others have no reports yet: what they will say is followed and verified already.
    let others = [("recycled-input", input), ("hydrogen-use", hydrogen)].map { name, address in
      RegistryAccess.follower(
        host, source: name, url: "\(address)/\(name)/v1/journal", signIn: signIn
      ) { _, _ in }
    }
    followers =
      [
        try RegistryAccess.follower(host) { try Fold.apply($0, on: $1) }
      ] + others
  }

  var router: Router<Context> {
    let router = Router(context: Context.self)
    OpenAPI(bundle: .module).add(to: router.group(RouterPath(Self.prefix)))
    let figures = FigureRoutes(
      database: host.database, clock: host.clock, followers: followers)
    figures.add(
      to: router.group("\(Self.prefix)/v1").add(middleware: Authentication(keys: keys)))
    return router
  }

  func run() async throws {
    let positions = followers.map { follower in
      (follower.source, { @Sendable in follower.appliedSize })
    }
    try await host.serve(
      router, positions: Dictionary(uniqueKeysWithValues: positions), services: followers,
      checks: [:])
  }

  /// Empties the read model; the next start folds it anew from the journals.
  static func rebuild(_ host: ServiceHost) async throws {
    try await host.database.migrate("follower", Follower.migrations)
    try await host.database.migrate("dashboard", ReadModelStore.migrations)
    try await host.database.write { try ReadModelStore.wipe(on: $0) }
  }
}
