import Models
import Storage

/// An object as stored: its JSON text and its version.
package struct Stored: Sendable {
  package let id: ID
  package let version: Int64
  /// The members of the wire form, without id and version.
  package let body: JSON

  package init(id: ID, version: Int64, body: JSON) {
    self.id = id
    self.version = version
    self.body = body
  }

  package init(_ row: Row) throws {
    guard let id = ID(try row.text("id")) else {
      throw StorageFailure.misuse("a stored id is no id")
    }
    self.init(
      id: id, version: try row.int("version"),
      body: try Fields.parse(Array(row.text("body").utf8)))
  }

  package var json: JSON {
    guard case .object(let members) = body else { return body }
    return .object([.init("id", id.json), .init("version", .int(version))] + members)
  }
}

/// A facility as stored, read back into its model.
package struct StoredFacility: Sendable {
  package let stored: Stored
  package let facility: Facility

  package init(_ row: Row) throws {
    stored = try Stored(row)
    facility = try Fields.read(stored.body, as: Facility.init)
  }

  package init(stored: Stored, facility: Facility) {
    self.stored = stored
    self.facility = facility
  }

  package var id: ID { stored.id }
}
