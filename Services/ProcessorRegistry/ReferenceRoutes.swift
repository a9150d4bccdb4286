import Foundation
import Hummingbird
import Models
import ServiceKit

/// The reference tables of this edition, for clients that offer choices.
struct ReferenceRoutes: Sendable {
  private static let tables = [
    "provinces": "provinces", "authorities": "authorities", "grades": "scrap_grades",
    "criteria": "criteria", "counting-states": "counting_states", "due-days": "due_days",
    "targets": "targets", "countries": "countries",
  ]

  func add(to group: RouterGroup<Context>) {
    group.get("criteria-sets") { _, _ in try table("criteria_sets") }
    group.get("reference/{table}") { _, context in
      guard let file = Self.tables[context.parameters.get("table") ?? ""] else {
        let names = Self.tables.keys.sorted().joined(separator: ", ")
        throw Problem(.notFound, "The reference tables are: \(names).")
      }
      return try table(file)
    }
  }

  private func table(_ name: String) throws -> Response {
    let rows = try Reference.rows(Reference.folder.appending(path: name + ".csv"))
    let items = rows.map { row in
      JSON.object(row.sorted { $0.key < $1.key }.map { .init($0.key, .string($0.value)) })
    }
    return .json(.members(["items": .array(items)]))
  }
}
