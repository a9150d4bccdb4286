import Models

/// A plant's period as a report: a mill's or a hydrogen user's.
struct DemonstrationPlantReport {
  let plant: DemonstrationPlant
  let period: Period
  let months: DemonstrationPlantMonths
  let register: DemonstrationRegister

  /// How a report differs from the one that is meant to stand.
  struct Change {
    /// Per mille more of what came in, which is found later.
    var more = 0
    /// Per cent too much stock at the end, so that nothing adds up.
    var excess = 0
    /// A certificate in place of its own.
    var certificate: String?
  }

  static func mass(_ kilograms: Int) -> JSON { Mass(grams: Int64(max(0, kilograms)) * 1000).json }

  var facility: String { register.plants[plant.identifier] ?? "" }
  var kind: DemonstrationMonths.Return { months.kind(plant, period) }
  var opening: Int { months.closing(plant, months.before(period, plant)) }
  var closing: Int { months.closing(plant, period) }

  /// The report, or nil where the period is missing.
  var json: JSON? {
    switch kind {
    case .missing: return nil
    case .nilReturn:
      let stock = Self.mass(closing)
      return .object(head + [.init("nil", true), .init("opening", stock), .init("closing", stock)])
    case .report: return body(Change())
    }
  }

  /// The report corrected: more came in.
  var revised: JSON { body(Change(more: 5)) }
  /// A report that does not add up, for the ledger to refuse.
  var unbalanced: JSON { body(Change(excess: 20)) }
  /// The report under a certificate that is somebody else's, for the ledger to refuse.
  func claiming(_ certificate: String) -> JSON { body(Change(certificate: certificate)) }

  private var head: [JSON.Member] {
    let facility = JSON.Member("facility_id", .string(facility))
    guard let metal = plant.kind.metal else { return [facility, .init("month", period.json)] }
    return [facility, .init("metal", .string(metal.rawValue)), .init("period", period.json)]
  }

  private func body(_ change: Change) -> JSON {
    let isFirst = period.first <= months.demonstration.months[0]
    let follows = months.kind(plant, months.before(period, plant)) != .missing
    let stock = JSON.members([
      "opening": Self.mass(opening),
      "opening_reason": isFirst || follows ? nil : "No report stands for the month before 上月未报",
    ])
    let figures = plant.kind.metal == nil ? hydrogen(change) : metal(change)
    return Body.merged(Body.merged(.object(head), stock), figures)
  }

  private func metal(_ change: Change) -> JSON {
    var heat = months.heat(plant, period)
    if let last = heat.charges.lastIndex(where: { $0.origin == .postConsumer }) {
      heat.charges[last].kilograms = heat.charges[last].kilograms * (1000 + change.more) / 1000
    }
    nameSupplier(&heat)
    var random = months.random("balance", plant, period.last)
    let charged = counted(heat.charges)
    let sold = plant.ordinal % 4 == 0 ? random.share(of: charged, permille: 5...20) : 0
    let unexplained = charged * random.number(-8...8) / 10_000
    let closing = closing + charged * change.excess / 100
    let product = heat.made * 985 / 1000 + heat.added
    return .members([
      "inputs": .array(heat.charges.map(\.json)),
      "received": Self.mass(
        charged + sold + self.closing - opening - heat.homeArising + unexplained),
      "home_arising": Self.mass(heat.homeArising), "sold": Self.mass(sold),
      "closing": Self.mass(closing),
      "outputs": .array(
        heat.outputs.map {
          .members(["route": .string($0.route.rawValue), "mass": Self.mass($0.kilograms)])
        }),
      "product": plant.ordinal % 3 != 2 ? Self.mass(product) : nil,
    ])
  }

  /// A third of the post-consumer scrap comes from one of the demonstration's processors.
  private func nameSupplier(_ heat: inout DemonstrationHeat) {
    let processors = months.demonstration.sites.filter {
      $0.metal == plant.kind.metal && register.facilities[$0.index] != nil
    }
    guard !processors.isEmpty,
      let line = heat.charges.firstIndex(where: { $0.origin == .postConsumer })
    else { return }
    let part = heat.charges[line].kilograms / 3
    heat.charges[line].kilograms -= part
    var supplied = heat.charges[line]
    supplied.kilograms = part
    supplied.facility = register.facilities[processors[plant.ordinal % processors.count].index]
    heat.charges.insert(supplied, at: line + 1)
  }

  /// What the recycled lines count by the ledger's own arithmetic, in kilograms.
  private func counted(_ charges: [DemonstrationCharge]) -> Int {
    let lines = charges.compactMap { charge in
      try? Fields.read(charge.json) { Charge($0, of: plant.kind.metal) }
    }
    let recycled = lines.filter { $0.material.role == .recycled }
    return Int(recycled.map(\.counted).sum.grams / 1000)
  }
}
