import Foundation
import Storage
import TestSupport
import Testing

extension RunningLedger {
  /// A stopped service's database.
  func database(_ service: String) throws -> Database {
    try Database(url: TestStorage.url(folder.appending(path: service + ".sqlite").path()))
  }

  /// Holds the stopped dashboard's cells against the second implementation, over the journals of
  /// the stopped services.
  func holdAgainstJournal() async throws {
    var events: [[UInt8]] = []
    for service in started where service != "dashboard" {
      let source = try database(service)
      events += try await source.read {
        try $0.query("SELECT event FROM journal ORDER BY position").map { try $0.blob("event") }
      }
      try source.close()
    }
    let dashboard = try database("dashboard")
    let expected = try SimpleLedger(events).cells()
    let isSame = try await dashboard.read { try FoldedModel.cells(on: $0) } == expected
    #expect(isSame, "the cells are not those of the journal")
    try dashboard.close()
  }
}
