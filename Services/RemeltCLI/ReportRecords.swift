import ArgumentParser
import Models
import ServiceKit

struct ReportList<Kind: ReportKind>: AsyncParsableCommand {
  static var configuration: CommandConfiguration {
    CommandConfiguration(
      commandName: "list", abstract: "List reports.",
      discussion:
        "Example: remelt \(Kind.command) list --facility <id> --from 2026-01 --to 2026-06")
  }

  @Option(help: "The facility's id, or scheme:value.")
  var facility: String?
  @OptionGroup var filter: Kind.Filter
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
      Kind.path, [("facility_id", facilityID)] + filter.query + [("from", from), ("to", to)],
      limit: list.limit)
    output.show(items, Kind.columns)
  }
}

struct ReportShow<Kind: ReportKind>: AsyncParsableCommand {
  static var configuration: CommandConfiguration {
    CommandConfiguration(
      commandName: "show", abstract: "Show one report as it stands.",
      discussion: "Example: remelt \(Kind.command) show <id>")
  }

  @Argument(help: "The report's id.")
  var report: String
  @OptionGroup var output: OutputOptions

  func run() async throws {
    try output.show(try await LedgerAPI.current().get(Kind.path(of: report)))
  }
}

struct ReportRevisions<Kind: ReportKind>: AsyncParsableCommand {
  static var configuration: CommandConfiguration {
    CommandConfiguration(
      commandName: "revisions", abstract: "Show every revision of a report, or one of them.",
      discussion: "Example: remelt \(Kind.command) revisions <id> --number 1")
  }

  @Argument(help: "The report's id.")
  var report: String
  @Option(help: "Only this revision, in full.")
  var number: Int?
  @OptionGroup var output: OutputOptions

  private var columns: [Table.Column] {
    [
      .member("revision", isNumber: true), .member("recorded_at", "recorded"), .member("status"),
    ] + Kind.figures + [.member("reason")]
  }

  func run() async throws {
    let path = "\(Kind.path(of: report))/revisions"
    let api = try LedgerAPI.current()
    if let number { return try output.show(try await api.get("\(path)/\(number)")) }
    try output.show(try await api.get(path), list: "items", columns)
  }
}

struct ReportReceipt<Kind: ReportKind>: AsyncParsableCommand {
  static var configuration: CommandConfiguration {
    CommandConfiguration(
      commandName: "receipt", abstract: "Fetch a report's receipt: its journal entry and salt.",
      discussion: """
        Keep it: with it anyone can check that the journal holds what you reported.

        Example: remelt \(Kind.command) receipt <id> > receipt.json
        """)
  }

  @Argument(help: "The report's id.")
  var report: String

  func run() async throws {
    let answer = try await LedgerAPI.current().get("\(Kind.path(of: report))/receipt")
    OutputOptions.verbatim(answer)
  }
}

extension ReportKind {
  /// The path of the report that a user names.
  static func path(of report: String) -> String { "\(path)/\(URLText.encoded(report))" }
}
