import Models
import Reporting

/// The columns of a mill's month in a CSV file, masses in tonnes, and their JSON form. One input
/// line stands for each material and origin: `scrap_steel.post_consumer.gross_t`.
enum InputRow {
  static func json(_ columns: [String: String]) -> JSON {
    var row = RowColumns(columns)
    var members = row.texts(["facility_id", "metal", "period", "opening_reason", "note", "reason"])
    members += row.flag("nil")
    members += row.masses(["opening", "received", "home_arising", "sold", "closing", "product"])
    members.append(.init("outputs", outputs(&row)))
    members.append(.init("inputs", inputs(&row)))
    return .object(members + row.rest)
  }

  private static func outputs(_ row: inout RowColumns) -> JSON {
    .array(
      OutputRoute.allCases.compactMap { route in
        row.take("output.\(route.rawValue)_t").map {
          .members(["route": .string(route.rawValue), "mass": RowColumns.tonnes($0)])
        }
      })
  }

  private static let masses = ["gross", "tare"]
  private static let words = [
    "moisture", "impurity", "impurity_basis", "assay", "yield", "route", "facility_id",
  ]

  private static func inputs(_ row: inout RowColumns) -> JSON {
    let ids = Reference.shared.materials.keys.sorted()
    return .array(
      ids.flatMap { id in
        ([nil] + Origin.allCases.map(\.rawValue)).compactMap { origin in
          input(id, origin, &row)
        }
      })
  }

  private static func input(_ id: String, _ origin: String?, _ row: inout RowColumns) -> JSON? {
    let prefix = ([id, origin].compactMap { $0 }).joined(separator: ".") + "."
    guard row.has(prefix: prefix) else { return nil }
    var members: [JSON.Member] = []
    for name in masses {
      if let text = row.take("\(prefix)\(name)_t") {
        members.append(.init(name, RowColumns.tonnes(text)))
      }
    }
    if let text = row.take("\(prefix)impurity_t") {
      members.append(.init("impurity_mass", RowColumns.tonnes(text)))
    }
    for name in words {
      if let text = row.take(prefix + name) { members.append(.init(name, .string(text))) }
    }
    guard !members.isEmpty else { return nil }
    let head = [JSON.Member("material", .string(id))]
    return .object(head + (origin.map { [.init("origin", .string($0))] } ?? []) + members)
  }
}
