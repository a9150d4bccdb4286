import ArgumentParser
import Models
import ServiceKit

struct QualificationCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "qualification",
    abstract: "Apply for qualification (准入), judge applications, show histories.",
    discussion: "Example: remelt qualification show <facility>",
    subcommands: [
      QualificationApply.self, QualificationJudge.self, QualificationShow.self,
      QualificationCapacity.self, QualificationCriteria.self,
    ])

  static func path(_ facility: String) -> String {
    "/registry/v1/facilities/\(facility)/qualification"
  }

  static let events: [Table.Column] = [
    .member("metal"), .member("event"), .member("effective"), .member("announcement"),
    .member("criteria_set", "criteria set"), .member("evaluation.result", "judged"),
    .member("note"),
  ]

  static let criteria: [Table.Column] = [
    .member("criterion"), .member("value", isNumber: true), .member("comparator", ""),
    .member("limit", isNumber: true), .member("unit"), .member("result"),
  ]

  /// The recorded event, and the criteria it was judged by.
  static func show(_ answer: HTTPAnswer, _ output: OutputOptions) throws {
    guard !output.asJSON, let evaluation = try answer.json()["evaluation"] else {
      return try output.show(answer)
    }
    guard case .object(let members) = try answer.json() else { return }
    Terminal.output(Card(.object(members.filter { $0.name != "evaluation" })).text)
    Terminal.output(
      "\n\(evaluation["criteria_set"]?.text ?? ""): \(evaluation["result"]?.text ?? "")")
    Terminal.output(Table(evaluation["criteria"]?.elements ?? [], criteria).text)
  }
}

struct QualificationApply: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "apply", abstract: "Apply for the qualification of a facility for a metal.",
    discussion: """
      The facts are judged criterion by criterion against the criteria set; what is not given is \
      unknown.

      Example: remelt qualification apply <facility> --metal steel --effective 2026-03-01 \
      --criteria-set SCRAP_STEEL_2016 --category new --fact capacity_t_y=180000 \
      --fact site_area_m2=42000 --fact hardened_area_m2=21000
      """)

  @Argument(help: "The facility's id, or scheme:value.")
  var facility: String
  @Option(help: "steel, copper or aluminium.")
  var metal = "steel"
  @Option(help: "The day of the application.")
  var effective: String
  @Option(help: "Such as SCRAP_STEEL_2016; see: remelt qualification criteria.")
  var criteriaSet: String
  @Option(help: "new, rebuilt, special or any.")
  var category = "any"
  @Option(help: "CRITERION=VALUE; repeat it for more.")
  var fact: [String] = []
  @Option(help: "A remark.")
  var note: String?
  @OptionGroup var output: OutputOptions

  func run() async throws {
    let api = try LedgerAPI.current()
    var facts = [JSON.Member("category", .string(category))]
    for text in fact {
      let parts = text.split(separator: "=", maxSplits: 1).map(String.init)
      guard parts.count == 2 else { throw LocalFailure(.usage, "--fact reads CRITERION=VALUE.") }
      facts.append(.init(parts[0], .string(parts[1])))
    }
    let body = JSON.members([
      "metal": .string(metal), "event": "applied", "effective": .string(effective),
      "criteria_set": .string(criteriaSet), "facts": .object(facts), "note": .text(note),
    ])
    let id = try await api.facility(facility)
    try QualificationCommand.show(
      try await api.post(QualificationCommand.path(id), body), output)
  }
}

struct QualificationJudge: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "judge", abstract: "Record what became of an application.",
    discussion: """
      Events: province_reviewed, public_notice (公示), announced (公告), changed, rectifying, \
      suspended, resumed, refused, revoked; from announced on, all but refused need the \
      announcement's number. Whoever applied cannot judge.

      Example: remelt qualification judge <facility> --metal steel --event announced \
      --effective 2026-06-01 --announcement "2026年第12号"
      """,
    aliases: ["record"])

  @Argument(help: "The facility's id, or scheme:value.")
  var facility: String
  @Option(help: "steel, copper or aluminium.")
  var metal = "steel"
  @Option(help: "What happened.")
  var event: String
  @Option(help: "The day it takes effect, from 00:00 in China.")
  var effective: String
  @Option(help: "The announcement's number.")
  var announcement: String?
  @Option(help: "A remark.")
  var note: String?
  @OptionGroup var output: OutputOptions

  func run() async throws {
    let api = try LedgerAPI.current()
    let body = JSON.members([
      "metal": .string(metal), "event": .string(event), "effective": .string(effective),
      "announcement": .text(announcement), "note": .text(note),
    ])
    let id = try await api.facility(facility)
    try QualificationCommand.show(
      try await api.post(QualificationCommand.path(id), body), output)
  }
}
