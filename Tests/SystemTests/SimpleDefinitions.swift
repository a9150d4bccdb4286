/// The definitions as the second implementation understands them: what is added up above the line,
/// told apart by labels, and what below it.
enum SimpleDefinitions {
  typealias Part = (labels: [String: String], mass: Int)

  static let defaultScheme = "CN-TCAB0078"

  private static let materials = [
    "steel": ["scrap_steel", "hot_metal", "pig_iron", "dri_hbi"],
    "copper": [
      "scrap_copper", "scrap_copper_alloy", "copper_concentrate", "blister_primary",
      "blister_secondary",
    ],
    "aluminium": ["scrap_aluminium", "aluminium_electrolytic"],
  ]

  private static let clean = [
    "CN-TCAB0078": ["clean", "renewable"], "EU": ["RFNBO", "low_carbon"],
    "UK-LCHS": ["low_carbon"], "US-45V": ["tier1", "tier2", "tier3", "tier4"],
    "JP-LOWC": ["low_carbon"], "KR-CLEAN": ["clean"], "IN-GREEN": ["green"],
  ]

  /// Of which reports a definition is; nil where the question says it.
  static func type(_ definition: String) -> String? {
    switch definition {
    case "THROUGHPUT", "PROCESSING_UTILISATION": return "throughput"
    case "HYDROGEN_USED", "HYDROGEN_SUPPLIED", "CLEAN_HYDROGEN_SHARE": return "hydrogen_use"
    default:
      if definition.hasPrefix("QUALIFIED_") { return "throughput" }
      return definition.hasPrefix("REPORTING_") ? nil : "recycled_input"
    }
  }

  /// The power of ten that its ratio is multiplied by; nil where it is no ratio.
  static func power(_ definition: String) -> Int? {
    switch definition {
    case "SCRAP_RATE_KG_T": return 3
    case "METALLIC_INPUT", "METAL_OUTPUT", "THROUGHPUT", "HYDROGEN_USED", "HYDROGEN_SUPPLIED":
      return nil
    default: return definition.hasPrefix("QUALIFIED_") ? nil : 2
    }
  }

  static func unit(_ definition: String) -> String {
    switch power(definition) {
    case 3: return "kg/t"
    case 2: return "%"
    default: break
    }
    if definition == "QUALIFIED_PROCESSORS" { return "count" }
    return definition.hasPrefix("QUALIFIED_") ? "t/y" : "t"
  }

  /// Whether what is divided are masses, which an answer shows in tonnes.
  static func isOfMasses(_ definition: String) -> Bool {
    definition != "PROCESSING_UTILISATION" && !definition.hasPrefix("REPORTING_")
      && !definition.hasPrefix("QUALIFIED_")
  }

  /// What stands above the line.
  static func parts(
    _ definition: String, _ metal: String, _ sums: SimpleLedger.Sums, schemes: Set<String>
  ) -> [Part] {
    switch definition {
    case "REPORTING_COVERAGE": return [([:], sums["count.received"])]
    case "REPORTING_COVERAGE_BY_CAPACITY": return [([:], sums["days.received"])]
    case "REPORTING_ON_TIME": return [([:], sums["count.received"] - sums["count.late"])]
    case "THROUGHPUT", "PROCESSING_UTILISATION": return [([:], sums["throughput"])]
    case "SHORT_PROCESS_SHARE_ENTERPRISE":
      return [([:], sums["output.short_process_enterprise"])]
    default: break
    }
    return sums.values.sorted { $0.key < $1.key }.compactMap { name, mass -> Part? in
      let words = name.split(separator: ".").map(String.init)
      guard let found = labels(definition, metal, words, schemes) else { return nil }
      return (found, mass)
    }
  }

