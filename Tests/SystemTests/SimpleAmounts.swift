import Foundation

/// What a report of a mill or a hydrogen user brings into sums, computed a second time with
/// Foundation's decimals straight from the event. Tables that the product reads from files stand
/// here as they are understood, so that a wrong file shows.
enum SimpleAmounts {
  struct Unreadable: Error {
    let what: String
  }

  /// Material: whether it is recycled, and which mass counts. What enters no sum is not here.
  private static let materials: [String: (isRecycled: Bool, basis: String)] = [
    "scrap_steel": (true, "clean"), "hot_metal": (false, "net"), "pig_iron": (false, "net"),
    "dri_hbi": (false, "net"), "scrap_copper": (true, "contained"),
    "scrap_copper_alloy": (true, "contained"), "copper_concentrate": (false, "contained"),
    "blister_primary": (false, "contained"), "blister_secondary": (true, "contained"),
    "scrap_aluminium": (true, "contained"), "aluminium_electrolytic": (false, "contained"),
  ]

  /// kg per m³.
  private static let densities = ["0C": "0.0899", "15C": "0.0853", "20C": "0.0838"]

  static func decimal(_ any: Any?) throws -> Decimal? {
    guard let any else { return nil }
    guard let text = any as? String, let value = Decimal(string: text) else {
      throw Unreadable(what: "\(any)")
    }
    return value
  }

  static func rounded(_ value: Decimal) -> Int {
    var (value, result) = (value, Decimal())
    NSDecimalRound(&result, &value, 0, .bankers)
    return (result as NSDecimalNumber).intValue
  }

  private static func grams(_ any: Any?) throws -> Decimal? {
    guard let any else { return nil }
    guard let mass = any as? [String: Any], mass["unit"] as? String == "t",
      let tonnes = try decimal(mass["value"])
    else { throw Unreadable(what: "\(any)") }
    return tonnes * 1_000_000
  }

  private struct Chain {
    let net: Decimal
    let clean: Decimal
    let contained: Decimal
    let recovered: Decimal

    init(_ line: [String: Any]) throws {
      net = try (grams(line["gross"]) ?? 0) - (grams(line["tare"]) ?? 0)
      let moisture = try decimal(line["moisture"]) ?? 0
      let impurity = try decimal(line["impurity"]) ?? 0
      let mass = try grams(line["impurity_mass"]) ?? 0
      if line["impurity_basis"] as? String == "net" {
        clean = net * (1 - moisture - impurity)
      } else {
        clean = net * (1 - moisture) * (1 - impurity) - mass
      }
      contained = try clean * (decimal(line["assay"]) ?? 1)
      recovered = try contained * (decimal(line["yield"]) ?? 1)
    }
  }

  static func mill(_ data: [String: Any]) throws -> [String: Int] {
    var sums: [String: Int] = [:]
    let hasProduct = data["product"] != nil
    for line in data["inputs"] as? [[String: Any]] ?? [] {
      guard let id = line["material"] as? String, let material = materials[id] else { continue }
      let chain = try Chain(line)
      let counted =
        switch material.basis {
        case "net": rounded(chain.net)
        case "clean": rounded(chain.clean)
        default: rounded(chain.contained)
        }
      guard material.isRecycled, let origin = line["origin"] as? String else {
        sums[id, default: 0] += counted
        continue
      }
      sums["\(id).\(origin)", default: 0] += counted
      if line["route"] as? String == "direct_melt" {
        sums["direct_melt.\(origin)", default: 0] += counted
      }
      if data["metal"] as? String == "aluminium" {
        sums["recovered.\(origin)", default: 0] += rounded(chain.recovered)
      }
      if hasProduct {
        sums["content.\(origin)", default: 0] +=
          line["yield"] == nil ? counted : rounded(chain.recovered)
      }
    }
    for line in data["outputs"] as? [[String: Any]] ?? [] {
      let route = line["route"] as? String ?? ""
      sums["output.\(route)", default: 0] += rounded(try grams(line["mass"]) ?? 0)
    }
    for name in ["product", "received", "home_arising", "sold"] {
      sums[name, default: 0] += rounded(try grams(data[name]) ?? 0)
    }
    return sums.filter { $0.value != 0 }
  }

  static func hydrogen(_ data: [String: Any]) throws -> [String: Int] {
    var sums: [String: Int] = [:]
    for line in data["supplies"] as? [[String: Any]] ?? [] {
      let mass = rounded(try quantity(line))
      let way = "\(line["route"] as? String ?? "").\(line["source"] as? String ?? "")"
      for (scheme, name) in try classes(line) {
        sums["supplied.\(way).\(scheme).\(name)", default: 0] += mass
      }
    }
    for line in data["uses"] as? [[String: Any]] ?? [] {
      sums["use.\(line["use"] as? String ?? "")", default: 0] +=
        rounded(try grams(line["mass"]) ?? 0)
    }
    sums["vented", default: 0] += rounded(try grams(data["vented"]) ?? 0)
    return sums.filter { $0.value != 0 }
  }

  private static func quantity(_ line: [String: Any]) throws -> Decimal {
    if let mass = try grams(line["mass"]) { return mass }
    guard let volume = line["volume"] as? [String: Any], volume["unit"] as? String == "m3",
      let cubicMetres = try decimal(volume["value"]),
      let density = try decimal(densities[line["reference_state"] as? String ?? ""]),
      let share = try decimal(line["hydrogen_fraction"])
    else { throw Unreadable(what: "\(line)") }
    return cubicMetres * density * share * 1000
  }

  private static func classes(_ line: [String: Any]) throws -> [String: String] {
    let schemes = [
      "CN-TCAB0078", "EU", "UK-LCHS", "US-45V", "JP-LOWC", "KR-CLEAN", "IN-GREEN",
    ]
    guard let intensity = line["carbon_intensity"] as? [String: Any],
      let value = try decimal(intensity["value"]), let boundary = intensity["boundary"] as? String
    else {
      return Dictionary(uniqueKeysWithValues: schemes.map { ($0, "not_declared") })
    }
    let isRenewable = (line["renewable"] as? NSNumber)?.boolValue ?? false
    var found = Dictionary(uniqueKeysWithValues: schemes.map { ($0, "not_comparable") })
    func at(_ text: String) -> Decimal { Decimal(string: text) ?? 0 }
    switch boundary {
    case "cradle_to_site":
      found["CN-TCAB0078"] =
        value > at("14.51")
        ? "none" : value > at("4.9") ? "low_carbon" : isRenewable ? "renewable" : "clean"
    case "full_life_cycle":
      found["EU"] = value > at("3.384") ? "none" : isRenewable ? "RFNBO" : "low_carbon"
    case "point_of_production": found["UK-LCHS"] = value > at("2.4") ? "none" : "low_carbon"
    case "well_to_gate":
      found["US-45V"] =
        value > 4
        ? "none"
        : value >= at("2.5")
          ? "tier4" : value >= at("1.5") ? "tier3" : value >= at("0.45") ? "tier2" : "tier1"
      found["JP-LOWC"] = value > at("3.4") ? "none" : "low_carbon"
    case "well_to_gate_12_months": found["IN-GREEN"] = value > 2 ? "none" : "green"
    default: break
    }
    return found
  }
}
