import ArgumentParser
import Models

struct DashboardReports: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "reports", abstract: "The reports behind a figure, and those that are missing.",
    discussion: "Example: remelt dashboard reports --month 2026-01 --province 130000")

  @Option(help: "steel, copper or aluminium.")
  var metal = "steel"
  @Option(help: "Such as 2026-01.")
  var month: String
  @Option(help: "GB/T 2260 code.")
  var province: String?
  @Option(help: "BTH or YRD.")
  var region: String?
  @Option(help: "As it was known at this moment.")
  var asOf: String?
  @OptionGroup var list: ListOptions
  @OptionGroup var output: OutputOptions

  static let columns: [Table.Column] = [
    .member("report_id", "report"), .member("facility"), .member("province"),
    .member("revision", "rev", isNumber: true), .tonnes("throughput"), .member("nil"),
    .member("late"), .member("position", isNumber: true),
  ]

  func run() async throws {
    let api = try LedgerAPI.current()
    var items: [JSON] = []
    var missing: [JSON]?
    try await api.pages(
      "\(DashboardCommand.path)/throughput/reports",
      [
        ("metal", metal), ("month", month), ("province", province), ("region", region),
        ("as_of", asOf),
      ], limit: list.limit
    ) { page in
      items += page["items"]?.elements ?? []
      // Every page may repeat the missing ones: the first names them all.
      if missing == nil { missing = page["missing"]?.elements }
    }
    show(items, missing ?? [])
  }

  private func show(_ items: [JSON], _ missing: [JSON]) {
    if output.asJSON {
      let whole = JSON.members(["items": .array(items), "missing": .array(missing)])
      return Terminal.output(whole.bytes + [0x0A])
    }
    Terminal.output(Table(items, DashboardReports.columns).text)
    if missing.isEmpty { return }
    let columns: [Table.Column] = [
      .member("facility_id", "missing"), .member("facility"), .member("province"),
    ]
    Terminal.output("\n" + Table(missing, columns).text)
  }
}

struct DashboardSources: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "sources", abstract: "How far behind each journal the dashboard is.",
    discussion: "Example: remelt dashboard sources")

  @OptionGroup var output: OutputOptions

  static let columns: [Table.Column] = [
    .member("source"), .member("state"), .member("size", isNumber: true),
    .member("behind_entries", "entries behind", isNumber: true),
    .member("behind_seconds", "seconds behind", isNumber: true), .member("recorded_at", "latest"),
    .member("origin"), .member("detail"),
  ]

  func run() async throws {
    let answer = try await LedgerAPI.current().get(
      "\(DashboardCommand.path)/sources")
    try output.show(answer, list: "items", DashboardSources.columns)
  }
}
