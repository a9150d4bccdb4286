import Models

extension DemonstrationHeat {
  /// Refined copper: of concentrate and primary blister, and of scrap and secondary blister.
  init(
    copper primary: Int, secondary: Int, _ plant: DemonstrationPlant, _ random: inout SplitMix64
  ) {
    let mined = primary * 102 / 100
    let blister = plant.ordinal % 2 == 0 ? mined / 10 : 0
    add(
      "copper_concentrate", mined - blister, assay: random.number(220...290),
      moisture: random.number(70...100))
    add("blister_primary", blister, assay: 985)
    let scrap = secondary * 1015 / 1000
    let bought = random.share(of: scrap, permille: 250...400)
    add(
      DemonstrationCharge(
        material: "scrap_copper", route: .secondaryRefined, kilograms: scrap - bought,
        moisture: random.number(3...10), impurity: random.number(10...30),
        assay: random.number(920...970)),
      preConsumer: random.number(200...350), unknown: plant.ordinal % 2 == 1 ? 80 : 0)
    add(
      DemonstrationCharge(
        material: "blister_secondary", route: .secondaryRefined, kilograms: bought, assay: 985),
      unknown: 150)
    outputs = [(.primaryRefined, primary), (.secondaryRefined, secondary)].filter { $0.1 > 0 }
  }

  /// Copper scrap that is melted into products as it is, beside purchased cathode.
  init(
    meltedCopper melted: Int, _ plant: DemonstrationPlant, _ random: inout SplitMix64
  ) {
    let scrap = melted * 1015 / 1000
    let alloy = random.share(of: scrap, permille: 250...400)
    add(
      DemonstrationCharge(
        material: "scrap_copper", route: .directMelt, kilograms: scrap - alloy,
        moisture: random.number(2...8), impurity: random.number(5...15),
        assay: random.number(965...990)),
      home: 90, preConsumer: random.number(250...400), unknown: plant.ordinal % 2 == 1 ? 60 : 0)
    add(
      DemonstrationCharge(
        material: "scrap_copper_alloy", route: .directMelt, kilograms: alloy,
        moisture: random.number(2...8), impurity: random.number(8...20),
        assay: random.number(590...650)),
      preConsumer: random.number(250...400))
    added = random.share(of: melted, permille: 250...400)
    add("cathode_purchased", added, assay: 999)
    outputs = [(.directMelt, melted)]
  }
}
