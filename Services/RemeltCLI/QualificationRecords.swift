import ArgumentParser
import Models

struct QualificationShow: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "show", abstract: "Show a facility's qualification: every event, and the state.",
    discussion: "Example: remelt qualification show <facility>")

  @Argument(help: "The facility's id, or scheme:value.")
  var facility: String
  @OptionGroup var output: OutputOptions

  func run() async throws {
    let api = try LedgerAPI.current()
    let id = try await api.facility(facility)
    let answer = try await api.get(QualificationCommand.path(id))
    try output.show(answer, list: "items", QualificationCommand.events)
    guard !output.asJSON, case .object(let states) = try answer.json()["states"] else { return }
    for state in states {
      let counts = state.value["counts"] == .bool(true) ? "counts" : "does not count"
      Terminal.output("\(state.name): \(Card.inline(state.value["event"])), \(counts)")
    }
  }
}

struct QualificationCapacity: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "capacity", abstract: "Number and capacity of the qualified, on a day.",
    discussion: "Example: remelt qualification capacity --metal steel --date 2026-06-30")

  @Option(help: "steel, copper or aluminium.")
  var metal = "steel"
  @Option(help: "The day (default: today).")
  var date: String?
  @OptionGroup var output: OutputOptions

  func run() async throws {
    let today = Clock.system.now().dayInChina.description
    try output.show(
      try await LedgerAPI.current().get(
        "/registry/v1/qualified-capacity", [("date", date ?? today), ("metal", metal)]))
  }
}

struct QualificationCriteria: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "criteria", abstract: "List the criteria sets that applications are judged by.",
    discussion: "Example: remelt qualification criteria --json")

  @OptionGroup var output: OutputOptions

  func run() async throws {
    let answer = try await LedgerAPI.current().get("/registry/v1/criteria-sets")
    if output.asJSON { return output.verbatim(answer) }
    for set in try answer.json()["items"]?.elements ?? [] { Terminal.output(Card(set).text + "\n") }
  }
}
