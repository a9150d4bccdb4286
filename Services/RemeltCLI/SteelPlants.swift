import Foundation
import Models

/// The 868 operating iron and steel plants that ship with the program (Global Energy Monitor,
/// Global Iron and Steel Tracker, CC BY 4.0).
struct SteelPlants {
  let plants: [SteelPlant]

  static var shipped: URL { Bundle.module.bundleURL.appending(path: "Data/steel_plants.csv") }

  init(file: URL) throws {
    do {
      plants = try Reference.rows(file).map(SteelPlant.init)
    } catch {
      throw LocalFailure(.usage, "\(file.path) is not a table of plants: \(error)")
    }
  }

  var inChina: [SteelPlant] { plants.filter { $0.country == "CN" } }

  /// The sum of a column of thousand tonnes a year, over the plants in China.
  func kilotonnesInChina(_ column: String) -> String {
    let grams = inChina.compactMap { try? Mass($0.row[column] ?? "", unit: "kt") }
      .reduce(Int128(0)) { $0 + Int128($1.grams) }
    return ExactDecimal.text(grams / 1_000_000_000, scale: 0)
  }
}

/// One plant as the table has it, its place put into codes.
struct SteelPlant {
  let row: [String: String]
  /// ISO 3166-1 alpha-2, from the country's English name.
  let country: String
  /// GB/T 2260, from the province's English name, for plants in China.
  let province: String?

  init(_ row: [String: String]) throws {
    self.row = row
    let name = try row.column("country")
    guard let country = SteelPlant.countries[name] else {
      throw LocalFailure(.usage, "there is no ISO 3166 code for \(name)")
    }
    self.country = country
    guard country == "CN" else {
      province = nil
      return
    }
    let place = try row.column("province")
    guard let code = SteelPlant.provinces[place] else {
      throw LocalFailure(.usage, "there is no GB/T 2260 code for \(place)")
    }
    province = code
  }

  private static let countries = Dictionary(
    Reference.shared.countries.map { ($0.value, $0.key) }, uniquingKeysWith: min)
  private static let provinces = Dictionary(
    Reference.shared.provinces.values.map { ($0.name, $0.code) }, uniquingKeysWith: min)

  /// The value, or nil where the table leaves it open.
  func known(_ column: String) -> String? {
    guard let value = row[column]?.trimmingSpace, !value.isEmpty, value != "unknown" else {
      return nil
    }
    return value
  }
}
