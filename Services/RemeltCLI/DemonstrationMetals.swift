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
