import Foundation
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
  let province: String
  let authority: String?
  let municipality: String?
  let latitude: Double
  let longitude: Double
  /// Tonnes a year.
  let capacity: Int
  let openedOn: Day

  init(index: Int, kind: Kind, ordinal: Int?, seed: UInt64, place: SteelPlant) {
    var random = SplitMix64(seed: seed, for: "site \(index)")
    self.index = index
    self.kind = kind
    self.ordinal = ordinal
    story = ordinal.flatMap(DemonstrationStory.init) ?? .plain
    province = place.province ?? "130000"
    municipality = place.known("municipality")
    authority = DemonstrationSite.authority(province, municipality, index)
    latitude = DemonstrationSite.near(place.known("latitude"), &random)
    longitude = DemonstrationSite.near(place.known("longitude"), &random)
    capacity = DemonstrationSite.capacity(kind, story, &random)
    openedOn = Day(year: random.number(2008...2016), month: random.number(1...12), day: 1)
  }

  /// A separately planned city reports by itself; so does the Corps, for some sites in Xinjiang.
  private static func authority(_ province: String, _ city: String?, _ index: Int) -> String? {
    if province == "650000", index % 2 == 0 { return "XPCC" }
    return Reference.shared.authorities.values.first {
      $0.province == province && $0.name == city && $0.id != province
    }?.id
  }

  /// 4 to 24 hundredths of a degree away from a real plant.
  private static func near(_ degrees: String?, _ random: inout SplitMix64) -> Double {
    let away = Double(random.number(400...2400)) / 10_000
    let moved = (degrees.flatMap(Double.init) ?? 35) + (random.number(0...1) == 0 ? away : -away)
    return (moved * 10_000).rounded() / 10_000
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
