import CPostgres
import Dispatch

/// A connection to PostgreSQL that connects when a transaction begins and it has none, or has lost
/// the one it had. It works in libpq's pipeline mode: changes are sent and not waited for, so that
/// a write costs one round trip for each question it asks and one at its end.
///
/// `@unchecked Sendable`, since it holds a C handle: it is used on its own queue, by the one who has
/// it from the engine.
final class PostgresSession: Session, @unchecked Sendable {
  /// What was sent and is not answered yet, in order.
  private enum Awaited {
    case preparation(String)
    case statement
    case sync
  }

  /// Answers are read when so many are due: libpq's and the server's buffers stay small.
  private static let mostAwaited = 256
  private static let mostBytesAwaited = 1 << 20
  /// The text of statements with lists in them varies: beyond this, all are prepared anew.
  private static let mostPrepared = 500

  /// libpq blocks its thread: one of these, not one of the cooperative pool.
  let queue = DispatchQueue(label: "remelt.postgres")
  private let server: PostgresServer
  private var handle: OpaquePointer?
  private var prepared: [String: String] = [:]
  private var statements = 0
  private var awaited: [Awaited] = []
  private var bytesAwaited = 0
  private var isInTransaction = false
  /// Whether the next transaction needs a new connection.
  private var isStale = false
  var memory = Memory()

  fileprivate var isClosed = false

  init(server: PostgresServer) { self.server = server }

  deinit { disconnect() }

  func disconnect() {
    if let handle { PQfinish(handle) }
    handle = nil
    prepared = [:]
    awaited = []
    bytesAwaited = 0
    isInTransaction = false
    isStale = false
  }

  // MARK: Transactions

  /// The row of `write_turn` is what writers wait for. They see each other's commits (READ
  /// COMMITTED), so what a write has looked up holds until it commits, as on SQLite.
  func beginWriting() throws {
    let turn = try begin([
      "BEGIN ISOLATION LEVEL READ COMMITTED",
      "SELECT id FROM write_turn WHERE id = 1 FOR UPDATE",
    ])
    guard !turn.isEmpty else {
      rollback()
      throw StorageFailure.engine(code: "", "the row of write_turn is gone: INSERT it with id 1")
    }
  }

  /// One snapshot for all its statements.
  func beginReading() throws { try begin(["BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"]) }

  /// A connection that idled may have been closed by the server since: it gets one more try.
  @discardableResult
  func begin(_ opening: [String]) throws -> [Row] {
    guard handle != nil else { return try open(opening) }
    do {
      return try open(opening)
    } catch StorageFailure.away where handle == nil {
      return try open(opening)
    }
  }

  private func open(_ opening: [String]) throws -> [Row] {
    memory = Memory()
    guard !isClosed else { throw StorageFailure.away("the database was closed") }
    if isStale { disconnect() }
    if handle == nil { handle = try server.connect() }
    do {
      for sql in opening { try send(sql, []) }
      let rows = try receive().rows
      isInTransaction = true
      return rows
    } catch {
      rollback()
      throw error
    }
  }

  /// - Throws: also where PostgreSQL answers a commit with a rollback, which it does without error.
  func commit() throws {
    try demandTransaction()
    try send("COMMIT", [])
    let tag = try receive().tag
    isInTransaction = false
    guard tag == "COMMIT" else {
      throw StorageFailure.engine(code: "25P02", "the transaction had failed before its commit")
    }
  }

  /// Ends a read without waiting for the answer, which the next statement reads.
  func finishReading() {
    guard handle != nil else { return }
    do {
      try send("COMMIT", [])
      try sync()
      isInTransaction = false
    } catch {
      disconnect()
    }
  }

  func rollback() {
    guard handle != nil else { return }
    do {
      _ = try? receive()
      // Which may have lost it.
      guard let handle else { return }
      guard PQtransactionStatus(handle) != PQTRANS_IDLE else { return isInTransaction = false }
      try send("ROLLBACK", [])
      _ = try receive()
      isInTransaction = false
    } catch {
      disconnect()
    }
  }

