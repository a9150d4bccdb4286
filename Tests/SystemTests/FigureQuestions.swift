/// Random questions for figures.
enum FigureQuestions {
  private static let shares = [
    "steel": [
      "SCRAP_RATE_KG_T", "SCRAP_SHARE_METALLIC_CHARGE", "SCRAP_SHARE_EXTERNAL_NET",
      "SCRAP_SHARE_EXTERNAL_FULL", "SHORT_PROCESS_SHARE_FURNACE",
      "SHORT_PROCESS_SHARE_ENTERPRISE",
    ], "copper": ["CU_RIR", "CU_SECONDARY_REFINED_SHARE"],
    "aluminium": ["AL_SHARE", "AL_ODDS"],
  ]
  private static let ofAnyMetal = ["ISO14021_RC", "METALLIC_INPUT", "METAL_OUTPUT"]
  private static let ofHydrogen = ["HYDROGEN_USED", "HYDROGEN_SUPPLIED", "CLEAN_HYDROGEN_SHARE"]
  private static let ofReporting = [
    "REPORTING_COVERAGE", "REPORTING_COVERAGE_BY_CAPACITY", "REPORTING_ON_TIME",
  ]
  private static let metals = ["steel", "copper", "aluminium"]

  /// By what a definition's numerator can be told apart.
  static func labels(_ definition: String) -> [[String]] {
    switch definition {
    case "SHORT_PROCESS_SHARE_FURNACE", "METAL_OUTPUT": [["route"]]
    case "METALLIC_INPUT": [["origin"], ["material"], ["material", "origin"]]
    case "HYDROGEN_USED": [["use"]]
    case "HYDROGEN_SUPPLIED": [["route"], ["source"], ["class"], ["scheme", "class"]]
    case "CLEAN_HYDROGEN_SHARE": [["route"], ["source"], ["class"]]
    case "AL_SHARE", "AL_ODDS", "ISO14021_RC", "SCRAP_RATE_KG_T": [["origin"]]
    default: definition.hasPrefix("SCRAP_SHARE_") ? [["origin"]] : []
    }
  }

  private static let values = [
    "origin": ["pre_consumer", "post_consumer"], "use": ["ammonia", "heat"],
    "source": ["captive", "merchant"], "class": ["not_declared", "clean"],
    "scheme": ["EU", "US-45V"], "material": ["scrap_steel"],
  ]

  /// A few of a list, at least one.
  private static func few(_ all: [String], _ random: inout Seeded) -> [String] {
    let count = random.int(1...min(3, all.count))
    return Array(Set(all.shuffled(using: &random).prefix(count))).sorted()
  }

  private static func metal(_ random: inout Seeded) -> String {
    random.chance(60) ? "steel" : random.one(metals)
  }

  /// Of sums of masses, so that they add up.
  static func ofMasses(_ random: inout Seeded) -> SimpleFigures.Question {
    switch random.int(1...10) {
    case ...5:
      let metal = metal(&random)
      let definition = random.one(shares[metal, default: []] + ofAnyMetal)
      return .init(definitions: [definition], metal: metal)
    case ...7: return .init(definitions: ["THROUGHPUT"], metal: metal(&random))
    default: return .init(definitions: [random.one(ofHydrogen)], metal: "")
    }
  }

  private static func subject(_ random: inout Seeded) -> SimpleFigures.Question {
    let metal = metal(&random)
    switch random.int(1...100) {
    case ...45:
      return .init(
        definitions: few(shares[metal, default: []] + ofAnyMetal, &random), metal: metal)
    case ...60:
      return .init(
        definitions: few(["THROUGHPUT", "PROCESSING_UTILISATION"], &random), metal: metal)
    case ...78: return .init(definitions: few(ofHydrogen, &random), metal: "")
    case ...90:
      let report = random.one(["throughput", "recycled_input", "hydrogen_use"])
      return .init(
        definitions: few(ofReporting, &random), metal: report == "hydrogen_use" ? "" : metal,
        report: report)
    default:
      let own = "QUALIFIED_CAPACITY_\(metal.uppercased())"
      return .init(definitions: few([own, "QUALIFIED_PROCESSORS"], &random), metal: metal)
    }
  }

  static func question(_ figures: SimpleFigures, _ random: inout Seeded)
    -> SimpleFigures.Question
  {
    var question = subject(&random)
    question.asOf = figures.asOf
    question.period = random.one([
      "month", "month", "official_month", "quarter", "half", "year", "ytd", "rolling12",
    ])
    question.from = SimpleSpan.moved(202506, by: random.int(0...12))
    question.to = SimpleSpan.moved(question.from, by: random.int(0...12))
    // January or February alone may be a part of what is shown as one.
    if question.from % 100 == 2 { question.from -= 1 }
    if question.to % 100 == 1 { question.to += 1 }
    question.comparesYears =
      random.chance(30) && !question.definitions[0].hasPrefix("QUALIFIED_")
    place(&question, figures, &random)
    label(&question, &random)
    return question
  }

  private static func place(
    _ question: inout SimpleFigures.Question, _ figures: SimpleFigures, _ random: inout Seeded
  ) {
    let chinese = figures.places.filter { SimplePlaces.isInChina($0) }
    switch random.int(1...100) {
    case ...30: break
    case ...40: question.by = random.one([["country"], ["country", "group"]])
    case ...47:
      question.filters["country"] = random.one(["JP", "DE"])
      question.by = random.one([[], ["group"]])
    default:
      let count = random.int(1...2)
      question.by = Array(
        ["province", "region", "authority", "group"].shuffled(using: &random).prefix(count))
    }
    let isAnywhere = question.filters["country"] == nil && !question.by.contains("country")
    if isAnywhere, random.chance(30), let one = random.maybe(chinese) {
      let dimension = random.one(["province", "region", "authority"])
      question.filters[dimension] = SimplePlaces.code(dimension, of: one)
    }
    if isAnywhere, random.chance(12) { question.sight = random.maybe(chinese) }
    if random.chance(10), let group = random.maybe(figures.groups) {
      question.filters["group"] = group
    }
    let ofAny = ofAnyMetal + ["THROUGHPUT", "PROCESSING_UTILISATION", "QUALIFIED_PROCESSORS"]
    if random.chance(15), question.definitions.allSatisfy({ ofAny.contains($0) }) {
      question.by.insert("metal", at: random.int(0...question.by.count))
    }
  }

  private static func label(_ question: inout SimpleFigures.Question, _ random: inout Seeded) {
    guard let dimensions = random.maybe(labels(question.definitions[0])) else { return }
    if random.chance(35) {
      question.definitions = [question.definitions[0]]
      question.by = Array(question.by.prefix(2)) + dimensions
    }
    let name = dimensions[0]
    if random.chance(15), let value = random.maybe(values[name] ?? []) {
      question.definitions = [question.definitions[0]]
      if name != "material" || question.metal == "steel" { question.filters[name] = value }
    }
    // By scheme, of one scheme: its classes.
    if dimensions == ["class"], random.chance(40) {
      question.definitions = [question.definitions[0]]
      question.filters["scheme"] = random.one(["EU", "IN-GREEN", "UK-LCHS"])
    }
  }
}
