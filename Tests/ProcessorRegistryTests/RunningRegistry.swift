import Foundation
import Models
import ServiceKit
import Synchronization
import TestSupport
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

  /// Starts it, and returns once it says that it is ready.
  init(in folder: URL, settings: [String: String] = [:]) async throws {
    self.folder = folder
    standardError = Gathered()
    process = try Launched(
      "processor-registry", settings: try Self.settings(in: folder).merging(settings) { $1 },
      standardError: standardError)
    guard let line = await standardError.line(containing: "Ready."),
      let port = line.firstMatch(of: /port=(\d+)/).flatMap({ Int($0.1) })
    else { throw NotReady(description: standardError.text) }
    self.port = port
  }

  static func settings(in folder: URL) throws -> [String: String] {
    [
      "REMELT_HTTP_PORT": "0", "REMELT_LOG_LEVEL": "notice",
      "REMELT_STORAGE_URL": try TestStorage.url("\(folder.path())registry.sqlite"),
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
