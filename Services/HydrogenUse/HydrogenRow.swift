import Models
import Reporting

/// The columns of a month of hydrogen in a CSV file, masses in kilograms, and their JSON form. One
/// supply line stands for each route and source: `supply.coke_oven_gas.by_product.kg`.
enum HydrogenRow {
  static func json(_ columns: [String: String]) -> JSON {
    var row = RowColumns(columns)
    var members = row.texts(["facility_id", "month", "opening_reason", "note", "reason"])
    members += row.flag("nil")
    members += row.masses(["opening", "vented", "closing"], unit: .kilogram)
    members.append(.init("supplies", supplies(&row)))
    members.append(.init("uses", uses(&row)))
    return .object(members + row.rest)
  }

  private static func supplies(_ row: inout RowColumns) -> JSON {
    .array(
      HydrogenRoute.allCases.flatMap { route in
        HydrogenSource.allCases.compactMap { source in supply(route, source, &row) }
      })
  }

  private static func supply(
    _ route: HydrogenRoute, _ source: HydrogenSource, _ row: inout RowColumns
  ) -> JSON? {
    let prefix = "supply.\(route.rawValue).\(source.rawValue)."
    guard row.has(prefix: prefix) else { return nil }
    var members: [JSON.Member] = []
    for name in ["power", "facility_id", "reference_state", "hydrogen_fraction"] {
      if let text = row.take(prefix + name) { members.append(.init(name, .string(text))) }
    }
    if let text = row.take("\(prefix)kg") {
      members.append(.init("mass", RowColumns.mass(text, .kilogram)))
    }
    if let text = row.take("\(prefix)m3") {
      members.append(
        .init("volume", .members(["value": .string(text), "unit": "m3"])))
    }
    let (value, boundary, method) = (
      row.take("\(prefix)intensity"), row.take("\(prefix)boundary"), row.take("\(prefix)method")
    )
    if value != nil || boundary != nil || method != nil {
      members.append(
        .init(
          "carbon_intensity",
          .members([
            "value": .text(value), "boundary": .text(boundary), "method": .text(method),
          ])))
    }
    if let text = row.take("\(prefix)renewable") {
      members.append(.init("renewable", RowColumns.flag(text)))
    }
    if let text = row.take("\(prefix)certificates") {
      let ids = text.split(separator: " ").map { JSON.string(String($0)) }
      members.append(.init("certificates", .array(ids)))
    }
    guard !members.isEmpty else { return nil }
    return .object(
      [
        .init("route", .string(route.rawValue)), .init("source", .string(source.rawValue)),
      ] + members)
  }

  private static func uses(_ row: inout RowColumns) -> JSON {
    .array(
      HydrogenPurpose.allCases.compactMap { use in
        let prefix = "use.\(use.rawValue)."
        guard row.has(prefix: prefix) else { return nil }
        let (mass, product, feed) = (
          row.take("\(prefix)kg"), row.take("\(prefix)product_t"), row.take("\(prefix)feed")
        )
        guard mass != nil || product != nil || feed != nil else { return nil }
        return .members([
          "use": .string(use.rawValue), "mass": mass.map { RowColumns.mass($0, .kilogram) },
          "product": product.map { RowColumns.tonnes($0) }, "feed": .text(feed),
        ])
      })
  }
}
