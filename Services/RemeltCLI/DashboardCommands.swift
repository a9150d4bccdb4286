import ArgumentParser
import Models
import ServiceKit

struct DashboardCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "dashboard", abstract: "Read the ministries' figures.",
    discussion: "Example: remelt dashboard throughput --from 2026-01 --to 2026-03",
    subcommands: [
      DashboardCapacity.self, DashboardThroughput.self, DashboardRecycledInput.self,
      DashboardHydrogenUse.self, DashboardReports.self, DashboardSeries.self,
      DashboardSources.self, DashboardDefinitions.self, DashboardFigures.self,
      DashboardTrace.self, DashboardChange.self, DashboardTargets.self, DashboardHeadline.self,
      DashboardOwing.self, DashboardDeliveries.self, DashboardPublished.self,
      DashboardPublish.self, DashboardPublications.self, DashboardPublication.self,
    ])

  static let path = "/dashboard/v1"
}

/// What every figure offers.
struct FigureOptions: ParsableArguments {
  @Option(help: "province, region, country or authority.")
  var by = "province"
  @Option(help: "As it was known at this moment, such as 2026-03-01T00:00:00Z.")
  var asOf: String?
  @Flag(help: "Print the ledger's CSV instead of a table.")
  var csv = false

  var query: [(String, String?)] { [("by", by), ("as_of", asOf)] }
  var accept: String { csv ? "text/csv" : "application/json" }
}

struct DashboardCapacity: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "capacity", abstract: "Qualified capacity against the goal, on a day.",
    discussion: "Example: remelt dashboard capacity --date 2026-06-30 --by region")

  @Option(help: "The day (default: today).")
  var date: String?
  @Option(help: "steel, copper or aluminium.")
  var metal = "steel"
  @OptionGroup var figure: FigureOptions
  @OptionGroup var output: OutputOptions

  static let columns: [Table.Column] = [
    .member("code"), .member("name"), .member("number", isNumber: true),
    .tonnes("capacity_per_year", "capacity a year"),
  ]

  func run() async throws {
    let today = Clock.system.now().dayInChina.description
    let answer = try await LedgerAPI.current().get(
      "\(DashboardCommand.path)/qualified-capacity",
      [("date", date ?? today), ("metal", metal)] + figure.query, accept: figure.accept)
    if figure.csv { return output.verbatim(answer) }
    try output.show(answer, list: "rows", DashboardCapacity.columns)
    if output.asJSON { return }
    let json = try answer.json()
    let rest = JSON.members(["total": json["total"], "goal": json["goal"]])
    Terminal.output("\n" + Card(rest).text)
  }
}

struct DashboardThroughput: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "throughput", abstract: "Throughput, utilisation and coverage by month.",
    discussion: "Example: remelt dashboard throughput --from 2026-01 --to 2026-03 --by country")

  @Option(help: "The first month.")
  var from: String
  @Option(help: "The last month (default: the first).")
  var to: String?
  @Option(help: "steel, copper or aluminium.")
  var metal = "steel"
  @OptionGroup var figure: FigureOptions
  @OptionGroup var output: OutputOptions

  static let columns: [Table.Column] = [
    .member("month"), .member("code"), .member("name"), .tonnes("throughput"),
    .tonnes("of_which_from_processors", "from processors"),
    .member("utilisation.percent", "utilised %", isNumber: true),
    .member("coverage.received", "received", isNumber: true),
    .member("coverage.owed", "owed", isNumber: true),
    .member("coverage.percent", "coverage %", isNumber: true),
  ]

  func run() async throws {
    let answer = try await LedgerAPI.current().get(
      "\(DashboardCommand.path)/throughput",
      [("from", from), ("to", to ?? from), ("metal", metal)] + figure.query,
      accept: figure.accept)
    if figure.csv { return output.verbatim(answer) }
    try output.show(answer, list: "rows", DashboardThroughput.columns)
    if output.asJSON { return }
    let total = Table(try answer.json()["total"]?.elements ?? [], DashboardThroughput.columns)
    Terminal.output("\nTotal\n" + total.text)
  }
}
