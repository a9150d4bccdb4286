import Foundation
import Hummingbird
import Journal
import Models
import ServiceKit
import Storage

/// A reporting service beside the registry: its reports, a journal of its own with its feed, and the
/// registry's keys and facilities, followed. It accepts reports while the registry is away.
package struct ReportingService<Rules: Rulebook>: Sendable {
  package let host: ServiceHost
  private let name: String
  private let keeper: JournalKeeper
  private let keys: AccessKeys
  private let follower: Follower
  private let reporting: Reporting<Rules>
  private let tables: ReferenceTables

  /// - Parameters:
  ///   - name: the path's first part, such as `hydrogen-use`; also the journal's source.
  ///   - migrations: of what the rules keep beside the reports.
  ///   - tables: the reference tables it offers.
  ///   - rules: makes the rules, with what they look facilities up in.
  package init(
    host: ServiceHost, name: String, migrations: [Migration] = [], tables: [String: String],
    rules: (Facilities) -> Rules
  ) async throws {
    self.host = host
    self.name = name
    self.tables = ReferenceTables(tables)
    _ = Reference.shared
    let database = host.database
    keeper = try await JournalKeeper(
      origin: host.origin("/" + name), database: database, clock: host.clock,
      random: host.random, logger: host.logger)
    try await Self.migrate(database)
    try await database.migrate("report", ReportStore<Rules.Report>.migrations)
    try await database.migrate("idempotency", Idempotency.migrations)
    try await database.migrate(name, migrations)
    keys = try await AccessKeys(database: database, clock: host.clock)
    follower = try RegistryAccess.follower(host) { try FollowedFacilities.apply($0, on: $1) }
    let facilities = Facilities()
    let store = ReportStore<Rules.Report>(
      database: database, journal: Journal(clock: host.clock, random: host.random),
      facilities: facilities, source: name)
    reporting = Reporting(store: store, rules: rules(facilities))
  }

  package var store: ReportStore<Rules.Report> { reporting.store }

  /// Serves the reports, the journal and what `bundle` documents, until it is told to stop.
  /// - Parameter more: adds what else the service offers to who is signed in.
  package func run(
    bundle: Bundle, more: (RouterGroup<Context>) -> Void = { _ in }
  ) async throws {
    let router = Router(context: Context.self)
    OpenAPI(bundle: bundle).add(to: router.group("/\(name)"))
    let journal = JournalRoutes(database: host.database, keeper: keeper)
    journal.addPublic(to: router.group("/\(name)/v1"))
    let (keeper, follower) = (keeper, follower)
    let authentication = Authentication(
      keys: keys,
      positions: [name: { keeper.signedSize }, follower.source: { follower.appliedSize }])
    let signedIn = router.group("/\(name)/v1").add(middleware: authentication)
    journal.add(to: signedIn)
    ReportRoutes(reporting, path: "/\(name)/v1/reports").add(to: signedIn, "reports")
    tables.add(to: signedIn)
    more(signedIn)
    try await host.serve(
      router, services: [keeper, follower], checks: ["journal": { keeper.stoppedBecause }])
  }

  private static func migrate(_ database: Database) async throws {
    try await database.migrate("follower", Follower.migrations)
    try await database.migrate("facility", FollowedFacilities.migrations)
  }

  /// Forgets what was followed; the next start follows the registry from its beginning. The reports
  /// and the journal stay.
  package static func rebuild(_ host: ServiceHost) async throws {
    try await migrate(host.database)
    try await host.database.migrate("access", AccessKeys.migrations)
    try await host.database.write { connection in
      try RegistryAccess.wipe(on: connection)
      try FollowedFacilities.wipe(on: connection)
    }
  }
}
