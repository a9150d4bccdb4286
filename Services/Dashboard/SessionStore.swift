import Crypto
import Foundation
import Models
import ServiceKit
import Storage

/// The page's sessions: who signed in, by the cookie's value, and the token that answers for them.
///
/// They stand in the database, so that any replica answers and a restart ends nobody's work. A token
/// is sealed with a key made of the cookie's value, which is not stored: whoever reads the database
/// can sign in as nobody. A token never leaves the server.
struct Sessions: Sendable {
  static let migrations = [
    Migration(
      1,
      """
      CREATE TABLE session (
        id BYTEA PRIMARY KEY, token BYTEA NOT NULL, expires BIGINT NOT NULL);
      CREATE INDEX session_expires ON session (expires);
      """)
  ]

  let database: Database
  let clock: Clock
  let random: Randomness

  /// Keeps a token for as long as it lives. Those that have ended are forgotten.
  /// - Returns: the session's id, 256 random bits.
  func open(token: String, seconds: Int64) async throws -> String {
    let id = Base64URL.encode(random.bytes(32))
    let now = clock.now()
    let sealed = try AES.GCM.seal(Data(token.utf8), using: Self.key(id, for: "token")).combined
    try await database.write { connection in
      try connection.execute("DELETE FROM session WHERE expires <= $1", [.int(now.milliseconds)])
      try connection.execute(
        "INSERT INTO session (id, token, expires) VALUES ($1, $2, $3)",
        [
          .blob(Self.name(id)), .blob(Array(sealed ?? Data())),
          .int(now.adding(seconds: seconds).milliseconds),
        ])
    }
    return id
  }

  /// The token of a session that has not ended.
  func token(_ id: String) async throws -> String? {
    let now = clock.now()
    let row = try await database.read {
      try $0.first(
        "SELECT token FROM session WHERE id = $1 AND expires > $2",
        [.blob(Self.name(id)), .int(now.milliseconds)])
    }
    guard let row else { return nil }
    let box = try AES.GCM.SealedBox(combined: row.blob("token"))
    return String(decoding: try AES.GCM.open(box, using: Self.key(id, for: "token")), as: UTF8.self)
  }

  func end(_ id: String) async throws {
    try await database.write {
      try $0.execute("DELETE FROM session WHERE id = $1", [.blob(Self.name(id))])
    }
  }

  /// Under what a session is stored.
  private static func name(_ id: String) -> [UInt8] {
    key(id, for: "name").withUnsafeBytes { Array($0) }
  }

  private static func key(_ id: String, for use: String) -> SymmetricKey {
    HKDF<SHA256>.deriveKey(
      inputKeyMaterial: SymmetricKey(data: Data(id.utf8)), info: Data("remelt session \(use)".utf8),
      outputByteCount: 32)
  }
}
