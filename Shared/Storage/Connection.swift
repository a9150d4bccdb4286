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

  /// What ``remember(_:_:store:)`` was told under this name in this transaction.
  package func remembered<Value>(_ name: String, as _: Value.Type) -> Value? {
    session.memory.values[name] as? Value
  }

  /// Keeps a row that a write reads or changes again and again: it stays true to the end of the
  /// transaction, since nobody else writes meanwhile, and goes back with a part that fails.
  /// - Parameter store: stores it, once, when the part of the write ends that it was changed in.
  package func remember<Value: Sendable>(
    _ name: String, _ value: Value, store: @escaping (Connection) throws -> Void
  ) {
    session.memory.values[name] = value
    session.memory.unstored[name] = store
  }

  /// Reads it again the next time.
  package func forget(_ name: String) { session.memory.values[name] = nil }

  /// Runs several statements without parameters, as migrations do.
  package func script(_ sql: String) throws { try session.script(sql) }

  /// Runs a part of a write that fails or succeeds by itself, as a row of a bulk request does.
  package func savepoint<Result>(_ body: () throws -> Result) throws -> Result {
    try session.execute("SAVEPOINT part", [])
    let before = session.memory
    do {
      let result = try body()
      for store in session.memory.unstored.values { try store(self) }
      session.memory.unstored = [:]
      try session.execute("RELEASE SAVEPOINT part", [])
      try session.settle()
      return result
    } catch {
      session.memory = before
      // What was sent and not waited for may have failed: the way back must not go with it.
      try? session.settle()
      try session.demandTransaction()
      try session.execute("ROLLBACK TO SAVEPOINT part", [])
      try session.execute("RELEASE SAVEPOINT part", [])
      try session.settle()
      throw error
    }
  }
}
