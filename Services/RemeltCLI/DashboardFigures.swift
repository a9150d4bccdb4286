import ArgumentParser
import Models

struct DashboardFigures: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "figures", abstract: "Figures by definition, period, place and label.",
    discussion: """
      Shares are in % or kg/t, masses in tonnes, capacities in tonnes a year. Beside each figure \
      stand the sums behind it, whether it is provisional, revised or final, and its coverage. \
      Beneath the table stand the definitions. All definitions of a question are of one report.

      Example: remelt dashboard figures SCRAP_RATE_KG_T SCRAP_SHARE_EXTERNAL_NET \
      --period quarter --from 2026-01 --to 2026-06 --by province
      """)

  @Argument(help: "One to twenty definitions; see: remelt dashboard definitions.")
  var definitions: [String]
  @Option(help: "steel, copper or aluminium, where a definition is of any metal (default: steel).")
  var metal: String?
  @Option(help: "For REPORTING_…: throughput, recycled-input or hydrogen-use.")
  var report: String?
  @Option(
    help: """
      month, official_month (January and February as one), quarter, half, year, ytd or rolling12 \
      (default: month).
      """)
  var period: String?
  @Option(help: "Periods that end in this month or later (default: eleven months before --to).")
  var from: String?
  @Option(help: "Periods that end in this month or earlier (default: the last that is over).")
  var to: String?
  @Option(
    help: """
      Up to four, with commas, of metal, province, region, authority, country, group, material, \
      origin, route, use, source, scheme and class (default: one line for all).
      """)
  var by: String?
  @Option(help: "year: also the change on a year ago, of a share in percentage points.")
  var compare: String?
  @Option(help: "For AVOIDED_EMISSIONS_COPPER: tCO2e per tonne of primary copper.")
  var baseline: String?
  @OptionGroup(title: "Only a part") var place: PlaceFilter
  @OptionGroup(title: "Only a part") var label: LabelFilter
  @OptionGroup var moment: MomentOptions
  @OptionGroup var list: ListOptions
  @Flag(help: "Print the ledger's CSV instead of a table.")
  var csv = false
  @OptionGroup var output: OutputOptions

  static let path = "\(DashboardCommand.path)/figures"

  private var query: [(String, String?)] {
    let asked: [(String, String?)] = [
      ("definition", definitions.joined(separator: ",")), ("metal", metal),
      ("report", reportType(report)), ("period", period), ("from", from), ("to", to), ("by", by),
      ("compare", compare), ("baseline", baseline),
    ]
    return asked + place.query + label.query + moment.query
  }

  func run() async throws {
    let api = try LedgerAPI.current()
    if csv {
      let text = try await api.csv(DashboardFigures.path, query, limit: list.limit)
      return Terminal.output(text)
    }
    let answer = try await api.figures(DashboardFigures.path, query, limit: list.limit)
    if output.asJSON { return Terminal.output(answer.bytes + [0x0A]) }
    let sheet = FigureSheet(
      rows: answer["rows"]?.elements ?? [], definitions: answer["definitions"]?.elements ?? [],
      by: answer["by"]?.elements.compactMap(\.text) ?? [])
    Terminal.output(sheet.text)
    let asked = ["metal", "report", "scheme", "filter", "scope", "edition", "date", "as_of"]
    Terminal.output("\n" + Card(answer.picked(asked)).text)
  }
}
