import ArgumentParser
import Models

struct DashboardDefinitions: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "definitions", abstract: "What each figure is: its sums, unit, name and factors.",
    discussion: """
      Definitions and factors have editions: a day or a moment before one shows those before it.

      Example: remelt dashboard definitions SCRAP_RATE_KG_T
      """)

  @Argument(help: "Only this one, with all that is known of it.")
  var definition: String?
  @OptionGroup var moment: MomentOptions
  @OptionGroup var output: OutputOptions

  static let columns: [Table.Column] = [
    .member("definition_id", "definition"), .member("report"), .member("metal"), .member("unit"),
    .member("name_en", "name"), .member("name_zh", "Chinese name"),
    .member("valid_from", "valid from"), .member("valid_to", "valid to"), .member("edition"),
    .member("label"),
  ]
  static let factors: [Table.Column] = [
    .member("definition_id", "definition"), .member("use"), .member("factor_id", "factor"),
    .member("value", isNumber: true), .member("unit"), .member("geography"), .member("year"),
    .member("source"),
  ]

  func run() async throws {
    let answer = try await LedgerAPI.current().get(
      "\(DashboardCommand.path)/definitions", moment.query)
    if output.asJSON, definition == nil { return output.verbatim(answer) }
    let all = try answer.json()["items"]?.elements ?? []
    guard let definition else { return list(all) }
    guard let one = all.first(where: { $0["definition_id"]?.text == definition }) else {
      throw LocalFailure(
        .refused, "There is no definition \(definition); see: remelt dashboard definitions.")
    }
    if output.asJSON { return Terminal.output(one.bytes + [0x0A]) }
    Terminal.output(Card(one).text)
  }

  private func list(_ all: [JSON]) {
    Terminal.output(Table(all, DashboardDefinitions.columns).filled.text)
    let factors = all.flatMap { definition in
      (definition["factors"]?.elements ?? []).map { factor in
        Body.merged(.members(["definition_id": definition["definition_id"]]), factor)
      }
    }
    if factors.isEmpty { return }
    Terminal.output("\nTheir factors\n" + Table(factors, DashboardDefinitions.factors).filled.text)
  }
}
