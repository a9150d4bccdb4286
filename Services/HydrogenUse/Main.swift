import ArgumentParser
import Foundation
import Journal
import Reporting
import ServiceKit

@main
struct HydrogenUse: AsyncParsableCommand {
  static let configuration = ServiceCommand.configuration(
    "hydrogen-use", "Hydrogen by route, use and carbon intensity.",
    port: 8083,
    further: [
      "registry.url                 http://127.0.0.1:8081   the registry to follow",
      "balance.tolerance.permille   20   how far a month's hydrogen may be off",
    ],
    subcommands: [Serve.self, Health.self, BeginNewJournal.self, Rebuild.self])

  struct Serve: AsyncParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Serve until SIGTERM or SIGINT.")

    func run() async throws {
      try await ServiceCommand.serve {
        let host = try await HydrogenUse.host()
        try await HydrogenUseApplication.service(host).run(bundle: .module)
      }
    }
  }

  struct Health: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Ask the running service whether it is ready.")

    func run() async throws { try await ServiceCommand.health(port: 8083) }
  }

  struct BeginNewJournal: AsyncParsableCommand {
    static let configuration = ServiceCommand.newJournal

    func run() async throws {
      try await ServiceCommand.serve {
        print(
          ServiceCommand.begun(try await NewJournal.begin(try await HydrogenUse.host())))
      }
    }
  }

  struct Rebuild: AsyncParsableCommand {
    static let configuration = ServiceCommand.rebuild

    func run() async throws {
      try await ServiceCommand.serve {
        try await ReportingService<HydrogenRules>.rebuild(try await HydrogenUse.host())
        print(ServiceCommand.rebuilt)
      }
    }
  }

  private static func host() async throws -> ServiceHost {
    try ServiceHost(name: "hydrogen-use", port: 8083, settings: try await Settings())
  }
}
