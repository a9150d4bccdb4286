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
  var text: String { String(decoding: answer.body, as: UTF8.self) }
  subscript(name: String) -> JSON? { json[name] }
  var id: String { get throws { try #require(json["id"]?.text, "\(status) \(text)") } }
  /// The registry's size with this write in it, as the header says it.
  var position: String? { header("Journal-Position") }
}

/// Somebody who is signed in.
struct Caller: Sendable {
  let ledger: RunningLedger
  let token: String

  static func fresh() -> String { UUID().uuidString }

  func send(
    _ method: String, _ service: String, _ path: String,
    headers: [(name: String, value: String)] = [], body: [UInt8]? = nil
  ) async throws -> Reply {
    let fields = [(name: "Authorization", value: "Bearer \(token)")] + headers
    return Reply(
      try await ledger.client.send(
        HTTPCall(
          method: method, url: try ledger[service].url + path, headers: fields, body: body,
          timeoutSeconds: 60, retries: 0)))
  }

  func get(_ service: String, _ path: String, after position: String? = nil) async throws -> Reply {
    try await send(
      "GET", service, path, headers: position.map { [("Journal-Position", $0)] } ?? [])
  }

  /// Waits until a service that was just started for the first time has followed the registry's keys
  /// into its journal copy: before that it cannot know any token. Bounded: 1,200 requests.
  func becomeKnown(to service: String) async throws {
    for _ in 0..<1200 {
      let reply = try await get(
        service, service == "dashboard" ? "/dashboard/v1/sources" : "/\(service)/v1/journal?limit=1"
      )
      if reply.status == 200 { return }
      // The service's own pace: it reads its keys anew once a second.
      try await Task.sleep(for: .milliseconds(25))
    }
    throw RunningService.NotReady(description: "\(service) does not know the token")
  }

  /// A dashboard's answer, once it has followed up to a position. One request waits for 5 s.
  func dashboard(_ path: String, after position: String) async throws -> Reply {
    for _ in 0..<24 {
      let reply = try await get("dashboard", "/dashboard/v1/" + path, after: position)
      if reply.status != 503 { return reply }
    }
    throw RunningService.NotReady(description: "the dashboard did not reach \(position)")
  }

  func post(_ path: String, _ body: JSON, key: String = fresh(), ifMatch: String? = nil)
    async throws -> Reply
  {
    let headers =
      [(name: "Content-Type", value: "application/json"), (name: "Idempotency-Key", value: key)]
      + (ifMatch.map { [(name: "If-Match", value: $0)] } ?? [])
    return try await send(
      "POST", "processor-registry", "/registry/v1/" + path, headers: headers, body: body.bytes)
  }

  func put(_ path: String, _ body: JSON, ifMatch: String) async throws -> Reply {
    try await send(
      "PUT", "processor-registry", "/registry/v1/" + path,
      headers: [("Content-Type", "application/json"), ("If-Match", ifMatch)], body: body.bytes)
  }

  /// Rows of NDJSON; gives back the summary.
  func bulk(_ path: String, _ rows: [JSON]) async throws -> JSON {
    let lines = rows.map { String(decoding: $0.bytes, as: UTF8.self) }.joined(separator: "\n")
    let reply = try await send(
      "POST", "processor-registry", "/registry/v1/" + path,
      headers: [("Content-Type", "application/x-ndjson")], body: Array(lines.utf8))
    let last = reply.text.split(separator: "\n").last.map { Array($0.utf8) } ?? []
    return try #require(try JSONParser.parse(last)["summary"], "\(reply.text)")
  }

  /// The registry's journal size as a header's value, once all of it is signed.
  func position() async throws -> String {
    let reply = try await post("organisations", Sample.organisation())
    return try #require(reply.position, "\(reply.text)")
  }
}

/// Acceptable bodies.
enum Sample {
  static func organisation() -> JSON {
    .members([
      "identifier": .members(["scheme": "test", "value": .string(UUID().uuidString)]),
      "name": "Demonstration Scrap Ltd",
    ])
  }

  static func mass(_ value: String, _ unit: String = "t") -> JSON {
    .members(["value": .string(value), "unit": .string(unit)])
  }

  /// A scrap processor of 300 kt a year that owes steel from 2025 on.
  static func facility(
    _ organisation: String, province: String = "130000", roles: JSON = ["scrap_processor"]
  ) -> JSON {
    .members([
      "organisation_id": .string(organisation), "name": .string(UUID().uuidString),
      "roles": roles,
      "location": .members(["country": "CN", "province": .string(province)]),
      "capacities": [
        .members([
          "process": "scrap_processing", "metal": "steel", "per_year": mass("300", "kt"),
          "from": "2020-01-01", "to": "2027-12-31",
        ])
      ],
      "obligations": [.members(["report": "throughput", "metal": "steel", "from": "2025-01"])],
    ])
  }

  /// 100 + purchased = purchased - 100 + 20 + 5 + 175, and 950 = 925 + 20 + 5.
  static func report(
    _ facility: String, _ month: String, metal: String = "steel", purchased: Int = 1000
  ) -> JSON {
    .members([
      "facility_id": .string(facility), "metal": .string(metal), "month": .string(month),
      "opening": mass("100"), "opening_reason": "first report",
      "purchases": [.members(["source": "obsolete", "mass": mass(String(purchased))])],
      "shipments": [.members(["destination": "mill", "mass": mass(String(purchased - 100))])],
      "input": mass("950"),
      "products": [.members(["grade": "GB/T 39733:SRS", "mass": mass("925")])],
      "residue": mass("20"), "loss": mass("5"), "closing": mass("175"),
    ])
  }

  /// `2010-01` and those after it, all over by now.
  static func month(_ number: Int) -> String {
    Month(number: Month.first.number + number).description
  }
  static let months = 190

  /// What it takes from an application to its announcement.
  static let qualification: [JSON] = [
    .members([
      "metal": "steel", "event": "applied", "effective": "2025-01-10",
      "criteria_set": "SCRAP_STEEL_2016", "facts": .members(["capacity_t_y": "300000"]),
    ]),
    .members(["metal": "steel", "event": "province_reviewed", "effective": "2025-02-10"]),
    .members(["metal": "steel", "event": "public_notice", "effective": "2025-03-10"]),
    .members([
      "metal": "steel", "event": "announced", "effective": "2025-04-10", "announcement": "12",
    ]),
  ]
}
