/// The definitions of `definitions.csv`, each a pure function over sums: a ratio of sums, never a mean
/// of ratios. The words, the sources and the validity of each are in the table beside its id.
package enum Definition: String, CaseIterable, Sendable {
  case scrapRate = "SCRAP_RATE_KG_T"
  case scrapShareOfCharge = "SCRAP_SHARE_METALLIC_CHARGE"
  case scrapShareExternalNet = "SCRAP_SHARE_EXTERNAL_NET"
  case scrapShareExternalFull = "SCRAP_SHARE_EXTERNAL_FULL"
  case shortProcessByFurnace = "SHORT_PROCESS_SHARE_FURNACE"
  case shortProcessByEnterprise = "SHORT_PROCESS_SHARE_ENTERPRISE"
  case copperRecyclingInputRate = "CU_RIR"
  case copperSecondaryRefined = "CU_SECONDARY_REFINED_SHARE"
  case aluminiumShare = "AL_SHARE"
  case aluminiumOdds = "AL_ODDS"
  case recycledContent = "ISO14021_RC"
  case metallicInput = "METALLIC_INPUT"
  case metalOutput = "METAL_OUTPUT"
  case throughput = "THROUGHPUT"
  case utilisation = "PROCESSING_UTILISATION"
  case qualifiedSteelCapacity = "QUALIFIED_CAPACITY_STEEL"
  case qualifiedCopperCapacity = "QUALIFIED_CAPACITY_COPPER"
  case qualifiedAluminiumCapacity = "QUALIFIED_CAPACITY_ALUMINIUM"
  case qualifiedProcessors = "QUALIFIED_PROCESSORS"
  case hydrogenUsed = "HYDROGEN_USED"
  case hydrogenSupplied = "HYDROGEN_SUPPLIED"
  case cleanHydrogenShare = "CLEAN_HYDROGEN_SHARE"
  case avoidedEmissionsSteel = "AVOIDED_EMISSIONS_STEEL"
  case avoidedEmissionsCopper = "AVOIDED_EMISSIONS_COPPER"
  case avoidedEmissionsAluminium = "AVOIDED_EMISSIONS_ALUMINIUM"
  case avoidedEnergySteel = "AVOIDED_ENERGY_STEEL"
  case avoidedEnergyAluminium = "AVOIDED_ENERGY_ALUMINIUM"
  case coverage = "REPORTING_COVERAGE"
  case coverageByCapacity = "REPORTING_COVERAGE_BY_CAPACITY"
  case onTime = "REPORTING_ON_TIME"

  /// What a definition gives.
  package enum Measure: Sendable, Equatable {
    /// A ratio of masses times a factor: 1,000 for kg/t, 100 for per cent.
    case ratio(factor: Int128)
    /// A ratio of counts or of capacities, in per cent.
    case share
    /// A mass.
    case mass
    /// What is true on a day, and adds up over no time.
    case qualified
    /// A mass times factors (`avoided.csv`).
    case avoided
  }

  package var measure: Measure {
    switch self {
    case .scrapRate: .ratio(factor: 1000)
    case .metallicInput, .metalOutput, .throughput, .hydrogenUsed, .hydrogenSupplied: .mass
    case .qualifiedSteelCapacity, .qualifiedCopperCapacity, .qualifiedAluminiumCapacity,
      .qualifiedProcessors:
      .qualified
    case .avoidedEmissionsSteel, .avoidedEmissionsCopper, .avoidedEmissionsAluminium,
      .avoidedEnergySteel, .avoidedEnergyAluminium:
      .avoided
    case .coverage, .coverageByCapacity, .onTime: .share
    default: .ratio(factor: 100)
    }
  }

  /// Whose sums it reads; nil where the question says it.
  package var report: ReportType? {
    switch self {
    case .throughput, .utilisation, .qualifiedSteelCapacity, .qualifiedCopperCapacity,
      .qualifiedAluminiumCapacity, .qualifiedProcessors:
      .throughput
    case .hydrogenUsed, .hydrogenSupplied, .cleanHydrogenShare: .hydrogenUse
    case .coverage, .coverageByCapacity, .onTime: nil
    default: .recycledInput
    }
  }

  /// The metal it is of; nil where the question says it.
  package var metal: Metal? {
    switch self {
    case .scrapRate, .scrapShareOfCharge, .scrapShareExternalNet, .scrapShareExternalFull,
      .shortProcessByFurnace, .shortProcessByEnterprise, .qualifiedSteelCapacity,
      .avoidedEmissionsSteel, .avoidedEnergySteel:
      .steel
    case .copperRecyclingInputRate, .copperSecondaryRefined, .qualifiedCopperCapacity,
      .avoidedEmissionsCopper:
      .copper
    case .aluminiumShare, .aluminiumOdds, .qualifiedAluminiumCapacity, .avoidedEmissionsAluminium,
      .avoidedEnergyAluminium:
      .aluminium
    default: nil
    }
  }

  /// The definitions of a metal's recycled share, in the table's order.
  package static func shares(of metal: Metal) -> [Definition] { shares[metal] ?? [] }

  private static let shares = Dictionary(
    uniqueKeysWithValues: Metal.allCases.map { metal in
      (
        metal,
        allCases.filter {
          guard case .ratio = $0.measure, $0.report == .recycledInput else { return false }
          return $0.metal == nil || $0.metal == metal
        }
      )
    })

  package var unit: String { Self.units[self] ?? "" }

  private static let units = Dictionary(
    uniqueKeysWithValues: allCases.map { ($0, Reference.shared.row($0)?.unit ?? "") })

  // MARK: Shares, of the sums of a metal

  /// What is divided by what, in grams.
  package func sums(_ amounts: Amounts) -> (numerator: Int128, denominator: Int128) {
    let terms = terms(metal ?? .steel)
    return (amounts.sum(terms.numerator), amounts.sum(terms.denominator))
  }

  /// The exact ratio of the sums.
  /// - Throws: ``Ratio/Undefined`` where the denominator is zero.
  package func ratio(_ amounts: Amounts) throws(Ratio.Undefined) -> Ratio {
    let sums = sums(amounts)
    return try Ratio(sums.numerator, sums.denominator)
  }

  /// What one is multiplied by for the definition's unit.
  package var factor: Int128 { if case .ratio(let factor) = measure { factor } else { 100 } }

  /// The figure with the sums behind it; null with its reason where it is undefined.
  package func json(_ amounts: Amounts) -> JSON {
    let sums = sums(amounts)
    var value = JSON.null
    var reason: String?
    do throws(Ratio.Undefined) {
      value = .string(
        try Ratio(sums.numerator, sums.denominator).rounded(times: factor, places: 4))
    } catch {
      reason = error.rawValue
    }
    return .members([
      "definition_id": .string(rawValue), "unit": .string(unit), "value": value,
      "reason": .text(reason), "numerator": Mass.json(grams: sums.numerator),
      "denominator": Mass.json(grams: sums.denominator),
    ])
  }

  /// The goals that this may be what is meant by: which one is, no source says.
  package func goals(_ metal: Metal) -> [Reference.Target] {
    Reference.shared.targets.filter { $0.definitions.contains(self) && $0.metal == metal }
  }
}

