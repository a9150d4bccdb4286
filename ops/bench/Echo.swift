import ArgumentParser
import Hummingbird
import HTTPTypes
import Journal
import Models
import ServiceKit
import Storage

/// A service behind the product's whole surface, token included, that decodes a throughput report
/// and answers it again: what any endpoint costs before it does anything.
struct Echo: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Serve POST /bench/echo, settings as for the services, until SIGTERM.")

  func run() async throws {
    try await ServiceCommand.serve {
      let host = try ServiceHost(name: "bench", port: 8090, settings: try await Settings())
      _ = Reference.shared
      try await host.database.migrate("follower", Follower.migrations)
      let keys = try await AccessKeys(database: host.database, clock: host.clock)
      let follower = try RegistryAccess.follower(host) { _, _ in }
      let router = Router(context: Context.self)
      router.group("/bench").add(
        middleware: Authentication(
          keys: keys, positions: [follower.source: { follower.appliedSize }])
      ).post("echo", use: Self.echo)
      try await host.serve(router, services: [follower], checks: [:])
    }
  }

  @Sendable private static func echo(_ request: Request, _ context: Context) async throws
    -> Response
  {
    let body = try await request.document("application/json")
    return .json(try Fields.read(body, as: Throughput.init).json)
  }
}
