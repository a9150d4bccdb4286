import ArgumentParser
import Models

/// A mill's report as flags; masses are tonnes unless they name a unit.
struct RecycledInputFields: ReportFields {
  @Option(help: "The facility's id, or scheme:value.")
  var facility: String?
  @Option(help: "steel (usual), copper or aluminium.")
  var metal: String?
  @Option(help: "Such as 2026-03, or 2026-01..02.")
  var period: String?
  @Option(
    help: """
      MATERIAL[.ORIGIN]=GROSS[,KEY=VALUE…], such as \
      \"scrap_copper.post_consumer=90,assay=0.96,route=direct_melt\"; repeat it for more. \
      Origins of recycled material: home, pre_consumer, post_consumer, unknown. Keys: tare, \
      moisture, impurity with impurity_basis (dry or net), impurity_mass, assay, yield, route, \
      facility (the supplier). Shares are fractions of 1.
      """)
  var input: [LineArgument] = []
  @Option(help: "Stock of recycled material at the period's beginning.")
  var opening: MassArgument?
  @Option(help: "Why the opening stock is not the last closing stock.")
  var openingReason: String?
  @Option(help: "Recycled material that came in from outside.")
  var received: MassArgument?
  @Option(help: "Scrap of the mill's own process.")
  var homeArising: MassArgument?
  @Option(help: "Recycled material that was sold.")
  var sold: MassArgument?
  @Option(help: "Stock at the period's end.")
  var closing: MassArgument?
  @Option(
    help: """
      ROUTE=MASS; repeat it for more. Routes: eaf, bof, induction; primary_refined, \
      secondary_refined, direct_melt; electrolytic, recovered.
      """)
  var output: [LineArgument] = []
  @Option(help: "What left as products, for their recycled content.")
  var product: MassArgument?
  @Option(help: "A remark.")
  var note: String?
  @Option(name: .customLong("from-json"), help: "A JSON file with the report, or -.")
  var file: String?

  /// What was given: the file's members under the flags'.
  func json(_ api: LedgerAPI, isNew: Bool) async throws -> JSON {
    let usual = isNew && file == nil ? "steel" : nil
    var facilityID: String?
    if let facility { facilityID = try await api.facility(facility) }
    var inputs: [JSON] = []
    for line in input { inputs.append(try await RecycledInputFields.charge(line, api)) }
    let given = JSON.members([
      "facility_id": .text(facilityID), "metal": .text(metal ?? usual), "period": .text(period),
      "inputs": Body.list(inputs) { $0 }, "opening": opening?.json,
      "opening_reason": .text(openingReason), "received": received?.json,
      "home_arising": homeArising?.json, "sold": sold?.json, "closing": closing?.json,
      "outputs": Body.list(output) { .object($0.members(["route"], mass: "mass")) },
      "product": product?.json, "note": .text(note),
    ])
    return try file.map { Body.merged(try Body.read($0), given) } ?? given
  }

  private static func charge(_ line: LineArgument, _ api: LedgerAPI) async throws -> JSON {
    .object(
      try await line.resolved(api).members(
        ["material", "origin"], mass: "gross", masses: ["tare", "impurity_mass"]))
  }
}
