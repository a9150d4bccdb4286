import Models

/// A plant as the registry is told of it.
extension DemonstrationPlant {
  private var words: (name: String, localName: String) {
    switch kind {
    case .steelConverter, .steelIntegrated: ("Steelworks", "钢铁厂")
    case .steelElectric: ("Electric Steelworks", "电炉钢厂")
    case .copperRefinery: ("Copper Refinery", "铜冶炼厂")
    case .copperRecycling: ("Recycled Copper Refinery", "再生铜厂")
    case .copperMelting: ("Copper Mill", "铜加工厂")
    case .aluminiumSmelting: ("Aluminium Smelter", "电解铝厂")
    case .aluminiumRemelting: ("Aluminium Remelter", "再生铝厂")
    case .ammoniaCoal, .ammoniaGas, .ammoniaWind: ("Ammonia Works", "合成氨厂")
    case .methanolCoal, .methanolCokeOvenGas, .methanolWind: ("Methanol Works", "甲醇厂")
    case .refiningGas, .refiningSolar: ("Oil Refinery", "炼油厂")
    case .reductionCokeOvenGas, .reductionWind: ("Direct Reduction Works", "直接还原铁厂")
    case .chlorAlkali: ("Chlor-Alkali Works", "氯碱厂")
    case .chemicalsGrid: ("Chemical Works", "化工厂")
    }
  }

  func json(organisation: String, in demonstration: Demonstration) -> JSON {
    .members([
      "organisation_id": .string(organisation),
      "name": .string("Demonstration \(words.name) \(number)"),
      "local_name": .string("示范\(words.localName)\(number)"),
      "identifier": .members(["scheme": "demo", "value": .string(identifier)]),
      "roles": [.string(kind.report.role.rawValue)], "location": place.json,
      "opened_on": openedOn.json, "capacities": .array(capacities),
      "obligations": [
        .members([
          "report": .string(kind.report.rawValue), "metal": .text(kind.metal?.rawValue),
          "from": demonstration.months[0].json,
        ])
      ], "demonstration": true,
    ])
  }

  var owner: Demonstration.Owner {
    // Apart from the processors' numbers and from each other's.
    let base =
      switch kind.metal {
      case .steel: 1000
      case .copper: 2000
      case .aluminium: 3000
      case nil: 4000
      }
    let group = ordinal % 4 == 1 ? ["A", "B", "C"][ordinal / 4 % 3] : nil
    return Demonstration.Owner(
      uscc: SyntheticIdentity.uscc(province: place.province, number: base + ordinal + 1),
      name: "Demonstration \(words.name) Company \(number) 示范\(words.localName)公司\(number)",
      group: group.map { "Demonstration Group \($0) 示范集团\($0)" })
  }

  /// Of the processes that the registry knows, which are those of steel.
  private var capacities: [JSON] {
    let iron: Int
    switch kind {
    case .steelConverter, .steelIntegrated: iron = max(converter, electric) * 95 / 100
    default: iron = 0
    }
    // About 57 kg of hydrogen reduce a tonne of iron.
    let reduced = [.reductionCokeOvenGas, .reductionWind].contains(kind) ? capacity * 1000 / 57 : 0
    let tonnes: KeyValuePairs<String, Int> = [
      "crude_steel": kind.metal == .steel ? capacity : 0, "bof": converter, "eaf": electric,
      "iron": iron + reduced, "blast_furnace": iron, "dri": reduced,
    ]
    return tonnes.filter { $0.value > 0 }.map { process, tonnes in
      .members([
        "process": .string(process),
        "per_year": Mass(grams: Int64(tonnes) * 1_000_000).json, "from": openedOn.json,
      ])
    }
  }
}
