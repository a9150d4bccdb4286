/// What a statement takes and gives: the types both engines share.
package enum Value: Sendable, Equatable {
  case null
  case int(Int64)
  case text(String)
  case blob([UInt8])

  package static func int(_ value: Int) -> Value { .int(Int64(value)) }
  package static func optional(_ value: String?) -> Value { value.map { .text($0) } ?? .null }
  package static func optional(_ value: Int64?) -> Value { value.map { .int($0) } ?? .null }
  package static func flag(_ value: Bool) -> Value { .int(value ? 1 : 0) }
}

/// One row of an answer; columns are read by name.
package struct Row: Sendable {
  let columns: [String]
  let values: [Value]

  private func value(_ column: String) throws(StorageFailure) -> Value {
    guard let index = columns.firstIndex(of: column) else {
      throw .misuse("a row has no column \(column)")
    }
    return values[index]
  }

  package func optionalInt(_ column: String) throws(StorageFailure) -> Int64? {
    switch try value(column) {
    case .null: return nil
    case .int(let value): return value
    default: throw .misuse("the column \(column) is not a whole number")
    }
  }

  package func int(_ column: String) throws(StorageFailure) -> Int64 {
    guard let value = try optionalInt(column) else { throw .misuse("\(column) is null") }
    return value
  }

  /// A whole number by its column's place, for statements that name their columns.
  package func int(at place: Int) throws(StorageFailure) -> Int64 {
    guard values.indices.contains(place), case .int(let value) = values[place] else {
      throw .misuse("the column at \(place) is not a whole number")
    }
    return value
  }

  package func text(at place: Int) throws(StorageFailure) -> String {
    guard values.indices.contains(place), case .text(let value) = values[place] else {
      throw .misuse("the column at \(place) is not text")
    }
    return value
  }

  package func flag(_ column: String) throws(StorageFailure) -> Bool { try int(column) != 0 }

  package func optionalText(_ column: String) throws(StorageFailure) -> String? {
    switch try value(column) {
    case .null: return nil
    case .text(let value): return value
    default: throw .misuse("the column \(column) is not text")
    }
  }

  package func text(_ column: String) throws(StorageFailure) -> String {
    guard let value = try optionalText(column) else { throw .misuse("\(column) is null") }
    return value
  }

  package func blob(_ column: String) throws(StorageFailure) -> [UInt8] {
    guard case .blob(let value) = try value(column) else {
      throw .misuse("the column \(column) is not bytes")
    }
    return value
  }
}

/// What the database could not do.
package enum StorageFailure: Error, Equatable, CustomStringConvertible {
  /// A constraint of the schema refused the change.
  case constraint(String)
  /// The engine failed: disk full, I/O error, corruption. SQLite's code or PostgreSQL's SQLSTATE.
  case engine(code: String, String)
  /// The database cannot be reached now. A write whose commit was under way may have been recorded.
  case away(String)
  /// The statement and its reader do not fit: a defect of ours.
  case misuse(String)
  /// The database cannot be opened as configured.
  case unusable(String)
  /// More writes are waiting than are let in.
  case overloaded

  package var description: String {
    switch self {
    case .constraint(let text): "a constraint of the schema refused the change: \(text)"
    case .engine(let code, let text): "the database failed (\(code)): \(text)"
    case .away(let text): "the database cannot be reached: \(text)"
    case .misuse(let text): "a statement and its reader do not fit: \(text)"
    case .unusable(let text): text
    case .overloaded: "too many writes are waiting"
    }
  }
}