  /// The labels of a sum, or nil where the definition does not add it up.
  private static func labels(
    _ definition: String, _ metal: String, _ words: [String], _ schemes: Set<String>
  ) -> [String: String]? {
    let (head, second) = (words[0], words.count > 1 ? words[1] : "")
    let isExternal = second == "pre_consumer" || second == "post_consumer"
    switch definition {
    case "SCRAP_RATE_KG_T", "SCRAP_SHARE_METALLIC_CHARGE":
      return head == "scrap_steel" ? ["material": head, "origin": second] : nil
    case "SCRAP_SHARE_EXTERNAL_NET", "SCRAP_SHARE_EXTERNAL_FULL":
      return head == "scrap_steel" && isExternal ? ["material": head, "origin": second] : nil
    case "SHORT_PROCESS_SHARE_FURNACE":
      return head == "output" && ["eaf", "induction"].contains(second) ? ["route": second] : nil
    case "CU_RIR":
      if head == "direct_melt", isExternal { return ["origin": second] }
      return words == ["output", "secondary_refined"] ? ["route": second] : nil
    case "CU_SECONDARY_REFINED_SHARE":
      return words == ["output", "secondary_refined"] ? ["route": second] : nil
    case "AL_SHARE", "AL_ODDS":
      return head == "recovered" && isExternal ? ["origin": second] : nil
    case "ISO14021_RC": return head == "content" && isExternal ? ["origin": second] : nil
    case "METALLIC_INPUT":
      guard materials[metal, default: []].contains(head) else { return nil }
      return words.count > 1 ? ["material": head, "origin": second] : ["material": head]
    case "METAL_OUTPUT":
      return head == "output" && second != "short_process_enterprise" ? ["route": second] : nil
    case "HYDROGEN_USED": return head == "use" && second != "sold" ? ["use": second] : nil
    case "HYDROGEN_SUPPLIED", "CLEAN_HYDROGEN_SHARE":
      guard head == "supplied", words.count == 5, schemes.contains(words[3]) else { return nil }
      if definition == "CLEAN_HYDROGEN_SHARE", !clean[words[3], default: []].contains(words[4]) {
        return nil
      }
      return ["route": second, "source": words[2], "scheme": words[3], "class": words[4]]
    default: return nil
    }
  }

  /// What stands below the line; nil where there is none. Labels do not part it.
  static func base(_ definition: String, _ sums: SimpleLedger.Sums) -> Int? {
    let at = { (names: [String]) in names.map { sums[$0] }.reduce(0, +) }
    let crude = at(["output.eaf", "output.bof", "output.induction"])
    let external = at(["scrap_steel.pre_consumer", "scrap_steel.post_consumer"])
    let others = at(["hot_metal", "pig_iron", "dri_hbi", "scrap_steel.unknown"])
    let refined = at(["output.primary_refined", "output.secondary_refined"])
    switch definition {
    case "SCRAP_RATE_KG_T", "SHORT_PROCESS_SHARE_FURNACE", "SHORT_PROCESS_SHARE_ENTERPRISE":
      return crude
    case "SCRAP_SHARE_METALLIC_CHARGE", "SCRAP_SHARE_EXTERNAL_FULL":
      return external + others + sums["scrap_steel.home"]
    case "SCRAP_SHARE_EXTERNAL_NET": return external + others
    case "CU_RIR":
      return refined
        + at(["direct_melt.pre_consumer", "direct_melt.post_consumer", "direct_melt.unknown"])
    case "CU_SECONDARY_REFINED_SHARE": return refined
    case "AL_SHARE":
      return sums["output.electrolytic"]
        + at(["recovered.pre_consumer", "recovered.post_consumer", "recovered.unknown"])
    case "AL_ODDS": return sums["output.electrolytic"]
    case "ISO14021_RC": return sums["product"]
    case "CLEAN_HYDROGEN_SHARE":
      // Each scheme classes all that was supplied.
      return sums.values.filter {
        $0.key.hasPrefix("supplied.") && $0.key.contains(".\(defaultScheme).")
      }.values.reduce(0, +)
    case "REPORTING_COVERAGE", "REPORTING_ON_TIME": return sums["count.owed"]
    case "REPORTING_COVERAGE_BY_CAPACITY": return sums["days.owed"]
    default: return nil
    }
  }
}
