import Models

/// A site as the registry is told of it.
extension DemonstrationSite {
  var name: String {
    switch kind {
    case .processor(.steel): "Demonstration Scrap Steel Yard \(number)"
    case .processor(.copper): "Demonstration Scrap Copper Works \(number)"
    case .processor(.aluminium): "Demonstration Scrap Aluminium Works \(number)"
    case .mill: "Demonstration Steel Mill \(number)"
    case .trader: "Demonstration Scrap Trader \(number)"
    }
  }

  var localName: String {
    switch kind {
    case .processor(.steel): "示范废钢加工厂\(number)"
    case .processor(.copper): "示范废铜加工厂\(number)"
    case .processor(.aluminium): "示范废铝加工厂\(number)"
    case .mill: "示范钢厂\(number)"
    case .trader: "示范废钢贸易商\(number)"
    }
  }

  private var role: String {
    switch kind {
    case .processor: "scrap_processor"
    case .mill: "mill"
    case .trader: "trader"
    }
  }

  /// - Parameter suffix: tells an entry made twice from the first.
  func json(organisation: String, in demonstration: Demonstration, suffix: String = "") -> JSON {
    .members([
      "organisation_id": .string(organisation), "name": .string(name + suffix),
      "local_name": .string(localName),
      "identifier": .members(["scheme": "demo", "value": .string(identifier + suffix)]),
      "roles": [.string(role)], "location": place.json, "opened_on": openedOn.json,
      "capacities": .array(capacities(demonstration)),
      "obligations": .array(obligations(demonstration, suffix)), "demonstration": true,
    ])
  }

  /// The day on which the story's new capacity begins: within a month, not at its edge.
  func capacityChange(_ demonstration: Demonstration) -> Day? {
    story == .capacityChange ? demonstration.middle.firstDay.adding(days: 15) : nil
  }

  /// Tonnes a year on a day.
  func capacity(on day: Day, _ demonstration: Demonstration) -> Int {
    guard let change = capacityChange(demonstration), change <= day else { return capacity }
    return capacity * 3 / 2
  }

  private func capacities(_ demonstration: Demonstration) -> [JSON] {
    func entry(_ process: String, _ tonnes: Int, from: Day, to: Day? = nil) -> JSON {
      .members([
        "process": .string(process), "metal": .text(metal?.rawValue),
        "per_year": Mass(grams: Int64(tonnes) * 1_000_000).json, "from": from.json,
        "to": to?.json,
      ])
    }
    switch kind {
    case .trader: return []
    case .mill:
      return ["crude_steel", "eaf"].map { entry($0, capacity, from: openedOn) }
    case .processor:
      guard let change = capacityChange(demonstration) else {
        return [entry("scrap_processing", capacity, from: openedOn)]
      }
      return [
        entry("scrap_processing", capacity, from: openedOn, to: change.adding(days: -1)),
        entry("scrap_processing", capacity(on: change, demonstration), from: change),
      ]
    }
  }

  private func obligations(_ demonstration: Demonstration, _ suffix: String) -> [JSON] {
    guard let metal, suffix.isEmpty else { return [] }
    return [
      .members([
        "report": "throughput", "metal": .string(metal.rawValue),
        "from": demonstration.months[0].json,
      ])
    ]
  }
}
