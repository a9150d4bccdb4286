import ArgumentParser
import Models

struct DashboardChange: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "change", abstract: "Why a figure is another than it was.",
    discussion: """
      Between two periods, two moments, or both: what comes of revisions, of facilities that \
      report newly or no more, and of those that reported both times. The three add up to the \
      change. Changes of shares are in percentage points or kg/t, masses in tonnes.

      Example: remelt dashboard change SCRAP_RATE_KG_T --before-period 2026Q1 --period 2026Q2

      Example: remelt dashboard change SCRAP_RATE_KG_T --period 2026Q1 \
      --before-as-of 2026-05-01T00:00:00Z
      """)

  @Argument(help: "The figure's definition.")
  var definition: String
  @Option(help: "The later period, such as 2026-03, 2026Q1 or 2026.")
  var period: String
  @Option(help: "The earlier period (default: the same).")
  var beforePeriod: String?
  @Option(help: "The later figure as it was known at this moment (default: now).")
  var asOf: String?
  @Option(help: "The earlier figure as it was known at this moment (default: as the later one).")
  var beforeAsOf: String?
  @Option(help: "steel, copper or aluminium, where the definition is of any metal.")
  var metal: String?
  @OptionGroup(title: "Only a part") var place: PlaceFilter
  @OptionGroup(title: "Only a part") var label: LabelFilter
  @OptionGroup var output: OutputOptions

  static let parts: [(name: String, words: String)] = [
    ("before", "before"), ("after", "after"), ("change", "change"),
    ("revisions", "of which revisions"), ("newly_reporting", "of which newly reporting"),
    ("same_panel", "of which same facilities"),
  ]
  static let columns: [Table.Column] = [
    .member("part"), .member("period"), .member("as_of"), .member("value", isNumber: true),
    .member("unit"), .member("numerator", isNumber: true),
    .member("denominator", isNumber: true), .member("facilities", isNumber: true),
    .member("of_which_new", "new", isNumber: true),
    .member("of_which_gone", "gone", isNumber: true), .member("reason"),
  ]

  func run() async throws {
    let asked: [(String, String?)] = [
      ("definition", definition), ("period", period), ("before_period", beforePeriod),
      ("as_of", asOf), ("before_as_of", beforeAsOf), ("metal", metal),
    ]
    let answer = try await LedgerAPI.current().get(
      "\(DashboardFigures.path)/change", asked + place.query + label.query)
    if output.asJSON { return output.verbatim(answer) }
    let json = try answer.json()
    Terminal.output(Table(lines(json), DashboardChange.columns).filled.text)
    let definitions = [json["definition"]].compactMap(\.self)
    Terminal.output("\n" + FigureSheet.legend(definitions))
  }

  /// One line a part. Figures are in the definition's unit, what they differ by in the change's.
  private func lines(_ json: JSON) -> [JSON] {
    let (figure, change) = (json["definition"]?["unit"], json["change"]?["unit"])
    return DashboardChange.parts.compactMap { part in
      let unit = ["before", "after"].contains(part.name) ? figure : change
      let head = JSON.members(["part": .string(part.words), "unit": unit])
      return json[part.name].map { Body.merged(head, $0) }
    }
  }
}
