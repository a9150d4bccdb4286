import Models
import Reporting
import Storage

/// What makes a mill's month acceptable.
struct InputRules: Rulebook {
  /// The tolerance of the stock, per mille of opening + received + home arising.
  let permille: Int
  let facilities: Facilities

  func accept(
    _ report: RecycledInputReport, of facility: StoredFacility, after previousClosing: Mass?,
    today: Day, on connection: Connection
  ) throws -> RecycledInputReport {
    var rules = judged(report, of: facility.facility, after: previousClosing, today: today)
    try rules.demand(
      report.inputs.map(\.facility), in: "inputs", own: facility.id, facilities, on: connection)
    return try rules.accepted()
  }

  /// What the report itself and its facility say.
  func judged(
    _ report: RecycledInputReport, of facility: Facility, after previousClosing: Mass?, today: Day
  ) -> CommonRules<RecycledInputReport> {
    var rules = CommonRules(
      report, of: facility, previousClosing: previousClosing, today: today)
    rules.limit([
      "inputs": report.inputs.map(\.chain.gross).sum, "outputs": report.outputs.map(\.mass).sum,
      "received": report.received + report.homeArising,
    ])
    rules.add(yieldFaults(report))
    let stock = StockBalance.scrap(rules.report, permille: permille)
    if !stock.holds {
      rules.add(
        "/closing",
        stock.sentence("opening + received + home arising", "charged + sold + closing"))
    }
    return rules
  }

  /// More secondary metal than its scrap contained, and more recycled content than product, cannot
  /// be.
  private func yieldFaults(_ report: RecycledInputReport) -> [Problem.Field] {
    var faults: [Problem.Field] = []
    for (index, output) in report.outputs.enumerated() where output.route.isSecondary {
      let contained = report.contained(for: output.route)
      if output.mass > contained {
        faults.append(
          .init(
            "/outputs/\(index)/mass",
            "\(output.mass.tonnes) t were made of scrap that contained \(contained.tonnes) t"))
      }
    }
    if let product = report.product, report.externalContent > product {
      faults.append(
        .init(
          "/product",
          "recycled material of outside origin, \(report.externalContent.tonnes) t, is more than the product: give the yield of each input"
        ))
    }
    return faults
  }

  /// A revision leaves the claims of its quarter the credit that they rest on.
  func demandFree(_ report: RecycledInputReport, for id: ID?, on connection: Connection) throws {
    if let id { try demandCredit(of: report, with: id, as: report, on: connection) }
  }

  /// So does a withdrawal.
  func claim(_ report: RecycledInputReport?, for id: ID, on connection: Connection) throws {
    guard report == nil, let old = try ClaimStore.report(id, on: connection),
      let facility = try facilities.facility(old.facility, on: connection)
    else { return }
    try demandCredit(of: old.moved(to: facility.id), with: id, as: nil, on: connection)
  }

  /// What lowers the credit may not lower it below the claims. A merge may have left it lower.
  private func demandCredit(
    of report: RecycledInputReport, with id: ID, as new: RecycledInputReport?,
    on connection: Connection
  ) throws {
    let quarter = Quarter(of: report.period.last)
    let now = try ClaimStore.credit(report.facility, report.metal, quarter, on: connection)
    guard now.claimed > 0 else { return }
    let then = try ClaimStore.credit(
      report.facility, report.metal, quarter, with: id, as: new, on: connection)
    guard then.earned < now.earned, then.left < 0 else { return }
    throw Problem(
      .conflict,
      "Claims of \(Mass.tonnes(Int128(now.claimed))) t rest on this quarter's credit, which would be \(Mass.tonnes(Int128(then.earned))) t.",
      extra: then.members)
  }

  func warnings(_ report: RecycledInputReport) -> [String] {
    guard let rate = try? Definition.scrapRate.ratio(report.amounts),
      let limit = Reference.shared.factors["FE_SCRAP_RATE_SUSPICIOUS"]?.value,
      let most = try? Ratio(Int128(limit.digits), 1000 * ExactDecimal.powerOfTen(limit.scale)),
      most < rate
    else { return [] }
    return [
      "more than \(limit) kg of scrap were charged per tonne of crude steel: look at masses and units"
    ]
  }

  func derived(
    _ report: RecycledInputReport, of facility: StoredFacility?, on connection: Connection
  ) throws -> [JSON.Member] {
    var amounts = report.amounts
    if report.metal == .steel, let facility, try isShortProcess(facility, report.period, connection)
    {
      amounts.add(report.outputs.map(\.mass).sum, to: Sum.shortProcessOutput)
    }
    let stock = StockBalance.scrap(report, permille: permille)
    let inputs = report.inputs.map { input -> JSON in
      guard case .object(let masses) = input.chain.json else { return input.chain.json }
      return .object([.init("counted", input.counted.json)] + masses)
    }
    return [
      .init(
        "derived",
        .members([
          "charged": report.charged.json,
          "stock_difference": Mass.json(grams: Int128(stock.difference)),
          "inputs": .array(inputs),
          "shares": .array(Definition.shares(of: report.metal).map { $0.json(amounts) }),
        ]))
    ]
  }

  /// Whether no facility of the enterprise has a blast furnace: a firm with both routes counts as
  /// long-process.
  private func isShortProcess(
    _ facility: StoredFacility, _ period: Period, _ connection: Connection
  ) throws -> Bool {
    try !FollowedFacilities.withBlastFurnace(facility.facility.organisation, on: connection)
      .contains { $0.hasBlastFurnace(in: period) }
  }

  func row(_ columns: [String: String]) -> JSON { InputRow.json(columns) }
}

extension StockBalance {
  /// Of a mill's recycled material: opening + received + home arising = charged + sold + closing.
  static func scrap(_ report: RecycledInputReport, permille: Int) -> StockBalance {
    StockBalance(
      available: report.opening + report.received + report.homeArising,
      left: report.charged + report.sold + report.closing, permille: permille)
  }
}
