import Models

/// What a plant's periods are like. As a processor's months, each is drawn from the seed, the plant
/// and the month alone, so that a month later nothing before it differs.
struct DemonstrationPlantMonths {
  let demonstration: Demonstration

  func random(_ what: String, _ plant: DemonstrationPlant, _ month: Month) -> SplitMix64 {
    SplitMix64(seed: demonstration.seed, for: "\(what) \(plant.identifier) \(month)")
  }

  /// The periods that it reports. Who combines January and February waits for both.
  func periods(_ plant: DemonstrationPlant) -> [Period] {
    demonstration.months.compactMap { month in
      guard plant.combinesSpring, month.month <= 2 else { return Period(month) }
      let hasBoth = month.month == 2 && demonstration.months.contains(month.previous)
      return hasBoth ? Period(combinedOf: month.year) : nil
    }
  }

  private func period(endingWith month: Month, _ plant: DemonstrationPlant) -> Period {
    plant.combinesSpring && month.month == 2 ? Period(combinedOf: month.year) : Period(month)
  }

  func before(_ period: Period, _ plant: DemonstrationPlant) -> Period {
    self.period(endingWith: period.first.previous, plant)
  }

  func kind(_ plant: DemonstrationPlant, _ period: Period) -> DemonstrationMonths.Return {
    let drawn = draw(plant, period)
    // A nil return carries on the stock of the report before it.
    guard drawn == .nilReturn else { return drawn }
    return draw(plant, before(period, plant)) == .report ? .nilReturn : .report
  }

  private func draw(_ plant: DemonstrationPlant, _ period: Period) -> DemonstrationMonths.Return {
    var random = random("return", plant, period.last)
    let number = random.number(0...99)
    if number < 3 { return .missing }
    guard plant.mayStandStill, !period.isCombined else { return .report }
    // Around the Spring Festival more of them stand still.
    return number < (period.last.month == 2 ? 20 : 7) ? .nilReturn : .report
  }

  /// Stock at the period's end, in kilograms; it lies as it lay over a nil return.
  func closing(_ plant: DemonstrationPlant, _ period: Period) -> Int {
    if kind(plant, period) == .nilReturn { return closing(plant, before(period, plant)) }
    var random = random("stock", plant, period.last)
    return random.share(of: plant.usualMonth, permille: 120...240)
  }

  /// What a plant of a capacity makes or uses in a period, in kilograms.
  func made(_ plant: DemonstrationPlant, _ period: Period, capacity: Int, by route: String) -> Int {
    period.months.map { month in
      var random = random("made by \(route)", plant, month)
      let possible = capacity * 1000 * month.length / month.daysInYear
      let slack = plant.mayStandStill && month.month == 2 ? 700 : 1000
      return random.share(of: possible * slack / 1000, permille: 680...930)
    }.reduce(0, +)
  }

  /// What becomes of its report after it was submitted, for a few.
  func review(_ plant: DemonstrationPlant, _ period: Period) -> DemonstrationReview? {
    guard kind(plant, period) == .report else { return nil }
    var random = random("review", plant, period.last)
    return DemonstrationReview(drawn: random.number(0...199))
  }

  /// Whether its report is corrected later.
  func isRevised(_ plant: DemonstrationPlant, _ period: Period) -> Bool {
    var random = random("revised", plant, period.last)
    return kind(plant, period) == .report && review(plant, period) == nil
      && random.number(0...59) == 0
  }
}