extension Reference.Target {
  /// Whether a ratio meets a goal in per cent, on exact values: 21.996 % does not meet 22 %.
  package func isMet(by ratio: Ratio) -> Bool {
    let left = ratio.numerator * 100 * ExactDecimal.powerOfTen(value.scale)
    let right = Int128(value.digits) * ratio.denominator
    return comparator == ">" ? left > right : left >= right
  }

  /// Whether a capacity in grams a year meets a goal in t/y.
  package func isMet(byGrams grams: Int128) -> Bool {
    let left = grams * ExactDecimal.powerOfTen(value.scale)
    let right = Int128(value.digits) * 1_000_000
    return comparator == ">" ? left > right : left >= right
  }

  /// The metal that it is a goal for.
  package var metal: Metal { Metal.allCases.first { subject.hasSuffix($0.rawValue) } ?? .steel }

  /// What it may mean, where no source says which: the table's definition alone, if it names one.
  package var definitions: [Definition] {
    if let one = Definition(rawValue: definition) { return [one] }
    if subject.hasPrefix("short-process share") {
      return [.shortProcessByFurnace, .shortProcessByEnterprise]
    }
    return Definition.shares(of: metal).filter {
      $0 != .shortProcessByFurnace && $0 != .shortProcessByEnterprise
    }
  }
}
