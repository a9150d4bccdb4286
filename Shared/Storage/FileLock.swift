import Foundation

/// Keeps a second process off a SQLite file; the lock ends with the process.
final class FileLock: Sendable {
  private let descriptor: Int32

  init(path: String) throws {
    descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else {
      throw StorageFailure.unusable("The file \(path) cannot be made: check the folder's rights.")
    }
    // A throw from here on runs deinit, which closes the file: once, or another's would be closed.
    guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
      throw StorageFailure.unusable(
        "Another process has this database open (\(path)): stop it, or give this one its own storage.url."
      )
    }
  }

  /// Lets another open the file.
  func release() { flock(descriptor, LOCK_UN) }

  deinit { close(descriptor) }
}
