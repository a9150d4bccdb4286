import ArgumentParser
import Models

struct DashboardRecycledInput: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "recycled-input", abstract: "Recycled shares by every definition, with coverage.",
    discussion: """
      Each definition has a letter, which its column bears; beneath stand their names, the shares of \
      the whole span with the sums behind them, and whether the goals are met.

      Example: remelt dashboard recycled-input --metal copper --from 2026-01 --to 2026-03 \
      --by country
      """)

  @Option(help: "The first month.")
  var from: String
  @Option(help: "The last month (default: the first).")
  var to: String?
  @Option(help: "steel, copper or aluminium.")
  var metal = "steel"
  @OptionGroup var figure: FigureOptions
  @OptionGroup var output: OutputOptions

  func run() async throws {
    let answer = try await LedgerAPI.current().get(
      "\(DashboardCommand.path)/recycled-input",
      [("from", from), ("to", to ?? from), ("metal", metal)] + figure.query,
      accept: figure.accept)
    if figure.csv || output.asJSON { return output.verbatim(answer) }
    let json = try answer.json()
    let shares = ShareColumns(json)
    let columns =
      FigureColumns.place + [
        .sum("inputs", "recycled") { $0["origin"] != nil },
        .sum("inputs", "other") { $0["origin"] == nil }, .sum("outputs", "made"),
      ] + shares.columns + FigureColumns.coverage
    FigureColumns.show(json, columns)
    Terminal.output("\nThe whole span\n" + shares.legend(json["whole"]).text)
  }
}

/// The columns of the definitions of a recycled share, a letter each: their names are too long for
/// headings.
struct ShareColumns {
  private let definitions: [(letter: String, id: String, unit: String)]

  init(_ figures: JSON) {
    let rows = [figures["whole"]].compactMap(\.self) + (figures["rows"]?.elements ?? [])
    let shares = rows.first { $0["shares"] != nil }?["shares"]?.elements ?? []
    definitions = zip("abcdefghijklmnopqrstuvwxyz", shares).map {
      (String($0), $1["definition_id"]?.text ?? "", $1["unit"]?.text ?? "")
    }
  }

  var columns: [Table.Column] {
    definitions.map { definition in
      Table.Column("\(definition.letter) \(definition.unit)", isNumber: true) { row in
        let shares = row["shares"]?.elements ?? []
        return Card.inline(shares.first { $0["definition_id"]?.text == definition.id }?["value"])
      }
    }
  }

  /// One line a definition, with the figure of the whole span.
  func legend(_ whole: JSON?) -> Table {
    let letters = Dictionary(
      definitions.map { ($0.id, $0.letter) }, uniquingKeysWith: { first, _ in first })
    return Table(
      whole?["shares"]?.elements ?? [],
      [
        .init("") { letters[$0["definition_id"]?.text ?? ""] ?? "" },
        .member("definition_id", "definition"), .member("value", isNumber: true),
        .member("unit"), .tonnes("numerator"), .tonnes("denominator"), .member("reason"),
        .init("goals") { ($0["goals"]?.elements ?? []).map(goal).joined(separator: "; ") },
      ])
  }
}

/// A goal on one line, such as `CN-RECYCLED-STEEL-2027 >= 22 %: not met`.
private func goal(_ goal: JSON) -> String {
  let outcome =
    switch goal["met"] {
    case .bool(true): "met"
    case .bool(false): "not met"
    default: "not judged"
    }
  let words = ["target_id", "comparator", "value", "unit"].map { Card.inline(goal[$0]) }
  return words.joined(separator: " ") + ": " + outcome
}
