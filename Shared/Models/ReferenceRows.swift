/// The rows of the reference tables.
extension Reference {
  package struct Province: Sendable {
    package let code: String
    package let name: String
    package let localName: String
    /// `BTH` (Beijing-Tianjin-Hebei), `YRD` (Yangtze River Delta), or none.
    package let region: String?
  }

  /// Whom a facility reports to: a province, a separately planned city, or the Xinjiang Corps.
  package struct Authority: Sendable {
    package let id: String
    package let name: String
    package let province: String
  }

  /// One row of a criteria set: at least or at most a limit.
  package struct Criterion: Sendable {
    package let set: String
    package let category: String
    package let name: String
    package let comparator: String
    package let limit: ExactDecimal
    package let unit: String
    package let source: String
  }

  package struct CriteriaSet: Sendable {
    package let id: String
    package let metal: Metal
    package let validFrom: Day
    package let validTo: Day?
    package let title: String
  }

  /// Whether a state of qualification counts, from a day to a day.
  package struct CountingState: Sendable {
    package let event: QualificationEvent
    package let counts: Bool
    package let from: Day
    package let to: Day?
  }

  package struct DueDay: Sendable {
    package let report: ReportType
    package let day: Int
    package let from: Month
    package let to: Month?
  }

  package struct Target: Sendable {
    package let id: String
    package let edition: String
    package let subject: String
    package let comparator: String
    package let value: ExactDecimal
    package let unit: String
    /// The calendar year that it is due in.
    package let dueYear: Int
    package let judgedOn: String
    /// Empty where the source does not say what it means.
    package let definition: String
    /// The least coverage, in per cent, that a pace is told on.
    package let paceCoverage: ExactDecimal
    package let source: String
  }

  /// A row of `definitions.csv`: what a ``Definition`` says in words, from when and in which edition.
  package struct DefinitionRow: Sendable {
    package let id: String
    package let edition: String
    package let validFrom: Day
    package let validTo: Day?
    /// A report type, or `any`.
    package let report: String
    /// A metal, `any`, or `none`.
    package let metal: String
    package let unit: String
    package let name: String
    package let localName: String
    package let numerator: String
    package let denominator: String
    package let originScope: String
    package let unknownOrigin: String
    package let label: String
    package let note: String
  }

  package struct Factor: Sendable {
    package let id: String
    package let edition: String
    package let value: ExactDecimal
    package let unit: String
    package let geography: String
    package let year: String
    package let source: String
  }

  /// What an avoided amount is multiplied by: a factor, less a share of it where one is named.
  package struct Avoided: Sendable {
    package let definition: String
    /// `default`, `low` or `high`.
    package let use: String
    package let factor: Factor
    package let share: Factor?
  }

  /// A row of `materials.csv`.
  package struct Material: Sendable, Equatable {
    package let id: String
    package let metal: Metal
    package let role: MaterialRole
    /// Which mass of its chain counts.
    package let basis: MassBasis
    package let name: String
  }

  /// A class of hydrogen in a scheme: at most, or less than, so much carbon dioxide.
  package struct HydrogenTier: Sendable {
    package let scheme: String
    package let name: String
    /// `<` or `<=`.
    package let comparator: String
    /// kg CO2e per kg of hydrogen.
    package let limit: ExactDecimal
    /// What a declared intensity must cover to be compared; nil where the scheme's is not known.
    package let boundary: String?
    /// `any`, `renewable` or `non_renewable`.
    package let energy: String
    /// Whether the scheme's clean share counts it.
    package let isClean: Bool
  }

  /// A figure that somebody published, which is never summed with reports.
  package struct Published: Sendable {
    package let series: String
    package let period: String
    package let value: ExactDecimal
    package let unit: String
    package let publisher: String
    package let source: String
    package let note: String
  }
}
