/// A nominal capacity of one process, valid from a day to a day (both inclusive).
package struct Capacity: Sendable, Equatable {
  package let process: ProductionProcess
  /// For scrap processing, the metal it is a capacity for.
  package let metal: Metal
  /// Mass per calendar year.
  package let perYear: Mass
  /// Nil stands for "since before the ledger".
  package let from: Day?
  package let to: Day?

  package init(process: ProductionProcess, metal: Metal, perYear: Mass, from: Day?, to: Day?) {
    self.process = process
    self.metal = metal
    self.perYear = perYear
    self.from = from
    self.to = to
  }

  package init?(_ fields: Fields) {
    let process = fields.word("process", as: ProductionProcess.self)
    let metal = fields.word("metal", required: false, as: Metal.self)
    let perYear = fields.mass("per_year")
    let from = fields.day("from", required: false)
    let to = fields.day("to", required: false)
    fields.end()
    if let from, let to, to < from { fields.wrong("to", "must not be before from") }
    if let perYear, perYear.grams % 1000 != 0 {
      fields.wrong("per_year", "a capacity is stated in whole kilograms")
    }
    guard let process, let perYear else { return nil }
    self.init(process: process, metal: metal ?? .steel, perYear: perYear, from: from, to: to)
  }

  package var json: JSON {
    .members([
      "process": .string(process.rawValue), "metal": .string(metal.rawValue),
      "per_year": perYear.json, "from": from?.json, "to": to?.json,
    ])
  }

  package func covers(_ day: Day) -> Bool {
    (from.map { $0 <= day } ?? true) && (to.map { day <= $0 } ?? true)
  }

  /// The days of a month on which it is valid.
  package func days(in month: Month) -> Int {
    let first = max(month.firstDay, from ?? month.firstDay)
    let last = min(month.lastDay, to ?? month.lastDay)
    return max(0, last.number - first.number + 1)
  }
}

/// A status given by an authority, valid from a day to a day.
package struct Designation: Sendable, Equatable {
  package let kind: DesignationKind
  package let from: Day
  package let to: Day?
  package let reference: String?

  package init?(_ fields: Fields) {
    let kind = fields.word("kind", as: DesignationKind.self)
    let from = fields.day("from")
    let to = fields.day("to", required: false)
    let reference = fields.text("reference", required: false)
    fields.end()
    if let from, let to, to < from { fields.wrong("to", "must not be before from") }
    guard let kind, let from else { return nil }
    self.kind = kind
    self.from = from
    self.to = to
    self.reference = reference
  }

  package var json: JSON {
    .members([
      "kind": .string(kind.rawValue), "from": from.json, "to": to?.json,
      "reference": .text(reference),
    ])
  }
}

/// What is owed: a report of a type, for a metal where the type has one, for each month from … to.
package struct Obligation: Sendable, Equatable {
  package let report: ReportType
  package let metal: Metal?
  package let from: Month
  package let to: Month?

  package init?(_ fields: Fields) {
    let report = fields.word("report", as: ReportType.self)
    let metal = fields.word("metal", required: false, as: Metal.self)
    let from = fields.month("from")
    let to = fields.month("to", required: false)
    fields.end()
    if let from, let to, to < from { fields.wrong("to", "must not be before from") }
    if report == .throughput, metal == nil { fields.wrong("metal", "is required for throughput") }
    guard let report, let from else { return nil }
    self.report = report
    // As for a capacity, steel is meant where a mill's metal is not said; hydrogen has none.
    self.metal = report == .hydrogenUse ? nil : metal ?? .steel
    self.from = from
    self.to = to
  }

  package var json: JSON {
    .members([
      "report": .string(report.rawValue), "metal": .text(metal?.rawValue), "from": from.json,
      "to": to?.json,
    ])
  }

  package func covers(_ month: Month) -> Bool {
    from <= month && (to.map { month <= $0 } ?? true)
  }
}
