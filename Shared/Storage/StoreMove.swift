/// Moves everything that a service keeps from SQLite to an empty PostgreSQL database: rows as they
/// are, so that a journal's positions, bytes and hashes, and the cursors of what was followed, stay
/// the same. What was moved before an interruption is not moved again.
package struct StoreMove: Sendable {
  /// A table on its way, for people who wait.
  package struct Step: Sendable {
    package let table: String
    package let moved: Int64
    package let total: Int64
  }

  private struct Table: Sendable {
    let name: String
    let columns: [String]
    /// The columns of the primary key, in its order.
    let key: [String]
  }

  /// Rows that are moved in one transaction.
  private static let chunk = 2000

  private let source: Database
  private let target: Database

  /// - Throws: ``StorageFailure/unusable(_:)`` unless the one is SQLite and the other PostgreSQL.
  package init(from source: Database, to target: Database) throws {
    guard !source.isShared, target.isShared else {
      throw StorageFailure.unusable(
        "A store is moved from sqlite:… to postgres://…, and no other way.")
    }
    self.source = source
    self.target = target
  }

  /// Moves what is not moved yet, and compares the number of rows of every table.
  /// - Throws: ``StorageFailure/unusable(_:)`` where the target holds something else.
  package func run(progress: @escaping @Sendable (Step) throws -> Void) async throws {
    try await prepare()
    let tables = try await tables()
    for table in tables { try await move(table, progress) }
    for table in tables { try await compare(table) }
    try await finish()
  }

  // MARK: The schema

  /// Makes the schema by the source's own migrations. Its foreign keys come back at the end: rows
  /// arrive in another order than they were made in.
  private func prepare() async throws {
    // In the order in which they were applied: a component's may need another's.
    let steps = try await source.read {
      try $0.query("SELECT component, number, sql FROM schema_migration ORDER BY rowid")
        .map {
          (try $0.text("component"), Migration(Int(try $0.int("number")), try $0.text("sql")))
        }
    }
    try await target.write { connection in
      guard try !Self.isUnderWay(connection) else { return }
      var applied: [String: [Migration]] = [:]
      for (component, migration) in steps {
        applied[component, default: []].append(migration)
        try Migration.apply(applied[component] ?? [], of: component, to: connection)
      }
      try connection.script("CREATE TABLE store_move (restore TEXT PRIMARY KEY)")
      let keys = try connection.query(
        """
        SELECT CAST(conrelid::regclass AS TEXT) AS of, CAST(quote_ident(conname) AS TEXT) AS name,
          pg_get_constraintdef(oid) AS definition
        FROM pg_constraint
        WHERE contype = 'f' AND connamespace = to_regnamespace(current_schema())
        """)
      for key in keys {
        let (of, name) = (try key.text("of"), try key.text("name"))
        try connection.execute(
          "INSERT INTO store_move (restore) VALUES ($1)",
          [.text("ALTER TABLE \(of) ADD CONSTRAINT \(name) \(try key.text("definition"))")])
        try connection.script("ALTER TABLE \(of) DROP CONSTRAINT \(name)")
      }
    }
  }

  /// Whether a move into this database was begun.
  private static func isUnderWay(_ connection: Connection) throws -> Bool {
    let tables = try connection.query(
      """
      SELECT CAST(relname AS TEXT) AS name FROM pg_class
      WHERE relkind = 'r' AND relnamespace = to_regnamespace(current_schema())
      """
    ).map { try $0.text("name") }
    if tables.contains("store_move") { return true }
    let others = tables.filter { $0 != "write_turn" }.sorted()
    guard others.isEmpty else {
      throw StorageFailure.unusable(
        "The database to move to is not empty: it holds \(list(others.prefix(3))). Name an empty one."
      )
    }
    return false
  }

  /// A service on a half of a store would begin a ledger of its own.
  static func refuseHalfMoved(_ connection: Connection) throws {
    let table = try connection.first(
      "SELECT CAST(to_regclass('store_move') AS TEXT) AS name")?.optionalText("name")
    guard table == nil else {
      throw StorageFailure.unusable(
        "A move into this database was interrupted: run 'remelt move-store' again to finish it.")
    }
  }

  private func finish() async throws {
    try await target.write { connection in
      for key in try connection.query("SELECT restore FROM store_move") {
        try connection.script(try key.text("restore"))
      }
      try connection.script("DROP TABLE store_move; ANALYZE")
    }
  }

  // MARK: The rows

  private func tables() async throws -> [Table] {
    try await source.read { connection in
      try connection.query(
        """
        SELECT name FROM sqlite_master
        WHERE type = 'table' AND name NOT LIKE 'sqlite_%' AND name <> 'schema_migration'
        ORDER BY name
        """
      ).map { row in
        let name = try row.text("name")
        let columns = try connection.query(
          "SELECT name, pk FROM pragma_table_info($1) ORDER BY cid", [.text(name)])
        let key = try columns.filter { try $0.int("pk") > 0 }
          .sorted { try $0.int("pk") < $1.int("pk") }
        guard !key.isEmpty else {
          throw StorageFailure.misuse("the table \(name) has no primary key to go by")
        }
        return Table(
          name: name, columns: try columns.map { try $0.text("name") },
          key: try key.map { try $0.text("name") })
      }
    }
  }

  /// Rows go in the order of the key, a chunk a transaction: the last key that is there says where
  /// to go on.
  private func move(_ table: Table, _ progress: @Sendable (Step) throws -> Void) async throws {
    let total = try await Self.count(table, in: source)
    var moved = try await Self.count(table, in: target)
    try progress(Step(table: table.name, moved: moved, total: total))
    var last = try await target.read { connection in
      try connection.first(
        """
        SELECT \(list(table.key)) FROM \(table.name)
        ORDER BY \(list(table.key.map { $0 + " DESC" })) LIMIT 1
        """)?.values
    }
    while moved < total {
      let rows = try await source.read { [last] in
        try Self.chunk(of: table, after: last, on: $0)
      }
      guard let end = rows.last else { break }
      try await insert(rows, into: table)
      let places = table.key.compactMap { table.columns.firstIndex(of: $0) }
      last = places.map { end.values[$0] }
      moved += Int64(rows.count)
      try progress(Step(table: table.name, moved: moved, total: total))
    }
  }

  private static func chunk(of table: Table, after last: [Value]?, on connection: Connection) throws
    -> [Row]
  {
    let marks = list(table.key.indices.map { "$\($0 + 1)" })
    let after = last == nil ? "" : "WHERE (\(list(table.key))) > (\(marks))"
    return try connection.query(
      """
      SELECT \(list(table.columns)) FROM \(table.name) \(after)
      ORDER BY \(list(table.key)) LIMIT \(chunk)
      """, last ?? [])
  }

  private func insert(_ rows: [Row], into table: Table) async throws {
    let marks = list(table.columns.indices.map { "$\($0 + 1)" })
    let sql = "INSERT INTO \(table.name) (\(list(table.columns))) VALUES (\(marks))"
    try await target.write { connection in
      for row in rows { try connection.execute(sql, row.values) }
    }
  }

  private func compare(_ table: Table) async throws {
    let (here, there) = (
      try await Self.count(table, in: source), try await Self.count(table, in: target)
    )
    guard here == there else {
      throw StorageFailure.unusable(
        "\(table.name) has \(here) rows, but \(there) arrived: begin again with an empty database.")
    }
  }

  private static func count(_ table: Table, in database: Database) async throws -> Int64 {
    try await database.read {
      try $0.first("SELECT COUNT(*) AS count FROM \(table.name)")?.int("count") ?? 0
    }
  }
}

private func list(_ names: some Sequence<String>) -> String { names.joined(separator: ", ") }
