import GRDB
import GRDBSQLite

/// SQLite, through GRDB's connection.
final class SQLiteSession: Session {
  private let database: GRDB.Database
  var memory = Memory()

  init(_ database: GRDB.Database) { self.database = database }

  func beginWriting() throws {
    memory = Memory()
    try script("BEGIN IMMEDIATE")
  }

  func commit() throws { try script("COMMIT") }

  func rollback() {
    if isInTransaction { try? script("ROLLBACK") }
  }

  func query(_ sql: String, _ parameters: [Value]) throws -> [Row] {
    try demandTransaction()
    let statement = try prepared(sql)
    defer {
      sqlite3_reset(statement)
      sqlite3_clear_bindings(statement)
    }
    try bind(parameters, to: statement)
    var rows: [Row] = []
    var columns: [String] = []
    while true {
      switch sqlite3_step(statement) {
      case SQLITE_ROW:
        if columns.isEmpty { columns = Self.columns(of: statement) }
        rows.append(Row(columns: columns, values: Self.values(of: statement)))
      case SQLITE_DONE: return rows
      case let code: throw failure(code)
      }
    }
  }

  private func prepared(_ sql: String) throws -> OpaquePointer {
    do {
      return try database.cachedStatement(sql: sql).sqliteStatement
    } catch let error as DatabaseError {
      throw StorageFailure.engine(
        code: String(error.resultCode.rawValue), error.message ?? "no statement")
    }
  }

  func execute(_ sql: String, _ parameters: [Value]) throws { _ = try query(sql, parameters) }

  func script(_ sql: String) throws {
    let code = sqlite3_exec(database.sqliteConnection, sql, nil, nil, nil)
    if code != SQLITE_OK { throw failure(code) }
  }

  /// Statements have run when ``execute(_:_:)`` returns.
  func settle() {}

  func standbyLag() -> Int64? { nil }

  /// False on a closed database, too.
  private var isInTransaction: Bool {
    database.sqliteConnection.map { sqlite3_get_autocommit($0) == 0 } ?? false
  }

  /// A full disk, among others, ends the whole transaction and not only the savepoint.
  func demandTransaction() throws {
    guard isInTransaction else {
      throw StorageFailure.engine(code: "0", "the transaction was ended by the engine")
    }
  }

  private func bind(_ parameters: [Value], to statement: OpaquePointer) throws {
    for index in 1...max(1, sqlite3_bind_parameter_count(statement)) {
      guard let name = sqlite3_bind_parameter_name(statement, index) else { break }
      let number = Self.number(name)
      guard parameters.indices.contains(number - 1) else {
        throw StorageFailure.misuse("the parameter \(String(cString: name)) has no value")
      }
      let code = Self.bind(parameters[number - 1], at: index, to: statement)
      if code != SQLITE_OK { throw failure(code) }
    }
  }

  /// The number of `$12`; 0 where it is none.
  private static func number(_ name: UnsafePointer<CChar>) -> Int {
    var (number, at) = (0, 1)
    while let digit = UInt8(exactly: name[at]), (0x30...0x39).contains(digit), number < 100_000 {
      number = number * 10 + Int(digit - 0x30)
      at += 1
    }
    return name[at] == 0 ? number : 0
  }

  /// SQLite copies the bytes before the call returns.
  private static let transient = unsafeBitCast(-1, to: sqlite3_destructor_type.self)

  private static func bind(_ value: Value, at index: Int32, to statement: OpaquePointer) -> Int32 {
    switch value {
    case .null: return sqlite3_bind_null(statement, index)
    case .int(let value): return sqlite3_bind_int64(statement, index, value)
    case .text(""): return sqlite3_bind_text(statement, index, "", 0, transient)
    case .text(var text):
      return text.withUTF8 { bytes in
        bytes.withMemoryRebound(to: CChar.self) {
          sqlite3_bind_text(statement, index, $0.baseAddress, Int32($0.count), transient)
        }
      }
    case .blob(let bytes):
      if bytes.isEmpty { return sqlite3_bind_zeroblob(statement, index, 0) }
      return sqlite3_bind_blob(statement, index, bytes, Int32(bytes.count), transient)
    }
  }

  private static func columns(of statement: OpaquePointer) -> [String] {
    (0..<sqlite3_column_count(statement)).map {
      sqlite3_column_name(statement, $0).map { String(cString: $0) } ?? ""
    }
  }

  private static func values(of statement: OpaquePointer) -> [Value] {
    (0..<sqlite3_column_count(statement)).map { column in
      let count = { Int(sqlite3_column_bytes(statement, column)) }
      switch sqlite3_column_type(statement, column) {
      case SQLITE_INTEGER: return .int(sqlite3_column_int64(statement, column))
      case SQLITE_TEXT:
        guard let text = sqlite3_column_text(statement, column) else { return .null }
        return .text(
          String(decoding: UnsafeBufferPointer(start: text, count: count()), as: UTF8.self))
      case SQLITE_BLOB:
        guard let bytes = sqlite3_column_blob(statement, column) else { return .blob([]) }
        return .blob(Array(UnsafeRawBufferPointer(start: bytes, count: count())))
      default: return .null
      }
    }
  }

  private func failure(_ code: Int32) -> StorageFailure {
    let text = String(cString: sqlite3_errmsg(database.sqliteConnection))
    return code & 0xFF == SQLITE_CONSTRAINT ? .constraint(text) : .engine(code: String(code), text)
  }
}
