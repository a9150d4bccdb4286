import Foundation
import Models

/// A place of the table that ships with the program, where the demonstration has a copper or
/// aluminium mill or a hydrogen user; steel mills stand where the real ones do.
struct DemonstrationTown {
  let kind: DemonstrationPlant.Kind
  let province: String
  let municipality: String
  let latitude: String
  let longitude: String
  /// Tonnes a year, of metal or of hydrogen.
  let capacity: Int

  static var shipped: URL {
    Bundle.module.bundleURL.appending(path: "Data/demonstration_places.csv")
  }

  static func read(_ file: URL) throws -> [DemonstrationTown] {
    do {
      return try Reference.rows(file).map(DemonstrationTown.init)
    } catch {
      throw LocalFailure(.usage, "\(file.path) is not a table of places: \(error)")
    }
  }

  private init(_ row: [String: String]) throws {
    let name = try row.column("kind")
    guard let kind = DemonstrationPlant.Kind(rawValue: name),
      let kilotonnes = Int(try row.column("capacity_kt"))
    else { throw LocalFailure(.usage, "\(name) is no kind of plant, or has no capacity") }
    self.kind = kind
    province = try row.column("province")
    municipality = try row.column("municipality")
    latitude = try row.column("latitude")
    longitude = try row.column("longitude")
    capacity = kilotonnes * 1000
  }
}
