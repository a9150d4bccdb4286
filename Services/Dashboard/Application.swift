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
  /// The dashboard's own journal, which a wipe of the read model never touches: publications, what
  /// goals are judged by, and the editions of the reference data.
  private let keeper: JournalKeeper
  private let journal: Journal
  private let registry: String
  private let templates: PageTemplates
  private let sessions: Sessions

  init(host: ServiceHost) async throws {
    self.host = host
    _ = Reference.shared
    templates = try await PageTemplates()
    registry = try host.settings.url("registry.url", default: "http://127.0.0.1:8081")
    let input = try host.settings.url("recycled.input.url", default: "http://127.0.0.1:8082")
    let hydrogen = try host.settings.url("hydrogen.use.url", default: "http://127.0.0.1:8083")
    try await host.database.migrate("follower", Follower.migrations)
    try await host.database.migrate("dashboard", ReadModelStore.migrations)
    try await host.database.migrate("session", Sessions.migrations)
    sessions = Sessions(database: host.database, clock: host.clock, random: host.random)
    keeper = try await JournalKeeper(
      origin: host.origin(Self.prefix), database: host.database, clock: host.clock,
      random: host.random, logger: host.logger)
    journal = Journal(clock: host.clock, random: host.random)
    try await host.database.migrate("idempotency", Idempotency.migrations)
    try await host.database.migrate("edition", Editions.migrations)
    try await host.database.migrate("headline", HeadlineStore.migrations)
    try await host.database.migrate("publication", PublicationStore.migrations)
    try await Editions(journal: journal).adopt(in: host.database)
    keys = try await AccessKeys(database: host.database, clock: host.clock)
    let signIn = RegistryAccess.signIn(host, registry: registry)
    let memory = Fold.Memory()
    let fold = { @Sendable (entries: [Followed], connection: Connection) in
      try Fold.apply(entries, memory: memory, on: connection)
    }
    let others = [("recycled-input", input), ("hydrogen-use", hydrogen)].map { name, address in
      RegistryAccess.follower(
        host, source: name, url: "\(address)/\(name)/v1/journal", signIn: signIn, apply: fold)
    }
    followers = [try RegistryAccess.follower(host, apply: fold)] + others
  }

  var router: Router<Context> {
    let router = Router(context: Context.self)
    OpenAPI(bundle: .module).add(to: router.group(RouterPath(Self.prefix)))
    let figures = FigureRoutes(
      database: host.database, clock: host.clock, followers: followers)
    let journal = JournalRoutes(database: host.database, keeper: keeper)
    journal.addPublic(to: router.group("\(Self.prefix)/v1"))
    journal.add(to: router.group("\(Self.prefix)/v1").add(middleware: authentication))
    let signedIn = router.group("\(Self.prefix)/v1").add(middleware: authentication)
    figures.add(to: signedIn)
    ReportedRoutes(figures: figures).add(to: signedIn)
    IndicatorRoutes(figures: figures).add(to: signedIn)
    TargetRoutes(figures: figures, journal: self.journal).add(to: signedIn)
    PublicationRoutes(figures: figures, journal: self.journal).add(to: signedIn)
    pages(figures).add(to: router)
    return router
  }

  private func pages(_ figures: FigureRoutes) -> PageRoutes {
    let signIn = SignInRoutes(
      templates: templates, sessions: sessions,
      cookie: SessionCookie(secure: host.publicURL.hasPrefix("https://")), registry: registry,
      client: host.client, keys: keys)
    return PageRoutes(templates: templates, figures: figures, signIn: signIn)
  }

  func run() async throws {
    try await host.serve(
      router, services: followers + [keeper], checks: ["journal": { keeper.stoppedBecause }])
  }

  private var authentication: Authentication {
    let positions = followers.map { follower in
      (follower.source, { @Sendable in follower.appliedSize })
    }
    let keeper = keeper
    let own = (Self.source, { @Sendable in keeper.signedSize })
    return Authentication(
      keys: keys, positions: Dictionary(uniqueKeysWithValues: positions + [own]))
  }

  private static let source = "dashboard"

  /// Where a write went in the dashboard's own journal.
  static func position(_ place: Journal.Place) -> (name: String, value: String) {
    ("Journal-Position", "\(source)=\(place.size)")
  }

  /// Empties the read model; the next start folds it anew from the journals.
  static func rebuild(_ host: ServiceHost) async throws {
    try await host.database.migrate("follower", Follower.migrations)
    try await host.database.migrate("dashboard", ReadModelStore.migrations)
    try await host.database.migrate("access", AccessKeys.migrations)
    try await host.database.write {
      try ReadModelStore.wipe(on: $0)
      try RegistryAccess.wipe(on: $0)
    }
  }
}
