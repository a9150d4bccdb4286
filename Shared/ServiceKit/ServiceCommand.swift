import ArgumentParser
import Foundation
import Storage

/// What the command lines of all services have in common.
package enum ServiceCommand {
  package static let version = "0.1.0"

  /// - Parameter further: settings that only this service has, a line each.
  package static func configuration(
    _ name: String, _ abstract: String, port: Int, further: [String],
    subcommands: [any ParsableCommand.Type]
  ) -> CommandConfiguration {
    let lines =
      [
        "http.port                    \(port)   the port; 0 for any free one",
        "http.host                    127.0.0.1   the address to listen on",
        "http.deadline.seconds        30   the most one request may take",
        "public.url                   http://127.0.0.1:\(port)   the address others use",
        "storage.url                  sqlite:var/\(name).sqlite   the database",
        "storage.read.url             none   a PostgreSQL standby for reads that may be a little old",
        "storage.readers              4   the most connections that read at once",
        "storage.commit.group         64   the most writes that one transaction holds",
        "keys.folder                  var/keys   where key files are",
        "log.level                    info   trace … critical",
        "log.format                   human   human or json",
      ] + further
    return CommandConfiguration(
      commandName: name, abstract: abstract,
      discussion: """
        Settings come from the environment (REMELT_HTTP_PORT for http.port), or from a JSON file \
        that REMELT_CONFIG names ({"http": {"port": \(port)}}). With their defaults:

        \(lines.map { "  " + $0 }.joined(separator: "\n"))
        """,
      version: version, subcommands: subcommands, defaultSubcommand: subcommands.first)
  }

  /// Runs a service; what stops its start is said in one sentence, and the exit code is 78
  /// (EX_CONFIG) for a setting.
  package static func serve(_ run: () async throws -> Void) async throws {
    // Until the service handles it, and as process 1 of a container too, where it would have no
    // effect: whoever is told to stop while it starts stops.
    signal(SIGTERM) { _ in _exit(143) }
    do {
      try await run()
    } catch let unusable as Settings.Unusable {
      complain("\(unusable)")
      throw ExitCode(78)
    } catch StorageFailure.unusable(let sentence) {
      complain(sentence)
      throw ExitCode(78)
    } catch {
      complain("The service stopped: \(error)")
      throw ExitCode.failure
    }
  }

  /// The command that goes on after a restore from an old backup.
  package static let newJournal = CommandConfiguration(
    commandName: "new-journal",
    abstract: "Go on under a new origin, after a restore that is older than what followers know.",
    discussion: """
      Stop the service first. The entries stay as they are; the next one names the last checkpoint \
      of the old origin. Then start the service, and have each follower begin anew (the dashboard: \
      dashboard rebuild).
      """)

  /// The command that lets followed journals begin anew.
  package static let rebuild = CommandConfiguration(
    commandName: "rebuild",
    abstract: "Empty what was taken from other journals, so that the next start takes it anew.",
    discussion: "Stop the service first. Nothing is lost: the journals are elsewhere.")

  package static let rebuilt = "What was followed is empty. Start the service to fill it again."

  package static func begun(_ origin: String) -> String {
    "The journal goes on as \(origin). Start the service, then have its followers begin anew."
  }

  package static func health(port: Int) async throws {
    do {
      guard try await ReadyCheck.run(port: port) else {
        complain("not ready")
        throw ExitCode.failure
      }
      print("ready")
    } catch let failure as HTTPFailure {
      complain("\(failure)")
      throw ExitCode.failure
    }
  }

  private static func complain(_ text: String) {
    FileHandle.standardError.write(Data((text + "\n").utf8))
  }
}
