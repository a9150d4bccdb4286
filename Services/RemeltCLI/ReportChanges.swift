import ArgumentParser
import Models
import ServiceKit

struct ReportRevise<Kind: ReportKind>: AsyncParsableCommand {
  static var configuration: CommandConfiguration {
    CommandConfiguration(
      commandName: "revise", abstract: "Correct a report; the old revision stays readable.",
      discussion: """
        What you do not give stays; a list (\(Kind.words.lists)) is replaced as a whole.

        Example: remelt \(Kind.command) revise <id> \(Kind.words.revise)
        """)
  }

  @Argument(help: "The report's id.")
  var report: String
  @OptionGroup var fields: Kind.Fields
  @Option(help: "Why.")
  var reason: String
  @OptionGroup var version: VersionOption
  @OptionGroup var output: OutputOptions

  func run() async throws {
    let api = try LedgerAPI.current()
    let path = Kind.path(of: report)
    let current = try await api.get(path)
    let given = Body.merged(
      try await fields.json(api, isNew: false), .members(["reason": .string(reason)]))
    let body = Body.changed(try current.json(), writable: Kind.writable, by: given)
    let ifMatch = version.ifMatch(try current.version())
    let answer = try await api.put(path, body, ifMatch: ifMatch)
    try output.show(answer)
    if answer.isProposal {
      Terminal.error(
        "The report is locked: its figures stay as they are. Your revision is proposed and waits "
          + "for a second person:\n"
          + "  remelt review accept-revision \(report) --of \(Kind.command)\n"
          + "  remelt review refuse-revision \(report) --of \(Kind.command) --text …")
    }
  }
}

extension HTTPAnswer {
  /// Whether a revision was taken as a proposal, since its report is locked.
  var isProposal: Bool { status == 202 }
}

struct ReportWithdraw<Kind: ReportKind>: AsyncParsableCommand {
  static var configuration: CommandConfiguration {
    CommandConfiguration(
      commandName: "withdraw", abstract: "Withdraw a report; the month may then be reported anew.",
      discussion: "Example: remelt \(Kind.command) withdraw <id> --reason \"wrong facility\"")
  }

  @Argument(help: "The report's id.")
  var report: String
  @Option(help: "Why.")
  var reason: String
  @OptionGroup var version: VersionOption
  @OptionGroup var output: OutputOptions

  func run() async throws {
    let api = try LedgerAPI.current()
    let path = Kind.path(of: report)
    let ifMatch = version.ifMatch(try await api.get(path).version())
    let body = JSON.members(["reason": .string(reason)])
    try output.show(try await api.post("\(path)/withdrawal", body, ifMatch: ifMatch))
  }
}
