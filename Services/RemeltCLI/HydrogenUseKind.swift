import ArgumentParser
import Models

/// A hydrogen user's month: `remelt hydrogen-use`.
enum HydrogenUseKind: ReportKind {
  typealias Fields = HydrogenUseFields
  typealias NilReturn = HydrogenUseNilReturn
  typealias Filter = NoFilter

  static let command = "hydrogen-use"
  static let path = "/hydrogen-use/v1/reports"
  static let writable = [
    "facility_id", "month", "nil", "opening", "opening_reason", "supplies", "uses", "vented",
    "closing", "note",
  ]
  static let columns: [Table.Column] = [
    .member("id"), .member("facility_id", "facility"), .member("month"),
    .member("revision", "rev", isNumber: true), .member("status"), .member("review"),
    .member("nil"), .member("late"), .tonnes("derived.supplied", "supplied"),
    .tonnes("derived.used", "used"), .tonnes("closing"),
  ]
  static let figures: [Table.Column] = [
    .tonnes("report.vented", "vented"), .tonnes("report.closing", "closing"),
  ]
  static let words = ReportWords(
    unit: "one facility's month of hydrogen",
    submit: """
      Opening + supplied = used + sold + vented + closing must hold within the tolerance.

      Example: remelt hydrogen-use submit --facility <id> --month 2026-03 --opening 2t \
      --supply "electrolysis_pem.captive=50t,power=wind,intensity=1.2,boundary=well_to_gate" \
      --use ammonia=49.5t,product=275t --vented 500kg --closing 2t
      """,
    nilReturn: "no hydrogen came in and none was used",
    nilExample: "--facility <id> --month 2026-02", identity: "facility and month",
    lists: "supplies, uses", revise: "--closing 2.1 --reason \"gauge read anew\"")
}

struct HydrogenUseNilReturn: ReportFields {
  @Option(help: "The facility's id, or scheme:value.")
  var facility: String
  @Option(help: "Such as 2026-02.")
  var month: String

  func json(_ api: LedgerAPI, isNew: Bool) async throws -> JSON {
    .members([
      "facility_id": .string(try await api.facility(facility)), "month": .string(month),
    ])
  }
}
