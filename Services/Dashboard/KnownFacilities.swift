import Models
import Storage

/// The facilities as they were known at a moment, each under its own id, and what ids they stand
/// for after merges.
struct KnownFacilities: Sendable {
  let facilities: [String: Facility]
  private let merges: [String: String]

  /// - Parameter moment: nil stands for now.
  init(asOf moment: Instant?, on connection: Connection) throws {
    let time = Value.int(moment?.milliseconds ?? ReadModelStore.never - 1)
    merges = Dictionary(
      uniqueKeysWithValues: try KnownFacilities.merges(asOf: time, on: connection))
    let rows = try connection.query(
      """
      SELECT facility_id, body FROM facility_version
      WHERE recorded_at <= $1 AND superseded_at > $1
      """, [time])
    facilities = Dictionary(
      uniqueKeysWithValues: try rows.map {
        (
          try $0.text("facility_id"),
          try Fields.read(Array($0.text("body").utf8), as: Facility.init)
        )
      })
    let merged = merges
    furnaces = Dictionary(
      grouping: facilities.filter { merged[$0.key] == nil && !$0.value.blastFurnaces.isEmpty }
        .values, by: \.organisation)
  }

  /// Whether no facility of the enterprise has a blast furnace in a period.
  func isShortProcess(_ organisation: ID, in period: Period) -> Bool {
    !(furnaces[organisation] ?? []).contains { $0.hasBlastFurnace(in: period) }
  }

  private static func merges(asOf time: Value, on connection: Connection) throws -> [(
    String, String
  )] {
    try connection.query(
      "SELECT absorbed, survivor FROM facility_merge WHERE recorded_at <= $1", [time]
    ).map { (try $0.text("absorbed"), try $0.text("survivor")) }
  }

  /// The enterprises that have a blast furnace, with their facilities that do.
  private let furnaces: [ID: [Facility]]

  func root(_ id: String) -> String {
    var root = id
    while let next = merges[root] { root = next }
    return root
  }

  /// The facilities that stand for themselves.
  var roots: [(id: String, facility: Facility)] {
    facilities.filter { merges[$0.key] == nil }.map { ($0.key, $0.value) }
  }
}
