import ArgumentParser
import Models

struct DashboardOwing: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "owing", abstract: "Who owes which report, by the authority they report to.",
    discussion: """
      Months that are owed and not reported, with the day they are due and how many days they are \
      overdue (0: not due yet); capacities are in tonnes a year.

      Example: remelt dashboard owing --report recycled-input --from 2026-01 --to 2026-03 \
      --authority 130000
      """)

  @Option(help: "throughput, recycled-input or hydrogen-use (default: all three).")
  var report: String?
  @Option(help: "steel, copper or aluminium (default: all).")
  var metal: String?
  @Option(help: "The first month.")
  var from: String?
  @Option(help: "The last month.")
  var to: String?
  @OptionGroup(title: "Only a part") var place: PlaceFilter
  @OptionGroup var moment: MomentOptions
  @OptionGroup var list: ListOptions
  @OptionGroup var output: OutputOptions

  static let columns: [Table.Column] = [
    .member("month"), .member("authority"), .member("authority_name", "authority name"),
    .member("facility"), .member("organisation"), .member("province"), .member("report"),
    .member("metal"), .member("due"), .member("days_overdue", "days overdue", isNumber: true),
    .member("capacity", isNumber: true), .member("facility_id", "facility id"),
  ]

  func run() async throws {
    let asked: [(String, String?)] = [
      ("report", reportType(report)), ("metal", metal), ("from", from), ("to", to),
    ]
    let items = try await LedgerAPI.current().items(
      "\(DashboardCommand.path)/owing", asked + place.query + moment.query, limit: list.limit)
    output.show(items, Table(items, DashboardOwing.columns).filled.columns)
  }
}
