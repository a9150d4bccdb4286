import Foundation
import Models
import ServiceKit
import Storage

/// How a service other than the registry knows who may do what: it follows the registry's journal.
package enum RegistryAccess {
  /// A follower of the registry's journal into this service's database.
  /// - Parameter apply: what else the service takes from the entries, in the same transaction.
  package static func follower(
    _ host: ServiceHost, apply: @escaping @Sendable ([Followed], Connection) throws -> Void
  ) throws -> Follower {
    let registry = try host.settings.url("registry.url", default: "http://127.0.0.1:8081")
    return follower(
      host, source: "registry", url: registry + "/registry/v1/journal",
      signIn: signIn(host, registry: registry)
    ) { entries, connection in
      for entry in entries { try AccessKeys.apply(entry.event, on: connection) }
      try apply(entries, connection)
    }
  }

  package static func follower(
    _ host: ServiceHost, source: String, url: String, signIn: SignIn,
    apply: @escaping @Sendable ([Followed], Connection) throws -> Void
  ) -> Follower {
    Follower(
      source: source, url: url, client: host.client,
      authorize: { try await signIn.authorization() }, refused: { signIn.forget() },
      database: host.database, clock: host.clock,
      logger: host.logger, apply: apply)
  }

  /// Lets every followed journal begin anew: the cursors, and what access was taken from them.
  package static func wipe(on connection: Connection) throws {
    for table in ["follower", "access_key", "access_revocation"] {
      try connection.execute("DELETE FROM \(table)")
    }
  }

  /// This service's own access, with the key that the registry wrote at its first start.
  package static func signIn(_ host: ServiceHost, registry: String) -> SignIn {
    let file = host.keyFile("service.key")
    return SignIn(registry: registry, client: host.client, clock: host.clock) {
      guard let key = try? String(contentsOfFile: file, encoding: .utf8) else {
        throw SignIn.Failure(
          description:
            "the key file \(file) is not there: start the registry first, or set keys.folder")
      }
      return key
    }
  }
}
