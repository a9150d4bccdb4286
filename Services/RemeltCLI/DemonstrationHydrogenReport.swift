import Models

/// A hydrogen user's figures.
extension DemonstrationPlantReport {
  func hydrogen(_ change: Change) -> JSON {
    guard let recipe = plant.kind.hydrogen else { return .object([]) }
    var random = months.random("hydrogen", plant, period.last)
    let whole = months.made(plant, period, capacity: plant.capacity, by: "hydrogen")
    let supplies = supplies(recipe, whole * (1000 + change.more) / 1000, change, &random)
    let available = opening + DemonstrationPlantReport.supplied(supplies)
    let vented = random.share(of: available, permille: recipe.vented)
    // Gauges and meters do not quite agree.
    let unexplained = available * random.number(-4...4) / 1000
    let uses = uses(recipe, available - vented - closing - unexplained, &random)
    return .members([
      "supplies": .array(supplies), "uses": .array(uses), "vented": Self.mass(vented),
      "closing": Self.mass(closing + available * change.excess / 100),
    ])
  }

  private func supplies(
    _ recipe: DemonstrationHydrogen, _ whole: Int, _ change: Change,
    _ random: inout SplitMix64
  ) -> [JSON] {
    let others = recipe.supplies.dropFirst().map {
      whole * $0.share * random.number(70...130) / 100_000
    }
    let parts = [whole - others.reduce(0, +)] + others
    return zip(recipe.supplies, parts).enumerated().map { index, pair in
      let (supply, kilograms) = pair
      let claimed = index == 0 ? change.certificate.map { [$0] } : nil
      let certificates = claimed ?? self.certificates(supply, index, &random)
      return Body.merged(
        amount(supply, kilograms),
        .members([
          "carbon_intensity": intensity(supply, &random),
          "certificates": Body.list(certificates) { .string($0) },
        ]))
    }
  }

  private func amount(_ supply: DemonstrationHydrogen.Supply, _ kilograms: Int) -> JSON {
    let head = JSON.members([
      "route": .string(supply.route.rawValue), "power": .text(supply.power?.rawValue),
      "source": .string(supply.source.rawValue),
    ])
    guard let gas = supply.gas else {
      return Body.merged(head, .members(["mass": Self.mass(kilograms)]))
    }
    // Metered as gas at 20 °C: kilograms / (kg/m³ · the share of hydrogen in it).
    let density = HydrogenQuantity.density(.twenty)
    let cubicMetres =
      Int128(kilograms) * ExactDecimal.powerOfTen(density.scale) * 1000
      / (Int128(density.digits) * Int128(gas))
    return Body.merged(
      head,
      .members([
        "volume": .members([
          "value": .string(ExactDecimal.text(cubicMetres / 100, scale: 2)), "unit": "万m3",
        ]),
        "reference_state": .string(ReferenceState.twenty.rawValue),
        "hydrogen_fraction": .string(ExactDecimal.text(Int128(gas), scale: 3)),
      ]))
  }

  private func intensity(
    _ supply: DemonstrationHydrogen.Supply, _ random: inout SplitMix64
  ) -> JSON? {
    supply.intensity.map {
      .members([
        "value": .string(ExactDecimal.text(Int128(random.number($0)), scale: 2)),
        "boundary": .string(supply.boundary), "method": .text(supply.method),
      ])
    }
  }

  /// Green certificates of the power, which nobody else has.
  private func certificates(
    _ supply: DemonstrationHydrogen.Supply, _ line: Int, _ random: inout SplitMix64
  ) -> [String] {
    guard supply.power?.isRenewable ?? false else { return [] }
    return (1...random.number(1...3)).map { "GEC-\(plant.identifier)-\(period)-\(line + 1)\($0)" }
  }

  /// What the lines come to by the ledger's own arithmetic, in kilograms.
  private static func supplied(_ supplies: [JSON]) -> Int {
    let lines = supplies.compactMap { try? Fields.read($0, as: HydrogenSupply.init) }
    return Int(lines.map(\.quantity.mass).sum.grams / 1000)
  }

  private func uses(
    _ recipe: DemonstrationHydrogen, _ whole: Int, _ random: inout SplitMix64
  ) -> [JSON] {
    let others = recipe.uses.dropFirst().map { whole * $0.share / 1000 }
    let parts = [whole - others.reduce(0, +)] + others
    return zip(recipe.uses, parts).map { use, kilograms in
      let product = use.perTonne.map { kilograms * 10_000 / random.number($0) }
      return .members([
        "use": .string(use.use.rawValue), "mass": Self.mass(kilograms),
        "product": product.map(Self.mass), "feed": .text(use.feed?.rawValue),
      ])
    }
  }

  /// The certificates of the report as it is meant to stand.
  var certificates: [String] {
    (json?["supplies"]?.elements ?? []).flatMap { $0["certificates"]?.elements ?? [] }
      .compactMap(\.text)
  }
}
