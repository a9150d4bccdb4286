import ArgumentParser
import Models

/// A throughput report's fields as flags; masses are tonnes unless they name a unit.
struct ThroughputFields: ReportFields {
  @Option(help: "The facility's id, or scheme:value.")
  var facility: String?
  @Option(help: "steel (usual), copper or aluminium.")
  var metal: String?
  @Option(help: "Such as 2026-01.")
  var month: String?
  @Option(help: "Stock at the month's beginning.")
  var opening: MassArgument?
  @Option(help: "Why the opening stock is not last month's closing stock.")
  var openingReason: String?
  @Option(
    help:
      "SOURCE[,FACILITY]=MASS; sources: obsolete, manufacturing, other_processor, import, other.")
  var purchase: [PartArgument] = []
  @Option(help: "DESTINATION[,FACILITY]=MASS; destinations: mill, foundry, other_processor, other.")
  var shipment: [PartArgument] = []
  @Option(help: "Put through processing (加工量).")
  var input: MassArgument?
  @Option(help: "GRADE[,METAL]=MASS, such as \"GB/T 39733:SRS=900\"; METAL for a by-product.")
  var product: [PartArgument] = []
  @Option(help: "Residue.")
  var residue: MassArgument?
  @Option(help: "Loss.")
  var loss: MassArgument?
  @Option(help: "Stock at the month's end.")
  var closing: MassArgument?
  @Option(help: "A remark.")
  var note: String?
  @Option(name: .customLong("from-json"), help: "A JSON file with the report, or -.")
  var file: String?

  /// What was given: the file's members under the flags'.
  func json(_ api: LedgerAPI, isNew: Bool) async throws -> JSON {
    let usual = isNew && file == nil ? "steel" : nil
    var facilityID: String?
    if let facility { facilityID = try await api.facility(facility) }
    let given = JSON.members([
      "facility_id": .text(facilityID), "metal": .text(metal ?? usual),
      "month": .text(month), "opening": opening?.json, "opening_reason": .text(openingReason),
      "purchases": Body.list(purchase) { $0.json("source", "facility_id") },
      "shipments": Body.list(shipment) { $0.json("destination", "facility_id") },
      "input": input?.json, "products": Body.list(product) { $0.json("grade", "metal") },
      "residue": residue?.json, "loss": loss?.json, "closing": closing?.json, "note": .text(note),
    ])
    return try file.map { Body.merged(try Body.read($0), given) } ?? given
  }
}
