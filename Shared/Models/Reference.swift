import Foundation

/// The reference data of this edition: tables that stand beside the executable as CSV.
package struct Reference: Sendable {
  package struct Unreadable: Error, CustomStringConvertible {
    package let description: String
  }

  package let provinces: [String: Province]
  package let authorities: [String: Authority]
  package let countries: [String: String]
  package let grades: Set<String>
  package let criteria: [Criterion]
  package let criteriaSets: [CriteriaSet]
  package let countingStates: [CountingState]
  package let dueDays: [DueDay]
  package let targets: [Target]
  package let materials: [String: Material]
  /// The ids of the boundaries of a carbon intensity.
  package let hydrogenBoundaries: [String]
  package let hydrogenTiers: [HydrogenTier]
  package let definitions: [DefinitionRow]
  package let factors: [String: Factor]
  package let avoided: [Avoided]
  /// What is known when these tables are read.
  package let edition: String
  package let published: [Published]

  package var criterionNames: Set<String> { Set(criteria.map(\.name)) }

  /// What the executable ships with, as of its newest edition.
  package static let shared = shipped.newest

  /// Every edition that the executable ships with, by its id.
  package static let known = shipped.known

  /// A missing or broken table is a broken installation, and stops the process with a sentence before
  /// anything else has happened.
  private static let shipped: (newest: Reference, known: [String: Reference]) = {
    do {
      let newest = try Reference(folder: folder)
      let older = try editions(folder).filter { $0 != newest.edition }.map {
        ($0, try Reference(folder: folder, edition: $0))
      }
      return (newest, Dictionary(uniqueKeysWithValues: older + [(newest.edition, newest)]))
    } catch {
      fatalError(
        "The reference data cannot be read: \(error). Install the folder that belongs beside this executable."
      )
    }
  }()

  /// The folder of the tables, beside the executable.
  package static var folder: URL { Bundle.module.bundleURL.appending(path: "Reference") }

  /// - Parameter edition: nil stands for the newest. Of a row's editions the last counts that is not
  ///   newer; tables without the column `in_edition` are the same in all.
  package init(folder: URL, edition wanted: String? = nil) throws {
    let editions = try Reference.editions(folder)
    guard let edition = wanted ?? editions.last, editions.contains(edition) else {
      throw Unreadable(description: "editions.csv lacks \(wanted ?? "any edition")")
    }
    self.edition = edition
    func rows(_ name: String, key: [String] = []) throws -> [[String: String]] {
      let all = try Reference.rows(folder.appending(path: name + ".csv"))
      return key.isEmpty ? all : try Reference.rows(all, of: edition, in: editions, key: key)
    }
    provinces = Dictionary(
      uniqueKeysWithValues: try rows("provinces").map {
        let code = try $0.column("gb2260_code")
        return (
          code,
          Province(
            code: code, name: try $0.column("name_en"), localName: try $0.column("name_zh"),
            region: $0["policy_region"].flatMap { $0.isEmpty ? nil : $0 })
        )
      })
    authorities = Dictionary(
      uniqueKeysWithValues: try provinces.values.map {
        ($0.code, Authority(id: $0.code, name: $0.name, province: $0.code))
      }
        + rows("authorities").map {
          let id = try $0.column("authority_id")
          return (
            id,
            Authority(id: id, name: try $0.column("name_en"), province: try $0.column("province"))
          )
        })
    countries = Dictionary(
      uniqueKeysWithValues: try rows("countries").map {
        (try $0.column("alpha2"), try $0.column("name"))
      })
    grades = Set(try rows("scrap_grades").map { try $0.column("grade_id") })
    criteriaSets = try rows("criteria_sets").map {
      CriteriaSet(
        id: try $0.column("criteria_set"), metal: try $0.word("metal"),
        validFrom: try $0.day("valid_from"), validTo: try $0.optionalDay("valid_to"),
        title: try $0.column("title"))
    }
    criteria = try rows("criteria").map {
      Criterion(
        set: try $0.column("criteria_set"), category: try $0.column("category"),
        name: try $0.column("criterion"), comparator: try $0.column("comparator"),
        limit: try $0.decimal("limit"), unit: try $0.column("unit"),
        source: try $0.column("source"))
    }
    countingStates = try rows("counting_states").map {
      CountingState(
        event: try $0.word("event"), counts: try $0.column("counts") == "true",
        from: try $0.day("valid_from"), to: try $0.optionalDay("valid_to"))
    }
    dueDays = try rows("due_days").map {
      DueDay(
        report: try $0.word("report"), day: Int(try $0.decimal("day").digits),
        from: try $0.month("valid_from"),
        to: try $0.column("valid_to").isEmpty ? nil : try $0.month("valid_to"))
    }
    targets = try rows("targets", key: ["target_id"]).map {
      Target(
        id: try $0.column("target_id"), edition: try $0.column("in_edition"),
        subject: try $0.column("subject"),
        comparator: try $0.column("comparator"), value: try $0.decimal("value"),
        unit: try $0.column("unit"), dueYear: Int(try $0.decimal("due_period").digits),
        judgedOn: try $0.column("judged_on"), definition: try $0.column("definition_id"),
        paceCoverage: try $0.decimal("pace_coverage"), source: try $0.column("source"))
    }
    materials = Dictionary(
      uniqueKeysWithValues: try rows("materials").map {
        let id = try $0.column("material_id")
        return (
          id,
          Material(
            id: id, metal: try $0.word("metal"), role: try $0.word("role"),
            basis: try $0.word("mass_basis"), name: try $0.column("name_en"))
        )
      })
    hydrogenBoundaries = try rows("hydrogen_boundaries").map { try $0.column("boundary_id") }
    hydrogenTiers = try Reference.tiers(
      try rows("hydrogen_thresholds"), try rows("hydrogen_tiers"), Set(hydrogenBoundaries))
    let factors = Dictionary(
      uniqueKeysWithValues: try rows("factors", key: ["factor_id"]).map(Factor.init).map {
        ($0.id, $0)
      })
    self.factors = factors
    avoided = try rows("avoided", key: ["definition_id", "use"]).map {
      try Avoided($0, factors: factors)
    }
    published = try rows("reference_series").map {
      Published(
        series: try $0.column("series_id"), period: try $0.column("period"),
        value: try $0.decimal("value"), unit: try $0.column("unit"),
        publisher: try $0.column("publisher"), source: try $0.column("source"),
        note: try $0.column("note"))
    }
    definitions = try rows("definitions", key: ["definition_id"]).map(DefinitionRow.init)
    let ids = Set(definitions.map(\.id))
    for id in Reference.neededFactors where factors[id] == nil {
      throw Unreadable(description: "factors.csv lacks \(id)")
    }
    // An older edition lacks what came later.
    for definition in Definition.allCases
    where edition == editions.last && !ids.contains(definition.rawValue) {
      throw Unreadable(description: "definitions.csv lacks \(definition.rawValue)")
    }
  }

  /// Those that rules and conversions go by.
  private static let neededFactors =
    ReferenceState.allCases.map { "H2_DENSITY_\($0.rawValue)" } + [
      "H2_PER_NH3", "H2_PER_MEOH_CO2", "H2_PER_MEOH_CO", "H2_PER_FE", "H2_PER_FE_MAGNETITE",
      "FE_SCRAP_RATE_SUSPICIOUS",
    ]

  /// A factor that is there, or the process would not have started.
  func factor(_ id: String) -> ExactDecimal {
    factors[id]?.value ?? ExactDecimal(digits: 0, scale: 0)
  }

  /// The thresholds with what a machine must know of them. A scheme without a threshold has no tier.
  private static func tiers(
    _ thresholds: [[String: String]], _ tiers: [[String: String]], _ boundaries: Set<String>
  ) throws -> [HydrogenTier] {
    try tiers.map { tier in
      let id = try tier.column("threshold_id")
      guard let threshold = thresholds.first(where: { $0["threshold_id"] == id }) else {
        throw Unreadable(description: "hydrogen_thresholds.csv lacks \(id)")
      }
      let boundary = try tier.column("boundary_id")
      guard boundary.isEmpty || boundaries.contains(boundary) else {
        throw Unreadable(description: "hydrogen_boundaries.csv lacks \(boundary)")
      }
      let name = try threshold.column("tier")
      return HydrogenTier(
        scheme: try tier.column("scheme_id"),
        name: name.split(separator: " ").first.map(String.init) ?? name,
        comparator: try threshold.column("operator"),
        limit: try threshold.decimal("kgco2e_per_kgh2_lhv120"),
        boundary: boundary.isEmpty ? nil : boundary, energy: try tier.column("energy"),
        isClean: try tier.column("clean") == "true")
    }
  }

  /// Every row of a CSV file by its header's names.
  package static func rows(_ file: URL) throws -> [[String: String]] {
    var header: [String]?
    var rows: [[String: String]] = []
    var parser = CSVParser()
    let take = { (row: CSVParser.Row) throws in
      let fields = try row.get()
      guard let names = header else {
        header = fields
        return
      }
      guard fields.count == names.count else {
        throw Unreadable(
          description:
            "\(file.lastPathComponent), row \(rows.count + 2) has \(fields.count) fields instead of \(names.count)"
        )
      }
      rows.append(Dictionary(uniqueKeysWithValues: zip(names, fields)))
    }
    try parser.feed([UInt8](Data(contentsOf: file)), take)
    try parser.finish(take)
    return rows
  }

  /// The last day (inclusive, China) on which a month's report is on time.
  package func due(_ report: ReportType, _ month: Month) -> Day? {
    dueDays.first { $0.report == report && $0.from <= month && ($0.to.map { month <= $0 } ?? true) }
      .map { month.next.firstDay.adding(days: $0.day - 1) }
  }

  /// Whether a qualification in this state counts on a day.
  package func counts(_ event: QualificationEvent, on day: Day) -> Bool {
    countingStates.contains {
      $0.event == event && $0.counts && $0.from <= day && ($0.to.map { day <= $0 } ?? true)
    }
  }
}

extension [String: String] {
  package func column(_ name: String) throws -> String {
    guard let value = self[name] else {
      throw Reference.Unreadable(description: "the column \(name) is missing")
    }
    return value
  }

  func decimal(_ name: String) throws -> ExactDecimal {
    try required(name, ExactDecimal.init)
  }

  func day(_ name: String) throws -> Day { try required(name, Day.init) }

  func optionalDay(_ name: String) throws -> Day? {
    try column(name).isEmpty ? nil : day(name)
  }

  func month(_ name: String) throws -> Month { try required(name, Month.init) }

  func word<Word: RawRepresentable>(_ name: String) throws -> Word
  where Word.RawValue == String {
    try required(name, Word.init(rawValue:))
  }

  private func required<Read>(_ name: String, _ convert: (String) -> Read?) throws -> Read {
    let text = try column(name)
    guard let value = convert(text) else {
      throw Reference.Unreadable(description: "\"\(text)\" does not fit the column \(name)")
    }
    return value
  }
}
