/// How much hydrogen: a mass, or a volume of gas with the state it is stated at and the share of
/// hydrogen in it. A volume becomes a mass by the density of `factors.csv`, rounded once.
package enum HydrogenQuantity: Sendable, Equatable {
  case mass(Mass)
  case volume(cubicMetres: ExactDecimal, state: ReferenceState, hydrogen: ExactDecimal)

  /// What one unit of volume is, in m³.
  private enum Unit: String, CaseIterable {
    case cubicMetre = "m3"
    /// 10,000 m³.
    case wan = "万m3"
  }

  init?(_ fields: Fields) {
    let mass = fields.mass("mass", required: false)
    let volume = fields.object(
      "volume", required: false, #"a volume such as {"value": "10000", "unit": "m3"}"#
    ) { fields -> ExactDecimal? in
      let value = fields.decimal("value")
      let unit = fields.word("unit", as: Unit.self)
      fields.end()
      guard let value, let unit else { return nil }
      let grown = unit == .wan ? value.digits.multipliedReportingOverflow(by: 10_000) : nil
      let digits = grown.map { $0.overflow ? Int64.max : $0.partialValue } ?? value.digits
      guard digits < 1_000_000_000_000_000_000, value.scale <= 6 else {
        fields.wrong("value", "at most six decimals and 18 digits are taken")
        return nil
      }
      return ExactDecimal(digits: digits, scale: value.scale)
    }
    let hasVolume = fields.has("volume")
    let state = fields.word("reference_state", required: hasVolume, as: ReferenceState.self)
    let hydrogen = fields.fraction("hydrogen_fraction")
    if hasVolume {
      if mass != nil { fields.wrong("volume", "state a mass or a volume, not both") }
      if !fields.has("hydrogen_fraction") {
        fields.wrong(
          "hydrogen_fraction", "is required with a volume: the share of hydrogen, 1 if pure")
      }
      guard let volume, let state, let hydrogen else { return nil }
      self = .volume(cubicMetres: volume, state: state, hydrogen: hydrogen)
      if self.mass > .maximum {
        fields.wrong("volume", "is more than 100 Mt, the most that is accepted")
      }
    } else {
      for name in ["reference_state", "hydrogen_fraction"] where fields.has(name) {
        fields.wrong(name, "belongs to a volume; a mass is that of the hydrogen alone")
      }
      if !fields.has("mass") { fields.wrong("mass", "is required, or a volume instead") }
      guard let mass else { return nil }
      self = .mass(mass)
    }
  }

  var members: [JSON.Member] {
    switch self {
    case .mass(let mass): [.init("mass", mass.json)]
    case .volume(let volume, let state, let hydrogen):
      [
        .init("volume", .members(["value": .string(volume.description), "unit": "m3"])),
        .init("reference_state", .string(state.rawValue)),
        .init("hydrogen_fraction", .string(hydrogen.description)),
      ]
    }
  }

  /// The hydrogen's mass.
  package var mass: Mass {
    switch self {
    case .mass(let mass): return mass
    case .volume(let volume, let state, let hydrogen):
      let density = Self.density(state)
      // kg/m³ × m³ × 1,000 g.
      let digits = Int128(volume.digits) * Int128(density.digits) * Int128(hydrogen.digits) * 1000
      let scale = volume.scale + density.scale + hydrogen.scale
      let ratio = try? Ratio(digits, ExactDecimal.powerOfTen(scale))
      return Mass(grams: ratio.flatMap { Int64($0.rounded(places: 0)) } ?? .max)
    }
  }

  /// kg per m³ at 101.325 kPa (`factors.csv`).
  package static func density(_ state: ReferenceState) -> ExactDecimal {
    Reference.shared.factor("H2_DENSITY_\(state.rawValue)")
  }
}