  func demandTransaction() throws {
    guard isInTransaction, handle != nil else {
      throw StorageFailure.away("the connection was lost within a transaction")
    }
  }

  // MARK: Statements

  func query(_ sql: String, _ parameters: [Value]) throws -> [Row] {
    try demandTransaction()
    try send(sql, parameters)
    return try receive().rows
  }

  func execute(_ sql: String, _ parameters: [Value]) throws {
    try demandTransaction()
    try send(sql, parameters)
    if awaited.count >= Self.mostAwaited || bytesAwaited >= Self.mostBytesAwaited {
      _ = try receive()
    }
  }

  func settle() throws {
    if !awaited.isEmpty { _ = try receive() }
  }

  /// Several statements in one text go by the simple protocol, outside of the pipeline.
  func script(_ sql: String) throws {
    try demandTransaction()
    try settle()
    guard let handle, PQexitPipelineMode(handle) == 1 else { throw lost() }
    defer { PQenterPipelineMode(handle) }
    let result = PQexec(handle, sql)
    defer { PQclear(result) }
    switch PQresultStatus(result) {
    case PGRES_COMMAND_OK, PGRES_TUPLES_OK, PGRES_EMPTY_QUERY: return
    default: throw failure(result)
    }
  }

  private func send(_ sql: String, _ parameters: [Value]) throws {
    guard let handle else { throw lost() }
    let name = try preparation(of: sql, on: handle)
    let arguments = PostgresArguments(parameters)
    let sent = arguments.withPointers { values, lengths, formats in
      PQsendQueryPrepared(handle, name, Int32(parameters.count), values, lengths, formats, 1)
    }
    guard sent == 1 else { throw lost() }
    awaited.append(.statement)
    bytesAwaited += arguments.count
  }

  /// The name under which a statement is prepared, which is asked for with it the first time.
  private func preparation(of sql: String, on handle: OpaquePointer) throws -> String {
    if let name = prepared[sql] { return name }
    if prepared.count >= Self.mostPrepared { try forgetPrepared(on: handle) }
    statements += 1
    let name = "s\(statements)"
    guard PQsendPrepare(handle, name, sql, 0, nil) == 1 else { throw lost() }
    prepared[sql] = name
    awaited.append(.preparation(sql))
    return name
  }

  private func forgetPrepared(on handle: OpaquePointer) throws {
    guard PQsendQueryParams(handle, "DEALLOCATE ALL", 0, nil, nil, nil, nil, 1) == 1 else {
      throw lost()
    }
    awaited.append(.statement)
    prepared = [:]
  }

  private func sync() throws {
    guard let handle, PQpipelineSync(handle) == 1 else { throw lost() }
    awaited.append(.sync)
  }

  /// Reads every answer that is due.
  /// - Returns: the last statement's rows and command tag.
  /// - Throws: the first failure; the statements after it were not run.
  private func receive() throws -> (rows: [Row], tag: String) {
    try sync()
    server.countRoundTrip()
    var failure: (any Error)?
    var last: (rows: [Row], tag: String) = ([], "")
    let due = awaited
    awaited = []
    bytesAwaited = 0
    for (index, item) in due.enumerated() {
      guard let handle, let result = PQgetResult(handle) else { throw lost() }
      defer { PQclear(result) }
      if case .sync = item {
        guard PQresultStatus(result) == PGRES_PIPELINE_SYNC else { throw lost(result) }
        continue
      }
      switch PQresultStatus(result) {
      case PGRES_COMMAND_OK, PGRES_TUPLES_OK:
        // The answer before the closing sync is the one that somebody waits for.
        guard failure == nil, index == due.count - 2 else { break }
        do { last = try PostgresRows.read(result) } catch { failure = error }
      case PGRES_PIPELINE_ABORTED:
        if case .preparation(let sql) = item { prepared[sql] = nil }
      default:
        if case .preparation(let sql) = item { prepared[sql] = nil }
        failure = failure ?? self.failure(result)
      }
      guard PQstatus(handle) == CONNECTION_OK else { throw lost(result) }
      // An empty answer ends those of a statement.
      guard PQgetResult(handle) == nil else { throw lost(result) }
    }
    if let failure { throw failure }
    return last
  }

