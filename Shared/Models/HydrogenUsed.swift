/// Hydrogen that went into one use.
package struct HydrogenUsed: Sendable, Equatable {
  package let use: HydrogenPurpose
  package let mass: Mass
  /// What it made: ammonia, methanol, or the iron in direct reduced iron.
  package let product: Mass?
  package let feed: HydrogenFeed?

  package init?(_ fields: Fields) {
    let use = fields.word("use", as: HydrogenPurpose.self)
    let mass = fields.mass("mass")
    product = fields.mass("product", required: false)
    feed = fields.word("feed", required: false, as: HydrogenFeed.self)
    fields.end()
    if let use, let feed, feed.use != use {
      fields.wrong("feed", "\(feed.rawValue) is no feed of \(use.rawValue)")
    }
    guard let use, let mass else { return nil }
    self.use = use
    self.mass = mass
  }

  package var json: JSON {
    .members([
      "use": .string(use.rawValue), "mass": mass.json, "product": product?.json,
      "feed": .text(feed?.rawValue),
    ])
  }

  /// The factor that says the least hydrogen its product takes; without a feed the lower one.
  private var floorFactor: String? {
    switch (use, feed) {
    case (.ammonia, _): "H2_PER_NH3"
    case (.methanol, .co2): "H2_PER_MEOH_CO2"
    case (.methanol, _): "H2_PER_MEOH_CO"
    case (.shaftFurnaceDRI, .hematite): "H2_PER_FE"
    case (.shaftFurnaceDRI, _): "H2_PER_FE_MAGNETITE"
    default: nil
    }
  }

  /// A sentence where the use lies below the stoichiometric floor (`factors.csv`, kg per tonne).
  /// Feeding carbon monoxide beside the hydrogen lowers it rightly, so that is no error.
  package var warning: String? {
    guard let product, product > .zero, let id = floorFactor,
      let floor = Reference.shared.factors[id]?.value
    else { return nil }
    // use / product < floor / 1000, exactly.
    let used = Int128(mass.grams) * 1000 * ExactDecimal.powerOfTen(floor.scale)
    guard used < Int128(floor.digits) * Int128(product.grams) else { return nil }
    return
      "\(use.rawValue): \(product.tonnes) t take at least \(floor) kg of hydrogen each (\(id)) unless carbon monoxide does part of the work"
  }
}
