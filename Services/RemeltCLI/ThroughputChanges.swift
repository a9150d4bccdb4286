import ArgumentParser
import Models

struct ThroughputRevise: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "revise", abstract: "Correct a report; the old revision stays readable.",
    discussion: """
      What you do not give stays; a list (purchases, shipments, products) is replaced as a whole.

      Example: remelt throughput revise <id> --input 1160 --loss 20 --reason "weighbridge"
      """)

  @Argument(help: "The report's id.")
  var report: String
  @OptionGroup var fields: ThroughputFields
  @Option(help: "Why.")
  var reason: String
  @OptionGroup var version: VersionOption
  @OptionGroup var output: OutputOptions

  func run() async throws {
    let api = try LedgerAPI.current()
    let path = "\(ThroughputCommand.path)/\(URLText.encoded(report))"
    let current = try await api.get(path)
    let given = Body.merged(
      try await fields.json(api, metal: nil), .members(["reason": .string(reason)]))
    let body = Body.changed(
      try current.json(), writable: ThroughputCommand.writable, by: given)
    let ifMatch = version.ifMatch(try current.version())
    try output.show(try await api.put(path, body, ifMatch: ifMatch))
  }
}

struct ThroughputWithdraw: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "withdraw", abstract: "Withdraw a report; the month may then be reported anew.",
    discussion: "Example: remelt throughput withdraw <id> --reason \"wrong facility\"")

  @Argument(help: "The report's id.")
  var report: String
  @Option(help: "Why.")
  var reason: String
  @OptionGroup var version: VersionOption
  @OptionGroup var output: OutputOptions

  func run() async throws {
    let api = try LedgerAPI.current()
    let path = "\(ThroughputCommand.path)/\(URLText.encoded(report))"
    let ifMatch = version.ifMatch(try await api.get(path).version())
    let body = JSON.members(["reason": .string(reason)])
    try output.show(try await api.post("\(path)/withdrawal", body, ifMatch: ifMatch))
  }
}
