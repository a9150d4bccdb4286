import Foundation

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Files that only their owner may read.
enum SecretFile {
  /// Writes through a new file of mode 0600 that then takes the name: never half, never readable.
  static func write(_ bytes: [UInt8], to file: URL) throws {
    let folder = file.deletingLastPathComponent()
    try FileManager.default.createDirectory(
      at: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
    let new = folder.appending(path: ".\(file.lastPathComponent).\(getpid())")
    unlink(new.path)
    let handle = open(new.path, O_WRONLY | O_CREAT | O_EXCL, 0o600)
    guard handle >= 0 else { throw unwritable(file) }
    let open = FileHandle(fileDescriptor: handle, closeOnDealloc: true)
    try open.write(contentsOf: Data(bytes))
    try open.synchronize()
    guard rename(new.path, file.path) == 0 else {
      let failure = unwritable(file)
      unlink(new.path)
      throw failure
    }
  }

  private static func unwritable(_ file: URL) -> LocalFailure {
    LocalFailure(.usage, "\(file.path) cannot be written: \(String(cString: strerror(errno)))")
  }

  static func write(_ text: String, to file: URL) throws { try write(Array(text.utf8), to: file) }

  /// The text without white space at its ends, or nil where there is no such file.
  static func read(_ file: URL) throws -> String? {
    guard FileManager.default.fileExists(atPath: file.path) else { return nil }
    do {
      return String(decoding: try Data(contentsOf: file), as: UTF8.self)
        .trimmingCharacters(in: .whitespacesAndNewlines)
    } catch {
      throw LocalFailure(.usage, "\(file.path) cannot be read: \(error.localizedDescription)")
    }
  }
}
