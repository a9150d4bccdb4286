import Foundation
import Models
import Synchronization

/// What a process writes, as it comes.
package final class Gathered: Sendable {
  private struct State {
    var bytes: [UInt8] = []
    var isDone = false
    var waiting: [(part: String, reader: CheckedContinuation<String?, Never>)] = []
  }

  private let state = Mutex(State())

  package init() {}

  package var text: String { state.withLock { String(decoding: $0.bytes, as: UTF8.self) } }

  /// Empty data stands for the end.
  package func add(_ data: Data) {
    let ended = state.withLock { state -> [(CheckedContinuation<String?, Never>, String?)] in
      state.bytes += data
      if data.isEmpty { state.isDone = true }
      let text = String(decoding: state.bytes, as: UTF8.self)
      let found = state.waiting.map { ($0, Self.line(of: text, containing: $0.part)) }
      state.waiting = found.filter { $0.1 == nil && !data.isEmpty }.map(\.0)
      return found.filter { $0.1 != nil || data.isEmpty }.map { ($0.0.reader, $0.1) }
    }
    for (reader, line) in ended { reader.resume(returning: line) }
  }

  private static func line(of text: String, containing part: String) -> String? {
    text.split(separator: "\n", omittingEmptySubsequences: false).dropLast()
      .first { $0.contains(part) }.map(String.init)
  }

  /// The first line with that in it, or nil when the process ended without one.
  package func line(containing part: String) async -> String? {
    await withCheckedContinuation { continuation in
      let known = state.withLock { state -> String?? in
        let text = String(decoding: state.bytes, as: UTF8.self)
        if let line = Self.line(of: text, containing: part) { return line }
        if state.isDone { return .some(nil) }
        state.waiting.append((part, continuation))
        return nil
      }
      if let known { continuation.resume(returning: known) }
    }
  }
}

/// One of the product's executables, started, and how it ended.
package final class Launched: Sendable {
  private struct State {
    var code: Int32?
    var waiting: [CheckedContinuation<Int32, Never>] = []
  }

  private final class Ending: Sendable {
    private let state = Mutex(State())

    var code: Int32? { state.withLock { $0.code } }

    func ended(_ code: Int32) {
      let waiting = state.withLock { state in
        state.code = code
        defer { state.waiting = [] }
        return state.waiting
      }
      for one in waiting { one.resume(returning: code) }
    }

    func wait() async -> Int32 {
      await withCheckedContinuation { continuation in
        let code = state.withLock { state -> Int32? in
          if state.code == nil { state.waiting.append(continuation) }
          return state.code
        }
        if let code { continuation.resume(returning: code) }
      }
    }
  }

  private let ending = Ending()
  package let id: Int32

  /// Where the executables are: beside the resources of the module `Models`.
  package static var products: URL {
    Reference.folder.deletingLastPathComponent().deletingLastPathComponent()
  }

  /// - Parameter settings: environment variables; other `REMELT_` ones are not passed on.
  package init(
    _ name: String, arguments: [String] = [], settings: [String: String], standardError: Gathered
  ) throws {
    let inherited = ProcessInfo.processInfo.environment.filter { !$0.key.hasPrefix("REMELT_") }
    let (process, pipe) = try Spawning.run { [ending] process in
      process.executableURL = Launched.products.appending(path: name)
      process.arguments = arguments
      process.environment = inherited.merging(settings) { $1 }
      let pipe = Pipe()
      process.standardError = pipe
      process.standardOutput = FileHandle.nullDevice
      process.terminationHandler = { process in
        ending.ended(process.terminationReason == .exit ? process.terminationStatus : -1)
      }
      return pipe
    }
    id = process.processIdentifier
    // A thread of its own, so that a process that writes much never waits for a test. (Foundation's
    // readabilityHandler crashes in libdispatch when many pipes end at once.)
    let end = pipe.fileHandleForReading
    Thread.detachNewThread {
      var data = end.availableData
      while !data.isEmpty {
        standardError.add(data)
        data = end.availableData
      }
      standardError.add(Data())
    }
  }

  /// Its exit code; -1 when a signal ended it.
  package func exit() async -> Int32 { await ending.wait() }

  /// Sends a signal, unless it has ended already.
  package func signal(_ signal: Int32) {
    if ending.code == nil { kill(id, signal) }
  }

  package func end(_ signal: Int32) async -> Int32 {
    self.signal(signal)
    return await exit()
  }

  package func stop() async -> Int32 { await end(SIGTERM) }
}

/// Runs something in a temporary folder that is removed after.
package func withFolder<Result>(_ body: (URL) async throws -> Result) async throws -> Result {
  let folder = FileManager.default.temporaryDirectory.appending(
    path: "remelt-\(UUID().uuidString)", directoryHint: .isDirectory)
  try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
  defer { try? FileManager.default.removeItem(at: folder) }
  return try await body(folder)
}
