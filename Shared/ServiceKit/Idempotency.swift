import Crypto
import Hummingbird
import Models
import Storage

/// A POST that creates something: its body, and the key under which it happens once.
package struct Creation: Sendable {
  package let body: [UInt8]
  /// Credential, method, path and key.
  fileprivate let scope: String
  fileprivate let digest: [UInt8]

  /// Reads the body and the `Idempotency-Key`.
  /// - Throws: ``Problem`` `malformed` without a key.
  package init(_ request: Request, _ context: Context) async throws {
    guard let key = request.header("Idempotency-Key"), (1...100).contains(key.utf8.count),
      key.utf8.allSatisfy({ (0x21...0x7E).contains($0) })
    else {
      throw Problem(
        .malformed,
        "Send Idempotency-Key with 1 to 100 visible characters, such as a UUID: repeating the request with the same key is then safe."
      )
    }
    body = try await request.document("application/json")
    scope = "\(try context.actor.credential) \(request.method) \(request.uri.path) \(key)"
    // The query and the precondition are part of what was asked.
    let asked = "\(request.uri.query ?? "")\n\(request.header("If-Match") ?? "")\n"
    digest = Array(SHA256.hash(data: Array(asked.utf8) + body))
  }
}

/// Keeps the first answer under a key for seven days.
package enum Idempotency {
  package static let migrations = [
    Migration(
      1,
      """
      CREATE TABLE idempotency (
        scope TEXT PRIMARY KEY, digest BYTEA NOT NULL, status BIGINT NOT NULL,
        headers TEXT NOT NULL, body BYTEA NOT NULL, stored_at BIGINT NOT NULL);
      CREATE INDEX idempotency_stored_at ON idempotency (stored_at);
      """)
  ]

  package static let daysKept: Int64 = 7

  /// Does the work and keeps its answer, in one transaction; or gives the first answer again. A
  /// concurrent duplicate waits, since writes take turns. A refusal leaves nothing behind.
  /// - Throws: ``Problem`` `keyReused` for another body; what the work throws.
  package static func once(
    _ creation: Creation, at now: Instant, on connection: Connection,
    work: () throws -> Answer
  ) throws -> Answer {
    if let first = try first(creation, on: connection) { return first }
    let answer = try work()
    let headers = answer.headers.map { "\($0.name): \($0.value)" }.joined(separator: "\n")
    try connection.execute(
      """
      INSERT INTO idempotency (scope, digest, status, headers, body, stored_at)
      VALUES ($1, $2, $3, $4, $5, $6)
      """,
      [
        .text(creation.scope), .blob(creation.digest), .int(answer.status), .text(headers),
        .blob(answer.replayBody ?? answer.body), .int(now.milliseconds),
      ])
    // A few old ones go with each new one, so no sweep is ever long.
    try connection.execute(
      """
      DELETE FROM idempotency WHERE scope IN (
        SELECT scope FROM idempotency WHERE stored_at < $1 ORDER BY stored_at LIMIT 4)
      """, [.int(now.adding(seconds: -daysKept * 86_400).milliseconds)])
    return answer
  }

  /// The same as a write of its own.
  package static func once(
    _ creation: Creation, at now: Instant, in database: Database,
    _ work: @escaping @Sendable (Connection) throws -> Answer
  ) async throws -> Answer {
    try await database.write { connection in
      try once(creation, at: now, on: connection) { try work(connection) }
    }
  }

  /// The first answer, where there was one: for who would prepare much for nothing.
  /// - Throws: ``Problem`` `keyReused` for another body.
  package static func first(_ creation: Creation, on connection: Connection) throws -> Answer? {
    try connection.first(
      "SELECT digest, status, headers, body FROM idempotency WHERE scope = $1",
      [.text(creation.scope)]
    ).map { try replay($0, for: creation) }
  }

  private static func replay(_ first: Row, for creation: Creation) throws -> Answer {
    guard try first.blob("digest") == creation.digest else {
      throw Problem(
        .keyReused,
        "This Idempotency-Key was used with another body. Make a new key for a new request.")
    }
    let headers = try first.text("headers").split(separator: "\n").compactMap { line in
      let parts = line.split(separator: ":", maxSplits: 1).map { String($0).trimmingSpace }
      return parts.count == 2 ? (name: parts[0], value: parts[1]) : nil
    }
    return Answer(
      stored: Int(try first.int("status")),
      headers: headers + [("Idempotent-Replay", "true")], body: try first.blob("body"))
  }
}
