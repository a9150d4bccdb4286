import Foundation
import Models
import Testing

/// Where one kind of monthly report is handed in, reviewed and read.
struct Desk: Sendable, CustomTestStringConvertible {
  /// The executable.
  let service: String
  /// What `Journal-Position` calls its journal.
  let source: String
  /// The path of its collection.
  let path: String
  /// Whose month it is.
  let role: String
  /// What an obligation calls its reports.
  let type: String

  var testDescription: String { type }

  static let throughput = Desk(
    service: "processor-registry", source: "registry", path: "/registry/v1/throughput",
    role: "scrap_processor", type: "throughput")
  static let input = Desk(
    service: "recycled-input", source: "recycled-input", path: "/recycled-input/v1/reports",
    role: "mill", type: "recycled_input")
  static let hydrogen = Desk(
    service: "hydrogen-use", source: "hydrogen-use", path: "/hydrogen-use/v1/reports",
    role: "hydrogen_user", type: "hydrogen_use")
  static let all = [throughput, input, hydrogen]
}

extension Reply {
  /// `invalid` of `urn:remelt:problem:invalid`.
  var problem: String? { json["type"]?.text?.split(separator: ":").last.map(String.init) }
  /// The pointers of the wrong fields.
  var pointers: [String] { json["errors"]?.elements.compactMap { $0["pointer"]?.text } ?? [] }
  var etag: String? { header("ETag") }
  /// The service's own journal with this write in it.
  var journalSize: Int? {
    position?.split(separator: "=").last.flatMap { Int($0) }
  }
  /// The lines of a bulk answer; the last is the summary.
  var lines: [JSON] {
    text.split(separator: "\n").compactMap { try? JSONParser.parse(Array($0.utf8)) }
  }
  /// `2 created` for each row of a bulk answer.
  var outcomes: [String] {
    lines.dropLast().map { "\($0["row"]?.int ?? 0) \($0["outcome"]?.text ?? "?")" }
  }
}

extension Caller {
  private func fields(
    _ optional: KeyValuePairs<String, String?>, type: String = "application/json"
  ) -> [(name: String, value: String)] {
    [(name: "Content-Type", value: type)]
      + optional.compactMap { name, value in value.map { (name: name, value: $0) } }
  }

  func read(_ desk: Desk, _ path: String = "") async throws -> Reply {
    try await get(desk.service, desk.path + path)
  }

  func post(
    _ body: JSON, to desk: Desk, at path: String = "", key: String? = fresh(),
    ifMatch: String? = nil
  ) async throws -> Reply {
    try await send(
      "POST", desk.service, desk.path + path,
      headers: fields(["Idempotency-Key": key, "If-Match": ifMatch]), body: body.bytes)
  }

  func put(_ body: JSON, to desk: Desk, _ id: String, ifMatch: String?) async throws -> Reply {
    try await send(
      "PUT", desk.service, "\(desk.path)/\(id)", headers: fields(["If-Match": ifMatch]),
      body: body.bytes)
  }

  func bulk(_ text: String, to desk: Desk, type: String = "text/csv") async throws -> Reply {
    try await send(
      "POST", desk.service, desk.path + "/bulk", headers: fields([:], type: type),
      body: Array(text.utf8))
  }

  /// Rows of NDJSON.
  func bulk(_ rows: [JSON], to desk: Desk) async throws -> Reply {
    let lines = rows.map { String(decoding: $0.bytes, as: UTF8.self) }
    return try await bulk(
      lines.joined(separator: "\n"), to: desk, type: "application/x-ndjson")
  }

  func withdraw(_ id: String, at desk: Desk, ifMatch: String?, reason: JSON? = "wrong facility")
    async throws -> Reply
  {
    try await post(
      .members(["reason": reason]), to: desk, at: "/\(id)/withdrawal", ifMatch: ifMatch)
  }

  /// Takes a step of a report's review.
  func review(
    _ action: String, _ text: String? = nil, of id: String, at desk: Desk, ifMatch: String?,
    key: String? = fresh()
  ) async throws -> Reply {
    try await post(
      .members(["action": .string(action), "text": .text(text)]), to: desk, at: "/\(id)/review",
      key: key, ifMatch: ifMatch)
  }

  /// Reports, and demands that it is accepted.
  @discardableResult
  func accepted(_ body: JSON, to desk: Desk, at location: SourceLocation = #_sourceLocation)
    async throws -> Reply
  {
    let reply = try await post(body, to: desk)
    try #require(reply.status == 201, "\(reply.text)", sourceLocation: location)
    return reply
  }

  /// What the dashboard says, once it has followed all these writes.
  func figures(
    _ path: String, after positions: [String?], at location: SourceLocation = #_sourceLocation
  ) async throws -> Reply {
    let position = positions.compactMap { $0 }.joined(separator: ",")
    let reply = try await dashboard(path, after: position)
    try #require(reply.status == 200, "\(reply.text)", sourceLocation: location)
    return reply
  }
}
