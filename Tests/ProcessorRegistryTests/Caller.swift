import Foundation
import Models
import ServiceKit
import Testing

/// An answer, its JSON read.
struct Reply: Sendable {
  let status: Int
  let answer: HTTPAnswer
  let json: JSON

  init(_ answer: HTTPAnswer) {
    self.answer = answer
    status = answer.status
    json = (try? JSONParser.parse(answer.body)) ?? .null
  }

  func header(_ name: String) -> String? { answer.header(name) }
  var body: [UInt8] { answer.body }
  var text: String { String(decoding: answer.body, as: UTF8.self) }
  subscript(name: String) -> JSON? { json[name] }

  /// `invalid` of `urn:remelt:problem:invalid`.
  var problem: String? { json["type"]?.text?.split(separator: ":").last.map(String.init) }
  /// The pointers of the wrong fields.
  var pointers: [String] { json["errors"]?.elements.compactMap { $0["pointer"]?.text } ?? [] }
  var etag: String? { header("ETag") }
  /// The journal's size with this write in it.
  var journalSize: Int? {
    header("Journal-Position").flatMap { Int($0.replacing("registry=", with: "")) }
  }
  /// The lines of a bulk answer; the last is the summary.
  var lines: [JSON] {
    text.split(separator: "\n").compactMap { try? JSONParser.parse(Array($0.utf8)) }
  }
  var summary: JSON? { lines.last?["summary"] }
  func count(_ name: String) -> Int? { summary?[name]?.int }
}

/// Somebody who is signed in.
struct Caller: Sendable {
  let registry: RunningRegistry
  let token: String
  let key: String

  static func fresh() -> String { UUID().uuidString }

  func send(
    _ method: String, _ path: String, headers: [(name: String, value: String)] = [],
    body: [UInt8]? = nil
  ) async throws -> Reply {
    let url = registry.url + (path.hasPrefix("/") ? path : "/registry/v1/" + path)
    let fields = [(name: "Authorization", value: "Bearer \(token)")] + headers
    return Reply(
      try await registry.client.send(
        HTTPCall(
          method: method, url: url, headers: fields, body: body, timeoutSeconds: 120, retries: 0)))
  }

  func get(_ path: String, headers: [(name: String, value: String)] = []) async throws -> Reply {
    try await send("GET", path, headers: headers)
  }

  func post(
    _ path: String, _ body: JSON, key: String? = fresh(), ifMatch: String? = nil
  ) async throws -> Reply {
    try await post(path, bytes: body.bytes, key: key, ifMatch: ifMatch)
  }

  func post(
    _ path: String, bytes: [UInt8], key: String? = fresh(), ifMatch: String? = nil,
    type: String = "application/json", encoding: String? = nil
  ) async throws -> Reply {
    let optional = [
      ("Idempotency-Key", key), ("If-Match", ifMatch), ("Content-Encoding", encoding),
    ]
    let headers =
      [(name: "Content-Type", value: type)]
      + optional.compactMap { name, value in
        value.map { (name: name, value: $0) }
      }
    return try await send("POST", path, headers: headers, body: bytes)
  }

  func put(_ path: String, _ body: JSON, ifMatch: String?) async throws -> Reply {
    let headers =
      [(name: "Content-Type", value: "application/json")]
      + (ifMatch.map { [(name: "If-Match", value: $0)] } ?? [])
    return try await send("PUT", path, headers: headers, body: body.bytes)
  }

  func bulk(
    _ path: String, _ text: String, type: String = "text/csv", encoding: String? = nil
  ) async throws -> Reply {
    try await post(path, bytes: Array(text.utf8), key: nil, type: type, encoding: encoding)
  }

  /// Writes one entry, so that the journal's exact size is known.
  func mark() async throws -> Int {
    let reply = try await post("organisations", Sample.organisation())
    return try #require(reply.journalSize, "\(reply.text)")
  }
}

/// Demands that what is done in `body` writes nothing, and that the process lives after.
func expectNothingWritten(
  _ witness: Caller, _ body: () async throws -> Void,
  at location: SourceLocation = #_sourceLocation
) async throws {
  let before = try await witness.mark()
  try await body()
  let live = try await witness.get("/health/live")
  #expect(live.status == 200, sourceLocation: location)
  let after = try await witness.mark()
  #expect(after == before + 1, "something was written", sourceLocation: location)
}
