import Foundation
import Models
import ServiceKit
import Synchronization
import Testing

/// The real executable on a free port, with its own database and key files in a temporary folder.
final class RunningRegistry: Sendable {
  let port: Int
  let folder: URL
  let standardError: Gathered
  let process: Launched
  let client = HTTPClient(concurrency: 32, userAgent: "remelt-tests")

  /// The one that ``WithRegistry`` started for the suite.
  @TaskLocal static var shared: RunningRegistry?

  static var current: RunningRegistry {
    get throws { try #require(shared, "the suite needs the trait .registry") }
  }

  struct NotReady: Error, CustomStringConvertible {
    let description: String
  }

  /// Where the executables are: beside the resources of the module `Models`.
  static var products: URL {
    Reference.folder.deletingLastPathComponent().deletingLastPathComponent()
  }

  /// Starts it, and returns once it says that it is ready.
  init(in folder: URL, settings: [String: String] = [:]) async throws {
    self.folder = folder
    standardError = Gathered()
    process = try Launched(
      "processor-registry", settings: Self.settings(in: folder).merging(settings) { $1 },
      standardError: standardError)
    guard let line = await standardError.line(containing: "Ready."),
      let port = line.firstMatch(of: /port=(\d+)/).flatMap({ Int($0.1) })
    else { throw NotReady(description: standardError.text) }
    self.port = port
  }

  static func settings(in folder: URL) -> [String: String] {
    [
      "REMELT_HTTP_PORT": "0", "REMELT_LOG_LEVEL": "notice",
      "REMELT_STORAGE_URL": "sqlite:\(folder.path())registry.sqlite",
      "REMELT_KEYS_FOLDER": "\(folder.path())keys",
      "REMELT_PUBLIC_URL": "http://registry.test",
    ]
  }

  /// SIGTERM, and the exit code.
  func stop() async -> Int32 { await process.stop() }

  var url: String { "http://127.0.0.1:\(port)" }

  /// The key that the first start wrote to a file.
  func key(_ name: String = "operator") throws -> String {
    try String(contentsOf: folder.appending(path: "keys/\(name).key"), encoding: .utf8)
      .trimmingSpace
  }

  func token(_ key: String) async throws -> String {
    let answer = try await SignIn.token(registry: url, key: key, client: client)
    let token = try JSONParser.parse(answer.body)["access_token"]?.text
    return try #require(token, "no token: \(String(decoding: answer.body, as: UTF8.self))")
  }

  func caller(_ key: String) async throws -> Caller {
    Caller(registry: self, token: try await token(key), key: key)
  }

  /// The first operator.
  var `operator`: Caller {
    get async throws { try await caller(try key()) }
  }

  /// The most memory the process has had, in MB.
  var highWaterMegabytes: Int {
    get throws {
      let status = try String(contentsOfFile: "/proc/\(process.id)/status", encoding: .utf8)
      let kilobytes = status.firstMatch(of: /VmHWM:\s+(\d+)/).flatMap { Int($0.1) }
      return try #require(kilobytes) / 1024
    }
  }
}

/// What a process writes, as it comes.
final class Gathered: Sendable {
  private struct State {
    var bytes: [UInt8] = []
    var isDone = false
    var waiting: [(part: String, reader: CheckedContinuation<String?, Never>)] = []
  }

  private let state = Mutex(State())

  var text: String { state.withLock { String(decoding: $0.bytes, as: UTF8.self) } }

  func add(_ data: Data) {
    let ended = state.withLock { state -> [(CheckedContinuation<String?, Never>, String?)] in
      state.bytes += data
      if data.isEmpty { state.isDone = true }
      let text = String(decoding: state.bytes, as: UTF8.self)
      let found = state.waiting.map { ($0, Self.line(of: text, containing: $0.part)) }
      let ended = found.filter { $0.1 != nil || data.isEmpty }
      state.waiting = found.filter { $0.1 == nil && !data.isEmpty }.map(\.0)
      return ended.map { ($0.0.reader, $0.1) }
    }
    for (reader, line) in ended { reader.resume(returning: line) }
  }

