/// The class of hydrogen in a scheme (`hydrogen_thresholds.csv`).
package enum HydrogenClass {
  /// The tiers of each scheme, the strictest first; of two with one limit, the one that demands more.
  package static let schemes: [(scheme: String, tiers: [Reference.HydrogenTier])] =
    Dictionary(grouping: Reference.shared.hydrogenTiers, by: \.scheme)
    .sorted { $0.key < $1.key }
    .map { scheme, tiers in
      (
        scheme,
        tiers.sorted {
          ($0.limit, $0.energy == "any" ? 1 : 0) < ($1.limit, $1.energy == "any" ? 1 : 0)
        }
      )
    }

  /// The scheme that is meant where none is asked for: China's group standard.
  package static let standard = "CN-TCAB0078"

  /// The classes that a scheme can give: its tiers, and what is in none, cannot be compared or is
  /// not declared.
  package static func names(in scheme: String) -> [String] {
    var names: [String] = []
    for tier in schemes.first(where: { $0.scheme == scheme })?.tiers ?? []
    where !names.contains(tier.name) {
      names.append(tier.name)
    }
    return names + ["none", "not_comparable", "not_declared"]
  }

  /// A tier's name; `none` where it is in no tier; `not_comparable` where the declared boundary is
  /// not the scheme's; `not_declared` without an intensity.
  static func of(
    _ intensity: CarbonIntensity?, isRenewable: Bool, _ tiers: [Reference.HydrogenTier]
  ) -> String {
    guard let intensity else { return "not_declared" }
    let comparable = tiers.filter { $0.boundary == intensity.boundary }
    guard !comparable.isEmpty else { return "not_comparable" }
    return comparable.first {
      fits(intensity.value, $0)
        && ($0.energy == "any" || ($0.energy == "renewable") == isRenewable)
    }?.name ?? "none"
  }

  private static func fits(_ value: ExactDecimal, _ tier: Reference.HydrogenTier) -> Bool {
    tier.comparator == "<" ? value < tier.limit : value <= tier.limit
  }
}
