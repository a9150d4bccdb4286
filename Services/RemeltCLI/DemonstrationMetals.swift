import Models

/// What the mills of the three metals charge for what they make, at about the rates of real ones.
extension DemonstrationPlantMonths {
  func heat(_ plant: DemonstrationPlant, _ period: Period) -> DemonstrationHeat {
    var random = random("charge", plant, period.last)
    func made(_ capacity: Int, _ route: OutputRoute) -> Int {
      self.made(plant, period, capacity: capacity, by: route.rawValue)
    }
    switch plant.kind {
    case .copperRefinery, .copperRecycling:
      let isPrimary = plant.kind == .copperRefinery
      let refined = made(plant.capacity, .secondaryRefined)
      let secondary = isPrimary ? random.share(of: refined, permille: 170...300) : refined
      return DemonstrationHeat(
        copper: refined - secondary, secondary: secondary, plant, &random)
    case .copperMelting:
      return DemonstrationHeat(meltedCopper: made(plant.capacity, .directMelt), plant, &random)
    case .aluminiumSmelting:
      let metal = made(plant.capacity, .electrolytic)
      let recovered = random.share(of: metal, permille: 20...60)
      return DemonstrationHeat(
        electrolytic: metal, recovered: recovered, plant, &random)
    case .aluminiumRemelting:
      return DemonstrationHeat(
        electrolytic: 0, recovered: made(plant.capacity, .recovered), plant, &random)
    default:
      return DemonstrationHeat(
        converter: made(plant.converter, .bof), electric: made(plant.electric, .eaf), plant,
        &random)
    }
  }
}

extension DemonstrationHeat {
  /// Steel: about 1,095 kg of metal a tonne, of which a converter takes some 140 kg as scrap, an
  /// electric furnace beside a blast furnace two thirds, and one without nearly all.
  fileprivate init(
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
        impurity: random.number(8...28)),
      home: home * 1000 / scrap, preConsumer: random.number(120...220),
      unknown: plant.ordinal % 4 == 3 ? random.number(15...70) : 0)
    // A mill on the coast buys some direct reduced iron instead of pig iron.
    add(plant.ordinal % 5 == 2 ? "dri_hbi" : "pig_iron", pigIron)
    add("hot_metal", hotMetal)
    add("ferroalloy", random.share(of: converter + electric, permille: 12...20))
    outputs = [(.bof, converter), (.eaf, electric)].filter { $0.1 > 0 }
  }

  /// Refined copper: of concentrate and primary blister, and of scrap and secondary blister.
  fileprivate init(
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
  fileprivate init(
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

  /// Aluminium of the mill's own electrolysis, and recovered from scrap.
  fileprivate init(
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