  private static func line(of text: String, containing part: String) -> String? {
    text.split(separator: "\n", omittingEmptySubsequences: false).dropLast()
      .first { $0.contains(part) }.map(String.init)
  }

  /// The first line with that in it, or nil when the process ended without one.
  func line(containing part: String) async -> String? {
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

/// A process that was started, and how it ended.
final class Launched: Sendable {
  private struct State {
    var code: Int32?
    var waiting: [CheckedContinuation<Int32, Never>] = []
  }

  private final class Ending: Sendable {
    let state = Mutex(State())
  }

  private let ending = Ending()
  let id: Int32

  init(
    _ name: String, arguments: [String] = [], settings: [String: String], standardError: Gathered
  ) throws {
    let process = Process()
    process.executableURL = RunningRegistry.products.appending(path: name)
    process.arguments = arguments
    let inherited = ProcessInfo.processInfo.environment.filter { !$0.key.hasPrefix("REMELT_") }
    process.environment = inherited.merging(settings) { $1 }
    let pipe = Pipe()
    process.standardError = pipe
    process.standardOutput = FileHandle.nullDevice
    // A thread of its own: a process that writes much never waits for a test. The handler keeps the
    // pipe's end until it has ended: a process may be gone before it is read.
    let end = pipe.fileHandleForReading
    end.readabilityHandler = { _ in
      let data = end.availableData
      standardError.add(data)
      if data.isEmpty { end.readabilityHandler = nil }
    }
    process.terminationHandler = { [ending] process in
      let waiting = ending.state.withLock { state in
        state.code = process.terminationReason == .exit ? process.terminationStatus : -1
        defer { state.waiting = [] }
        return state.waiting
      }
      for one in waiting {
        one.resume(returning: process.terminationReason == .exit ? process.terminationStatus : -1)
      }
    }
    try process.run()
    id = process.processIdentifier
  }

  /// Its exit code; -1 when a signal ended it.
  func exit() async -> Int32 {
    await withCheckedContinuation { continuation in
      let code = ending.state.withLock { state -> Int32? in
        if state.code == nil { state.waiting.append(continuation) }
        return state.code
      }
      if let code { continuation.resume(returning: code) }
    }
  }

  func stop() async -> Int32 {
    if ending.state.withLock({ $0.code == nil }) { kill(id, SIGTERM) }
    return await exit()
  }
}

/// Runs something in a temporary folder that is removed after.
func withFolder<Result>(_ body: (URL) async throws -> Result) async throws -> Result {
  let folder = FileManager.default.temporaryDirectory.appending(
    path: "remelt-\(UUID().uuidString)", directoryHint: .isDirectory)
  try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
  defer { try? FileManager.default.removeItem(at: folder) }
  return try await body(folder)
}

/// Runs something with a registry of its own, and demands that it stops cleanly.
func withRegistry(
  _ settings: [String: String] = [:], _ body: (RunningRegistry) async throws -> Void
) async throws {
  try await withFolder { folder in
    let registry = try await RunningRegistry(in: folder, settings: settings)
    do {
      try await body(registry)
    } catch {
      _ = await registry.stop()
      throw error
    }
    #expect(await registry.stop() == 0, "the registry did not stop cleanly")
  }
}

/// One registry for all tests of a suite.
struct WithRegistry: SuiteTrait, TestScoping {
  var settings: [String: String] = [:]

  func provideScope(
    for test: Test, testCase: Test.Case?, performing function: @concurrent () async throws -> Void
  ) async throws {
    try await withRegistry(settings) { registry in
      try await RunningRegistry.$shared.withValue(registry) { try await function() }
    }
  }
}

extension Trait where Self == WithRegistry {
  static var registry: Self { WithRegistry() }
  static func registry(_ settings: [String: String]) -> Self { WithRegistry(settings: settings) }
}
