import ArgumentParser

/// Whose figures: where the facilities are, to whom they report, and whose they are.
struct PlaceFilter: ParsableArguments {
  @Option(help: "Only of this province: GB/T 2260 code, such as 130000.")
  var province: String?
  @Option(help: "Only of this region: BTH, YRD or OTHER.")
  var region: String?
  @Option(help: "Only of those who report to this authority: its code, such as 130000 or XPCC.")
  var authority: String?
  @Option(help: "Only of this country: ISO 3166 code (usually CN, if nothing is said).")
  var country: String?
  @Option(help: "Only of this holding group, or of an organisation without one: its name.")
  var group: String?

  var query: [(String, String?)] {
    [
      ("province", province), ("region", region), ("authority", authority), ("country", country),
      ("group", group),
    ]
  }
}

/// Which part of a mass.
struct LabelFilter: ParsableArguments {
  @Option(help: "Only this material, such as scrap_steel.")
  var material: String?
  @Option(help: "Only this origin, such as home, pre_consumer or post_consumer.")
  var origin: String?
  @Option(help: "Only this route, such as eaf or electrolysis_pem.")
  var route: String?
  @Option(help: "Only this use of hydrogen, such as ammonia.")
  var use: String?
  @Option(help: "Only this source of hydrogen: captive, merchant or by_product.")
  var source: String?
  @Option(help: "Classes of hydrogen by this scheme (default: CN-TCAB0078).")
  var scheme: String?
  @Option(name: .customLong("class"), help: "Only this class of hydrogen, of the scheme.")
  var hydrogenClass: String?

  var query: [(String, String?)] {
    [
      ("material", material), ("origin", origin), ("route", route), ("use", use),
      ("source", source), ("scheme", scheme), ("class", hydrogenClass),
    ]
  }
}

/// As of when, in both senses.
struct MomentOptions: ParsableArguments {
  @Option(help: "As it was known at this moment, such as 2026-03-01T00:00:00Z (default: now).")
  var asOf: String?
  @Option(help: "By what is in force on this day, such as 2026-03-31 (default: today in China).")
  var date: String?

  var query: [(String, String?)] { [("as_of", asOf), ("date", date)] }
}

/// A report's name as the dashboard spells it, from the name of its commands.
func reportType(_ given: String?) -> String? { given.map { $0.replacing("-", with: "_") } }
