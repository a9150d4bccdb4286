import Models

/// Random bodies of mills' and hydrogen users' reports, which balance, or nearly.
enum RandomDrafts {
  private static func mass(_ grams: Int64) -> JSON { Mass(grams: max(0, grams)).json }

  private static func fraction(_ permille: ClosedRange<Int>, _ random: inout Seeded) -> JSON {
    let digits = String(random.int(permille))
    return .string("0." + String(repeating: "0", count: 3 - digits.count) + digits)
  }

  private static func head(
    _ facility: ID, _ metal: Metal?, _ member: String, _ period: Period
  ) -> [JSON.Member] {
    [.init("facility_id", facility.json)]
      + (metal.map { [.init("metal", .string($0.rawValue))] } ?? [])
      + [.init(member, period.json)]
  }

  private static func nilReturn(_ stock: Int64?, _ random: inout Seeded) -> [JSON.Member] {
    [.init("nil", true)]
      + (random.chance(50)
        ? [] : [.init("opening", mass(stock ?? Int64(random.int(0...9_999_999))))])
  }

  static func mill(
    _ facility: ID, _ metal: Metal?, _ period: Period, _ stock: Int64?, _ random: inout Seeded
  ) -> JSON {
    let metal = metal ?? random.one(Metal.allCases)
    let head = head(facility, metal, "period", period)
    if random.chance(15) { return .object(head + nilReturn(stock, &random)) }
    let lines = (0..<random.int(0...6)).map { _ in charge(metal, &random) }
    let charges = lines.compactMap { try? Fields.read($0) { Charge($0, of: metal) } }
    let recycled = charges.filter { $0.material.role == .recycled }
    let charged = recycled.map(\.counted.grams).reduce(0, +)
    let opening = stock ?? Int64(random.int(0...50_000_000_000))
    let home = Int64(random.int(0...3_000_000_000))
    let received = charged + Int64(random.int(0...9_000_000_000))
    let sold = random.chance(30) ? opening / Int64(random.int(2...9)) : 0
    let outputs = outputs(metal, charges, &random)
    let members = JSON.members([
      "inputs": .array(lines), "opening": mass(opening),
      "opening_reason": random.chance(80) ? "counted anew" : nil, "received": mass(received),
      "home_arising": mass(home), "sold": mass(sold),
      "closing": mass(opening + received + home - charged - sold),
      "outputs": .array(outputs),
      "product": random.chance(40) ? mass(charged + 5_000_000_000) : nil,
    ])
    guard case .object(let body) = members else { return .null }
    return .object(head + body)
  }

  private static func charge(_ metal: Metal, _ random: inout Seeded) -> JSON {
    let materials = Reference.shared.materials.values.filter { $0.metal == metal }
      .sorted { $0.id < $1.id }
    let material = random.one(materials)
    let isRecycled = material.role == .recycled
    var members: [JSON.Member] = [.init("material", .string(material.id))]
    if isRecycled {
      members.append(.init("origin", .string(random.one(Origin.allCases).rawValue)))
    }
    if isRecycled, metal == .copper {
      let route = random.one([OutputRoute.secondaryRefined, .directMelt])
      members.append(.init("route", .string(route.rawValue)))
    }
    members.append(.init("gross", mass(Int64(random.int(1_000...40_000_000_000)))))
    if random.chance(40) { members.append(.init("tare", mass(Int64(random.int(0...1000))))) }
    if random.chance(60) { members.append(.init("moisture", fraction(0...80, &random))) }
    switch random.int(0...3) {
    case 0:
      members.append(.init("impurity", fraction(0...90, &random)))
      members.append(.init("impurity_basis", "dry"))
    case 1:
      members.append(.init("impurity", fraction(0...90, &random)))
      members.append(.init("impurity_basis", "net"))
    case 2 where random.chance(50):
      members.append(.init("impurity_mass", mass(Int64(random.int(0...0)))))
    default: break
    }
    if material.basis == .contained || random.chance(10) {
      members.append(.init("assay", fraction(200...999, &random)))
    }
    if (isRecycled && metal == .aluminium) || random.chance(10) {
      members.append(.init("yield", fraction(700...999, &random)))
    }
    return .object(members)
  }

  /// Mostly no more than the scrap contained.
  private static func outputs(
    _ metal: Metal, _ charges: [Charge], _ random: inout Seeded
  ) -> [JSON] {
    OutputRoute.of(metal).compactMap { route in
      guard random.chance(75) else { return nil }
      var grams = Int64(random.int(0...60_000_000_000))
      if route.isSecondary {
        let contained = charges.filter {
          $0.material.role == .recycled && ($0.route == route || route == .recovered)
        }.map(\.chain.contained.grams).reduce(0, +)
        grams = contained / 1000 * Int64(random.int(500...1010))
      }
      return .members(["route": .string(route.rawValue), "mass": mass(grams)])
    }
  }

  static func hydrogen(
    _ facility: ID, _ metal: Metal?, _ period: Period, _ stock: Int64?, _ random: inout Seeded
  ) -> JSON {
    let head = head(facility, nil, "month", period)
    if random.chance(15) { return .object(head + nilReturn(stock, &random)) }
    let lines = (0..<random.int(0...4)).map { _ in supply(&random) }
    let supplied = lines.compactMap { try? Fields.read($0, as: HydrogenSupply.init) }
      .map(\.quantity.mass.grams).reduce(0, +)
    let opening = stock ?? Int64(random.int(0...5_000_000))
    var rest = opening + supplied
    let uses = (0..<random.int(0...4)).map { _ -> JSON in
      let grams = rest / Int64(random.int(2...9))
      rest -= grams
      return .members([
        "use": .string(random.one(HydrogenPurpose.allCases).rawValue), "mass": mass(grams),
      ])
    }
    let vented = rest / Int64(random.int(5...90))
    // Within the tolerance of 2 per cent, mostly.
    let slack = random.chance(80) ? 0 : (opening + supplied) * Int64(random.int(0...25)) / 1000
    let members = JSON.members([
      "opening": mass(opening), "opening_reason": random.chance(80) ? "counted anew" : nil,
      "supplies": .array(lines), "uses": .array(uses), "vented": mass(vented),
      "closing": mass(rest - vented + slack),
    ])
    guard case .object(let body) = members else { return .null }
    return .object(head + body)
  }

  private static func supply(_ random: inout Seeded) -> JSON {
    let route = random.one(HydrogenRoute.allCases)
    var members: [JSON.Member] = [
      .init("route", .string(route.rawValue)),
      .init("source", .string(random.one(HydrogenSource.allCases).rawValue)),
    ]
    if route.isElectrolysis {
      members.append(.init("power", .string(random.one(PowerSource.allCases).rawValue)))
    }
    if random.chance(50) {
      members.append(.init("mass", mass(Int64(random.int(0...90_000_000)))))
    } else {
      members += [
        .init(
          "volume",
          .members([
            "value": .string("\(random.int(0...900_000)).\(random.int(0...9))5"), "unit": "m3",
          ])),
        .init("reference_state", .string(random.one(ReferenceState.allCases).rawValue)),
        .init("hydrogen_fraction", fraction(100...999, &random)),
      ]
    }
    if random.chance(70) {
      members.append(
        .init(
          "carbon_intensity",
          .members([
            "value": .string("\(random.int(0...15)).\(random.int(0...99))1"),
            "boundary": .string(random.one(Reference.shared.hydrogenBoundaries)),
          ])))
    }
    if random.chance(40) {
      members.append(.init("certificates", [.string("GO-\(random.int(1...12))")]))
    }
    return .object(members)
  }
}
