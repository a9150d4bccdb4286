/// The figures an application is judged on; each may be unknown.
package struct ApplicationFacts: Sendable, Equatable {
  /// Which row of a criteria set applies: `new`, `rebuilt`, `special`, or `any`.
  package let category: String
  /// ExactDecimal values by criterion: `capacity_t_y`, `site_area_m2`, `electricity_kwh_t` …
  package let values: [String: ExactDecimal]

  package init?(_ fields: Fields) {
    let category = fields.text("category", required: false, maximum: 20)
    var values: [String: ExactDecimal] = [:]
    for criterion in Reference.shared.criterionNames {
      values[criterion] = fields.decimal(criterion, required: false)
    }
    fields.end()
    self.category = category ?? "any"
    self.values = values
  }

  package var json: JSON {
    .object(
      [.init("category", .string(category))]
        + values.sorted { $0.key < $1.key }.map { .init($0.key, .string($0.value.description)) })
  }
}

/// A dated event in a facility's qualification for one metal, effective from 00:00 Asia/Shanghai.
package struct QualificationRecord: Sendable, Equatable {
  package let facility: ID
  package let metal: Metal
  package let event: QualificationEvent
  package let effective: Day
  /// The number of the announcement (公告) or public notice (公示).
  package let announcement: String?
  package let criteriaSet: String?
  package let facts: ApplicationFacts?
  package let note: String?

  /// - Parameter facility: the facility of the request's path.
  package init?(_ fields: Fields, facility: ID) {
    let metal = fields.word("metal", as: Metal.self)
    let event = fields.word("event", as: QualificationEvent.self)
    let effective = fields.day("effective")
    announcement = fields.text("announcement", required: false)
    criteriaSet = fields.text("criteria_set", required: false, maximum: 60)
    facts = fields.object("facts", required: false, as: ApplicationFacts.init)
    note = fields.text("note", required: false, maximum: 1000)
    fields.end()
    guard let metal, let event, let effective else { return nil }
    self.facility = facility
    self.metal = metal
    self.event = event
    self.effective = effective
  }

  package var members: [JSON.Member] {
    let object = JSON.members([
      "facility_id": facility.json, "metal": .string(metal.rawValue),
      "event": .string(event.rawValue), "effective": effective.json,
      "announcement": .text(announcement), "criteria_set": .text(criteriaSet),
      "facts": facts?.json, "note": .text(note),
    ])
    guard case .object(let members) = object else { return [] }
    return members
  }
}

extension QualificationRecord {
  /// The same record for the facility that another was merged into.
  package init(_ record: QualificationRecord, of facility: ID) {
    self.facility = facility
    metal = record.metal
    event = record.event
    effective = record.effective
    announcement = record.announcement
    criteriaSet = record.criteriaSet
    facts = record.facts
    note = record.note
  }
}
