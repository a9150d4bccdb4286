import Models

extension DemonstrationHeat {
  /// Steel: about 1,095 kg of metal a tonne, of which a converter takes some 140 kg as scrap, an
  /// electric furnace beside a blast furnace two thirds, and one without nearly all.
  init(
    converter: Int, electric: Int, _ plant: DemonstrationPlant, _ random: inout SplitMix64
  ) {
    let scrapOfConverter = random.share(of: converter, permille: 105...175)
    let pigIron: Int
    let hotMetal: Int
    let scrapOfElectric: Int
    if plant.kind == .steelElectric {
      pigIron = random.share(of: electric, permille: 10...140)
      hotMetal = 0
      scrapOfElectric = electric * random.number(1090...1120) / 1000 - pigIron
    } else {
      pigIron = random.share(of: converter, permille: 0...12)
      let hotInElectric = random.share(of: electric, permille: 340...430)
      hotMetal = converter * 1092 / 1000 - scrapOfConverter - pigIron + hotInElectric
      scrapOfElectric = electric * 1100 / 1000 - hotInElectric
    }
    let home = scrapOfConverter * 36 / 100 + scrapOfElectric * 6 / 100
    let scrap = max(1, scrapOfConverter + scrapOfElectric)
    add(
      DemonstrationCharge(
        material: "scrap_steel", kilograms: scrap, moisture: random.number(2...12),
        impurity: random.number(8...28), yield: random.number(900...930)),
      home: home * 1000 / scrap, preConsumer: random.number(120...220),
      unknown: plant.ordinal % 4 == 3 ? random.number(15...70) : 0)
    // A mill on the coast buys some direct reduced iron instead of pig iron.
    add(plant.ordinal % 5 == 2 ? "dri_hbi" : "pig_iron", pigIron)
    add("hot_metal", hotMetal)
    add("ferroalloy", random.share(of: converter + electric, permille: 12...20))
    outputs = [(.bof, converter), (.eaf, electric)].filter { $0.1 > 0 }
  }
}
