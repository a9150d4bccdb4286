import Models
import ServiceKit
import Storage

/// The way on after a restore from a backup that is older than what followers have seen: the same
/// entries go on under a new origin and a new key, and the next entry names the checkpoint that was
/// signed last under the old one. Followers refuse the new origin until they are told to begin
/// anew, so nobody mistakes one history for the other.
package enum NewJournal {
  /// Begins the new origin.
  /// - Returns: its name.
  package static func begin(_ host: ServiceHost) async throws -> String {
    try await host.database.migrate("journal", Journal.migrations)
    let seed = host.random.bytes(32)
    let journal = Journal(clock: host.clock, random: host.random)
    return try await host.database.write { connection in
      guard let head = try connection.first("SELECT origin FROM journal_head") else {
        throw StorageFailure.unusable("There is no journal here yet: start the service first.")
      }
      let old = try head.text("origin")
      let note = try connection.first(
        "SELECT note FROM journal_checkpoint ORDER BY size DESC LIMIT 1")?.text("note")
      let new = successor(of: old)
      try connection.execute(
        "UPDATE journal_head SET origin = $1, signing_key = $2", [.text(new), .blob(seed)])
      Journal.forgetHead(on: connection)
      try journal.append(
        Event(
          .journalStarted, subject: new, actor: "service",
          data: .members(["previous_origin": .string(old), "previous_checkpoint": .text(note)])),
        on: connection)
      return new
    }
  }

  /// `…/registry`, `…/registry/2`, `…/registry/3` …
  static func successor(of origin: String) -> String {
    guard let slash = origin.lastIndex(of: "/"),
      let number = Int(origin[origin.index(after: slash)...])
    else { return origin + "/2" }
    return "\(origin[..<slash])/\(number + 1)"
  }
}