  /// The age of the last change that was replayed. One that follows writes every second, so a quiet
  /// source makes no lag; when nobody follows, it grows though nothing is missing here.
  func standbyLag() throws -> Int64? {
    guard !server.writes else { return nil }
    return try query(
      """
      SELECT CASE WHEN pg_is_in_recovery() THEN CAST(1000 * EXTRACT(EPOCH FROM clock_timestamp()
        - COALESCE(pg_last_xact_replay_timestamp(), pg_postmaster_start_time())) AS BIGINT) END AS lag
      """, []
    ).first?.optionalInt("lag").map { max(0, $0) }
  }

  // MARK: Failures

  /// Gives the connection up; the next transaction begins on a new one.
  private func lost(_ result: OpaquePointer? = nil) -> StorageFailure {
    let why = handle.map { String(cString: PQerrorMessage($0)) } ?? "there is no connection"
    let failure = result.map { self.failure($0) }
    disconnect()
    server.wasLost()
    if case .away(let text)? = failure, !text.isEmpty { return .away(text) }
    return .away(PostgresServer.line(why))
  }

  private func failure(_ result: OpaquePointer?) -> StorageFailure {
    let field = { (code: UInt8) in
      PQresultErrorField(result, Int32(code)).map { String(cString: $0) } ?? ""
    }
    let code = field(UInt8(ascii: "C"))
    let text = field(UInt8(ascii: "M"))
    switch code {
    case let code where code.hasPrefix("23"): return .constraint(text)
    // Parameters that do not fit their statement.
    case "08P01", "22P03", "42P18": return .misuse(text)
    // Shut down, out of connections, not yet up, too slow, a standby that cannot be written to or
    // drops a read that is in its way, another writer that holds its turn.
    case "57P01", "57P02", "57P03", "57014", "53300", "25006", "55P03", "40001", "40P01":
      return .away(text)
    // Prepared before a newer release changed the schema: a new connection prepares anew.
    case "0A000", "26000":
      isStale = true
      return .away(text)
    case "":
      return .away(handle.map { PostgresServer.line(String(cString: PQerrorMessage($0))) } ?? text)
    case let code where code.hasPrefix("08"): return .away(text)
    default: return .engine(code: code, text)
    }
  }
}

extension PostgresSession {
  /// Makes the row that writers wait for.
  /// - Throws: ``StorageFailure/constraint(_:)`` where another makes it at the same moment.
  func makeTurns() throws {
    try begin(["BEGIN"])
    do {
      try script(
        """
        CREATE TABLE IF NOT EXISTS write_turn (id BIGINT PRIMARY KEY);
        INSERT INTO write_turn (id) VALUES (1) ON CONFLICT DO NOTHING;
        """)
      try commit()
    } catch {
      rollback()
      throw error
    }
  }

  /// Connects no more.
  func close() {
    isClosed = true
    disconnect()
  }

  /// A read from begin to end. One that met a lost connection is made once more, on a new one.
  func read<Result>(_ body: (Connection) throws -> Result) throws -> Result {
    do {
      return try readOnce(body)
    } catch StorageFailure.away {
      return try readOnce(body)
    }
  }

  private func readOnce<Result>(_ body: (Connection) throws -> Result) throws -> Result {
    try beginReading()
    defer { finishReading() }
    let result = try body(Connection(session: self))
    try settle()
    return result
  }
}
