/// One numbered step of a component's schema. A step that has landed is never edited.
package struct Migration: Sendable {
  package let number: Int
  package let sql: String

  package init(_ number: Int, _ sql: String) {
    self.number = number
    self.sql = sql
  }

  /// Applies what is missing, in order. The text of each step is kept, so an edited one is noticed.
  static func apply(
    _ migrations: [Migration], of component: String, to connection: Connection
  ) throws {
    try connection.script(
      """
      CREATE TABLE IF NOT EXISTS schema_migration (
        component TEXT NOT NULL, number BIGINT NOT NULL, sql TEXT NOT NULL,
        PRIMARY KEY (component, number))
      """)
    let applied = try connection.query(
      "SELECT number, sql FROM schema_migration WHERE component = $1 ORDER BY number",
      [.text(component)])
    for (index, row) in applied.enumerated() {
      guard index < migrations.count else {
        throw StorageFailure.unusable(
          "The database was made by a newer Remelt (schema \(component) \(try row.int("number"))): start that version."
        )
      }
      guard try row.text("sql") == migrations[index].sql else {
        throw StorageFailure.unusable(
          "Step \(index + 1) of the schema \(component) differs from the one this database was made with."
        )
      }
    }
    for migration in migrations.dropFirst(applied.count) {
      try connection.script(migration.sql)
      try connection.execute(
        "INSERT INTO schema_migration (component, number, sql) VALUES ($1, $2, $3)",
        [.text(component), .int(migration.number), .text(migration.sql)])
    }
  }
}
