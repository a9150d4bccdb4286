import Foundation
import GRDB
import GRDBSQLite

/// The one database of a service. The URL picks the engine: `sqlite:var/registry.sqlite`.
///
/// Every write is durable before it is acknowledged: WAL with `synchronous=FULL`, read back at
/// start. Concurrent writes are gathered and committed together (``write(_:)``).
package final class Database: Sendable {
  private let pool: DatabasePool
  private let lock: FileLock
  private let group: GroupCommit

  /// Opens the database, and creates it where there is none.
  /// - Throws: ``StorageFailure/unusable(_:)`` with a sentence that says what to change.
  /// - Parameter largestGroup: the most writes that one transaction holds, 64 at most.
  package init(url: String, largestGroup: Int = 64) throws {
    guard url.hasPrefix("sqlite:"), url.utf8.count > 7 else {
      throw StorageFailure.unusable(
        "storage.url is \"\(url)\": write sqlite:PATH, such as sqlite:var/registry.sqlite")
    }
    let path = String(url.dropFirst(7))
    let folder = URL(filePath: path).deletingLastPathComponent()
    do {
      try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
      lock = try FileLock(path: path + ".lock")
      Self.claim(path)
      pool = try DatabasePool(path: path, configuration: Self.configuration)
      try pool.writeWithoutTransaction(Self.demandDurability)
    } catch let failure as StorageFailure {
      throw failure
    } catch {
      throw StorageFailure.unusable(
        "The database \(path) cannot be opened: \(error). Check storage.url and the folder's rights."
      )
    }
    group = GroupCommit(pool: pool, largestGroup: largestGroup)
  }

  /// Keeps others from reading the file. SQLite gives the files beside it the rights that it finds
  /// on this one, so it must have them first.
  private static func claim(_ path: String) {
    if !FileManager.default.fileExists(atPath: path) {
      _ = FileManager.default.createFile(
        atPath: path, contents: nil, attributes: [.posixPermissions: 0o600])
    }
    chmod(path, 0o600)
  }

  private static var configuration: Configuration {
    var configuration = Configuration()
    configuration.foreignKeysEnabled = true
    configuration.maximumReaderCount = 4
    configuration.busyMode = .timeout(10)
    configuration.prepareDatabase { database in
      // Each write and each bulk row has a savepoint, which keeps the old image of every page that
      // it touches: in memory, not in a temporary file.
      try database.execute(sql: "PRAGMA temp_store = MEMORY")
    }
    return configuration
  }

  /// GRDB opens a pool with `synchronous=NORMAL`, which may lose acknowledged commits.
  private static func demandDurability(_ database: GRDB.Database) throws {
    try database.execute(sql: "PRAGMA synchronous = FULL")
    let level = try Int.fetchOne(database, sql: "PRAGMA synchronous")
    let mode = try String.fetchOne(database, sql: "PRAGMA journal_mode")
    guard level == 2, mode == "wal" else {
      throw StorageFailure.unusable(
        "SQLite would not be durable here (synchronous \(level ?? -1), journal mode \(mode ?? "?")): use a local disk"
      )
    }
  }

  /// Reads from one unchanging snapshot.
  package func read<Result: Sendable>(
    _ body: @escaping @Sendable (Connection) throws -> Result
  ) async throws -> Result {
    try await pool.read { try body(Connection(database: $0)) }
  }

  /// Writes. The body runs in a savepoint of its own inside a transaction it may share with up to
  /// 63 others; this returns when that transaction is on the disk. A body that throws leaves
  /// nothing behind.
  /// - Throws: what the body threw; ``StorageFailure/overloaded`` when 1,024 writes wait already.
  package func write<Result: Sendable>(
    _ body: @escaping @Sendable (Connection) throws -> Result
  ) async throws -> Result {
    try await group.write(body)
  }

  /// Writes waiting for their turn.
  package var waitingWrites: Int { group.waiting }

  /// How often this process has committed; unchanged, it has written nothing.
  package var commits: Int { group.committed }

  /// Closes it; from then on another may open the file.
  package func close() throws {
    try pool.close()
    lock.release()
  }

  /// Applies a component's migrations that this database has not seen.
  package func migrate(_ component: String, _ migrations: [Migration]) async throws {
    try await write { try Migration.apply(migrations, of: component, to: $0) }
  }
}
