import Models

/// What a site's months are like. Each is drawn from the seed, the site and the month alone, so
/// that a month later the same ledger grows by one month and nothing before it differs.
struct DemonstrationMonths {
  enum Return: Equatable { case missing, nilReturn, report }

  let demonstration: Demonstration

  private func random(_ what: String, _ site: DemonstrationSite, _ month: Month) -> SplitMix64 {
    SplitMix64(seed: demonstration.seed, for: "\(what) \(site.index) \(month)")
  }

  func kind(_ site: DemonstrationSite, _ month: Month) -> Return {
    if site.story == .entersTwice, month == demonstration.middle { return .missing }
    let drawn = draw(site, month)
    // A nil return carries on the stock of the report before it.
    guard drawn == .nilReturn else { return drawn }
    return draw(site, month.previous) == .report && !isEntry(site, month.previous)
      ? .nilReturn : .report
  }

  private func isEntry(_ site: DemonstrationSite, _ month: Month) -> Bool {
    site.story == .entersTwice && month == demonstration.middle
  }

  private func draw(_ site: DemonstrationSite, _ month: Month) -> Return {
    var random = random("return", site, month)
    let number = random.number(0...99)
    if number < 3 { return .missing }
    // Around the Spring Festival some stand still.
    return number < (month.month == 2 ? 12 : 5) ? .nilReturn : .report
  }

  /// Whether its report is corrected later.
  func isRevised(_ site: DemonstrationSite, _ month: Month) -> Bool {
    var random = random("revised", site, month)
    return kind(site, month) == .report && random.number(0...59) == 0
  }

  /// What becomes of its report after it was submitted, for a few of those that nothing else
  /// happens to.
  func review(_ site: DemonstrationSite, _ month: Month) -> DemonstrationReview? {
    guard site.story == .plain, kind(site, month) == .report, !isRevised(site, month) else {
      return nil
    }
    var random = random("review", site, month)
    return DemonstrationReview(drawn: random.number(0...399))
  }

  /// Whether its report is withdrawn: one site's latest.
  func isWithdrawn(_ site: DemonstrationSite, _ month: Month) -> Bool {
    site.story == .withdraws && month == demonstration.months.last
      && kind(site, month) == .report
  }

  /// Stock at the month's end, in kilograms; it lies as it lay over a nil return.
  func closing(_ site: DemonstrationSite, _ month: Month) -> Int {
    if kind(site, month) == .nilReturn { return closing(site, month.previous) }
    var random = random("stock", site, month)
    return random.share(of: site.capacity * 1000 / 12, permille: 150...300)
  }

  func figures(_ site: DemonstrationSite, _ month: Month) -> DemonstrationFigures {
    var random = random("figures", site, month)
    let capacity = site.capacity(on: month.lastDay, demonstration)
    let possible = capacity * 1000 * month.length / month.daysInYear
    let slack = month.month == 2 ? 700 : 1000
    let input = random.share(of: possible * slack / 1000, permille: 550...920)
    return DemonstrationFigures(
      input: input, opening: closing(site, month.previous), closing: closing(site, month),
      random: &random)
  }

  // Every sixth steel yard sells to the next one.

  func buyer(of site: DemonstrationSite) -> DemonstrationSite? {
    guard let ordinal = site.ordinal, ordinal % 6 == 0 else { return nil }
    return demonstration.sites.first { $0.ordinal == ordinal + 1 }
  }

  func seller(to site: DemonstrationSite) -> DemonstrationSite? {
    guard let ordinal = site.ordinal, ordinal % 6 == 1 else { return nil }
    return demonstration.sites.first { $0.ordinal == ordinal - 1 }
  }

  /// What one yard sells another, where both report the month.
  func sold(_ seller: DemonstrationSite, _ buyer: DemonstrationSite, _ month: Month) -> Int {
    guard kind(seller, month) == .report, kind(buyer, month) == .report else { return 0 }
    // At most the smaller yard's tenth.
    let smaller = min(figures(seller, month).shipped, figures(buyer, month).purchased)
    var random = random("sale", seller, month)
    return random.share(of: smaller, permille: 40...100)
  }

  /// The buyer's scale shows a little less (磅差).
  func bought(_ seller: DemonstrationSite, _ buyer: DemonstrationSite, _ month: Month) -> Int {
    var random = random("scales", buyer, month)
    let sold = sold(seller, buyer, month)
    return sold - random.share(of: sold, permille: 0...3)
  }
}

/// A month's masses, in kilograms. Both balances hold but for what scales and drying explain, at
/// most 0.04 % of the input.
struct DemonstrationFigures {
  let opening: Int
  let closing: Int
  let input: Int
  let residue: Int
  let loss: Int
  /// A by-product of another metal.
  let copper: Int
  let products: Int
  let shipped: Int
  let purchased: Int

  init(input: Int, opening: Int, closing: Int, random: inout SplitMix64) {
    self.input = input
    self.opening = opening
    self.closing = closing
    residue = random.share(of: input, permille: 15...40)
    loss = random.share(of: input, permille: 3...8)
    copper = input * random.number(2...5) / 1000
    let unexplained = input * random.number(-4...4) / 10_000
    products = input - residue - loss - copper + unexplained
    shipped = random.share(of: products + copper, permille: 970...1020)
    let difference = input * random.number(-4...4) / 10_000
    purchased = shipped + residue + loss + closing - opening + difference
  }
}
