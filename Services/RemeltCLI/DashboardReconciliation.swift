import ArgumentParser
import Models

struct DashboardDeliveries: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "deliveries", abstract: "What processors ship to mills beside what mills receive.",
    discussion: """
      Masses in tonnes; the difference is shipped less received. The two need not agree: mills buy \
      from traders and abroad too, and each side's coverage stands beside it.

      Example: remelt dashboard deliveries --metal steel --from 2026-01 --to 2026-03 --by region
      """)

  @Option(help: "The first month.")
  var from: String
  @Option(help: "The last month (default: the first).")
  var to: String?
  @Option(help: "steel, copper or aluminium.")
  var metal = "steel"
  @Option(help: "province, region or country.")
  var by = "province"
  @Option(help: "As it was known at this moment, such as 2026-03-01T00:00:00Z (default: now).")
  var asOf: String?
  @OptionGroup var output: OutputOptions

  static let columns: [Table.Column] =
    FigureColumns.place + [
      .tonnes("shipped_to_mills", "shipped"), .tonnes("received_by_mills", "received"),
      .tonnes("difference"),
      .member("coverage_shipped.percent", "processors' coverage %", isNumber: true),
      .member("coverage_received.percent", "mills' coverage %", isNumber: true),
    ]

  func run() async throws {
    let answer = try await LedgerAPI.current().get(
      "\(DashboardCommand.path)/reconciliation/deliveries",
      [("metal", metal), ("from", from), ("to", to ?? from), ("by", by), ("as_of", asOf)])
    if output.asJSON { return output.verbatim(answer) }
    FigureColumns.show(try answer.json(), DashboardDeliveries.columns)
  }
}

struct DashboardPublished: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "published", abstract: "What was reported beside what others have published.",
    discussion: """
      By series and year: the figure that others published, what the reports add up to, the \
      difference, how many percent of it are reported, and the reports' coverage.

      Example: remelt dashboard published
      """)

  @Option(help: "As it was known at this moment, such as 2026-03-01T00:00:00Z (default: now).")
  var asOf: String?
  @OptionGroup var output: OutputOptions

  static let columns: [Table.Column] = [
    .member("series_id", "series"), .member("year"),
    .member("published.value", "published", isNumber: true), .member("published.unit", "unit"),
    .tonnes("reported"), .tonnes("difference"),
    .member("reported_percent", "reported %", isNumber: true),
    .member("coverage.percent", "coverage %", isNumber: true),
    .member("published.publisher", "publisher"), .member("published.source", "source"),
  ]

  func run() async throws {
    let answer = try await LedgerAPI.current().get(
      "\(DashboardCommand.path)/reconciliation/published", [("as_of", asOf)])
    try output.show(answer, list: "items", DashboardPublished.columns)
  }
}
