import Foundation
import Models
import TestSupport
import Testing

/// What a command said, and how it ended.
struct Said: Sendable, CustomStringConvertible {
  /// -1 when a signal ended it.
  let code: Int32
  let output: String
  let error: String

  var description: String { "exit code \(code)\n\(output)\(error)" }

  /// What `--json` printed.
  var json: JSON { (try? JSONParser.parse(Array(output.utf8))) ?? .null }
  subscript(name: String) -> JSON? { json[name] }
  var id: String { get throws { try #require(json["id"]?.text, "\(self)") } }
  var items: [JSON] { json["items"]?.elements ?? [] }

  /// What `--json` printed of a file's rows; the last is the summary.
  var lines: [JSON] {
    output.split(separator: "\n").compactMap { try? JSONParser.parse(Array($0.utf8)) }
  }

  /// What stands beside a name where one object was printed.
  func value(_ name: String) -> String? {
    output.split(separator: "\n").first { $0.hasPrefix(name + " ") }
      .map { String($0.dropFirst(name.count)).trimmingSpace }
  }

  /// The cells that are not empty of each printed line.
  var rows: [[String]] {
    output.split(separator: "\n").map { line in
      line.components(separatedBy: "  ").map(\.trimmingSpace).filter { !$0.isEmpty }
    }
  }

  /// The pointers of the wrong fields.
  var pointers: [String] {
    error.split(separator: "\n").filter { $0.hasPrefix("  /") }
      .compactMap { $0.split(separator: " ").first.map(String.init) }
  }
}

/// Somebody at a terminal: the real `remelt`, with a profile of their own in the ledger's folder.
struct Person: Sendable {
  let ledger: RunningLedger
  /// Where the profile is, and files of theirs.
  let home: URL

  init(_ ledger: RunningLedger) {
    self.ledger = ledger
    home = ledger.folder.appending(
      path: "home-\(UUID().uuidString)", directoryHint: .isDirectory)
  }

  /// Somebody with these grants in the suite's ledger, who has signed in.
  static func with(_ grants: String..., at location: SourceLocation = #_sourceLocation)
    async throws -> Person
  {
    let caller = try SharedLedger.first
    let issued = try await caller.post(
      "credentials",
      .members([
        "holder": "A tester", "holder_kind": "person",
        "grants": .array(grants.map { .string($0) }),
      ]))
    let key = try #require(issued["key"]?.text, "\(issued.text)", sourceLocation: location)
    let person = Person(caller.ledger)
    let said = try person.signIn("--key", key)
    try #require(said.code == 0, "\(said)", sourceLocation: location)
    return person
  }

  /// Runs a command to its end.
  /// - Parameters:
  ///   - settings: more variables of the environment.
  ///   - input: what is read as standard input.
  func remelt(_ arguments: [String], settings: [String: String] = [:], input: URL? = nil) throws
    -> Said
  {
    let inherited = ProcessInfo.processInfo.environment.filter { !$0.key.hasPrefix("REMELT_") }
    let source: FileHandle? = try input.map { try FileHandle(forReadingFrom: $0) }
    let (process, pipes) = try Spawning.run { process in
      let pipes = (output: Pipe(), error: Pipe())
      process.executableURL = Launched.products.appending(path: "remelt")
      process.arguments = arguments
      process.environment = inherited.merging(["REMELT_HOME": home.path()]) { $1 }
        .merging(settings) { $1 }
      process.standardInput = source ?? FileHandle.nullDevice
      process.standardOutput = pipes.output
      process.standardError = pipes.error
      return pipes
    }
    // What goes to standard error fits into its pipe.
    let output = try pipes.output.fileHandleForReading.readToEnd() ?? Data()
    let error = try pipes.error.fileHandleForReading.readToEnd() ?? Data()
    process.waitUntilExit()
    return Said(
      code: process.terminationReason == .exit ? process.terminationStatus : -1,
      output: String(decoding: output, as: UTF8.self),
      error: String(decoding: error, as: UTF8.self))
  }

  func remelt(_ arguments: String...) throws -> Said { try remelt(arguments) }

  /// Signs in with what tells the key, and says where each of the four services is.
  func signIn(_ key: String..., input: URL? = nil) throws -> Said {
    let places: KeyValuePairs = [
      "--registry": "processor-registry", "--recycled-input": "recycled-input",
      "--hydrogen-use": "hydrogen-use", "--dashboard": "dashboard",
    ]
    let addresses = try places.flatMap { flag, service in [flag, try ledger[service].url] }
    return try remelt(["sign-in"] + addresses + key, input: input)
  }

  /// A file of theirs with this in it.
  func file(_ text: String, _ name: String = "\(UUID().uuidString).json") throws -> String {
    let file = home.appending(path: name)
    try Data(text.utf8).write(to: file)
    return file.path()
  }

  /// Submits a report out of a JSON file, and demands that it is taken.
  func submit(
    _ body: JSON, as kind: ReportKind, at location: SourceLocation = #_sourceLocation
  ) throws -> Said {
    let file = try file(String(decoding: body.bytes, as: UTF8.self))
    let said = try remelt(kind.rawValue, "submit", "--from-json", file, "--json")
    try #require(said.code == 0, "\(said)", sourceLocation: location)
    return said
  }
}
