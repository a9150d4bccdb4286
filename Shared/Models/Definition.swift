/// The definitions of a recycled share (`definitions.csv`), each a pure function over sums: a ratio
/// of sums, never a mean of ratios. The sources are in the table beside each id.
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

  /// The definitions that apply to a metal, in the table's order.
  package static func of(_ metal: Metal) -> [Definition] {
    allCases.filter { $0.metal == nil || $0.metal == metal }
  }

  /// Nil stands for any.
  package var metal: Metal? {
    switch self {
    case .scrapRate, .scrapShareOfCharge, .scrapShareExternalNet, .scrapShareExternalFull,
      .shortProcessByFurnace, .shortProcessByEnterprise:
      .steel
    case .copperRecyclingInputRate, .copperSecondaryRefined: .copper
    case .aluminiumShare, .aluminiumOdds: .aluminium
    case .recycledContent: nil
    }
  }

  /// What is divided by what, in grams.
  package func sums(_ amounts: Amounts) -> (numerator: Int128, denominator: Int128) {
    let at = { (name: String) in amounts[name] }
    let of = { (name: String, origins: [Origin]) in
      origins.map { at("\(name).\($0.rawValue)") }.reduce(0, +)
    }
    let external: [Origin] = [.preConsumer, .postConsumer]
    let crude = at("output.eaf") + at("output.bof") + at("output.induction")
    let scrap = of("scrap_steel", Origin.allCases)
    let charge = scrap + at("hot_metal") + at("pig_iron") + at("dri_hbi")
    switch self {
    case .scrapRate: return (scrap, crude)
    case .scrapShareOfCharge: return (scrap, charge)
    case .scrapShareExternalNet:
      return (of("scrap_steel", external), charge - of("scrap_steel", [.home]))
    case .scrapShareExternalFull: return (of("scrap_steel", external), charge)
    case .shortProcessByFurnace: return (at("output.eaf") + at("output.induction"), crude)
    case .shortProcessByEnterprise: return (at(Definition.shortProcessOutput), crude)
    case .copperRecyclingInputRate:
      let refined = at("output.primary_refined") + at("output.secondary_refined")
      return (
        at("output.secondary_refined") + of("direct_melt", external),
        refined + of("direct_melt", external + [.unknown])
      )
    case .copperSecondaryRefined:
      let secondary = at("output.secondary_refined")
      return (secondary, secondary + at("output.primary_refined"))
    case .aluminiumShare:
      return (
        of("recovered", external),
        of("recovered", external + [.unknown]) + at("output.electrolytic")
      )
    case .aluminiumOdds: return (of("recovered", external), at("output.electrolytic"))
    case .recycledContent: return (of("content", external), at("product"))
    }
  }

  /// The amount that names the crude steel of enterprises without a blast furnace, which no report
  /// says by itself.
  package static let shortProcessOutput = "output.short_process_enterprise"

  /// The exact ratio of the sums.
  /// - Throws: ``Ratio/Undefined`` where the denominator is zero.
  package func ratio(_ amounts: Amounts) throws(Ratio.Undefined) -> Ratio {
    let sums = sums(amounts)
    return try Ratio(sums.numerator, sums.denominator)
  }

  /// What one is multiplied by for the definition's unit: 1,000 for kg/t, 100 for per cent.
  package var factor: Int128 { self == .scrapRate ? 1000 : 100 }
  package var unit: String { self == .scrapRate ? "kg/t" : "%" }

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
    let isShortProcess = self == .shortProcessByFurnace || self == .shortProcessByEnterprise
    return Reference.shared.targets.filter { target in
      isShortProcess
        ? target.subject.hasPrefix("short-process share")
        : target.subject == "recycled share of raw material: \(metal.rawValue)"
    }
  }
}

extension Reference.Target {
  /// Whether a ratio meets a goal in per cent, on exact values: 21.996 % does not meet 22 %.
  package func isMet(by ratio: Ratio) -> Bool {
    let left = ratio.numerator * 100 * ExactDecimal.powerOfTen(value.scale)
    let right = Int128(value.digits) * ratio.denominator
    return comparator == ">" ? left > right : left >= right
  }
}
