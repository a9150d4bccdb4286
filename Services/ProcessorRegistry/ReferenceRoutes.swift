import Hummingbird
import Reporting
import ServiceKit

/// The registry's reference tables.
struct ReferenceRoutes: Sendable {
  private static let tables = ReferenceTables([
    "provinces": "provinces", "authorities": "authorities", "grades": "scrap_grades",
    "criteria": "criteria", "counting-states": "counting_states", "due-days": "due_days",
    "targets": "targets", "countries": "countries",
  ])

  func add(to group: RouterGroup<Context>) {
    group.get("criteria-sets") { _, _ in try ReferenceTables.table("criteria_sets") }
    Self.tables.add(to: group)
  }
}
