import ArgumentParser
import Models

/// A hydrogen user's report as flags; masses are tonnes unless they name a unit.
struct HydrogenUseFields: ReportFields {
  @Option(help: "The facility's id, or scheme:value.")
  var facility: String?
  @Option(help: "Such as 2026-03.")
  var month: String?
  @Option(help: "Stock at the month's beginning.")
  var opening: MassArgument?
  @Option(help: "Why the opening stock is not last month's closing stock.")
  var openingReason: String?
  @Option(
    help: """
      ROUTE.SOURCE=AMOUNT[,KEY=VALUE…], such as \
      \"electrolysis_pem.captive=50t,power=wind,certificate=GO-1\"; repeat it for more. Sources: \
      captive, merchant, by_product. The amount is a mass, or a volume in m3 or 万m3 with the keys \
      state (0C, 15C or 20C) and hydrogen (its fraction). Other keys: power, intensity (kg CO2e a \
      kg) with boundary and method, renewable (true or false), certificate (repeat it for more), \
      facility (the supplier).
      """)
  var supply: [SupplyArgument] = []
  @Option(
    help: """
      USE=MASS[,product=MASS][,feed=FEED], such as ammonia=40t,product=220t; repeat it for more. \
      Uses: shaft_furnace_dri, blast_furnace_injection, kiln_calcination, ammonia, methanol, \
      refining, other_chemical, heat, sold. Feeds: co, co2, hematite, magnetite.
      """)
  var use: [LineArgument] = []
  @Option(help: "Vented or flared.")
  var vented: MassArgument?
  @Option(help: "Stock at the month's end.")
  var closing: MassArgument?
  @Option(help: "A remark.")
  var note: String?
  @Option(name: .customLong("from-json"), help: "A JSON file with the report, or -.")
  var file: String?

  /// What was given: the file's members under the flags'.
  func json(_ api: LedgerAPI, isNew: Bool) async throws -> JSON {
    var facilityID: String?
    if let facility { facilityID = try await api.facility(facility) }
    var supplies: [JSON] = []
    for one in supply { supplies.append(try await one.json(api)) }
    let given = JSON.members([
      "facility_id": .text(facilityID), "month": .text(month), "opening": opening?.json,
      "opening_reason": .text(openingReason), "supplies": Body.list(supplies) { $0 },
      "uses": Body.list(use) {
        .object($0.members(["use"], mass: "mass", masses: ["product"]))
      },
      "vented": vented?.json, "closing": closing?.json, "note": .text(note),
    ])
    return try file.map { Body.merged(try Body.read($0), given) } ?? given
  }
}
