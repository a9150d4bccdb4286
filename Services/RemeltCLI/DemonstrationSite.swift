import Models

/// One site of the demonstration.
struct DemonstrationSite {
  enum Kind: Equatable {
    case processor(Metal)
    case mill
    case trader

    /// Of ten sites eight process steel scrap, one copper or aluminium, one is a mill or trader.
    init(index: Int) {
      switch (index % 10, index / 10 % 2) {
      case (4, 0): self = .processor(.copper)
      case (4, _): self = .processor(.aluminium)
      case (9, 0): self = .mill
      case (9, _): self = .trader
      default: self = .processor(.steel)
      }
    }
  }

  let index: Int
  let kind: Kind
  let story: DemonstrationStory
  /// Counts the steel yards; nil for the others.
  let ordinal: Int?
  let place: DemonstrationPlace
  /// Tonnes a year.
  let capacity: Int
  let openedOn: Day

  init(index: Int, kind: Kind, ordinal: Int?, seed: UInt64, place: SteelPlant) {
    var random = SplitMix64(seed: seed, for: "site \(index)")
    self.index = index
    self.kind = kind
    self.ordinal = ordinal
    story = ordinal.flatMap(DemonstrationStory.init) ?? .plain
    self.place = DemonstrationPlace(place, index: index, &random)
    capacity = DemonstrationSite.capacity(kind, story, &random)
    openedOn = Day(year: random.number(2008...2016), month: random.number(1...12), day: 1)
  }

  private static func capacity(
    _ kind: Kind, _ story: DemonstrationStory, _ random: inout SplitMix64
  ) -> Int {
    switch (kind, story) {
    case (_, .refused): 90_000
    case (.processor(.steel), _): random.number(12...60) * 10_000
    case (.processor(.copper), _): random.number(5...12) * 10_000
    case (.processor(.aluminium), _): random.number(10...20) * 10_000
    case (.mill, _): random.number(6...30) * 100_000
    case (.trader, _): 0
    }
  }

  var metal: Metal? {
    if case .processor(let metal) = kind { metal } else { nil }
  }

  var number: String { index < 9 ? "0\(index + 1)" : String(index + 1) }
  var identifier: String { "DEMO-\(number)" }
}
