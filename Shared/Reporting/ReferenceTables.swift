import Foundation
import Hummingbird
import Models
import ServiceKit

/// Reference tables of this edition as JSON, for clients that offer choices.
package struct ReferenceTables: Sendable {
  /// The files by the names they are asked for.
  private let tables: [String: String]

  package init(_ tables: [String: String]) { self.tables = tables }

  package func add(to group: RouterGroup<Context>) {
    group.get("reference/{table}") { _, context in
      guard let file = tables[context.parameters.get("table") ?? ""] else {
        let names = tables.keys.sorted().joined(separator: ", ")
        throw Problem(.notFound, "The reference tables are: \(names).")
      }
      return try Self.table(file)
    }
  }

  package static func table(_ name: String) throws -> Response {
    let rows = try Reference.rows(Reference.folder.appending(path: name + ".csv"))
    let items = rows.map { row in
      JSON.object(row.sorted { $0.key < $1.key }.map { .init($0.key, .string($0.value)) })
    }
    return .json(.members(["items": .array(items)]))
  }
}
