import Foundation
import Models
import Testing

/// An organisation with facilities that report, and somebody who reports for it.
struct Plant: Sendable {
  let organisation: String
  let facilities: [String]
  let reporter: Caller
  /// The registry's journal with all of this in it.
  let position: String

  var facility: String { facilities.first ?? "" }
}

extension Caller {
  /// Somebody with these grants, signed in.
  func issue(_ grants: String...) async throws -> Caller {
    let issued = try await post(
      "credentials",
      .members([
        "holder": "A tester", "holder_kind": "person",
        "grants": .array(grants.map { .string($0) }),
      ]))
    return try await ledger.signIn(try #require(issued["key"]?.text, "\(issued.text)"))
  }

  /// What a journal calls this caller.
  func name() async throws -> String {
    let me = try await get("processor-registry", "/registry/v1/me")
    return "credential:" + (try #require(me["credential_id"]?.text, "\(me.text)"))
  }

  /// Registers an organisation with a facility in each of the provinces. The service of their
  /// reports knows them when this returns.
  func enrol(_ kind: ReportKind, in provinces: [String] = ["130000"], owes: [JSON] = [])
    async throws
    -> Plant
  {
    let organisation = try await post("organisations", Sample.organisation()).id
    let reporter = try await issue("reporter@organisation:\(organisation)")
    var facilities: [String] = []
    var position = ""
    for province in provinces {
      let site = Sample.site(organisation, kind.role, province: province, owes: owes)
      let reply = try await post("facilities", site)
      facilities.append(try reply.id)
      position = try #require(reply.position, "\(reply.text)")
    }
    try await follow(position, at: kind)
    return Plant(
      organisation: organisation, facilities: facilities, reporter: reporter, position: position)
  }

  /// Registers one facility more, which the service of its reports knows when this returns.
  func register(_ site: JSON, for kind: ReportKind) async throws -> String {
    let reply = try await post("facilities", site)
    try await follow(try #require(reply.position, "\(reply.text)"), at: kind)
    return try reply.id
  }

  /// Waits until a service has followed the registry up to a position. One request waits for 5 s.
  func follow(_ position: String, at kind: ReportKind) async throws {
    for _ in 0..<24 {
      let reply = try await get(kind.service, kind.path + "?limit=1", after: position)
      if reply.status == 200 { return }
      try #require(reply.status == 503, "\(reply.text)")
    }
    throw RunningService.NotReady(description: "\(kind.service) did not reach \(position)")
  }
}

extension Sample {
  /// A facility of one role.
  static func site(
    _ organisation: String, _ role: JSON, province: String = "130000", owes: [JSON] = []
  ) -> JSON {
    .members([
      "organisation_id": .string(organisation), "name": .string(UUID().uuidString),
      "roles": [role],
      "location": .members(["country": "CN", "province": .string(province)]),
      "obligations": .array(owes),
    ])
  }

  /// What is owed from a month to a month.
  static func owed(_ kind: ReportKind, metal: String? = "steel", from: String, to: String) -> JSON {
    .members([
      "report": .string(kind.rawValue.replacing("-", with: "_")), "metal": .text(metal),
      "from": .string(from), "to": .string(to),
    ])
  }

  static func kilograms(_ value: String) -> JSON { mass(value, "kg") }

  /// Nothing moved.
  static func nilReturn(_ facility: String, period: String, metal: String = "steel") -> JSON {
    .members([
      "facility_id": .string(facility), "metal": .string(metal), "period": .string(period),
      "nil": true,
    ])
  }
}

extension JSON {
  /// The object with one member replaced, added, or (nil) taken away. A path such as
  /// `inputs/0/gross` goes into what is nested.
  func with(_ path: String, _ value: JSON?) -> JSON {
    let parts = path.split(separator: "/", maxSplits: 1).map(String.init)
    let rest = parts.count == 2 ? parts[1] : nil
    switch self {
    case .array(var elements):
      guard let index = Int(parts[0]), elements.indices.contains(index) else { return self }
      if let new = rest.map({ elements[index].with($0, value) }) ?? value {
        elements[index] = new
      } else {
        elements.remove(at: index)
      }
      return .array(elements)
    case .object(var members):
      let index = members.firstIndex { $0.name == parts[0] }
      let new = rest.map { (self[parts[0]] ?? .object([])).with($0, value) } ?? value
      if let index { members.remove(at: index) }
      if let new { members.insert(.init(parts[0], new), at: index ?? members.count) }
      return .object(members)
    default: return self
    }
  }
}
