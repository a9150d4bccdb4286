import ArgumentParser
import Models

struct DashboardReports: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "reports", abstract: "The reports behind a figure, and those that are missing.",
    discussion: "Example: remelt dashboard reports --month 2026-01 --province 130000")

  @Option(help: "throughput, recycled-input or hydrogen-use.")
  var of = ReportChoice.throughput
  @Option(help: "steel, copper or aluminium; hydrogen has none.")
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

  private var columns: [Table.Column] {
    let head: [Table.Column] = [
      .member("report_id", "report"), .member("facility"), .member("province"),
      .member("revision", "rev", isNumber: true),
    ]
    let tail: [Table.Column] = [
      .member("nil"), .member("late"), .member("position", isNumber: true),
    ]
    // Classes and contents are sums of the same masses over again: --json has them.
    switch of {
    case .throughput: return head + [.tonnes("throughput")] + tail
    case .recycledInput:
      return head + [.member("period")] + tail
        + [.masses("amounts", butNot: ["content.", "direct_melt.", "recovered."])]
    case .hydrogenUse: return head + tail + [.masses("amounts", butNot: ["class.", "source."])]
    }
  }

  func run() async throws {
    let api = try LedgerAPI.current()
    var items: [JSON] = []
    var missing: [JSON]?
    try await api.pages(
      "\(DashboardCommand.path)/\(of.rawValue)/reports",
      [
        ("metal", of == .hydrogenUse ? nil : metal), ("month", month), ("province", province),
        ("region", region),
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
    Terminal.output(Table(items, columns).text)
    if missing.isEmpty { return }
    let absent: [Table.Column] = [
      .member("facility_id", "missing"), .member("facility"), .member("province"),
    ]
    Terminal.output("\n" + Table(missing, absent).text)
  }
}

struct DashboardSeries: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "reference-series",
    abstract: "What others have published, beside our definitions.",
    discussion: "Example: remelt dashboard reference-series")

  @OptionGroup var output: OutputOptions

  static let columns: [Table.Column] = [
    .member("series_id", "series"), .member("period"), .member("value", isNumber: true),
    .member("unit"), .member("publisher"), .member("source"),
  ]
  static let figures: [Table.Column] = [
    .member("definition_id", "definition"), .member("period"),
    .member("value", isNumber: true), .member("unit"), .member("percent", "%", isNumber: true),
    .tonnes("numerator"), .tonnes("denominator"),
  ]

  func run() async throws {
    let answer = try await LedgerAPI.current().get("\(DashboardCommand.path)/reference-series")
    try output.show(answer, list: "items", DashboardSeries.columns)
    if output.asJSON { return }
    let json = try answer.json()
    let figures = Table(json["figures"]?.elements ?? [], DashboardSeries.figures)
    Terminal.output("\nComputed from them by our definitions\n" + figures.text)
    if let note = json["note"]?.text { Terminal.output("\n" + TextWidth.harmless(note)) }
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
