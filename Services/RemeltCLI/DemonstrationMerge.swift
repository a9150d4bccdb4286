import Models

/// The yard that somebody entered twice: refused at first, then confirmed, found out and merged.
struct DemonstrationMerge {
  let api: LedgerAPI
  let reporter: LedgerAPI
  let months: DemonstrationMonths
  let register: DemonstrationRegister

  private static let suffix = "-TWICE"

  /// The sites that are not merged yet.
  static func missing(_ demonstration: Demonstration, _ register: DemonstrationRegister)
    -> [DemonstrationSite]
  {
    demonstration.sites.filter {
      $0.story == .entersTwice && !register.merged.contains($0.index)
    }
  }

  /// - Returns: what the ledger said of the second entry.
  func run(_ site: DemonstrationSite) async throws -> String {
    let organisation = register.organisations[Demonstration.owner(of: site.index)]
    let twin = site.json(
      organisation: organisation, in: months.demonstration, suffix: Self.suffix)
    guard let survivor = register.facilities[site.index], let metal = site.metal else { return "" }
    let known = try await api.items(
      FacilityCommand.path, [("identifier", "demo:\(site.identifier)\(Self.suffix)")], limit: 1)
    var said = "was entered already"
    var entered = known.first?["id"]?.text
    if entered == nil { (entered, said) = try await enter(twin) }
    guard let entered else { return said }
    let report = DemonstrationReport(
      site: site, metal: metal, month: months.demonstration.middle, months: months,
      ids: register.facilities)
    try await submit(report.entered(under: entered))
    _ = try await api.post(
      "\(FacilityCommand.path)/\(survivor)/merge",
      .members(["absorb": .string(entered), "reason": "Entered twice 重复录入"]))
    return said
  }

  private func enter(_ twin: JSON) async throws -> (String?, String) {
    var said = "was not recognised as a duplicate"
    do {
      let answer = try await api.post(FacilityCommand.path, twin).json()
      return (answer["id"]?.text, said)
    } catch let refusal as Refusal where refusal.kind == "duplicate" {
      said = refusal.problem?["detail"]?.text ?? "refused as a duplicate"
    }
    let answer = try await api.post(FacilityCommand.path + "?confirm_duplicate=true", twin).json()
    return (answer["id"]?.text, said)
  }

  /// An interrupted run may have submitted it already.
  private func submit(_ report: JSON) async throws {
    do {
      _ = try await reporter.post(ThroughputKind.path, report)
    } catch let refusal as Refusal where refusal.kind == "duplicate" {
      return
    }
  }
}
