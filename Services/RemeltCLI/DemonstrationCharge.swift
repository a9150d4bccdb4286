import Models

/// A line of what a demonstrated mill charges, from the mass that is meant to count back to the
/// weighbridge.
struct DemonstrationCharge {
  let material: String
  var origin: Origin?
  var route: OutputRoute?
  /// What is meant to count, in kilograms.
  var kilograms: Int
  /// Per mille.
  var moisture = 0
  var impurity = 0
  var assay: Int?
  var yield: Int?
  /// The supplier's id.
  var facility: String?

  private static func fraction(_ permille: Int) -> JSON {
    .string(ExactDecimal.text(Int128(permille), scale: 3))
  }

  /// At least as much as counts in the end, so that no route makes more than its scrap contained.
  private var gross: Int {
    let metal = kilograms * 1000 / (assay ?? 1000)
    let dry = metal * 1000 / (1000 - impurity)
    return dry * 1000 / (1000 - moisture) + 3
  }

  var json: JSON {
    .members([
      "material": .string(material), "origin": .text(origin?.rawValue),
      "route": .text(route?.rawValue), "facility_id": .text(facility),
      "gross": Mass(grams: Int64(gross) * 1000).json,
      "moisture": moisture > 0 ? Self.fraction(moisture) : nil,
      "impurity": impurity > 0 ? Self.fraction(impurity) : nil,
      "impurity_basis": impurity > 0 ? "dry" : nil, "assay": assay.map(Self.fraction),
      "yield": yield.map(Self.fraction),
    ])
  }
}

/// What a mill charges and makes in a period; masses in kilograms.
struct DemonstrationHeat {
  var charges: [DemonstrationCharge] = []
  var outputs: [(route: OutputRoute, kilograms: Int)] = []
  /// What goes into the product beside what the routes make.
  var added = 0

  /// Adds lines of one material by their origins, the last of which takes what is left.
  mutating func add(
    _ charge: DemonstrationCharge, home: Int = 0, preConsumer: Int = 0, unknown: Int = 0
  ) {
    let shares: [(Origin, Int)] = [
      (.home, home), (.preConsumer, preConsumer), (.unknown, unknown),
      (.postConsumer, 1000 - home - preConsumer - unknown),
    ]
    for (origin, permille) in shares where permille > 0 {
      var line = charge
      line.origin = origin
      line.kilograms = charge.kilograms * permille / 1000
      // Run-around scrap comes clean.
      if origin == .home { (line.moisture, line.impurity) = (0, 0) }
      charges.append(line)
    }
  }

  mutating func add(_ material: String, _ kilograms: Int, assay: Int? = nil, moisture: Int = 0) {
    guard kilograms > 0 else { return }
    charges.append(
      DemonstrationCharge(
        material: material, kilograms: kilograms, moisture: moisture, assay: assay))
  }

  /// Scrap of the mill's own process.
  var homeArising: Int {
    charges.filter { $0.origin == .home }.map(\.kilograms).reduce(0, +)
  }

  var made: Int { outputs.map(\.kilograms).reduce(0, +) }
}
