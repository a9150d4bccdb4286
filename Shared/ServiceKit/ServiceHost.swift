import Foundation
import Hummingbird
import HummingbirdCore
import Logging
import Metrics
import Models
import NIOCore
import ServiceLifecycle
import Storage
import Synchronization
import UnixSignals

/// What every service's main needs: settings, log, metrics, database, outgoing HTTP, and a server
/// that starts and stops them in order.
package struct ServiceHost: Sendable {
  package let name: String
  package let settings: Settings
  package let logger: Logger
  package let metrics: PrometheusMetrics
  package let database: Database
  package let client: HTTPClient
  package let clock: Clock
  package let random: Randomness
  package let publicURL: String
  private let address: (host: String, port: Int)
  private let deadline: Int

  private static let metricsOnce = Mutex<PrometheusMetrics?>(nil)

  /// Reads the settings and opens the database.
  /// - Parameters:
  ///   - name: the executable's name, such as `processor-registry`.
  ///   - port: the port when none is set.
  package init(name: String, port: Int, settings: Settings) throws {
    self.name = name
    self.settings = settings
    address = (
      settings.text("http.host", default: "127.0.0.1"),
      try settings.int("http.port", default: port, in: 0...65_535)
    )
    deadline = try settings.int("http.deadline.seconds", default: 30, in: 1...600)
    publicURL = try settings.url("public.url", default: "http://127.0.0.1:\(address.port)")
    logger = try LogLines.logger(name, settings: settings)
    metrics = ServiceHost.bootstrapMetrics()
    clock = .system
    random = .system
    client = HTTPClient(userAgent: "remelt-\(name)")
    let standby = settings.text("storage.read.url", default: "")
    database = try Database(
      url: settings.text("storage.url", default: "sqlite:var/\(name).sqlite"),
      readURL: standby.isEmpty ? nil : standby,
      largestGroup: try settings.int("storage.commit.group", default: 64, in: 1...64),
      readers: try settings.int("storage.readers", default: 4, in: 1...64))
  }

  private static func bootstrapMetrics() -> PrometheusMetrics {
    metricsOnce.withLock { known in
      if let known { return known }
      let metrics = PrometheusMetrics()
      MetricsSystem.bootstrap(metrics)
      known = metrics
      return metrics
    }
  }

  /// The journal's origin: the service's URL without scheme.
  package func origin(_ prefix: String) -> String {
    let start = publicURL.range(of: "://").map(\.upperBound) ?? publicURL.startIndex
    return publicURL[start...] + prefix
  }

  /// Serves until SIGTERM or SIGINT: requests that are under way finish, then the rest stops.
  /// - Parameters:
  ///   - services: what runs beside the server, such as followers.
  ///   - onReady: told the port once the server listens.
  package func serve(
    _ router: Router<Context>, services: [any Service], checks: HealthRoutes.Checks
  ) async throws {
    let database = self.database
    let all = checks.merging(["database": { await Self.trouble(database) }]) { $1 }
    HealthRoutes(service: name, metrics: metrics, checks: all).add(to: router)
    let surface = Surface(
      routes: router.buildResponder(), methods: MethodTable(router),
      deadline: .seconds(deadline))
    let logger = self.logger
    let application = Application(
      responder: surface,
      server: .http1(configuration: .init(idleTimeout: .seconds(75))),
      configuration: .init(
        address: .hostname(address.host, port: address.port), serverName: name,
        availableConnectionsDelegate: MaximumAvailableConnections(4096, logger: logger)),
      onServerRunning: { channel in
        logger.notice(
          "Ready.", metadata: ["port": "\(channel.localAddress?.port ?? 0)", "service": "\(name)"])
      },
      logger: logger)
    var configuration = ServiceGroupConfiguration(
      services: services + [application], gracefulShutdownSignals: [.sigterm, .sigint],
      logger: logger)
    configuration.maximumGracefulShutdownDuration = .seconds(10)
    try await ServiceGroup(configuration: configuration).run()
    try database.close()
    logger.notice("Stopped.")
  }

  private static func trouble(_ database: Database) async -> String? {
    do {
      _ = try await database.read { try $0.query("SELECT 1 AS one") }
      return nil
    } catch {
      return "\(error)"
    }
  }

  /// A key file of the keys' folder, such as `service.key`.
  package func keyFile(_ file: String) -> String {
    settings.text("keys.folder", default: "var/keys") + "/" + file
  }
}

/// Asks a running service whether it is ready, for containers that have no other client.
package enum ReadyCheck {
  package static func run(port: Int) async throws -> Bool {
    let settings = try await Settings()
    let port = try settings.int("http.port", default: port, in: 1...65_535)
    let call = HTTPCall(
      url: "http://127.0.0.1:\(port)/health/ready", timeoutSeconds: 5, retries: 0)
    return try await HTTPClient(concurrency: 1).send(call).status == 200
  }
}
