import ArgumentParser
import Foundation
import Journal
import Reporting
import ServiceKit

@main
struct RecycledInput: AsyncParsableCommand {
  static let configuration = ServiceCommand.configuration(
    "recycled-input", "What mills melt: recycled or primary, from whom, of which origin.",
    port: 8082,
    further: [
      "registry.url                 http://127.0.0.1:8081   the registry to follow",
      "balance.tolerance.permille   5   how far a month's scrap stock may be off",
    ],
    subcommands: [Serve.self, Health.self, BeginNewJournal.self, Rebuild.self])

  struct Serve: AsyncParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Serve until SIGTERM or SIGINT.")

    func run() async throws {
      try await ServiceCommand.serve {
        let host = try await RecycledInput.host()
        let service = try await RecycledInputApplication.service(host)
        try await service.run(bundle: .module) { ClaimRoutes(store: service.store).add(to: $0) }
      }
    }
  }

  struct Health: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Ask the running service whether it is ready.")

    func run() async throws { try await ServiceCommand.health(port: 8082) }
  }

  struct BeginNewJournal: AsyncParsableCommand {
    static let configuration = ServiceCommand.newJournal

    func run() async throws {
      try await ServiceCommand.serve {
        print(
          ServiceCommand.begun(try await NewJournal.begin(try await RecycledInput.host())))
      }
    }
  }

  struct Rebuild: AsyncParsableCommand {
    static let configuration = ServiceCommand.rebuild

    func run() async throws {
      try await ServiceCommand.serve {
        try await ReportingService<InputRules>.rebuild(try await RecycledInput.host())
        print(ServiceCommand.rebuilt)
      }
    }
  }

  private static func host() async throws -> ServiceHost {
    try ServiceHost(name: "recycled-input", port: 8082, settings: try await Settings())
  }
}
