import Models

/// Random bodies of organisations and facilities.
enum RandomEnterprises {
  private static let places: [(country: String, province: String?, authority: String?)] = [
    ("CN", "110000", nil), ("CN", "130000", nil), ("CN", "130000", "130000"),
    ("CN", "210000", nil), ("CN", "210000", "210200"), ("CN", "310000", nil),
    ("CN", "330000", "330200"), ("CN", "440000", nil), ("CN", "440000", "440300"),
    ("CN", "650000", nil), ("CN", "650000", "XPCC"), ("CN", "710000", nil), ("JP", nil, nil),
    ("DE", nil, nil),
  ]

  /// Few, so that organisations share one; the last is named as an organisation may be that stands
  /// for itself.
  private static let groups = ["集团 1", "集团 2", "组织 1 \"Scrap\""]

  static func organisation(_ random: inout Seeded) -> JSON {
    .members([
      "identifier": .members([
        "scheme": "test", "value": .string(String(random.int(1...9999))),
      ]), "name": .string("组织 \(random.int(1...20)) \"Scrap\""),
      "ownership_group": random.chance(60) ? .string(random.one(groups)) : nil,
    ])
  }

  static func facility(of organisation: ID?, _ random: inout Seeded) -> JSON {
    let place = random.one(places)
    let hasCoordinates = random.chance(50)
    let roles = roles(&random)
    let isMill = roles.contains("mill")
    let capacities = RandomCapacities.capacities(isMill: isMill, &random)
    let obligations = obligations(isMill: isMill, &random)
    return .members([
      "organisation_id": organisation?.json,
      "name": .string("示范 \(random.int(1...500))"),
      "identifier": random.chance(30)
        ? .members(["scheme": "gem", "value": .string("P\(random.int(1...200))")]) : nil,
      "roles": .array(roles.map { .string($0) }),
      "location": .members([
        "country": .string(place.country), "province": .text(place.province),
        "authority": .text(place.authority),
        "latitude": hasCoordinates ? .number("\(random.int(20...50)).5") : nil,
        "longitude": hasCoordinates ? .number("\(random.int(80...120)).25") : nil,
      ]),
      "opened_on": random.chance(15) ? random.day(2025...2026) : nil,
      "closed_on": random.chance(12) ? random.day(2026...2027) : nil,
      "capacities": .array(capacities),
      "obligations": .array(obligations),
      "demonstration": .bool(random.chance(50)),
    ])
  }

  private static func roles(_ random: inout Seeded) -> [String] {
    let roles = ["scrap_processor", "mill", "hydrogen_user"].filter {
      random.chance($0 == "scrap_processor" ? 92 : 60)
    }
    return roles.isEmpty ? ["trader"] : roles
  }

  /// A mill mostly owes the report on its steel.
  private static func obligations(isMill: Bool, _ random: inout Seeded) -> [JSON] {
    var owed = (0..<random.int(0...3)).map { _ -> JSON in
      let report =
        random.chance(60) ? "throughput" : random.one(["recycled_input", "hydrogen_use"])
      return obligation(report, random.one(Metal.allCases), &random)
    }
    if isMill, random.chance(70) {
      // Steel is meant where no metal is said.
      let metal = random.chance(50) ? Metal.steel : nil
      owed.append(obligation("recycled_input", metal, &random))
    }
    return owed
  }

  private static func obligation(
    _ report: String, _ metal: Metal?, _ random: inout Seeded
  ) -> JSON {
    .members([
      "report": .string(report), "metal": .text(metal?.rawValue), "from": random.month().json,
      "to": random.chance(70) ? Month(year: 2026, month: random.int(6...12)).json : nil,
    ])
  }
}
