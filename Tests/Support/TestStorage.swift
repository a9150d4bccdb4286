import Foundation
import Storage

/// Where tests keep their databases: in SQLite files or, where `REMELT_TEST_POSTGRES` names a server
/// (`ops/test` starts one), in PostgreSQL, a schema for each file that there would be.
package enum TestStorage {
  private static let server = ProcessInfo.processInfo.environment["REMELT_TEST_POSTGRES"]
    .flatMap { $0.isEmpty ? nil : $0 }

  package static var isPostgres: Bool { server != nil }

  /// The storage URL that stands for the file.
  package static func url(_ path: String) throws -> String {
    guard let server else { return "sqlite:\(path)" }
    let schema = schema(path)
    try run("CREATE SCHEMA IF NOT EXISTS \(schema)", on: server)
    return "\(server)?options=-csearch_path%3D\(schema)"
  }

  private static func schema(_ path: String) -> String {
    let plain = path.lowercased().map { $0.isASCII && ($0.isLetter || $0.isNumber) ? $0 : "_" }
    return "t" + String(plain.suffix(60))
  }

  /// Keeps a copy of a stopped service's database.
  package static func save(_ path: String, to copy: String) throws {
    guard let server else { return try copyFiles(path, copy) }
    try run(["pg_dump", "-Fc", "-n", schema(path), "-f", copy, server])
  }

  /// Puts the copy in the place of what is there now.
  package static func restore(_ path: String, from copy: String) throws {
    guard let server else { return try copyFiles(copy, path) }
    try run("DROP SCHEMA \(schema(path)) CASCADE", on: server)
    try run(["pg_restore", "--exit-on-error", "-d", server, copy])
  }

  /// A SQLite file and those that stand beside it.
  private static func copyFiles(_ from: String, _ to: String) throws {
    for end in ["", "-wal", "-shm"] {
      try? FileManager.default.removeItem(atPath: to + end)
      if FileManager.default.fileExists(atPath: from + end) {
        try FileManager.default.copyItem(atPath: from + end, toPath: to + end)
      }
    }
  }

  /// Changes a stopped service's database behind its back.
  package static func change(_ path: String, _ sql: String) async throws {
    let database = try Database(url: url(path))
    try await database.write { try $0.execute(sql) }
    try database.close()
  }

  /// Runs statements in the schema that stands for the file.
  package static func run(_ sql: String, in path: String) throws {
    let settings = ["-c", "SET search_path = \(schema(path))"]
    // One by one, since some of them stand in no transaction.
    let statements = sql.split(separator: ";").flatMap { ["-c", String($0)] }
    try run(["psql", "-qX", "-v", "ON_ERROR_STOP=1", "-d", server ?? ""] + settings + statements)
  }

  /// Runs a statement outside of the product's own storage.
  package static func run(_ sql: String, on server: String) throws {
    let quiet = "SET client_min_messages = warning"
    try run(["psql", "-qX", "-v", "ON_ERROR_STOP=1", "-d", server, "-c", quiet, "-c", sql])
  }

  /// Runs a program to its end.
  static func run(_ command: [String]) throws {
    let (process, _) = try Spawning.run { process in
      process.executableURL = URL(filePath: "/usr/bin/env")
      process.arguments = command
      process.standardInput = FileHandle.nullDevice
      process.standardOutput = FileHandle.nullDevice
    }
    process.waitUntilExit()
    guard process.terminationStatus == 0 else {
      throw StorageFailure.unusable("\(command.joined(separator: " ")) failed")
    }
  }
}
