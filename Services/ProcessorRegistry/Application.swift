import Foundation
import Hummingbird
import Journal
import Models
import Reporting
import ServiceKit
import Storage

/// The processor registry at a glance.
struct RegistryApplication: Sendable {
  static let prefix = "/registry"

  let host: ServiceHost
  let store: RegistryStore
  let keeper: JournalKeeper
  let keys: AccessKeys
  let tolerancePermille: Int

  init(host: ServiceHost) async throws {
    self.host = host
    tolerancePermille = try host.settings.int(
      "balance.tolerance.permille", default: 5, in: 0...1000)
    _ = Reference.shared
    keeper = try await JournalKeeper(
      origin: host.origin(Self.prefix), database: host.database, clock: host.clock,
      random: host.random, logger: host.logger)
    store = try await RegistryStore(
      database: host.database, journal: Journal(clock: host.clock, random: host.random))
    keys = try await AccessKeys(database: host.database, clock: host.clock)
    try await FirstStart.prepare(
      store, issuer: host.publicURL, operatorFile: host.keyFile("operator.key"),
      serviceFile: host.keyFile("service.key"), logger: host.logger)
    try await keys.reload()
  }

  var router: Router<Context> {
    let router = Router(context: Context.self)
    let open = router.group("\(Self.prefix)/v1")
    let identity = IdentityRoutes(store: store, keys: keys, issuer: host.publicURL)
    let journal = JournalRoutes(database: host.database, keeper: keeper)
    OpenAPI(bundle: .module).add(to: router.group("\(Self.prefix)"))
    identity.addPublic(to: open)
    journal.addPublic(to: open)
    let keeper = self.keeper
    let authentication = Authentication(
      keys: keys, positions: ["registry": { keeper.signedSize }])
    let signedIn = router.group("\(Self.prefix)/v1").add(middleware: authentication)
    identity.add(to: signedIn)
    journal.add(to: signedIn)
    OrganisationRoutes(store: store).add(to: signedIn)
    FacilityRoutes(store: store).add(to: signedIn)
    QualificationRoutes(store: store).add(to: signedIn)
    ReportRoutes(throughput, path: "\(Self.prefix)/v1/throughput").add(to: signedIn, "throughput")
    ReferenceRoutes().add(to: signedIn)
    return router
  }

  private var throughput: Reporting<ThroughputRules> {
    Reporting(
      store: ReportStore(
        database: host.database, journal: store.journal, facilities: store.facilities,
        source: "registry"),
      rules: ThroughputRules(permille: tolerancePermille, facilities: store.facilities))
  }

  func run() async throws {
    let keeper = self.keeper
    try await host.serve(
      router, services: [keeper], checks: ["journal": { keeper.stoppedBecause }])
  }
}
