import ArgumentParser
import Models

struct DashboardTargets: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "targets", abstract: "The targets, judged by every definition that may be meant.",
    discussion: """
      Of each target: what it was on its due date, what it is over the last four complete quarters \
      (a capacity: on the day), and how many percentage points a quarter it takes and makes. No \
      source says which definition is meant: the headline is one that an operator chose, with a \
      reason.

      Example: remelt dashboard targets --date 2026-06-30
      """)

  @OptionGroup var moment: MomentOptions
  @OptionGroup var output: OutputOptions

  static let path = "\(DashboardCommand.path)/targets"

  static let columns: [Table.Column] = [
    .member("target_id", "target"), .member("subject"), .member("comparator", ""),
    .member("value", isNumber: true), .member("unit"), .member("due_period", "due"),
    .member("judged_on", "judged on"), .member("source"),
  ]
  static let headlines: [Table.Column] = [
    .member("target_id", "target"), .member("headline.definition_id", "headline"),
    .member("headline.reason", "reason"), .member("headline.chosen_at", "chosen"),
    .member("headline.actor", "by"),
  ]
  static let verdicts: [Table.Column] = judging + judged("on_due", "due") + judged("now") + pace
  private static let judging: [Table.Column] = [
    .member("target_id", "target"), .member("definition_id", "definition"), .member("headline"),
    .member("unit"),
  ]
  private static let pace: [Table.Column] = [
    .member("pace.required_per_quarter", "needed a quarter", isNumber: true),
    .member("pace.current_per_quarter", "made a quarter", isNumber: true),
    .member("pace.unit", "in"), .member("pace.quarters_left", "quarters left", isNumber: true),
    .member("pace_reason", "no pace"),
  ]

  /// What a verdict says of one time.
  private static func judged(_ name: String, _ given: String? = nil) -> [Table.Column] {
    let heading = given ?? name
    return [
      .init(heading) { Card.inline($0[name]?["period"] ?? $0[name]?["date"]) },
      .member("\(name).value", "\(heading) value", isNumber: true),
      .init("\(heading) met") { verdict in
        switch verdict[name]?["met"] {
        case .bool(true): "met"
        case .bool(false): "not met"
        case nil: ""
        default: "not judged"
        }
      },
      .member("\(name).reason", "\(heading) reason"),
      .member("\(name).coverage.percent", "\(heading) coverage %", isNumber: true),
    ]
  }

  func run() async throws {
    let answer = try await LedgerAPI.current().get(DashboardTargets.path, moment.query)
    if output.asJSON { return output.verbatim(answer) }
    let json = try answer.json()
    let targets = json["items"]?.elements ?? []
    Terminal.output(Table(targets, DashboardTargets.columns).text)
    let verdicts = targets.flatMap { target in
      (target["verdicts"]?.elements ?? []).map { verdict in
        Body.merged(.members(["target_id": target["target_id"]]), verdict)
      }
    }
    Terminal.output("\n" + Table(verdicts, DashboardTargets.verdicts).filled.text)
    let chosen = targets.filter { $0["headline"]?["definition_id"]?.text != nil }
    if !chosen.isEmpty {
      Terminal.output("\nHeadlines\n" + Table(chosen, DashboardTargets.headlines).filled.text)
    }
    Terminal.output("\n" + Card(json.picked(["edition", "date", "as_of"])).text)
  }
}

struct DashboardHeadline: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "headline", abstract: "Choose the definition that a target is headed by, or none.",
    discussion: """
      Needs an operator's key for everything. Every choice is kept with its reason and who made \
      it; the other definitions stay beside it.

      Example: remelt dashboard headline CN-RECYCLED-STEEL-2027 SCRAP_SHARE_METALLIC_CHARGE \
      --reason "the ministry's letter No. 12"

      Example: remelt dashboard headline CN-RECYCLED-STEEL-2027 --none --reason "letter withdrawn"
      """)

  @Argument(help: "The target; see: remelt dashboard targets.")
  var target: String
  @Argument(help: "One of the definitions that judge it.")
  var definition: String?
  @Flag(help: "No definition stands above the others any more.")
  var none = false
  @Option(help: "Why.")
  var reason: String
  @OptionGroup var output: OutputOptions

  func validate() throws {
    guard (definition == nil) == none else {
      throw ValidationError("Name one definition, or say --none.")
    }
  }

  func run() async throws {
    let body = JSON.members([
      "definition_id": definition.map { JSON.string($0) } ?? JSON.null,
      "reason": .string(reason),
    ])
    let path = "\(DashboardTargets.path)/\(URLText.encoded(target))/headline"
    try output.show(try await LedgerAPI.current().post(path, body))
  }
}
