/// A site of an organisation.
package struct Facility: Sendable, Equatable {
  package let organisation: ID
  package let name: String
  package let localName: String?
  package let identifier: Identifier?
  package let roles: [FacilityRole]
  package let location: Location
  package let openedOn: Day?
  package let closedOn: Day?
  package let capacities: [Capacity]
  package let designations: [Designation]
  package let obligations: [Obligation]
  /// A facility of the demonstration, whose figures are made up.
  package let demonstration: Bool

  package init?(_ fields: Fields) {
    let organisation = fields.id("organisation_id")
    let name = fields.text("name")
    localName = fields.text("local_name", required: false)
    identifier = fields.object("identifier", required: false, as: Identifier.init)
    roles = fields.words("roles", as: FacilityRole.self)
    let location = fields.object("location", as: Location.init)
    openedOn = fields.day("opened_on", required: false)
    closedOn = fields.day("closed_on", required: false)
    capacities = fields.list("capacities", as: Capacity.init)
    designations = fields.list("designations", as: Designation.init)
    obligations = fields.list("obligations", as: Obligation.init)
    let demonstration = fields.flag("demonstration")
    fields.end()
    if (fields.optional("roles") ?? []) == [] {
      fields.wrong("roles", "at least one role is required")
    }
    if Set(roles).count < roles.count { fields.wrong("roles", "a role stands twice") }
    if let openedOn, let closedOn, closedOn < openedOn {
      fields.wrong("closed_on", "must not be before opened_on")
    }
    guard let organisation, let name, let location, let demonstration else { return nil }
    self.organisation = organisation
    self.name = name
    self.location = location
    self.demonstration = demonstration
    checkOverlaps(fields)
  }

  /// Two capacities of one process on one day would count twice.
  private func checkOverlaps(_ fields: Fields) {
    for (index, one) in capacities.enumerated() {
      for other in capacities[..<index]
      where other.process == one.process && other.metal == one.metal
        && (other.from ?? Day(number: .min)) <= (one.to ?? Day(number: .max))
        && (one.from ?? Day(number: .min)) <= (other.to ?? Day(number: .max))
      {
        fields.wrong(
          "capacities", "two capacities of \(one.process.rawValue) overlap: end one before the next"
        )
      }
    }
  }

  package var members: [JSON.Member] {
    let object = JSON.members([
      "organisation_id": organisation.json, "name": .string(name), "local_name": .text(localName),
      "identifier": identifier?.json, "roles": .array(roles.map { .string($0.rawValue) }),
      "location": location.json, "opened_on": openedOn?.json, "closed_on": closedOn?.json,
      "capacities": .array(capacities.map(\.json)),
      "designations": .array(designations.map(\.json)),
      "obligations": .array(obligations.map(\.json)), "demonstration": .bool(demonstration),
    ])
    guard case .object(let members) = object else { return [] }
    return members
  }

  package var json: JSON { .object(members) }

  /// The scrap-processing capacities for a metal, each only while the facility is open.
  private func processing(_ metal: Metal) -> [Capacity] {
    capacities.filter { $0.process == .scrapProcessing && $0.metal == metal }.map(whileOpen)
  }

  /// Scrap-processing capacity for a metal on a day, per year; none while it is not open.
  package func processingCapacity(_ metal: Metal, on day: Day) -> Mass {
    processing(metal).filter { $0.covers(day) }.map(\.perYear).sum
  }

  /// The capacities that a report of a series speaks for: processing for throughput; for a mill's
  /// steel crude steel, or its furnaces where that is not stated. Of the others none is known.
  private func reporting(_ report: ReportType, _ metal: Metal?) -> [Capacity] {
    guard let metal else { return [] }
    switch (report, metal) {
    case (.throughput, _):
      return capacities.filter { $0.process == .scrapProcessing && $0.metal == metal }
    case (.recycledInput, .steel):
      let crude = capacities.filter { $0.process == .crudeSteel }
      return crude.isEmpty
        ? capacities.filter { [.bof, .electricFurnace, .otherSteel].contains($0.process) } : crude
    default: return []
    }
  }

  /// The same, each only while the facility is open.
  package func reportingCapacities(_ report: ReportType, _ metal: Metal?) -> [Capacity] {
    reporting(report, metal).map(whileOpen)
  }

  private func whileOpen(_ capacity: Capacity) -> Capacity {
    Capacity(
      process: capacity.process, metal: capacity.metal, perYear: capacity.perYear,
      from: [capacity.from, openedOn].compactMap(\.self).max(),
      to: [capacity.to, closedOn].compactMap(\.self).min())
  }

  /// What it takes to know when it has a blast furnace, for those who look for changes.
  package var blastFurnaces: [Capacity] {
    capacities.filter { $0.process == .blastFurnace && $0.perYear > .zero }.map(whileOpen)
  }

  /// Whether it has a blast furnace on a day of a period, so that its enterprise makes steel by the
  /// long process.
  package func hasBlastFurnace(in period: Period) -> Bool {
    blastFurnaces.contains { furnace in period.months.contains { furnace.days(in: $0) > 0 } }
  }

  /// Whether a report is owed for the month; nothing is owed for months after it closed.
  package func owes(_ report: ReportType, _ metal: Metal?, _ month: Month) -> Bool {
    if let closedOn, closedOn < month.firstDay { return false }
    return obligations.contains {
      $0.report == report && $0.metal == metal && $0.covers(month)
    }
  }
}
