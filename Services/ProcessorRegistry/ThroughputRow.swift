import Models
import Reporting

/// The columns of a throughput report in a CSV file, masses in tonnes, and their JSON form.
enum ThroughputRow {
  @Sendable static func json(_ columns: [String: String]) -> JSON {
    var row = RowColumns(columns)
    var members = row.texts(
      ["facility_id", "metal", "month", "opening_reason", "note", "reason"])
    members += row.flag("nil")
    members += row.masses(["opening", "input", "residue", "loss", "closing"])
    members.append(.init("purchases", trades(&row, "source", purchases)))
    members.append(.init("shipments", trades(&row, "destination", shipments)))
    members.append(.init("products", products(&row)))
    return .object(members + row.rest)
  }

  /// `purchased_obsolete_t`, `shipped_mill_t` …: a line for each that is not zero.
  private static func trades(
    _ row: inout RowColumns, _ member: String, _ columns: [(name: String, word: String)]
  ) -> JSON {
    .array(
      columns.compactMap { name, word in
        guard let text = row.take(name), text != "0" else { return nil }
        return .members([member: .string(word), "mass": RowColumns.tonnes(text)])
      })
  }

  private static let purchases = PurchaseSource.allCases.map {
    (name: "purchased_\($0.rawValue)_t", word: $0.rawValue)
  }
  private static let shipments = ShipmentDestination.allCases.map {
    (name: "shipped_\($0.rawValue)_t", word: $0.rawValue)
  }

  private static func products(_ row: inout RowColumns) -> JSON {
    let (text, grade) = (row.take("product_t"), row.take("product_grade"))
    guard let text, text != "0" else { return [] }
    return [.members(["grade": .text(grade), "mass": RowColumns.tonnes(text)])]
  }
}
