import ArgumentParser
import Models
import ServiceKit

struct ThroughputList: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list", abstract: "List reports.",
    discussion: "Example: remelt throughput list --facility <id> --from 2026-01 --to 2026-06")

  @Option(help: "The facility's id, or scheme:value.")
  var facility: String?
  @Option(help: "steel, copper or aluminium.")
  var metal: String?
  @Option(help: "The first month.")
  var from: String?
  @Option(help: "The last month.")
  var to: String?
  @OptionGroup var list: ListOptions
  @OptionGroup var output: OutputOptions

  static let columns: [Table.Column] = [
    .member("id"), .member("facility_id", "facility"), .member("metal"), .member("month"),
    .member("revision", "rev", isNumber: true), .member("status"), .member("nil"),
    .member("late"), .tonnes("input"), .tonnes("closing"),
  ]

  func run() async throws {
    let api = try LedgerAPI.current()
    var facilityID: String?
    if let facility { facilityID = try await api.facility(facility) }
    let items = try await api.items(
      ThroughputCommand.path,
      [("facility_id", facilityID), ("metal", metal), ("from", from), ("to", to)],
      limit: list.limit)
    output.show(items, ThroughputList.columns)
  }
}

struct ThroughputShow: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "show", abstract: "Show one report as it stands.",
    discussion: "Example: remelt throughput show <id>")

  @Argument(help: "The report's id.")
  var report: String
  @OptionGroup var output: OutputOptions

  func run() async throws {
    let path = "\(ThroughputCommand.path)/\(URLText.encoded(report))"
    try output.show(try await LedgerAPI.current().get(path))
  }
}

struct ThroughputRevisions: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "revisions", abstract: "Show every revision of a report, or one of them.",
    discussion: "Example: remelt throughput revisions <id> --number 1")

  @Argument(help: "The report's id.")
  var report: String
  @Option(help: "Only this revision, in full.")
  var number: Int?
  @OptionGroup var output: OutputOptions

  static let columns: [Table.Column] = [
    .member("revision", isNumber: true), .member("recorded_at", "recorded"), .member("status"),
    .tonnes("report.input", "input"), .tonnes("report.closing", "closing"), .member("reason"),
  ]

  func run() async throws {
    let path = "\(ThroughputCommand.path)/\(URLText.encoded(report))/revisions"
    let api = try LedgerAPI.current()
    if let number { return try output.show(try await api.get("\(path)/\(number)")) }
    try output.show(try await api.get(path), list: "items", ThroughputRevisions.columns)
  }
}

struct ThroughputReceipt: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "receipt", abstract: "Fetch a report's receipt: its journal entry and salt.",
    discussion: """
      Keep it: with it anyone can check that the journal holds what you reported.

      Example: remelt throughput receipt <id> > receipt.json
      """)

  @Argument(help: "The report's id.")
  var report: String

  func run() async throws {
    let path = "\(ThroughputCommand.path)/\(URLText.encoded(report))/receipt"
    let answer = try await LedgerAPI.current().get(path)
    OutputOptions.verbatim(answer)
  }
}
