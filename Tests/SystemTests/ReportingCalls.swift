import Foundation
import Models
import Testing

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

  func read(_ kind: ReportKind, _ path: String = "") async throws -> Reply {
    try await get(kind.service, kind.path + path)
  }

  func post(
    _ body: JSON, to kind: ReportKind, at path: String = "", key: String? = fresh(),
    ifMatch: String? = nil
  ) async throws -> Reply {
    try await send(
      "POST", kind.service, kind.path + path,
      headers: fields(["Idempotency-Key": key, "If-Match": ifMatch]), body: body.bytes)
  }

  func put(_ body: JSON, to kind: ReportKind, _ id: String, ifMatch: String?) async throws -> Reply
  {
    try await send(
      "PUT", kind.service, "\(kind.path)/\(id)", headers: fields(["If-Match": ifMatch]),
      body: body.bytes)
  }

  func bulk(_ text: String, to kind: ReportKind, type: String = "text/csv") async throws -> Reply {
    try await send(
      "POST", kind.service, kind.path + "/bulk", headers: fields([:], type: type),
      body: Array(text.utf8))
  }

  /// Rows of NDJSON.
  func bulk(_ rows: [JSON], to kind: ReportKind) async throws -> Reply {
    let lines = rows.map { String(decoding: $0.bytes, as: UTF8.self) }
    return try await bulk(
      lines.joined(separator: "\n"), to: kind, type: "application/x-ndjson")
  }

  func withdraw(
    _ id: String, at kind: ReportKind, ifMatch: String?, reason: JSON? = "wrong facility"
  )
    async throws -> Reply
  {
    try await post(
      .members(["reason": reason]), to: kind, at: "/\(id)/withdrawal", ifMatch: ifMatch)
  }

  /// Takes a step of a report's review.
  func review(
    _ action: String, _ text: String? = nil, of id: String, at kind: ReportKind, ifMatch: String?,
    key: String? = fresh()
  ) async throws -> Reply {
    try await post(
      .members(["action": .string(action), "text": .text(text)]), to: kind, at: "/\(id)/review",
      key: key, ifMatch: ifMatch)
  }

  /// Reports, and demands that it is accepted.
  @discardableResult
  func accepted(_ body: JSON, to kind: ReportKind, at location: SourceLocation = #_sourceLocation)
    async throws -> Reply
  {
    let reply = try await post(body, to: kind)
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
