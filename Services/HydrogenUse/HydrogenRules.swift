import Models
import Reporting
import Storage

/// What makes a month of hydrogen acceptable.
struct HydrogenRules: Rulebook {
  /// The tolerance of the balance, per mille of opening + supplied.
  let permille: Int
  let facilities: Facilities

  func accept(
    _ report: HydrogenReport, of facility: StoredFacility, after previousClosing: Mass?,
    today: Day, on connection: Connection
  ) throws -> HydrogenReport {
    var rules = judged(report, of: facility.facility, after: previousClosing, today: today)
    try rules.demand(
      report.supplies.map(\.facility), in: "supplies", own: facility.id, facilities,
      on: connection)
    return try rules.accepted()
  }

  /// What the report itself and its facility say.
  func judged(
    _ report: HydrogenReport, of facility: Facility, after previousClosing: Mass?, today: Day
  ) -> CommonRules<HydrogenReport> {
    var rules = CommonRules(
      report, of: facility, previousClosing: previousClosing, today: today)
    rules.limit(["supplies": report.supplied, "uses": report.used + report.sold])
    let stock = StockBalance.hydrogen(rules.report, permille: permille)
    if !stock.holds {
      rules.add(
        "/closing", stock.sentence("opening + supplied", "used + sold + vented + closing"))
    }
    return rules
  }

  func demandFree(_ report: HydrogenReport, for id: ID?, on connection: Connection) throws {
    let taken = try report.certificates.filter {
      try CertificateStore.isTaken($0.id, otherThan: id, on: connection)
    }
    guard taken.isEmpty else {
      throw Problem(
        .conflict,
        "A certificate is cancelled once: \(taken.map(\.id).joined(separator: ", ")) was accepted in another report.",
        fields: taken.map { .init($0.pointer, "this certificate was accepted in another report") })
    }
  }

  func claim(_ report: HydrogenReport?, for id: ID, on connection: Connection) throws {
    try CertificateStore.keep(
      report?.certificates.map(\.id) ?? [], for: id, on: connection)
  }

  func warnings(_ report: HydrogenReport) -> [String] { report.uses.compactMap(\.warning) }

  func derived(_ report: HydrogenReport, of facility: StoredFacility?, on connection: Connection)
    -> [JSON.Member]
  {
    let stock = StockBalance.hydrogen(report, permille: permille)
    let available = Int128((report.opening + report.supplied).grams)
    let percent = try? Ratio(Int128(stock.difference), available).percent(places: 4)
    let supplies = report.supplies.map { supply in
      JSON.members([
        "mass": supply.quantity.mass.json,
        "classes": .array(
          supply.classes.map {
            .members(["scheme": .string($0.scheme), "class": .string($0.name)])
          }),
      ])
    }
    return [
      .init(
        "derived",
        .members([
          "supplied": report.supplied.json, "used": report.used.json, "sold": report.sold.json,
          "stock_difference": Mass.json(grams: Int128(stock.difference)),
          "stock_difference_percent": percent.map { .string($0) } ?? .null,
          "supplies": .array(supplies),
        ]))
    ]
  }

  func row(_ columns: [String: String]) -> JSON { HydrogenRow.json(columns) }
}

extension StockBalance {
  /// Of hydrogen: opening + supplied = used + sold + vented + closing.
  static func hydrogen(_ report: HydrogenReport, permille: Int) -> StockBalance {
    StockBalance(
      available: report.opening + report.supplied,
      left: report.used + report.sold + report.vented + report.closing, permille: permille)
  }
}
