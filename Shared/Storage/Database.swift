/// The one database of a service. The URL picks the engine: `sqlite:var/registry.sqlite`, or
/// `postgres://…`, which several replicas of the service may share.
///
/// Every write is durable before it is acknowledged. Concurrent writes are gathered and committed
/// together (``write(_:)``), and writes of all replicas take turns, so whatever a write has looked
/// up holds until it is committed.
package final class Database: Sendable {
  private let engine: any Engine
  private let standby: PostgresEngine?
  private let group: GroupCommit

  /// Opens the database; a SQLite file is created where there is none.
  /// - Parameters:
  ///   - readURL: a standby of the same PostgreSQL database, for ``readStandby(_:)``.
  ///   - largestGroup: the most writes that one transaction holds, 64 at most.
  ///   - readers: the most reads at once.
  ///   - readOnly: nothing is written, not even the row that writers wait for.
  ///   - patience: how long to wait for a server that is not up yet.
  /// - Throws: ``StorageFailure/unusable(_:)`` with a sentence that says what to change.
  package init(
    url: String, readURL: String? = nil, largestGroup: Int = 64, readers: Int = 4,
    readOnly: Bool = false, patience: Duration = .seconds(30)
  ) throws {
    engine = try Self.engine(url, readers: readers, writes: !readOnly, patience: patience)
    standby = try readURL.map { try Self.standby($0, of: url, readers: readers) }
    group = GroupCommit(engine: engine, largestGroup: largestGroup)
  }

  private static func engine(_ url: String, readers: Int, writes: Bool, patience: Duration) throws
    -> any Engine
  {
    if isPostgres(url) {
      let server = try PostgresServer(url: url, setting: "storage.url", writes: writes)
      try server.waitUntilUp(patience)
      return try PostgresEngine(server, readers: readers, writes: writes)
    }
    guard url.hasPrefix("sqlite:"), url.utf8.count > 7 else {
      throw StorageFailure.unusable(
        "storage.url is \"\(url)\": write sqlite:PATH, such as sqlite:var/registry.sqlite, or postgres://USER@HOST/DATABASE"
      )
    }
    return try SQLiteEngine(path: String(url.dropFirst(7)), readers: readers)
  }

  private static func standby(_ readURL: String, of url: String, readers: Int) throws
    -> PostgresEngine
  {
    guard isPostgres(url), isPostgres(readURL) else {
      throw StorageFailure.unusable(
        "storage.read.url names a standby of the PostgreSQL database in storage.url: write postgres://… in both, or leave it out."
      )
    }
    let server = try PostgresServer(url: readURL, setting: "storage.read.url", writes: false)
    // A standby may be away, but not unusable.
    try server.tryOnce()
    return try PostgresEngine(server, readers: readers, writes: false)
  }

  private static func isPostgres(_ url: String) -> Bool {
    url.hasPrefix("postgres://") || url.hasPrefix("postgresql://")
  }

  /// Whether other processes, such as replicas of the service, may write to this database too.
  package var isShared: Bool { engine.isShared }

  /// Reads from one unchanging snapshot.
  package func read<Result: Sendable>(
    _ body: @escaping @Sendable (Connection) throws -> Result
  ) async throws -> Result {
    try await engine.read(body)
  }

  /// Reads what may be a little old: from the standby, where there is one and it is not away.
  package func readStandby<Result: Sendable>(
    _ body: @escaping @Sendable (Connection) throws -> Result
  ) async throws -> Result {
    guard let standby, !Self.readsPrimary else { return try await engine.read(body) }
    do {
      return try await standby.read(body)
    } catch StorageFailure.away {
      return try await engine.read(body)
    }
  }

  /// Whether this task must see what has been committed, and reads from no standby.
  @TaskLocal package static var readsPrimary = false

  /// Writes. The body runs in a savepoint of its own inside a transaction it may share with up to
  /// 63 others; this returns when that transaction is on the disk. A body that throws leaves
  /// nothing behind.
  /// - Throws: what the body threw; ``StorageFailure/overloaded`` when 1,024 writes wait already;
  ///   ``StorageFailure/away(_:)``.
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
    try engine.close()
    standby?.close()
  }

  /// Applies a component's migrations that this database has not seen.
  package func migrate(_ component: String, _ migrations: [Migration]) async throws {
    let isShared = self.isShared
    try await write { connection in
      if isShared { try StoreMove.refuseHalfMoved(connection) }
      try Migration.apply(migrations, of: component, to: connection)
    }
  }
}
