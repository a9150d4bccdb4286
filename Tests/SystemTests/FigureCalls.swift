import Foundation
import Models
import TestSupport
import Testing

extension Reply {
  var rows: [JSON] { json["rows"]?.elements ?? [] }
  var items: [JSON] { json["items"]?.elements ?? [] }

  /// The cursor of the page after this one.
  var cursor: String? {
    header("Link")?.firstMatch(of: /cursor=([^&>]+)/).map { String($0.1) }
  }

  /// The answer's bytes without what tells how far its sources were followed.
  var settled: [UInt8] {
    json.with("sources", nil).with("standby_lag_ms", nil).bytes
  }
}

extension JSON {
  /// The grams of a mass in tonnes, or of a figure in tonnes; of any size, and not negative.
  var grams: Int128? {
    guard let written = self["value"]?.text, let value = ExactDecimal(written), value.scale <= 6
    else { return nil }
    return Int128(value.digits) * ExactDecimal.powerOfTen(6 - value.scale)
  }

  /// A target, out of the answer of `GET /targets`.
  func target(_ id: String) -> JSON? {
    self["items"]?.elements.first { $0["target_id"]?.text == id }
  }

  /// What a definition says of a target.
  func verdict(_ target: String, _ definition: String) -> JSON? {
    self.target(target)?["verdicts"]?.elements.first {
      $0["definition_id"]?.text == definition
    }
  }
}

extension Caller {
  /// The rows of `GET /figures`, once the dashboard has followed these writes.
  func rows(
    _ query: String, after positions: [String?], at location: SourceLocation = #_sourceLocation
  ) async throws -> [JSON] {
    try await figures("figures?" + query, after: positions, at: location).rows
  }

  /// The only row of an answer.
  func row(
    _ query: String, after positions: [String?], at location: SourceLocation = #_sourceLocation
  ) async throws -> JSON {
    let rows = try await rows(query, after: positions, at: location)
    try #require(rows.count == 1, "\(rows)", sourceLocation: location)
    return rows[0]
  }

  /// Asks the dashboard, whatever it answers.
  func ask(_ path: String, accept: String = "application/json") async throws -> Reply {
    try await send(
      "GET", "dashboard", "/dashboard/v1/" + path, headers: [(name: "Accept", value: accept)])
  }

  /// Writes to the dashboard.
  func tell(
    _ path: String, _ body: JSON, key: String? = fresh(), after positions: [String?] = []
  ) async throws -> Reply {
    var headers = [(name: "Content-Type", value: "application/json")]
    if let key { headers.append((name: "Idempotency-Key", value: key)) }
    let position = positions.compactMap { $0 }.joined(separator: ",")
    if !position.isEmpty { headers.append((name: "Journal-Position", value: position)) }
    return try await send(
      "POST", "dashboard", "/dashboard/v1/" + path, headers: headers, body: body.bytes)
  }

  /// Publishes, as soon as the dashboard has read all sources to their ends. A refusal leaves the
  /// key free; asked again at most 500 times.
  func publish(_ body: JSON, after positions: [String?] = [], key: String = fresh()) async throws
    -> Reply
  {
    var reply = try await tell("publications", body, key: key, after: positions)
    for _ in 0..<500 where [409, 503].contains(reply.status) {
      reply = try await tell("publications", body, key: key, after: positions)
    }
    return reply
  }

  /// Takes a processor of steel from its application to its announcement on a day after 2025-03-10.
  /// - Returns: the registry's position with that in it.
  func qualify(_ facility: String, of reporter: Caller, announced day: String = "2025-04-10")
    async throws -> String
  {
    var position: String?
    for (index, event) in Sample.qualification.enumerated() {
      let isLast = index == Sample.qualification.count - 1
      let reply = try await (index == 0 ? reporter : self).post(
        "facilities/\(facility)/qualification",
        isLast ? event.with("effective", .string(day)) : event)
      try #require(reply.status == 201, "\(reply.text)")
      position = reply.position
    }
    return try #require(position)
  }
}

extension RunningLedger {
  /// Empties the stopped dashboard's read model; its next start folds it anew.
  func rebuildDashboard() async throws {
    let log = Gathered()
    let process = try Launched(
      "dashboard", arguments: ["rebuild"],
      settings: try RunningService.settings("dashboard", in: folder), standardError: log)
    #expect(await process.exit() == 0, "\(log.text)")
  }
}

extension Sample {
  /// A capacity to process steel scrap from 2020 on.
  static func processing(_ perYear: JSON) -> JSON {
    .members([
      "process": "scrap_processing", "metal": "steel", "per_year": perYear, "from": "2020-01-01",
    ])
  }
}
