import Models

/// Figures that others published, and what the definitions make of them. They stand beside what was
/// reported and are never summed with it.
enum PublishedFigures {
  static var json: JSON {
    let published = Reference.shared.published
    let items = published.map { one in
      JSON.members([
        "series_id": .string(one.series), "period": .string(one.period),
        "value": .string(one.value.description), "unit": .string(one.unit),
        "publisher": .string(one.publisher), "source": .string(one.source),
        "note": .string(one.note),
      ])
    }
    let figures = Set(published.map(\.period)).sorted().compactMap { period in
      scrapRate(published.filter { $0.period == period }, period)
    }
    return .members([
      "items": .array(items), "figures": .array(figures),
      "note": "Published by others; never summed with reports.",
    ])
  }

  /// Scrap charged per crude steel, where a period has both.
  private static func scrapRate(_ published: [Reference.Published], _ period: String) -> JSON? {
    let grams = { (series: String) in
      published.first { $0.series == series }.flatMap(Self.grams)
    }
    guard let scrap = grams("CN_SCRAP_STEEL_CHARGED"), let steel = grams("CN_CRUDE_STEEL") else {
      return nil
    }
    var amounts = Amounts()
    // Nobody says of which origin, and by which route; the rate asks for neither.
    amounts["scrap_steel.\(Origin.unknown.rawValue)"] = scrap
    amounts["output.\(OutputRoute.bof.rawValue)"] = steel
    let definition = Definition.scrapRate
    guard case .object(let members) = definition.json(amounts),
      let ratio = try? definition.ratio(amounts)
    else { return nil }
    return .object(
      [.init("period", .string(period))] + members + [.init("percent", .string(ratio.percent()))])
  }

  /// In grams, where it is a mass in million tonnes.
  static func grams(_ published: Reference.Published) -> Int128? {
    let value = published.value
    guard published.unit == "Mt", value.scale <= 12 else { return nil }
    return Int128(value.digits) * ExactDecimal.powerOfTen(12 - value.scale)
  }
}
