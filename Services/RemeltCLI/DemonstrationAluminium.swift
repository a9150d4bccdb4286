import Models

extension DemonstrationHeat {
  /// Aluminium of the mill's own electrolysis, and recovered from scrap.
  init(
    electrolytic: Int, recovered: Int, _ plant: DemonstrationPlant, _ random: inout SplitMix64
  ) {
    let yield = random.number(930...965)
    let isSmelter = electrolytic > 0
    add(
      DemonstrationCharge(
        material: "scrap_aluminium", route: .recovered,
        kilograms: recovered * 1000 / yield, moisture: random.number(2...8),
        impurity: random.number(12...35), assay: random.number(900...955), yield: yield),
      home: isSmelter ? 150 : 40, preConsumer: random.number(250...400),
      unknown: plant.ordinal % 3 == 2 ? 60 : 0)
    add("aluminium_electrolytic", electrolytic * 7 / 10, assay: 998)
    if !isSmelter {
      let ingot = random.share(of: recovered, permille: 30...90)
      let alloying = random.share(of: recovered, permille: 25...50)
      add("ingot_primary_purchased", ingot, assay: 997)
      add("alloying_aluminium", alloying)
      added = ingot + alloying
    }
    outputs = [(.electrolytic, electrolytic), (.recovered, recovered)].filter { $0.1 > 0 }
  }
}
