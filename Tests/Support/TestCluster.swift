import Foundation
import Storage

/// A PostgreSQL that a test may stop, crash and copy, made by `ops/cluster` in a folder of its own.
package final class TestCluster: Sendable {
  package let folder: String
  /// The URL of its database `remelt`.
  package let url: String

  /// Makes it and starts it.
  package init() throws {
    folder = "/tmp/remelt-cluster-\(UUID().uuidString.prefix(8))"
    url = try Self.run("start", folder)
  }

  /// A hot standby of another.
  package init(standbyOf other: TestCluster) throws {
    folder = "/tmp/remelt-cluster-\(UUID().uuidString.prefix(8))"
    url = try Self.run("standby", folder, other.folder)
  }

  deinit { _ = try? Self.run("remove", folder) }

  /// - Parameter mode: `immediate` is like a crash.
  package func stop(_ mode: String = "fast") throws { try Self.run("stop", folder, mode) }

  /// Starts it again, on the port that it had.
  package func start() throws { try Self.run("start", folder) }

  package func execute(_ sql: String) throws { try TestStorage.run(sql, on: url) }

  /// From now on it speaks TLS, with a certificate of its own for 127.0.0.1.
  package func useTLS() throws {
    try Self.certificate("\(folder)/data/server.crt", key: "\(folder)/data/server.key")
    try TestStorage.run(["chown", "--reference=\(folder)/data", "\(folder)/data/server.key"])
    try execute("ALTER SYSTEM SET ssl = on")
    try execute("SELECT pg_reload_conf()")
  }

  /// A certificate that vouches for itself.
  package static func certificate(_ file: String, key: String) throws {
    try TestStorage.run([
      "openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj",
      "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1", "-out", file, "-keyout", key,
    ])
  }

  @discardableResult
  private static func run(_ arguments: String...) throws -> String {
    let script = URL(filePath: #filePath).deletingLastPathComponent()
      .appending(path: "../../ops/cluster").standardized
    let (cluster, output) = try Spawning.run { cluster in
      let output = Pipe()
      cluster.executableURL = script
      cluster.arguments = arguments
      cluster.standardInput = FileHandle.nullDevice
      cluster.standardOutput = output
      return output
    }
    let said = try output.fileHandleForReading.readToEnd() ?? Data()
    cluster.waitUntilExit()
    guard cluster.terminationStatus == 0 else {
      throw StorageFailure.unusable("ops/cluster \(arguments) failed")
    }
    return String(decoding: said, as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines)
  }
}
