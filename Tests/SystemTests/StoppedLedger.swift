import Foundation
import Storage
import TestSupport
import Testing

extension RunningLedger {
  /// A stopped service's database.
  func database(_ service: String) throws -> Database {
    try Database(url: TestStorage.url(folder.appending(path: service + ".sqlite").path()))
  }

  /// Holds the stopped dashboard's cells against the second implementation, over the stopped
  /// registry's journal.
  func holdAgainstJournal() async throws {
    let (registry, dashboard) = (try database("processor-registry"), try database("dashboard"))
    let events = try await registry.read {
      try $0.query("SELECT event FROM journal ORDER BY position").map { try $0.blob("event") }
    }
    let expected = try SimpleLedger(events).cells()
    let isSame = try await dashboard.read { try FoldedModel.cells(on: $0) } == expected
    #expect(isSame, "the cells are not those of the journal")
    try registry.close()
    try dashboard.close()
  }
}
