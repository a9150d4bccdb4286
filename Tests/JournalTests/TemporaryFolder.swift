import Foundation

@testable import Storage

/// A fresh folder, removed with its suite.
final class TemporaryFolder: Sendable {
  let path: String

  init() throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: "remelt-\(UUID())")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    path = folder.path(percentEncoded: false)
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  func file(_ name: String) -> String { "\(path)/\(name)" }

  func database(_ name: String = "test.sqlite") throws -> Database {
    try Database(url: "sqlite:\(file(name))")
  }
}
