import Foundation
import Logging
import Models
import ServiceKit
import Storage

/// What a registry needs before anybody can sign in: a signing key, a first operator, and a
/// credential for the other services. Made once; the keys are written to files before they count.
enum FirstStart {
  static func prepare(
    _ store: RegistryStore, issuer: String, operatorFile: String, serviceFile: String,
    logger: Logger
  ) async throws {
    try await store.database.write { connection in
      if try !store.hasSigningKey(on: connection) {
        _ = try store.makeSigningKey(issuer: issuer, by: "service", on: connection)
      }
      guard try !store.hasCredential(on: connection) else { return }
      let first = try store.issue(
        holder: "First operator", kind: .person,
        grants: [
          Grant(.operator, .all), Grant(.verifier, .all), Grant(.analyst, .all),
        ], by: "service", on: connection)
      let machine = try store.issue(
        holder: "Remelt services", kind: .machine, grants: [Grant(.service, .all)], by: "service",
        on: connection)
      try write(first.key, to: operatorFile)
      try write(machine.key, to: serviceFile)
      logger.notice("The first operator's key was written.", metadata: ["file": "\(operatorFile)"])
    }
  }

  private static func write(_ key: String, to file: String) throws {
    let url = URL(filePath: file)
    try FileManager.default.createDirectory(
      at: url.deletingLastPathComponent(), withIntermediateDirectories: true,
      attributes: [.posixPermissions: 0o700])
    // Whole and on the disk before the credential is committed: nobody could sign in without it.
    let new = file + ".new"
    let made = FileManager.default.createFile(
      atPath: new, contents: Data((key + "\n").utf8), attributes: [.posixPermissions: 0o600])
    guard made, let handle = FileHandle(forWritingAtPath: new) else {
      throw StorageFailure.unusable("The key file \(file) cannot be written: check keys.folder.")
    }
    try handle.synchronize()
    try handle.close()
    guard rename(new, file) == 0 else {
      throw StorageFailure.unusable("The key file \(file) cannot be written: check keys.folder.")
    }
    let folder = open(url.deletingLastPathComponent().path(), O_RDONLY)
    fsync(folder)
    close(folder)
  }
}
