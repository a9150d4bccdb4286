import ArgumentParser
import Models

struct ThroughputCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "throughput", abstract: "Submit, read, revise and withdraw monthly reports.",
    discussion: "Example: remelt throughput list --from 2026-01 --to 2026-03",
    subcommands: [
      ThroughputSubmit.self, ThroughputNil.self, ThroughputSubmitFile.self, ThroughputList.self,
      ThroughputShow.self, ThroughputRevisions.self, ThroughputRevise.self,
      ThroughputWithdraw.self, ThroughputReceipt.self,
    ])

  static let path = "/registry/v1/throughput"
  static let writable = [
    "facility_id", "metal", "month", "nil", "opening", "opening_reason", "purchases", "shipments",
    "input", "products", "residue", "loss", "closing", "note",
  ]
}

struct ThroughputSubmit: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "submit", abstract: "Submit one facility's month of one metal.",
    discussion: """
      Two balances must hold: opening + purchases = shipments + residue + loss + closing, and \
      input = products + residue + loss.

      Example: remelt throughput submit --facility <id> --month 2026-01 --opening 500 \
      --purchase obsolete=1200 --shipment mill=1100 --input 1150 \
      --product "GB/T 39733:SRS=1100" --residue 40 --loss 10 --closing 550
      """)

  @OptionGroup var fields: ThroughputFields
  @OptionGroup var output: OutputOptions

  func run() async throws {
    let api = try LedgerAPI.current()
    let body = try await fields.json(api, metal: "steel")
    try output.show(try await api.post(ThroughputCommand.path, body))
  }
}

struct ThroughputNil: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "nil", abstract: "Report that nothing was bought, processed or shipped (零报告).",
    discussion: "Example: remelt throughput nil --facility <id> --month 2026-02")

  @Option(help: "The facility's id, or scheme:value.")
  var facility: String
  @Option(help: "steel, copper or aluminium.")
  var metal = "steel"
  @Option(help: "Such as 2026-02.")
  var month: String
  @OptionGroup var output: OutputOptions

  func run() async throws {
    let api = try LedgerAPI.current()
    let body = JSON.members([
      "facility_id": .string(try await api.facility(facility)), "metal": .string(metal),
      "month": .string(month), "nil": true,
    ])
    try output.show(try await api.post(ThroughputCommand.path, body))
  }
}

struct ThroughputSubmitFile: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "submit-file", abstract: "Submit the reports of a CSV or NDJSON file.",
    discussion: """
      A row is known by facility, metal and month: a file sent twice changes nothing, and a row \
      that differs from its report revises it if it gives a reason. Refused rows are printed with \
      the file's own row numbers; the others are taken.

      Example: remelt throughput submit-file 2026-01.csv --charset gb18030
      """)

  @OptionGroup var file: FileArguments
  @OptionGroup var output: OutputOptions

  func run() async throws {
    try await file.submit(to: "\(ThroughputCommand.path)/bulk", asJSON: output.asJSON)
  }
}
