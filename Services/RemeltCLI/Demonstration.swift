import Models

/// The marked demonstration as it is meant to be: organisations, sites and months, the same for the
/// same seed. Nothing here is real except where real plants stand.
struct Demonstration {
  struct Owner {
    let uscc: String
    let name: String
    let group: String?

    var json: JSON {
      .members([
        "identifier": .members(["scheme": "uscc", "value": .string(uscc)]),
        "name": .string(name), "ownership_group": .text(group),
      ])
    }
  }

  let seed: UInt64
  /// Complete months, the latest last.
  let months: [Month]
  /// Those of the sites, then one of each plant.
  let owners: [Owner]
  let sites: [DemonstrationSite]
  /// Mills and hydrogen users.
  let plants: [DemonstrationPlant]

  /// - Parameters:
  ///   - mills: of the three metals; three fifths make steel.
  ///   - towns: where those stand that make no steel, and the hydrogen users.
  init(
    seed: UInt64, facilities: Int, mills: Int = 0, hydrogenUsers: Int = 0, months count: Int,
    latest: Month, plants: SteelPlants, towns: [DemonstrationTown] = []
  ) {
    self.seed = seed
    months = (0..<count).map { Month(number: latest.number - count + 1 + $0) }
    let places = Demonstration.places(facilities, plants)
    var processors = 0
    var sites: [DemonstrationSite] = []
    for index in 0..<facilities {
      let kind = DemonstrationSite.Kind(index: index)
      let isSteelYard = kind == .processor(.steel)
      sites.append(
        DemonstrationSite(
          index: index, kind: kind, ordinal: isSteelYard ? processors : nil, seed: seed,
          place: places[index]))
      if isSteelYard { processors += 1 }
    }
    self.sites = sites
    let steel = DemonstrationPlant.steelMills(mills - mills / 5 * 2, plants, seed: seed)
    self.plants =
      steel + DemonstrationPlant.others(mills / 5, hydrogenUsers, towns, seed: seed)
    owners = Demonstration.owners(sites) + self.plants.map(\.owner)
  }

  /// Every so manieth real plant, by province: where there are many plants, there are many sites.
  private static func places(_ count: Int, _ plants: SteelPlants) -> [SteelPlant] {
    places(count, plants.inChina) { _ in "" }
  }

  /// Every so manieth plant by what it is and by province, so that a few stand for all.
  static func places(
    _ count: Int, _ plants: [SteelPlant], by kind: (SteelPlant) -> String
  ) -> [SteelPlant] {
    let sorted = plants.map { ($0, kind($0), $0.province ?? "", $0.known("plant_id") ?? "") }
      .sorted { ($0.1, $0.2, $0.3) < ($1.1, $1.2, $1.3) }
    return (0..<count).map { sorted[(2 * $0 + 1) * sorted.count / (2 * count)].0 }
  }

  /// Two sites, then one, then two … belong to one owner.
  static func owner(of site: Int) -> Int { site / 3 * 2 + (site % 3 == 2 ? 1 : 0) }

  /// The place of a plant's owner among the owners.
  func owner(ofPlant index: Int) -> Int { owners.count - plants.count + index }

  private static func owners(_ sites: [DemonstrationSite]) -> [Owner] {
    var owners: [Owner] = []
    for site in sites where owner(of: site.index) == owners.count {
      let number = owners.count + 1
      let letter = ["A", "B", "C"][number / 5 % 3]
      owners.append(
        Owner(
          uscc: SyntheticIdentity.uscc(province: site.place.province, number: number),
          name: "Demonstration Recycling Company \(number) 示范再生资源公司\(number)",
          group: number % 5 < 2 ? "Demonstration Group \(letter) 示范集团\(letter)" : nil))
    }
    return owners
  }

  var latest: Month { months[months.count - 1] }

  /// The month in the middle, where some stories turn.
  var middle: Month { months[months.count / 2] }
}
