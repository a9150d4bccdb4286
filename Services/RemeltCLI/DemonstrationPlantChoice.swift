import Models

extension DemonstrationPlant {
  /// Steel mills spread like the real ones, with about their furnaces.
  static func steelMills(_ count: Int, _ plants: SteelPlants, seed: UInt64) -> [DemonstrationPlant]
  {
    let makers = plants.inChina.filter {
      $0.kilotonnes("bof_ktpa") + $0.kilotonnes("eaf_ktpa") >= 300
    }
    return Demonstration.places(count, makers) { $0.steelKind.rawValue }.enumerated().map {
      DemonstrationPlant(steel: $1, ordinal: $0, seed: seed)
    }
  }

  /// So many copper mills, as many aluminium mills, and hydrogen users, at the table's places.
  static func others(
    _ mills: Int, _ hydrogenUsers: Int, _ towns: [DemonstrationTown], seed: UInt64
  ) -> [DemonstrationPlant] {
    [(Metal.copper, mills), (.aluminium, mills), (nil, hydrogenUsers)].flatMap { metal, count in
      let places = towns.filter { $0.kind.metal == metal }
      return (0..<(places.isEmpty ? 0 : count)).map {
        DemonstrationPlant(places[$0 % places.count], ordinal: $0, seed: seed)
      }
    }
  }
}

extension SteelPlant {
  /// Thousand tonnes a year, zero where the table leaves it open.
  func kilotonnes(_ column: String) -> Int { known(column).flatMap(Int.init) ?? 0 }

  var steelKind: DemonstrationPlant.Kind {
    if kilotonnes("eaf_ktpa") == 0 { return .steelConverter }
    return kilotonnes("bof_ktpa") + kilotonnes("bf_ktpa") > 0 ? .steelIntegrated : .steelElectric
  }
}
