import CPostgres

/// Reads an answer in PostgreSQL's binary form.
enum PostgresRows {
  static func read(_ result: OpaquePointer) throws -> (rows: [Row], tag: String) {
    let columns = (0..<PQnfields(result)).map { String(cString: PQfname(result, $0)) }
    let types = (0..<PQnfields(result)).map { PQftype(result, $0) }
    let rows = try (0..<PQntuples(result)).map { row in
      Row(
        columns: columns,
        values: try types.indices.map { try value(result, row, Int32($0), types[$0]) })
    }
    return (rows, String(cString: PQcmdStatus(result)))
  }

  private static func value(_ result: OpaquePointer, _ row: Int32, _ column: Int32, _ type: Oid)
    throws -> Value
  {
    guard PQgetisnull(result, row, column) == 0, let start = PQgetvalue(result, row, column) else {
      return .null
    }
    let bytes = UnsafeRawBufferPointer(start: start, count: Int(PQgetlength(result, row, column)))
    switch type {
    // bool, int8, int2, int4: big-endian.
    case 16, 20, 21, 23: return .int(number(bytes))
    // bytea
    case 17: return .blob(Array(bytes))
    // "char", name, text, varchar
    case 18, 19, 25, 1043: return .text(String(decoding: bytes, as: UTF8.self))
    default:
      throw StorageFailure.misuse(
        "the column \(String(cString: PQfname(result, column))) has a type (\(type)) that both engines do not share"
      )
    }
  }

  private static func number(_ bytes: UnsafeRawBufferPointer) -> Int64 {
    let negative = bytes.count > 1 && bytes.first.map { $0 & 0x80 != 0 } ?? false
    return bytes.reduce(negative ? -1 : 0) { ($0 << 8) | Int64($1) }
  }
}
