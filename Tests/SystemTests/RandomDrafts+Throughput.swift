import Models

/// Random bodies of processors' reports, in all units, which balance to the gram, or nearly.
extension RandomDrafts {
  /// - Parameter stock: what lay there, where that is known.
  static func throughput(
    _ facility: ID, _ metal: Metal, _ month: Month, _ stock: Int64?, _ random: inout Seeded
  ) -> JSON {
    var members: [JSON.Member] = [
      .init("facility_id", facility.json), .init("metal", .string(metal.rawValue)),
      .init("month", month.json),
    ]
    guard random.chance(20) else {
      let opening = stock ?? Int64(random.int(0...50_000_000_000))
      return .object(members + figures(opening: opening, &random))
    }
    members.append(.init("nil", true))
    if random.chance(50) {
      let opening = stock ?? Int64(random.int(0...9_999_999))
      members.append(.init("opening", random.mass(opening)))
    }
    return .object(members)
  }

  private static func figures(opening: Int64, _ random: inout Seeded) -> [JSON.Member] {
    let purchases = (0..<random.int(0...3)).map { _ in
      (random.one(PurchaseSource.allCases), Int64(random.int(0...90_000_000_000)))
    }
    let available = opening + purchases.map(\.1).reduce(0, +)
    let residue = available / Int64(random.int(20...200))
    let loss = available / Int64(random.int(100...900))
    let product = available * Int64(random.int(10...80)) / 100
    let shipped = (available - residue - loss) * Int64(random.int(0...100)) / 100
    // Within the tolerance of 5 per mille, mostly.
    let slack = random.chance(80) ? 0 : available * Int64(random.int(0...7)) / 1000
    let shipments = [shipped / 3, shipped - shipped / 3].map {
      (random.one(ShipmentDestination.allCases), $0)
    }
    let bought = purchases.map { source, grams -> JSON in
      .members(["source": .string(source.rawValue), "mass": random.mass(grams)])
    }
    let sent = shipments.map { destination, grams -> JSON in
      .members(["destination": .string(destination.rawValue), "mass": random.mass(grams)])
    }
    let object = JSON.members([
      "opening": random.mass(opening),
      "opening_reason": random.chance(85) ? "counted anew" : nil,
      "purchases": .array(bought), "shipments": .array(sent),
      "input": random.mass(product + residue + loss + slack),
      "products": [.members(["grade": "GB/T 39733:SRS", "mass": random.mass(product)])],
      "residue": random.mass(residue), "loss": random.mass(loss),
      "closing": random.mass(available - shipped - residue - loss),
      "note": random.chance(20) ? "更正 \\ \"n\"\n" : nil,
    ])
    guard case .object(let members) = object else { return [] }
    return members
  }
}
