import ArgumentParser
import Models

/// Which report a review is of.
struct ReviewedReport: ParsableArguments {
  @Argument(help: "The report's id.")
  var report: String
  @Option(help: "throughput, recycled-input or hydrogen-use.")
  var of = ReportChoice.throughput

  var path: String { of.kind.path(of: report) }
}

struct ReviewCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "review", abstract: "Question, answer, accept and lock reports.",
    discussion: """
      A report is submitted, then questioned and answered, accepted, and locked. Whoever judges it \
      is no reporter of its organisation. A revision of a locked report counts only when a second \
      person accepts it.

      Example: remelt review list --of recycled-input --state questioned
      """,
    subcommands: [
      ReviewList.self, ReviewShow.self, ReviewTake<QuestionVerb>.self,
      ReviewTake<AnswerVerb>.self, ReviewTake<AcceptVerb>.self, ReviewTake<LockVerb>.self,
      ReviewTake<AcceptRevisionVerb>.self, ReviewTake<RefuseRevisionVerb>.self,
    ])
}

struct ReviewList: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list", abstract: "List reports by the state of their review.",
    discussion: "Example: remelt review list --of recycled-input --state questioned")

  @Option(help: "throughput, recycled-input or hydrogen-use.")
  var of = ReportChoice.throughput
  @Option(help: "submitted, questioned, answered, accepted or locked (default: any).")
  var state: String?
  @Option(help: "The facility's id, or scheme:value.")
  var facility: String?
  @Option(help: "The first month.")
  var from: String?
  @Option(help: "The last month.")
  var to: String?
  @OptionGroup var list: ListOptions
  @OptionGroup var output: OutputOptions

  func run() async throws {
    let api = try LedgerAPI.current()
    var facilityID: String?
    if let facility { facilityID = try await api.facility(facility) }
    let items = try await api.items(
      of.kind.path,
      [("review", state), ("facility_id", facilityID), ("from", from), ("to", to)],
      limit: list.limit)
    let columns = of.kind.columns.filter { $0.heading != "review" }
    output.show(
      items,
      columns + [
        .member("review"), .member("proposal.reason", "proposed revision"),
      ])
  }
}

struct ReviewShow: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "show", abstract: "Show a report's review: its state and every step.",
    discussion: "Example: remelt review show <report> --of hydrogen-use")

  @OptionGroup var reviewed: ReviewedReport
  @OptionGroup var output: OutputOptions

  static let columns: [Table.Column] = [
    .member("at"), .member("action"), .member("state"),
    .member("revision", "rev", isNumber: true), .member("text"), .member("actor"),
  ]

  func run() async throws {
    let answer = try await LedgerAPI.current().get("\(reviewed.path)/review")
    if output.asJSON { return output.verbatim(answer) }
    let json = try answer.json()
    let head = JSON.members([
      "state": json["state"], "possible": json["actions"], "proposal": json["proposal"],
    ])
    Terminal.output(Card(head).text + "\n")
    Terminal.output(Table(json["steps"]?.elements ?? [], ReviewShow.columns).text)
  }
}
