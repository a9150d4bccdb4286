import ArgumentParser
import Models

/// A mill's month: `remelt recycled-input`.
enum RecycledInputKind: ReportKind {
  typealias Fields = RecycledInputFields
  typealias NilReturn = RecycledInputNilReturn
  typealias Filter = MetalFilter

  static let command = "recycled-input"
  static let path = "/recycled-input/v1/reports"
  static let writable = [
    "facility_id", "metal", "period", "nil", "inputs", "opening", "opening_reason", "received",
    "home_arising", "sold", "closing", "outputs", "product", "note",
  ]
  static let columns: [Table.Column] = [
    .member("id"), .member("facility_id", "facility"), .member("metal"), .member("period"),
    .member("revision", "rev", isNumber: true), .member("status"), .member("review"),
    .member("nil"), .member("late"), .tonnes("derived.charged", "charged"), .tonnes("closing"),
  ]
  static let figures: [Table.Column] = [
    .tonnes("report.received", "received"), .tonnes("report.closing", "closing"),
  ]
  static let words = ReportWords(
    unit: "one mill's month of one metal",
    submit: """
      The stock of recycled material must balance: opening + received + home arising = charged + \
      sold + closing. Steel scrap counts clean, copper and aluminium by the metal they contain. \
      --period 2026-01..02 reports January and February together.

      Example: remelt recycled-input submit --facility <id> --metal steel --period 2026-03 \
      --opening 300 --received 4350 --home-arising 400 \
      --input "scrap_steel.post_consumer=4400,moisture=0.01" --input scrap_steel.home=400 \
      --input hot_metal=26000 --output bof=28000 --closing 294
      """,
    nilReturn: "nothing was charged and nothing made",
    nilExample: "--facility <id> --metal steel --period 2026-02",
    identity: "facility, metal and period", lists: "inputs, outputs",
    revise: "--closing 290 --reason \"stock taken anew\"")
}

struct RecycledInputNilReturn: ReportFields {
  @Option(help: "The facility's id, or scheme:value.")
  var facility: String
  @Option(help: "steel, copper or aluminium.")
  var metal = "steel"
  @Option(help: "Such as 2026-03, or 2026-01..02.")
  var period: String

  func json(_ api: LedgerAPI, isNew: Bool) async throws -> JSON {
    .members([
      "facility_id": .string(try await api.facility(facility)), "metal": .string(metal),
      "period": .string(period),
    ])
  }
}
