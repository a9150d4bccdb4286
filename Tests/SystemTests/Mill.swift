import Models

/// Acceptable bodies of a mill's month, to be changed by the tests.
enum Mill {
  /// A line of charge of so many tonnes gross.
  static func charge(
    _ material: String, _ gross: String, _ origin: String? = nil,
    _ more: KeyValuePairs<String, JSON> = [:]
  ) -> JSON {
    let line = JSON.members([
      "material": .string(material), "origin": .text(origin), "gross": Sample.mass(gross),
    ])
    return more.reduce(line) { $0.with($1.key, $1.value) }
  }

  static func output(_ route: String, _ mass: String) -> JSON {
    .members(["route": .string(route), "mass": Sample.mass(mass)])
  }

  /// A month without a stock: what came in was charged.
  static func plain(
    _ facility: String, _ period: String, metal: String = "steel", received: String,
    inputs: [JSON], outputs: [JSON]
  ) -> JSON {
    .members([
      "facility_id": .string(facility), "metal": .string(metal), "period": .string(period),
      "opening": Sample.mass("0"), "received": Sample.mass(received),
      "closing": Sample.mass("0"), "inputs": .array(inputs), "outputs": .array(outputs),
    ])
  }

  /// So much scrap from outside, and so much crude steel.
  static func steel(_ facility: String, _ period: String, scrap: String, crude: String) -> JSON {
    plain(
      facility, period, received: scrap,
      inputs: [charge("scrap_steel", scrap, "post_consumer")], outputs: [output("bof", crude)])
  }

  /// 40 + 1,000 + 60 = 1,000 charged + 20 + 80. Other months open with a reason as well.
  static func month(_ facility: String, _ period: String = "2025-01") -> JSON {
    .members([
      "facility_id": .string(facility), "metal": "steel", "period": .string(period),
      "inputs": [
        charge("scrap_steel", "900", "post_consumer"), charge("scrap_steel", "40", "pre_consumer"),
        charge("scrap_steel", "60", "home"), charge("hot_metal", "4000"),
      ],
      "opening": Sample.mass("40"), "opening_reason": "first report",
      "received": Sample.mass("1000"), "home_arising": Sample.mass("60"),
      "sold": Sample.mass("20"), "closing": Sample.mass("80"),
      "outputs": [output("bof", "4000"), output("eaf", "700")],
    ])
  }

  /// 10 t of scrap with 9 t of copper in it, of which 8.5 t were refined, and 91.5 t of primary.
  static func copper(_ facility: String, _ period: String = "2025-01") -> JSON {
    plain(
      facility, period, metal: "copper", received: "9",
      inputs: [
        charge(
          "scrap_copper", "10", "post_consumer", ["route": "secondary_refined", "assay": "0.9"])
      ],
      outputs: [output("secondary_refined", "8.5"), output("primary_refined", "91.5")])
  }

  /// 10 t of scrap with 9 t of aluminium in it, of which 8.1 t came back.
  static func aluminium(_ facility: String, _ period: String = "2025-01") -> JSON {
    plain(
      facility, period, metal: "aluminium", received: "9",
      inputs: [
        charge("scrap_aluminium", "10", "post_consumer", ["assay": "0.9", "yield": "0.9"])
      ], outputs: [output("recovered", "8.1"), output("electrolytic", "90")])
  }
}
