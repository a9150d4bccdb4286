import Models

/// What the hydrogen users do, at about the rates and intensities of real ones.
extension DemonstrationPlant.Kind {
  /// Nil for mills.
  var hydrogen: DemonstrationHydrogen? {
    switch self {
    case .ammoniaCoal, .ammoniaGas, .ammoniaWind: ammonia
    case .methanolCoal, .methanolCokeOvenGas, .methanolWind: methanol
    case .refiningGas, .refiningSolar: refining
    case .reductionCokeOvenGas, .reductionWind: reduction
    case .chlorAlkali, .chemicalsGrid: chemicals
    default: nil
    }
  }

  private typealias Supply = DemonstrationHydrogen.Supply

  private static let coal = Supply(
    route: .coalGasification, source: .captive, intensity: 1850...2250)
  private static let gas = Supply(
    route: .smr, source: .captive, intensity: 980...1180, boundary: "point_of_production")
  private static let cokeOvenGas = Supply(
    route: .cokeOvenGas, source: .byProduct, gas: 580, intensity: 430...690,
    method: "T/CAB 0078-2020")
  private static let wind = Supply(
    route: .electrolysisAlkaline, source: .captive, power: .wind, intensity: 40...140,
    boundary: "full_life_cycle", method: "(EU) 2023/1185")
  private static func grid(_ route: HydrogenRoute, share: Int = 0) -> Supply {
    Supply(
      route: route, source: .captive, share: share, power: .grid, intensity: 2700...3150,
      boundary: "well_to_gate")
  }

  private var ammonia: DemonstrationHydrogen {
    let supplies: [Supply]
    switch self {
    case .ammoniaWind: supplies = [Self.wind, Self.grid(.electrolysisAlkaline, share: 120)]
    case .ammoniaGas: supplies = [Self.gas]
    default: supplies = [Self.coal]
    }
    return DemonstrationHydrogen(
      supplies: supplies, uses: [.init(use: .ammonia, perTonne: 1785...1840)])
  }

  private var methanol: DemonstrationHydrogen {
    switch self {
    case .methanolWind:
      return DemonstrationHydrogen(
        supplies: [Self.wind], uses: [.init(use: .methanol, feed: .co2, perTonne: 1900...1980)])
    case .methanolCokeOvenGas:
      return DemonstrationHydrogen(
        supplies: [Self.cokeOvenGas],
        uses: [.init(use: .methanol, feed: .co, perTonne: 1280...1380)], vented: 5...15)
    default:
      var solar = Self.wind
      solar.share = 40
      solar.power = .solar
      return DemonstrationHydrogen(
        supplies: [Self.coal, solar],
        uses: [.init(use: .methanol, feed: .co, perTonne: 1270...1350)])
    }
  }

  private var refining: DemonstrationHydrogen {
    let byProduct = Supply(route: .reformer, source: .byProduct, share: 220)
    var merchant = Supply(route: .coalGasificationCCS, source: .merchant, share: 80)
    merchant.intensity = 380...520
    if self == .refiningGas {
      return DemonstrationHydrogen(
        supplies: [Self.gas, byProduct, merchant],
        uses: [.init(use: .refining), .init(use: .heat, share: 25)])
    }
    var solar = Self.wind
    solar.power = .solar
    var gas = Self.gas
    gas.share = 300
    return DemonstrationHydrogen(supplies: [solar, gas], uses: [.init(use: .refining)])
  }

  private var reduction: DemonstrationHydrogen {
    var supplies = [Self.cokeOvenGas]
    if self == .reductionWind {
      supplies.append(
        Supply(
          route: .electrolysisPEM, source: .captive, share: 150, power: .wind,
          intensity: 40...120, boundary: "well_to_gate"))
    }
    return DemonstrationHydrogen(
      supplies: supplies,
      uses: [.init(use: .shaftFurnaceDRI, feed: .hematite, perTonne: 560...610)], vented: 3...10)
  }

  private var chemicals: DemonstrationHydrogen {
    if self == .chlorAlkali {
      return DemonstrationHydrogen(
        supplies: [
          .init(
            route: .chlorAlkali, source: .byProduct, intensity: 180...390,
            method: "T/CAB 0078-2020")
        ],
        uses: [
          .init(use: .otherChemical), .init(use: .heat, share: 250),
          .init(use: .sold, share: 180),
        ], vented: 30...90)
    }
    return DemonstrationHydrogen(
      supplies: [
        Self.grid(.electrolysisPEM), Supply(route: .pdh, source: .merchant, share: 350),
      ],
      uses: [.init(use: .otherChemical), .init(use: .kilnCalcination, share: 100)])
  }
}
