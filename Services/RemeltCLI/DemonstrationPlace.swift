import Foundation
import Models

/// Where a facility of the demonstration stands: near a real place, never on it.
struct DemonstrationPlace {
  let province: String
  let authority: String?
  let municipality: String?
  let latitude: Double
  let longitude: Double

  /// - Parameter index: the facility's place among its kind, which settles who reports to the Corps.
  init(
    province: String, municipality: String?, latitude: String?, longitude: String?, index: Int,
    _ random: inout SplitMix64
  ) {
    self.province = province
    self.municipality = municipality
    authority = DemonstrationPlace.authority(province, municipality, index)
    self.latitude = DemonstrationPlace.near(latitude, &random)
    self.longitude = DemonstrationPlace.near(longitude, &random)
  }

  /// Near a real plant.
  init(_ plant: SteelPlant, index: Int, _ random: inout SplitMix64) {
    self.init(
      province: plant.province ?? "130000", municipality: plant.known("municipality"),
      latitude: plant.known("latitude"), longitude: plant.known("longitude"), index: index,
      &random)
  }

  /// A separately planned city reports by itself; so does the Corps, for some sites in Xinjiang.
  private static func authority(_ province: String, _ city: String?, _ index: Int) -> String? {
    if province == "650000", index % 2 == 0 { return "XPCC" }
    return Reference.shared.authorities.values.first {
      $0.province == province && $0.name == city && $0.id != province
    }?.id
  }

  /// 4 to 24 hundredths of a degree away.
  private static func near(_ degrees: String?, _ random: inout SplitMix64) -> Double {
    let away = Double(random.number(400...2400)) / 10_000
    let moved = (degrees.flatMap(Double.init) ?? 35) + (random.number(0...1) == 0 ? away : -away)
    return (moved * 10_000).rounded() / 10_000
  }

  /// The location as the registry wants it.
  var json: JSON {
    .members([
      "country": "CN", "province": .string(province), "authority": .text(authority),
      "municipality": .text(municipality), "latitude": .coordinate(latitude),
      "longitude": .coordinate(longitude),
    ])
  }
}
