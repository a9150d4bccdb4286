import Models

/// A site's month as a report.
struct DemonstrationReport {
  let site: DemonstrationSite
  let metal: Metal
  let month: Month
  let months: DemonstrationMonths
  /// The ids that the registry gave, by the site's index.
  let ids: [Int: String]

  private var isFirst: Bool { month == months.demonstration.months.first }

  private static func mass(_ kilograms: Int) -> JSON {
    Mass(grams: Int64(max(0, kilograms)) * 1000).json
  }

  private var head: [JSON.Member] {
    [
      .init("facility_id", .string(ids[site.index] ?? "")), .init("metal", .string(metal.rawValue)),
      .init("month", month.json),
    ]
  }

  private var openingReason: JSON? {
    let before = month.previous
    let unreported = months.kind(site, before) == .missing || months.isWithdrawn(site, before)
    return !isFirst && unreported ? "No report stands for the month before 上月未报" : nil
  }

  /// The report, or nil where the month is missing.
  var json: JSON? {
    switch months.kind(site, month) {
    case .missing: return nil
    case .nilReturn:
      let stock = DemonstrationReport.mass(months.closing(site, month))
      return .object(
        head + [.init("nil", true), .init("opening", stock), .init("closing", stock)])
    case .report: return body()
    }
  }

  /// The report corrected: more bought and shipped, more processed.
  var revised: JSON { body(correction: months.figures(site, month).input / 500) }

  /// A report whose stock does not add up, for the ledger to refuse.
  var unbalanced: JSON { body(excess: months.figures(site, month).input / 5) }

  /// The report of a second entry of the same site, for the month that the first one lacks.
  func entered(under facility: String) -> JSON {
    Body.merged(body(), .members(["facility_id": .string(facility)]))
  }

  private func body(correction: Int = 0, excess: Int = 0) -> JSON {
    let figures = months.figures(site, month)
    let mass = DemonstrationReport.mass
    let parts = JSON.members([
      "opening": mass(figures.opening), "opening_reason": openingReason,
      "purchases": .array(purchases(figures, correction)),
      "shipments": .array(shipments(figures, correction)),
      "input": mass(figures.input + correction),
      "products": .array(products(figures, correction)), "residue": mass(figures.residue),
      "loss": mass(figures.loss), "closing": mass(figures.closing + excess),
    ])
    return Body.merged(.object(head), parts)
  }

  private func purchases(_ figures: DemonstrationFigures, _ correction: Int) -> [JSON] {
    func entry(_ source: String, _ kilograms: Int, _ facility: String? = nil) -> JSON {
      .members([
        "source": .string(source), "facility_id": .text(facility),
        "mass": DemonstrationReport.mass(kilograms),
      ])
    }
    let seller = months.seller(to: site)
    let bought = seller.map { months.bought($0, site, month) } ?? 0
    let rest = figures.purchased - bought
    let manufacturing = rest * (20 + site.index % 15) / 100
    let others = rest * (site.index % 4) / 100
    var entries = [
      entry("obsolete", rest - manufacturing - others + correction),
      entry("manufacturing", manufacturing),
    ]
    if others > 0 { entries.append(entry(site.index % 8 == 3 ? "import" : "other", others)) }
    if let seller, bought > 0 {
      entries.append(entry("other_processor", bought, ids[seller.index]))
    }
    return entries
  }

  private func shipments(_ figures: DemonstrationFigures, _ correction: Int) -> [JSON] {
    func entry(_ destination: String, _ kilograms: Int, _ facility: String? = nil) -> JSON {
      .members([
        "destination": .string(destination), "facility_id": .text(facility),
        "mass": DemonstrationReport.mass(kilograms),
      ])
    }
    let buyer = months.buyer(of: site)
    let sold = buyer.map { months.sold(site, $0, month) } ?? 0
    let rest = figures.shipped - sold
    let foundry = rest * (5 + site.index % 10) / 100
    let known = metal == .steel ? mill : nil
    let toKnown = known == nil ? 0 : (rest - foundry) / 3
    var entries = [
      entry("mill", rest - foundry - toKnown + correction), entry("foundry", foundry),
    ]
    if let known, toKnown > 0 { entries.append(entry("mill", toKnown, known)) }
    if let buyer, sold > 0 { entries.append(entry("other_processor", sold, ids[buyer.index])) }
    return entries
  }

  /// The demonstration's mill next after this site.
  private var mill: String? {
    let mills = months.demonstration.sites.filter { $0.kind == .mill }
    return (mills.first { $0.index > site.index } ?? mills.first).flatMap { ids[$0.index] }
  }

  private func products(_ figures: DemonstrationFigures, _ correction: Int) -> [JSON] {
    func entry(_ grade: String, _ kilograms: Int, _ metal: String? = nil) -> JSON {
      .members([
        "grade": .string(grade), "metal": .text(metal),
        "mass": DemonstrationReport.mass(kilograms),
      ])
    }
    let grades: (main: String, second: String)
    switch metal {
    case .steel:
      let second = ["GB/T 39733:HRS", "GB/T 39733:MRS", "GB/T 39733:BRS"][site.index % 3]
      grades = ("GB/T 39733:SRS", second)
    case .copper: grades = ("GB/T 38471:*", "GB/T 38470:*")
    case .aluminium: grades = ("GB/T 38472:*", "GB/T 40382:*")
    }
    // Steel shredders part with some copper; the others make their own metals only.
    let byProduct = metal == .steel ? figures.copper : 0
    let main = figures.products + figures.copper - byProduct
    let second = main * (25 + site.index % 20) / 100
    let entries = [entry(grades.main, main - second + correction), entry(grades.second, second)]
    return byProduct > 0 ? entries + [entry("HS:740400", byProduct, "copper")] : entries
  }
}
