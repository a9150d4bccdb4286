import ArgumentParser
import Models

struct DashboardHydrogenUse: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "hydrogen-use", abstract: "Hydrogen by route, source, class and use.",
    discussion: "Example: remelt dashboard hydrogen-use --from 2026-01 --to 2026-03 --by region")

  @Option(help: "The first month.")
  var from: String
  @Option(help: "The last month (default: the first).")
  var to: String?
  @OptionGroup var figure: FigureOptions
  @OptionGroup var output: OutputOptions

  static let parts: [Table.Column] = [
    .member("by"), .member("scheme"), .member("name"), .tonnes("mass"),
  ]

  func run() async throws {
    let answer = try await LedgerAPI.current().get(
      "\(DashboardCommand.path)/hydrogen-use",
      [("from", from), ("to", to ?? from)] + figure.query, accept: figure.accept)
    if figure.csv || output.asJSON { return output.verbatim(answer) }
    let json = try answer.json()
    let columns =
      FigureColumns.place + [
        .tonnes("supplied"), .tonnes("used"), .tonnes("sold"), .tonnes("vented"),
      ] + FigureColumns.coverage
    FigureColumns.show(json, columns)
    let parts = Table(DashboardHydrogenUse.parts(json["whole"]), DashboardHydrogenUse.parts)
    Terminal.output("\nThe whole span\n" + parts.text)
  }

  /// The whole span's sums, each by what it is a sum of.
  private static func parts(_ whole: JSON?) -> [JSON] {
    ["route", "source", "class", "use"].flatMap { part in
      (whole?["by_\(part)"]?.elements ?? []).map { one in
        JSON.members([
          "by": .string(part), "scheme": one["scheme"], "name": one[part], "mass": one["mass"],
        ])
      }
    }
  }
}

/// What the tables of both figures have in common.
enum FigureColumns {
  static let place: [Table.Column] = [.member("period"), .member("code"), .member("name")]
  static let coverage: [Table.Column] = [
    .member("coverage.received", "received", isNumber: true),
    .member("coverage.owed", "owed", isNumber: true),
    .member("coverage.percent", "coverage %", isNumber: true),
  ]

  /// The rows, the total of each period, and what could not be shown.
  static func show(_ figures: JSON, _ columns: [Table.Column]) {
    Terminal.output(Table(figures["rows"]?.elements ?? [], columns).text)
    let total = figures["total"]?.elements ?? []
    if !total.isEmpty { Terminal.output("\nTotal\n" + Table(total, columns).text) }
    let leftOut = figures["left_out"]?.elements ?? []
    if !leftOut.isEmpty {
      Terminal.output(
        "\nLeft out, since they reach beyond the span: \(Card.inline(.array(leftOut)))")
    }
  }
}
