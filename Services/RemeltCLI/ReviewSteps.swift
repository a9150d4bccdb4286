import ArgumentParser
import Models

/// One step of a review as a command.
protocol ReviewVerb: SendableMetatype {
  static var action: ReviewAction { get }
  static var abstract: String { get }
  static var example: String { get }
}

enum QuestionVerb: ReviewVerb {
  static let action = ReviewAction.question
  static let abstract = "Ask the reporter about a report."
  static let example = " --text \"more scrap than last year: is that right?\""
}

enum AnswerVerb: ReviewVerb {
  static let action = ReviewAction.answer
  static let abstract = "Answer a question, as the reporter; or revise the report instead."
  static let example = " --text \"a second furnace began in March\""
}

enum AcceptVerb: ReviewVerb {
  static let action = ReviewAction.accept
  static let abstract = "Accept a report."
  static let example = ""
}

enum LockVerb: ReviewVerb {
  static let action = ReviewAction.lock
  static let abstract = "Lock an accepted report: from now on a revision needs a second person."
  static let example = ""
}

enum AcceptRevisionVerb: ReviewVerb {
  static let action = ReviewAction.acceptRevision
  static let abstract = "Let the proposed revision of a locked report count."
  static let example = ""
}

enum RefuseRevisionVerb: ReviewVerb {
  static let action = ReviewAction.refuseRevision
  static let abstract = "Refuse the proposed revision of a locked report."
  static let example = " --text \"the weighbridge's records say otherwise\""
}

struct ReviewTake<Verb: ReviewVerb>: AsyncParsableCommand {
  static var name: String { Verb.action.rawValue.replacing("_", with: "-") }

  static var configuration: CommandConfiguration {
    CommandConfiguration(
      commandName: name, abstract: Verb.abstract,
      discussion: "Example: remelt review \(name) <report> --of recycled-input\(Verb.example)")
  }

  @OptionGroup var reviewed: ReviewedReport
  @Option(help: "What is asked, answered or remarked.")
  var text: String?
  @OptionGroup var version: VersionOption
  @OptionGroup var output: OutputOptions

  func validate() throws {
    if Verb.action.needsText, text == nil {
      throw ValidationError("Say in --text what is asked, answered or refused.")
    }
  }

  func run() async throws {
    let api = try LedgerAPI.current()
    let ifMatch = version.ifMatch(try await api.get(reviewed.path).version())
    let body = JSON.members(["action": .string(Verb.action.rawValue), "text": .text(text)])
    let answer = try await api.post("\(reviewed.path)/review", body, ifMatch: ifMatch)
    if output.asJSON { return output.verbatim(answer) }
    let report = try answer.json()
    let names = [
      "id", "facility_id", "metal", "period", "month", "revision", "status", "review", "proposal",
    ]
    let shown = names.compactMap { name in report[name].map { JSON.Member(name, $0) } }
    Terminal.output(Card(.object(shown)).text)
  }
}
