/// A connection inside a read or a write. Statements use the SQL that both engines share, with `$1`
/// parameters, which are bound by their number and never by their place in the text.
///
/// A statement that failed ends the part of the write that it stands in: only what is outside of
/// that ``savepoint(_:)`` goes on.
package struct Connection {
  let session: any Session

  /// Runs a statement and returns its rows.
  package func query(_ sql: String, _ parameters: [Value] = []) throws -> [Row] {
    try session.query(sql, parameters)
  }

  /// Runs a statement that gives at most one row.
  package func first(_ sql: String, _ parameters: [Value] = []) throws -> Row? {
    try query(sql, parameters).first
  }

  /// Runs a change whose answer nobody reads. PostgreSQL is not waited for: a failure may show at a
  /// later statement, and shows at the latest when the part of the write ends.
  package func execute(_ sql: String, _ parameters: [Value] = []) throws {
    try session.execute(sql, parameters)
  }

  /// How old the newest change is that can be read here, in milliseconds; nil unless this reads from
  /// a standby.
  package func standbyLag() throws -> Int64? { try session.standbyLag() }

  /// What ``remember(_:_:)`` was told under this name in this transaction.
  package func remembered<Value>(_ name: String, as _: Value.Type) -> Value? {
    session.remembered[name] as? Value
  }

  /// Keeps something until the transaction ends, or a part of it fails: what has been read stays true
  /// so long, since nobody else writes meanwhile. Nil forgets it.
  package func remember<Value: Sendable>(_ name: String, _ value: Value?) {
    session.remembered[name] = value
  }

  /// Runs several statements without parameters, as migrations do.
  package func script(_ sql: String) throws { try session.script(sql) }

  /// Runs a part of a write that fails or succeeds by itself, as a row of a bulk request does.
  package func savepoint<Result>(_ body: () throws -> Result) throws -> Result {
    try session.execute("SAVEPOINT part", [])
    do {
      let result = try body()
      try session.execute("RELEASE SAVEPOINT part", [])
      try session.settle()
      return result
    } catch {
      session.remembered = [:]
      try session.demandTransaction()
      try session.execute("ROLLBACK TO SAVEPOINT part", [])
      try session.execute("RELEASE SAVEPOINT part", [])
      try session.settle()
      throw error
    }
  }
}
