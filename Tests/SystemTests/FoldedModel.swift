import Foundation
import Journal
import Models
import TestSupport

@testable import Dashboard
@testable import Storage

/// The dashboard's read model in a database of its own, folded from a registry's entries without
/// any network between.
final class FoldedModel {
  let database: Database
  /// By source, how much of its journal is folded.
  private(set) var sizes: [String: Int64] = [:]

  init(_ url: URL) async throws {
    database = try Database(url: TestStorage.url(url.path()))
    try await database.migrate("follower", Follower.migrations)
    try await database.migrate("dashboard", ReadModelStore.migrations)
  }

  /// Folds what is new, in pages of the lengths that `page` gives.
  func fold(_ entries: [Entry], of source: String = "registry", page: () -> Int) async throws {
    var rest = entries.filter { $0.position >= sizes[source, default: 0] }[...]
    while !rest.isEmpty {
      let followed = try rest.prefix(page()).map {
        try Followed(position: $0.position, event: $0.event, salt: $0.salt)
      }
      try await database.write { try Fold.apply(followed, on: $0) }
      rest = rest.dropFirst(followed.count)
      sizes[source, default: 0] += Int64(followed.count)
    }
  }

  func wipe() async throws {
    try await database.write { try ReadModelStore.wipe(on: $0) }
    sizes = [:]
  }

  func tables() async throws -> [String: [[Value]]] {
    try await database.read { try Self.tables(on: $0) }
  }

  /// Every row of the read model.
  static func tables(on connection: Connection) throws -> [String: [[Value]]] {
    let keys = [
      "organisation_version": "1, 2", "facility_version": "1, 2", "facility_merge": "1",
      "qualification_fact": "1", "report_version": "1, 2", "cell": "1, 2, 3, 4, 5",
      "standing": "1, 2, 3", "fold_position": "1",
    ]
    return Dictionary(
      uniqueKeysWithValues: try keys.map { table, key in
        (table, try connection.query("SELECT * FROM \(table) ORDER BY \(key)").map(\.values))
      })
  }

  static let allSeries =
    Metal.allCases.flatMap { [Series(.throughput, $0), Series(.recycledInput, $0)] }
    + [Series(.hydrogenUse)]

  /// What is read of a past moment: more months than the steps touch, without the empty decades.
  static let window = Month(year: 2024, month: 11)...Month(year: 2028, month: 2)

  /// The cells of all metals, in the form of the second implementation.
  func cells(asOf moment: Instant?, in months: ClosedRange<Month> = Month.first...Month.last)
    async throws -> [SimpleLedger.Key: SimpleLedger.Sums]
  {
    try await database.read { try Self.cells(asOf: moment, in: months, on: $0) }
  }

  /// What was known at a moment, undone from now or added up as `most` says.
  func past(
    _ moment: Instant, in months: ClosedRange<Month>, most: Int, mostReports: Int
  ) async throws -> [SimpleLedger.Key: SimpleLedger.Sums] {
    try await database.read { connection in
      var found: [SimpleLedger.Key: SimpleLedger.Sums] = [:]
      for series in Self.allSeries {
        let cells = try Past(
          series, months, moment, most: most, mostReports: mostReports, on: connection
        ).cells()
        for (key, cell) in cells { found[SimpleLedger.Key(key)] = SimpleLedger.Sums(cell) }
      }
      return found
    }
  }

  static func cells(
    asOf moment: Instant? = nil, in months: ClosedRange<Month> = Month.first...Month.last,
    on connection: Connection
  ) throws -> [SimpleLedger.Key: SimpleLedger.Sums] {
    var found: [SimpleLedger.Key: SimpleLedger.Sums] = [:]
    for series in allSeries {
      let cells = try Figures.cells(series, months, asOf: moment, on: connection)
      for (key, cell) in cells { found[SimpleLedger.Key(key)] = SimpleLedger.Sums(cell) }
    }
    return found
  }
}

extension SimpleLedger.Key {
  init(_ key: CellKey) {
    func digits(_ month: Month) -> Int { month.year * 100 + month.month }
    self.init(
      type: key.series.type.rawValue, metal: key.series.metal?.rawValue ?? "",
      first: digits(key.period.first), month: digits(key.period.last), place: key.place)
  }
}

extension SimpleLedger.Sums {
  init(_ cell: Cell) {
    self.init(
      Dictionary(uniqueKeysWithValues: cell.names.map { ($0, Int(cell[$0])) }))
  }
}
