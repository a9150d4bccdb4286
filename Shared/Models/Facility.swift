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
    self.metal = metal
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

/// Where a facility stands. In China it has a province (GB/T 2260) and reports to an authority;
/// abroad it has a country and perhaps the name of a part of it, and no code is made up.
package struct Location: Sendable, Equatable {
  /// ISO 3166-1 alpha-2.
  package let country: String
  package let province: String?
  /// A province's code, a separately planned city's, or `XPCC`.
  package let authority: String?
  package let subdivision: String?
  package let municipality: String?
  package let latitude: Double?
  package let longitude: Double?

  package init?(_ fields: Fields) {
    let country = fields.text("country", maximum: 2)
    let province = fields.text("province", required: false, maximum: 6)
    let authority = fields.text("authority", required: false, maximum: 6)
    subdivision = fields.text("subdivision", required: false)
    municipality = fields.text("municipality", required: false)
    latitude = fields.degrees("latitude", limit: 90)
    longitude = fields.degrees("longitude", limit: 180)
    fields.end()
    if fields.has("latitude") != fields.has("longitude") {
      fields.wrong("longitude", "latitude and longitude go together")
    }
    guard let country else { return nil }
    self.country = country
    self.province = province
    self.authority = authority ?? province
    guard Reference.shared.countries[country] != nil else {
      fields.wrong("country", "an ISO 3166 code of two capital letters is expected, such as CN")
      return nil
    }
    checkCodes(fields)
  }

  private func checkCodes(_ fields: Fields) {
    guard country == "CN" else {
      for name in ["province", "authority"] where fields.has(name) {
        fields.wrong(name, "only places in China have one; name the subdivision instead")
      }
      return
    }
    guard let province, Reference.shared.provinces[province] != nil else {
      return fields.wrong(
        "province", "a place in China needs its GB/T 2260 code of six digits, such as 130000")
    }
    if let authority, Reference.shared.authorities[authority]?.province != province {
      fields.wrong("authority", "there is no such reporting authority in province \(province)")
    }
  }

  package var json: JSON {
    .members([
      "country": .string(country), "province": .text(province), "authority": .text(authority),
      "subdivision": .text(subdivision), "municipality": .text(municipality),
      "latitude": latitude.map(JSON.coordinate), "longitude": longitude.map(JSON.coordinate),
    ])
  }
}

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
    capacities.filter { $0.process == .scrapProcessing && $0.metal == metal }.map {
      Capacity(
        process: $0.process, metal: metal, perYear: $0.perYear,
        from: [$0.from, openedOn].compactMap(\.self).max(),
        to: [$0.to, closedOn].compactMap(\.self).min())
    }
  }

  /// Scrap-processing capacity for a metal on a day, per year; none while it is not open.
  package func processingCapacity(_ metal: Metal, on day: Day) -> Mass {
    processing(metal).filter { $0.covers(day) }.map(\.perYear).sum
  }

  /// Σ over the days of a month of the yearly capacity, in gram-days; divided by the days of the
  /// year it is the month's capacity.
  package func processingGramDays(_ metal: Metal, in month: Month) -> Int64 {
    processing(metal).reduce(0) { $0 + $1.perYear.grams * Int64($1.days(in: month)) }
  }

  /// Whether a report is owed for the month; nothing is owed for months after it closed.
  package func owes(_ report: ReportType, _ metal: Metal?, _ month: Month) -> Bool {
    if let closedOn, closedOn < month.firstDay { return false }
    return obligations.contains {
      $0.report == report && $0.metal == metal && $0.covers(month)
    }
  }
}
