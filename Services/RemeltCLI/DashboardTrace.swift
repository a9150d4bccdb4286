import ArgumentParser
import Models

struct DashboardTrace: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "trace", abstract: "The reports that a figure is the sum of.",
    discussion: """
      Their numerators add up to the figure's, and so do their denominators. Behind QUALIFIED_… \
      stand facilities, with the event that they are qualified by and their capacity a year.

      Example: remelt dashboard trace SCRAP_RATE_KG_T --period 2026Q1 --province 130000
      """)

  @Argument(help: "The figure's definition.")
  var definition: String
  @Option(help: "The figure's period as it was answered, such as 2026-03, 2026-01..02 or 2026Q1.")
  var period: String
  @Option(help: "steel, copper or aluminium, where the definition is of any metal.")
  var metal: String?
  @Option(help: "For REPORTING_…: throughput, recycled-input or hydrogen-use.")
  var report: String?
  @OptionGroup(title: "Only a part") var place: PlaceFilter
  @OptionGroup(title: "Only a part") var label: LabelFilter
  @Option(help: "As it was known at this moment, such as 2026-03-01T00:00:00Z (default: now).")
  var asOf: String?
  @Option(help: "The effective date, such as 2026-06-30 (default: today in China).")
  var date: String?
  @Option(help: "tCO2e per tonne of primary copper, as the figure was asked with.")
  var baseline: String?
  @OptionGroup var list: ListOptions
  @OptionGroup var output: OutputOptions

  static let reports: [Table.Column] = [
    .member("report_id", "report"), .member("type"), .member("facility"),
    .member("organisation"), .member("province"), .member("authority"), .member("metal"),
    .member("period"), .member("revision", "rev", isNumber: true), .member("state"),
    .member("nil"), .member("late"), .member("position", isNumber: true),
    .member("numerator", isNumber: true), .member("denominator", isNumber: true),
  ]
  static let facilities: [Table.Column] = [
    .member("facility_id", "facility id"), .member("facility"), .member("province"),
    .member("authority"), .member("event"), .member("position", isNumber: true),
    .tonnes("capacity_per_year", "capacity a year"),
  ]

  func run() async throws {
    let asked: [(String, String?)] = [
      ("definition", definition), ("period", period), ("metal", metal),
      ("report", reportType(report)), ("as_of", asOf),
      ("date", date), ("baseline", baseline),
    ]
    let items = try await LedgerAPI.current().items(
      "\(DashboardFigures.path)/reports", asked + place.query + label.query, limit: list.limit)
    let areFacilities = items.contains { $0["report_id"] == nil }
    let columns = areFacilities ? DashboardTrace.facilities : DashboardTrace.reports
    output.show(items, Table(items, columns).filled.columns)
  }
}
