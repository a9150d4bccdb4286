import Foundation
import Models
import Testing

/// Acceptable bodies, to be changed by the tests.
enum Sample {
  /// A USCC that nobody has yet, with its check digit.
  static func uscc() -> String {
    let alphabet = Array("0123456789ABCDEFGHJKLMNPQRTUWXY")
    let text = "91130000M" + String((0..<8).map { _ in alphabet[Int.random(in: 0..<31)] })
    var weight = 1
    var sum = 0
    for character in text {
      sum += (alphabet.firstIndex(of: character) ?? 0) * weight
      weight = weight * 3 % 31
    }
    return text + String(alphabet[(31 - sum % 31) % 31])
  }

  static func organisation(_ uscc: String = uscc(), name: String = "Demonstration Scrap Ltd")
    -> JSON
  {
    .members([
      "identifier": .members(["scheme": "uscc", "value": .string(uscc)]), "name": .string(name),
    ])
  }

  static func mass(_ value: String, _ unit: String = "t") -> JSON {
    .members(["value": .string(value), "unit": .string(unit)])
  }

  /// A scrap processor of 300 kt a year. Its name is like no other's.
  static func facility(
    _ organisation: String, name: String = UUID().uuidString, province: String = "130000",
    authority: String? = nil, roles: JSON = ["scrap_processor"]
  ) -> JSON {
    .members([
      "organisation_id": .string(organisation), "name": .string(name), "roles": roles,
      "location": .members([
        "country": "CN", "province": .string(province), "authority": .text(authority),
        "latitude": .number("39.6"), "longitude": .number("118.1"),
      ]),
      "capacities": [
        .members([
          "process": "scrap_processing", "metal": "steel", "per_year": mass("300", "kt"),
          "from": "2015-01-01",
        ])
      ],
    ])
  }

  /// 100 + 1,000 = 900 + 20 + 5 + 175, and 950 = 925 + 20 + 5.
  static func report(_ facility: String, _ month: String = "2025-01", metal: String = "steel")
    -> JSON
  {
    .members([
      "facility_id": .string(facility), "metal": .string(metal), "month": .string(month),
      "opening": mass("100"), "opening_reason": "first report",
      "purchases": [.members(["source": "obsolete", "mass": mass("1000")])],
      "shipments": [.members(["destination": "mill", "mass": mass("900")])],
      "input": mass("950"),
      "products": [.members(["grade": "GB/T 39733:SRS", "mass": mass("925")])],
      "residue": mass("20"), "loss": mass("5"), "closing": mass("175"),
    ])
  }

  static let columns =
    "facility_id,metal,month,opening_t,opening_reason,purchased_obsolete_t,shipped_mill_t,input_t,product_grade,product_t,residue_t,loss_t,closing_t"

  /// The same report as a row of ``columns``.
  static func row(_ facility: String, _ month: String, input: String = "950") -> String {
    "\(facility),steel,\(month),100,first report,1000,900,\(input),GB/T 39733:SRS,925,20,5,175"
  }
}

extension JSON {
  /// The object with one member replaced, added, or (nil) taken away. A path such as
  /// `purchases/0/mass` goes into what is nested.
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

/// An organisation with one facility, and somebody who reports for it.
struct Enrolled: Sendable {
  let organisation: String
  let facility: String
  let reporter: Caller

  init(by operator: Caller, name: String = UUID().uuidString, province: String = "130000")
    async throws
  {
    let registered = try await `operator`.post("organisations", Sample.organisation())
    organisation = try #require(registered["id"]?.text, "\(registered.text)")
    let site = try await `operator`.post(
      "facilities", Sample.facility(organisation, name: name, province: province))
    facility = try #require(site["id"]?.text, "\(site.text)")
    reporter = try await `operator`.issue(["reporter@organisation:\(organisation)"])
  }

  func report(_ month: String = "2025-01", _ change: (JSON) -> JSON = { $0 }) async throws -> Reply
  {
    try await reporter.post("throughput", change(Sample.report(facility, month)))
  }
}

extension Caller {
  /// A new credential, signed in.
  func issue(_ grants: [String]) async throws -> Caller {
    let issued = try await post(
      "credentials",
      .members([
        "holder": "A tester", "holder_kind": "person",
        "grants": .array(grants.map { .string($0) }),
      ]))
    return try await registry.caller(try #require(issued["key"]?.text, "\(issued.text)"))
  }

  /// Another facility of an organisation.
  func register(_ facility: JSON) async throws -> String {
    let reply = try await post("facilities", facility)
    return try #require(reply["id"]?.text, "\(reply.text)")
  }
}
