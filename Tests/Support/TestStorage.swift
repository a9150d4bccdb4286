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

  /// Runs a statement outside of the product's own storage.
  package static func run(_ sql: String, on server: String) throws {
    let (psql, _) = try Spawning.run { psql in
      psql.executableURL = URL(filePath: "/usr/bin/env")
      psql.arguments = ["psql", "-qX", "-v", "ON_ERROR_STOP=1", "-d", server, "-c", sql]
      psql.standardInput = FileHandle.nullDevice
    }
    psql.waitUntilExit()
    guard psql.terminationStatus == 0 else {
      throw StorageFailure.unusable("psql failed (\(psql.terminationStatus)): \(sql)")
    }
  }
}
