import ArgumentParser
import ServiceKit

@main
struct Dashboard: AsyncParsableCommand {
  static let configuration = ServiceCommand.configuration(
    "dashboard", "The figures of all journals, for those who must defend them.", port: 8080,
    further: [
      "registry.url                 http://127.0.0.1:8081   the journals to follow",
      "recycled.input.url           http://127.0.0.1:8082",
      "hydrogen.use.url             http://127.0.0.1:8083",
    ], subcommands: [Serve.self, Health.self, Rebuild.self])

  struct Serve: AsyncParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Serve until SIGTERM or SIGINT.")

    func run() async throws {
      try await ServiceCommand.serve {
        try await DashboardApplication(host: try await Dashboard.host()).run()
      }
    }
  }

  struct Health: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Ask the running service whether it is ready.")

    func run() async throws { try await ServiceCommand.health(port: 8080) }
  }

  struct Rebuild: AsyncParsableCommand {
    static let configuration = ServiceCommand.rebuild

    func run() async throws {
      try await ServiceCommand.serve {
        try await DashboardApplication.rebuild(try await Dashboard.host())
        print(ServiceCommand.rebuilt)
      }
    }
  }

  private static func host() async throws -> ServiceHost {
    try ServiceHost(name: "dashboard", port: 8080, settings: try await Settings())
  }
}
