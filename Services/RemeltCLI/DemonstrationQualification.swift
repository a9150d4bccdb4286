import Models

/// A site's way through qualification, as its story has it.
struct DemonstrationQualification {
  struct Step {
    let event: QualificationEvent
    let effective: Day
  }

  let site: DemonstrationSite
  let metal: Metal
  let demonstration: Demonstration

  init?(_ site: DemonstrationSite, _ demonstration: Demonstration) {
    guard let metal = site.metal, site.story != .neverApplied else { return nil }
    self.site = site
    self.metal = metal
    self.demonstration = demonstration
  }

  var steps: [Step] {
    let applied = Step(event: .applied, effective: start)
    let reviewed = Step(event: .provinceReviewed, effective: start.adding(days: 45))
    let noticed = Step(event: .publicNotice, effective: start.adding(days: 80))
    let announced = Step(event: .announced, effective: start.adding(days: 110))
    let granted = [applied, reviewed, noticed, announced]
    switch site.story {
    case .pending: return [applied, reviewed, noticed]
    case .refused: return [applied, Step(event: .refused, effective: start.adding(days: 60))]
    case .revoked: return granted + [turn(.revoked, 4)]
    case .suspended: return granted + [turn(.suspended, -4), turn(.resumed, 2)]
    case .rectifying: return granted + [turn(.rectifying, 5)]
    default: return granted
    }
  }

  /// The tenth of a month near the middle of the demonstration, never in the future.
  private func turn(_ event: QualificationEvent, _ months: Int) -> Step {
    let wanted = Month(number: demonstration.middle.number + months)
    let first = demonstration.months[0]
    let month = min(max(wanted, first), demonstration.latest)
    // A resumption that falls into the month of its suspension comes a few days later.
    let delay = event == .resumed ? 5 : 0
    let earliest = start.adding(days: 140 + delay)
    return Step(event: event, effective: max(month.firstDay.adding(days: 9 + delay), earliest))
  }

  /// Recent applications are granted within the demonstration; the others long before.
  private var start: Day {
    switch site.story {
    case .recent, .pending: return demonstration.middle.firstDay.adding(days: -100)
    default: break
    }
    var random = SplitMix64(seed: demonstration.seed, for: "application \(site.index)")
    if metal == .steel {
      return Day(year: 2018, month: 3, day: 1).adding(days: random.number(0...1800))
    }
    // The criteria for copper and aluminium begin in 2024.
    return Day(year: 2024, month: 2, day: 1).adding(days: random.number(0...60))
  }

  func json(_ step: Step) -> JSON {
    let applies = step.event == .applied
    return .members([
      "metal": .string(metal.rawValue), "event": .string(step.event.rawValue),
      "effective": step.effective.json, "announcement": .text(announcement(step)),
      "criteria_set": .text(applies ? criteriaSet : nil), "facts": applies ? facts : nil,
      "note": "Demonstration 示范",
    ])
  }

  private func announcement(_ step: Step) -> String? {
    switch step.event {
    case .applied, .provinceReviewed, .refused: return nil
    default:
      let (year, month, _) = step.effective.civil
      return "Demonstration \(year)-\(month) 示范公告\(year)年第\(month)号"
    }
  }

  private var criteriaSet: String {
    switch metal {
    case .steel: "SCRAP_STEEL_2016"
    case .copper: "SCRAP_COPPER_2023"
    case .aluminium: "SCRAP_ALUMINIUM_2023"
    }
  }

  private var facts: JSON {
    var random = SplitMix64(seed: demonstration.seed, for: "facts \(site.index)")
    let category = metal != .steel ? "any" : site.capacity >= 150_000 ? "new" : "rebuilt"
    let shredding = metal == .copper ? JSON.string(String(random.number(7...11))) : nil
    let pyrolysis = metal == .copper ? JSON.string(String(random.number(18...29))) : nil
    // One in five says nothing of its hardened ground: unknown, not failed.
    let hardened = random.number(0...4) == 0 ? nil : random.number(160...300) * 100
    return .members([
      "category": .string(category), "capacity_t_y": .string(String(site.capacity)),
      "site_area_m2": .string(String(random.number(310...700) * 100)),
      "hardened_area_m2": metal == .steel ? hardened.map { .string(String($0)) } : nil,
      "shredding_kgce_t": shredding, "pyrolysis_kgce_t": pyrolysis,
    ])
  }
}
