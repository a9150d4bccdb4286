import Foundation
import Hummingbird
import Models
import ServiceKit
import Storage

/// A reporting service besides its reports: a journal of its own, its feed, and the registry's
/// keys, followed.
package struct ReportingService: Sendable {
  package let host: ServiceHost
  package let keeper: JournalKeeper
  private let name: String
  private let keys: AccessKeys
  private let follower: Follower

  /// - Parameter name: the path's first part, such as `hydrogen-use`; also the journal's source.
  package init(host: ServiceHost, name: String) async throws {
    self.host = host
    self.name = name
    _ = Reference.shared
    keeper = try await JournalKeeper(
      origin: host.origin("/" + name), database: host.database, clock: host.clock,
      random: host.random, logger: host.logger)
    try await host.database.migrate("follower", Follower.migrations)
    keys = try await AccessKeys(database: host.database, clock: host.clock)
    follower = try RegistryAccess.follower(host) { _, _ in }
  }

  /// Serves the journal and what `bundle` documents, until it is told to stop.
  package func run(bundle: Bundle) async throws {
    let router = Router(context: Context.self)
    OpenAPI(bundle: bundle).add(to: router.group("/\(name)"))
    let journal = JournalRoutes(database: host.database, keeper: keeper)
    journal.addPublic(to: router.group("/\(name)/v1"))
    let (keeper, follower) = (keeper, follower)
    let authentication = Authentication(
      keys: keys,
      positions: [name: { keeper.signedSize }, follower.source: { follower.appliedSize }])
    journal.add(to: router.group("/\(name)/v1").add(middleware: authentication))
    try await host.serve(
      router, services: [keeper, follower], checks: ["journal": { keeper.stoppedBecause }])
  }
}
