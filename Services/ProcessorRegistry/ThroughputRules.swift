import Models
import Reporting
import Storage

/// What makes a month's throughput acceptable, given what is recorded already.
struct ThroughputRules: Rulebook {
  /// The tolerance of the balances, per mille of opening + purchased.
  let permille: Int
  let facilities: Facilities

  func accept(
    _ report: Throughput, of facility: StoredFacility, after previousClosing: Mass?, today: Day,
    on connection: Connection
  ) throws -> Throughput {
    var rules = judged(report, of: facility.facility, after: previousClosing, today: today)
    try rules.demand(
      report.purchases.map(\.facility), in: "purchases", own: facility.id, facilities,
      on: connection)
    try rules.demand(
      report.shipments.map(\.facility), in: "shipments", own: facility.id, facilities,
      on: connection)
    return try rules.accepted()
  }

  /// What the report itself and its facility say.
  func judged(
    _ report: Throughput, of facility: Facility, after previousClosing: Mass?, today: Day
  ) -> CommonRules<Throughput> {
    var rules = CommonRules(
      report, of: facility, previousClosing: previousClosing, today: today)
    rules.limit([
      "purchases": report.purchased, "shipments": report.shipped, "products": report.produced,
    ])
    rules.add(MaterialBalance(rules.report, permille: permille).faults)
    return rules
  }

  func derived(_ report: Throughput, of facility: StoredFacility?, on connection: Connection)
    -> [JSON.Member]
  {
    let balance = MaterialBalance(report, permille: permille)
    return [
      .init("stock_difference", Mass.json(grams: Int128(balance.stockDifference))),
      .init("processing_difference", Mass.json(grams: Int128(balance.processingDifference))),
    ]
  }

  func row(_ columns: [String: String]) -> JSON { ThroughputRow.json(columns) }
}
