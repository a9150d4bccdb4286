import ArgumentParser
import Models
import ServiceKit

struct DashboardPublish: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "publish", abstract: "Keep tables of figures, for ever as they are now.",
    discussion: """
      Needs an operator's key for everything. It is kept with the moment, the edition and how far \
      each journal was read; what is published is never changed, and may be replaced by another. \
      One to ten tables, 5000 rows in all.

      Example: remelt dashboard publish "2026Q1 shares" --stage provisional --table \
      'Steel by province:definition=SCRAP_RATE_KG_T&period=quarter&from=2026-01&to=2026-03\
      &by=province'
      """)

  @Argument(help: "Its name.")
  var name: String?
  @Option(help: "provisional, revised or final.")
  var stage: String?
  @Option(help: "A remark.")
  var note: String?
  @Option(help: "The id of the publication that it takes the place of.")
  var replaces: String?
  @Option(
    help: """
      TITLE:KEY=VALUE&KEY=VALUE…, the keys being definition (several with commas), metal, report, \
      period, from, to, by, compare, date and the other options of: remelt dashboard figures; \
      %26 stands for &. Repeat it for more.
      """)
  var table: [PublicationTable] = []
  @Option(name: .customLong("from-json"), help: "A JSON file with the publication, or -.")
  var file: String?
  @OptionGroup var output: OutputOptions

  func validate() throws {
    if file == nil, name == nil || stage == nil || table.isEmpty {
      throw ValidationError("Give a name, --stage and --table, or a file with --from-json.")
    }
  }

  func run() async throws {
    let given = JSON.members([
      "name": .text(name), "stage": .text(stage), "note": .text(note), "replaces": .text(replaces),
      "tables": Body.list(table) { $0.json },
    ])
    let body = try file.map { Body.merged(try Body.read($0), given) } ?? given
    let answer = try await LedgerAPI.current().post(DashboardPublications.path, body)
    try DashboardPublication.show(answer, output)
  }
}

struct DashboardPublications: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "publications", abstract: "List what was published.",
    discussion: "Example: remelt dashboard publications --limit 20")

  @OptionGroup var list: ListOptions
  @OptionGroup var output: OutputOptions

  static let path = "\(DashboardCommand.path)/publications"
  static let columns: [Table.Column] = [
    .member("id"), .member("name"), .member("stage"), .member("published_at", "published"),
    .member("edition"), .member("replaces"), .member("note"),
  ]

  func run() async throws {
    let items = try await LedgerAPI.current().items(
      DashboardPublications.path, [], limit: list.limit)
    output.show(items, Table(items, DashboardPublications.columns).filled.columns)
  }
}

struct DashboardPublication: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "publication", abstract: "Show one publication, as it was published.",
    discussion: "Example: remelt dashboard publication <id> --json")

  @Argument(help: "The publication's id.")
  var publication: String
  @OptionGroup var output: OutputOptions

  func run() async throws {
    let path = "\(DashboardPublications.path)/\(URLText.encoded(publication))"
    try DashboardPublication.show(try await LedgerAPI.current().get(path), output)
  }

  /// What it is, then its tables with their definitions.
  static func show(_ answer: HTTPAnswer, _ output: OutputOptions) throws {
    let json = try answer.json()
    guard !output.asJSON, case .object(let members) = json else { return output.verbatim(answer) }
    Terminal.output(Card(.object(members.filter { $0.name != "tables" })).text)
    for table in json["tables"]?.elements ?? [] {
      let by = table["question"]?["by"]?.text ?? ""
      let sheet = FigureSheet(
        rows: table["rows"]?.elements ?? [], definitions: table["definitions"]?.elements ?? [],
        by: by.split(separator: ",").map { String($0).trimmingSpace })
      Terminal.output("\n" + TextWidth.harmless(table["title"]?.text ?? "") + "\n" + sheet.text)
    }
  }
}
