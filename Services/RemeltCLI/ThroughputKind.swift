import ArgumentParser
import Models

/// A processor's month: `remelt throughput`.
enum ThroughputKind: ReportKind {
  typealias Fields = ThroughputFields
  typealias NilReturn = ThroughputNilReturn
  typealias Filter = MetalFilter

  static let command = "throughput"
  static let path = "/registry/v1/throughput"
  static let writable = [
    "facility_id", "metal", "month", "nil", "opening", "opening_reason", "purchases", "shipments",
    "input", "products", "residue", "loss", "closing", "note",
  ]
  static let columns: [Table.Column] = [
    .member("id"), .member("facility_id", "facility"), .member("metal"), .member("month"),
    .member("revision", "rev", isNumber: true), .member("status"), .member("review"),
    .member("nil"),
    .member("late"), .tonnes("input"), .tonnes("closing"),
  ]
  static let figures: [Table.Column] = [
    .tonnes("report.input", "input"), .tonnes("report.closing", "closing"),
  ]
  static let words = ReportWords(
    unit: "one facility's month of one metal",
    submit: """
      Two balances must hold: opening + purchases = shipments + residue + loss + closing, and \
      input = products + residue + loss.

      Example: remelt throughput submit --facility <id> --month 2026-01 --opening 500 \
      --purchase obsolete=1200 --shipment mill=1100 --input 1150 \
      --product "GB/T 39733:SRS=1100" --residue 40 --loss 10 --closing 550
      """,
    nilReturn: "nothing was bought, processed or shipped",
    nilExample: "--facility <id> --month 2026-02", identity: "facility, metal and month",
    lists: "purchases, shipments, products",
    revise: "--input 1160 --loss 20 --reason \"weighbridge\"")
}

struct ThroughputNilReturn: ReportFields {
  @Option(help: "The facility's id, or scheme:value.")
  var facility: String
  @Option(help: "steel, copper or aluminium.")
  var metal = "steel"
  @Option(help: "Such as 2026-02.")
  var month: String

  func json(_ api: LedgerAPI, isNew: Bool) async throws -> JSON {
    .members([
      "facility_id": .string(try await api.facility(facility)), "metal": .string(metal),
      "month": .string(month),
    ])
  }
}
