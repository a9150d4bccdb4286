import Foundation
import Models
import Testing

/// A type of report as a test sends it: where to, and what.
enum ReportKind: String, CaseIterable, Sendable, CustomTestStringConvertible {
  case throughput
  case recycledInput = "recycled-input"
  case hydrogenUse = "hydrogen-use"

  var testDescription: String { rawValue }
  var service: String { self == .throughput ? "processor-registry" : rawValue }
  /// Its name in `Journal-Position`, and the first part of its paths.
  var source: String { self == .throughput ? "registry" : rawValue }
  var path: String {
    self == .throughput ? "/registry/v1/throughput" : "/\(rawValue)/v1/reports"
  }
  var origin: String { "\(service).test/\(source)" }
  var event: String { "remelt.\(rawValue).reported.v1" }

  var role: JSON {
    switch self {
    case .throughput: "scrap_processor"
    case .recycledInput: "mill"
    case .hydrogenUse: "hydrogen_user"
    }
  }

  /// Members that tell one report from another.
  var members: [String] {
    switch self {
    case .throughput: ["month", "purchases"]
    case .recycledInput: ["period", "metal", "inputs", "received"]
    case .hydrogenUse: ["month", "uses", "closing"]
    }
  }

  /// The facility's report number `rest`, which holds `mass` tonnes.
  func body(_ facility: String, _ rest: Int, _ mass: Int) -> JSON {
    switch self {
    case .throughput:
      Sample.report(
        facility, Sample.month(rest / 3), metal: Metal.allCases[rest % 3].rawValue,
        purchased: mass)
    case .recycledInput: Sample.mill(facility, Sample.month(rest), scrap: mass)
    case .hydrogenUse: Sample.hydrogen(facility, Sample.month(rest), supplied: mass)
    }
  }
}

extension Sample {
  /// A steel mill's month: post-consumer scrap and hot metal, made into steel by two routes.
  static func mill(_ facility: String, _ period: String, scrap: Int = 1000) -> JSON {
    .members([
      "facility_id": .string(facility), "metal": "steel", "period": .string(period),
      "inputs": [
        .members([
          "material": "scrap_steel", "origin": "post_consumer", "gross": mass(String(scrap)),
        ]), .members(["material": "hot_metal", "gross": mass("3000")]),
      ],
      "opening": mass("100"), "opening_reason": "first report",
      "received": mass(String(scrap + 50)), "home_arising": mass("0"), "sold": mass("0"),
      "closing": mass("150"),
      "outputs": [
        .members(["route": "eaf", "mass": mass(String(scrap))]),
        .members(["route": "bof", "mass": mass("2700")]),
      ],
    ])
  }

  /// A month of hydrogen out of coke-oven gas, used for ammonia.
  static func hydrogen(_ facility: String, _ month: String, supplied: Int = 100) -> JSON {
    .members([
      "facility_id": .string(facility), "month": .string(month), "opening": mass("10"),
      "opening_reason": "first report",
      "supplies": [
        .members([
          "route": "coke_oven_gas", "source": "by_product", "mass": mass(String(supplied)),
          "renewable": false,
        ])
      ],
      "uses": [.members(["use": "ammonia", "mass": mass(String(supplied - 5))])],
      "vented": mass("5"), "closing": mass("10"),
    ])
  }
}

extension Caller {
  /// Sends a report to the service of its type.
  func report(_ body: JSON, as kind: ReportKind, key: String = fresh()) async throws -> Reply {
    try await send(
      "POST", kind.service, kind.path,
      headers: [("Content-Type", "application/json"), ("Idempotency-Key", key)], body: body.bytes)
  }

  /// Waits until a reporting service knows the reader and a facility. Bounded: 1,200 requests.
  func becomeKnown(to service: String, facility: String) async throws {
    let kind = try #require(ReportKind(rawValue: service))
    for _ in 0..<1200 {
      let reply = try await report(
        .members(["facility_id": .string(facility), "nil": true]), as: kind)
      // A body that lacks its month is refused before its facility is looked up.
      if reply.status == 422 { break }
      // The service's own pace: it reads the keys that it follows anew once a second.
      try await Task.sleep(for: .milliseconds(25))
    }
    for _ in 0..<1200 {
      // A month that is not over: refused only once the facility is known.
      let body =
        kind == .recycledInput
        ? Sample.mill(facility, "2049-12") : Sample.hydrogen(facility, "2049-12")
      if try await report(body, as: kind).status == 422 { return }
      // The follower's own pace.
      try await Task.sleep(for: .milliseconds(25))
    }
    throw RunningService.NotReady(description: "\(service) does not know \(facility)")
  }
}
