import Foundation
import GRDB
import GRDBSQLite

/// A SQLite file that this process alone has open: WAL with `synchronous=FULL`, read back at start.
final class SQLiteEngine: Engine {
  private let pool: DatabasePool
  private let lock: FileLock

  /// Opens the file, and creates it where there is none.
  init(path: String, readers: Int) throws {
    let folder = URL(filePath: path).deletingLastPathComponent()
    do {
      try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
      lock = try FileLock(path: path + ".lock")
      Self.claim(path)
      pool = try DatabasePool(path: path, configuration: Self.configuration(readers: readers))
      try pool.writeWithoutTransaction(Self.demandDurability)
    } catch let failure as StorageFailure {
      throw failure
    } catch {
      throw StorageFailure.unusable(
        "The database \(path) cannot be opened: \(error). Check storage.url and the folder's rights."
      )
    }
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

  private static func configuration(readers: Int) -> Configuration {
    var configuration = Configuration()
    configuration.foreignKeysEnabled = true
    configuration.maximumReaderCount = readers
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

  var isShared: Bool { false }

  func onWriter(_ work: @escaping @Sendable (any Session) -> Void) {
    pool.asyncWriteWithoutTransaction { work(SQLiteSession($0)) }
  }

  func read<Result: Sendable>(
    _ body: @escaping @Sendable (Connection) throws -> Result
  ) async throws -> Result {
    try await pool.read { try body(Connection(session: SQLiteSession($0))) }
  }

  func close() throws {
    try pool.close()
    lock.release()
  }
}
