import ArgumentParser
import Journal
import ServiceKit

@main
struct ProcessorRegistry: AsyncParsableCommand {
  static let configuration = ServiceCommand.configuration(
    "processor-registry", "Organisations, facilities, qualification, throughput and credentials.",
    port: 8081, further: ["balance.tolerance.permille   5   how far a month's balances may be off"],
    subcommands: [Serve.self, Health.self, BeginNewJournal.self])

  struct Serve: AsyncParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Serve until SIGTERM or SIGINT.")

    func run() async throws {
      try await ServiceCommand.serve {
        let host = try await ProcessorRegistry.host()
        try await RegistryApplication(host: host).run()
      }
    }
  }

  struct Health: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Ask the running service whether it is ready.")

    func run() async throws { try await ServiceCommand.health(port: 8081) }
  }

  struct BeginNewJournal: AsyncParsableCommand {
    static let configuration = ServiceCommand.newJournal

    func run() async throws {
      try await ServiceCommand.serve {
        print(
          ServiceCommand.begun(
            try await NewJournal.begin(try await ProcessorRegistry.host())))
      }
    }
  }

  private static func host() async throws -> ServiceHost {
    try ServiceHost(name: "processor-registry", port: 8081, settings: try await Settings())
  }
}
