import Models

/// Random capacities of a facility.
enum RandomCapacities {
  static func capacities(isMill: Bool, _ random: inout Seeded) -> [JSON] {
    var lines: [JSON] = []
    for metal in Metal.allCases where random.chance(metal == .steel ? 85 : 35) {
      lines += Self.lines("scrap_processing", metal, upTo: 900_000_000, &random)
    }
    // That of others speaks for no report.
    if random.chance(isMill ? 90 : 20) { lines += steelmaking(&random) }
    if random.chance(20) {
      let grams: Int64 = random.chance(85) ? 9_000_000_000 : 0
      lines.append(
        .members([
          "process": "blast_furnace", "per_year": random.mass(grams),
          "from": random.chance(50) ? random.day(2025...2026) : nil,
        ]))
    }
    return lines
  }

  /// Crude steel as a whole, that of each furnace, or both.
  private static func steelmaking(_ random: inout Seeded) -> [JSON] {
    let states = random.one([["crude_steel"], ["furnaces"], ["crude_steel", "furnaces"]])
    var lines: [JSON] = []
    if states.contains("crude_steel") {
      lines += Self.lines("crude_steel", nil, upTo: 9_000_000_000, &random)
    }
    guard states.contains("furnaces") else { return lines }
    let furnaces = ["bof", "eaf", "other_steel"].shuffled(using: &random)
    for furnace in furnaces.prefix(random.int(1...3)) {
      // Whatever metal is said of a furnace, it makes steel.
      let metal = random.chance(20) ? random.one(Metal.allCases) : nil
      lines += Self.lines(furnace, metal, upTo: 4_000_000_000, &random)
    }
    return lines
  }

  /// One after the other, changing in mid-month, at times with days between that have none. Some
  /// start or end within the months that are reported, some are since ever or for ever.
  /// - Parameter kilograms: a year.
  private static func lines(
    _ process: String, _ metal: Metal?, upTo kilograms: Int, _ random: inout Seeded
  ) -> [JSON] {
    let june = Day(year: 2025, month: 6, day: 1)
    let first = random.chance(50) ? june : june.adding(days: random.int(1...280))
    let cuts = Set((0..<random.int(0...3)).map { _ in first.adding(days: random.int(1...700)) })
      .sorted()
    var starts: [Day?] = [random.chance(25) ? nil : first] + cuts
    if starts.count > 1, random.chance(20) { starts.remove(at: random.int(0...starts.count - 1)) }
    let isOpen = random.chance(25)
    var lines: [JSON] = []
    for (index, start) in starts.enumerated() {
      var end: Day?
      if index + 1 < starts.count {
        let days = random.chance(25) ? random.int(2...40) : 1
        end = starts[index + 1]?.adding(days: -days)
      } else if !isOpen {
        end = first.adding(days: random.chance(50) ? 760 : random.int(100...500))
      }
      // A day at least.
      if let last = end, let start, last < start { end = start }
      let perYear = random.chance(5) ? 0 : random.int(0...kilograms)
      lines.append(
        .members([
          "process": .string(process), "metal": .text(metal?.rawValue),
          "per_year": random.mass(Int64(perYear) * 1000), "from": start?.json, "to": end?.json,
        ]))
    }
    return lines
  }
}
