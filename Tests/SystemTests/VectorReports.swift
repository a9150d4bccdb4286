import Models

/// The reports that some vectors tell of, for the tests that look at them from several sides.
enum VectorReports {
  /// A month of R03: a nil return where nothing moved.
  static func r03(_ facility: String, _ month: JSON) throws -> JSON {
    let name = try Vectors.text(month["m"])
    let scrap = try Vectors.text(month["scrap_charged_t"])
    let crude = try Vectors.text(month["crude_steel_t"])
    return scrap == "0" && crude == "0"
      ? Sample.nilReturn(facility, period: name)
      : Mill.steel(facility, name, scrap: scrap, crude: crude)
  }

  static func r08(_ facility: String, _ inputs: JSON) throws -> JSON {
    let recycled = try Vectors.text(inputs["recycled_al_t"])
    return Mill.plain(
      facility, "2025-01", metal: "aluminium", received: recycled,
      inputs: [
        Mill.charge("scrap_aluminium", recycled, "post_consumer", ["assay": "1", "yield": "1"])
      ],
      outputs: [
        Mill.output("electrolytic", try Vectors.text(inputs["primary_al_t"])),
        Mill.output("recovered", recycled),
      ])
  }

  static func h05(_ facility: String, _ inputs: JSON) throws -> JSON {
    let kilograms = { (name: String) in try Vectors.text(inputs[name]) }
    return try Hydrogen.plain(
      facility, "2025-10",
      supplies: [
        Hydrogen.supply(kilograms("produced_kg")),
        Hydrogen.supply(kilograms("purchased_kg"), source: "merchant"),
      ],
      uses: [
        Hydrogen.use("ammonia", kilograms("used_kg")),
        Hydrogen.use("sold", kilograms("sold_kg")),
      ]
    ).with("opening", Sample.kilograms(kilograms("opening_kg")))
      .with("closing", Sample.kilograms(kilograms("closing_kg")))
      .with("vented", Sample.kilograms(kilograms("vented_flared_kg")))
  }
}
