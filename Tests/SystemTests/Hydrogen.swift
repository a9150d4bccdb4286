import Models

/// Acceptable bodies of a month of hydrogen, to be changed by the tests.
enum Hydrogen {
  /// Hydrogen that came in, so many kilograms of it.
  static func supply(
    _ kilograms: String, route: String = "smr", source: String = "captive",
    _ more: KeyValuePairs<String, JSON> = [:]
  ) -> JSON {
    let line = JSON.members([
      "route": .string(route), "source": .string(source), "mass": Sample.kilograms(kilograms),
    ])
    return more.reduce(line) { $0.with($1.key, $1.value) }
  }

  /// Hydrogen that came in as so many cubic metres of gas.
  static func gas(
    _ volume: String, _ state: String, fraction: String = "1", unit: String = "m3",
    route: String = "coke_oven_gas", source: String = "by_product"
  ) -> JSON {
    .members([
      "route": .string(route), "source": .string(source),
      "volume": .members(["value": .string(volume), "unit": .string(unit)]),
      "reference_state": .string(state), "hydrogen_fraction": .string(fraction),
    ])
  }

  static func intensity(_ value: String, _ boundary: String) -> JSON {
    .members(["value": .string(value), "boundary": .string(boundary)])
  }

  static func use(
    _ use: String, _ kilograms: String, _ more: KeyValuePairs<String, JSON> = [:]
  ) -> JSON {
    let line = JSON.members(["use": .string(use), "mass": Sample.kilograms(kilograms)])
    return more.reduce(line) { $0.with($1.key, $1.value) }
  }

  /// A month without a stock.
  static func plain(_ facility: String, _ month: String, supplies: [JSON], uses: [JSON]) -> JSON {
    .members([
      "facility_id": .string(facility), "month": .string(month),
      "opening": Sample.kilograms("0"), "closing": Sample.kilograms("0"),
      "supplies": .array(supplies), "uses": .array(uses),
    ])
  }

  /// In kilograms 100 + 1,000 + 539.4 = 1,000 used + 500 sold + 39.4 + 100. Other months open with
  /// a reason as well.
  static func month(
    _ facility: String, _ month: String = "2025-01", certificates: [String] = []
  ) -> JSON {
    .members([
      "facility_id": .string(facility), "month": .string(month),
      "opening": Sample.kilograms("100"), "opening_reason": "first report",
      "supplies": [
        supply(
          "1000", route: "electrolysis_pem",
          [
            "power": "wind", "carbon_intensity": intensity("0.4", "well_to_gate"),
            "certificates": .array(certificates.map { .string($0) }),
          ]), gas("10000", "0C", fraction: "0.6"),
      ],
      "uses": [
        use("shaft_furnace_dri", "1000", ["product": Sample.mass("15"), "feed": "hematite"]),
        use("sold", "500"),
      ],
      "vented": Sample.kilograms("39.4"), "closing": Sample.kilograms("100"),
    ])
  }

  static func nilReturn(_ facility: String, _ month: String) -> JSON {
    .members(["facility_id": .string(facility), "month": .string(month), "nil": true])
  }
}
