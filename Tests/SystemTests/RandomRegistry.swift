import Foundation
import Journal
import Logging
import Models
import Reporting
import ServiceKit
import Storage
import TestSupport

@testable import ProcessorRegistry

/// A registry in this process, on real SQLite, to which random things happen. What its rules refuse
/// leaves no trace and is part of the randomness.
final class RandomRegistry {
  private struct Open {
    let store: RegistryStore
    let reporting: Reporting<ThroughputRules>
    let keeper: JournalKeeper
  }

  static let origin = "registry.test/registry"

  var random: Seeded
  let time = Time("2026-03-02T01:00:00.000Z")
  private let dice: Dice
  private let url: String
  private var open: Open?
  let actor: Actor
  var organisations: [ID] = []
  var facilities: [ID] = []
  var reports: [ID] = []
  /// By kind, how many steps were taken in and how many were refused.
  var taken: [String: Int] = [:]
  var refused: [String: Int] = [:]

  init(in folder: URL, random: Seeded) async throws {
    self.random = random
    dice = Dice(random)
    url = try TestStorage.url("\(folder.path())registry.sqlite")
    actor = Actor(
      credential: dice.random.id(at: time.clock.now()),
      grants: Set(
        [Role.reporter, .operator, .verifier, .analyst].map { Grant($0, .all) }))
    try await start()
  }

  private func start() async throws {
    let database = try await openDatabase()
    let keeper = try await JournalKeeper(
      origin: Self.origin, database: database, clock: time.clock, random: dice.random,
      logger: Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() }))
    let store = try await RegistryStore(
      database: database, journal: Journal(clock: time.clock, random: dice.random))
    open = Open(
      store: store,
      reporting: Reporting(
        store: ReportStore(
          database: database, journal: store.journal, facilities: store.facilities,
          source: "registry"),
        rules: ThroughputRules(permille: 5, facilities: store.facilities)), keeper: keeper)
  }

  /// The lock of the one that was closed goes with its last reference, which the writer's thread
  /// may hold for some microseconds more: tried again, a bounded number of times.
  private func openDatabase() async throws -> Database {
    for _ in 0..<10_000 {
      if let database = try? Database(url: url) { return database }
      await Task.yield()
    }
    return try Database(url: url)
  }

  func restart() async throws {
    try open?.store.database.close()
    open = nil
    try await start()
  }

  var store: RegistryStore {
    get throws {
      guard let open else { throw StorageFailure.misuse("the registry is closed") }
      return open.store
    }
  }

  var reporting: Reporting<ThroughputRules>? { open?.reporting }

  /// Signs what is new.
  /// - Returns: the signed size and root.
  func sign() async throws -> Checkpoint? {
    try await open?.keeper.keep()
    return open?.keeper.published?.checkpoint
  }

  func entries(from first: Int64 = 0) async throws -> [Entry] {
    try await store.database.read {
      try Journal.entries(after: first, limit: .max, end: .max, on: $0)
    }
  }

  // MARK: Steps

  func step() async throws {
    // The clock stands still now and then, runs backwards rarely, and at times leaps, also to
    // where a report is just on time or just late: over a month or two, so that first reports of
    // its last months are of both kinds.
    switch random.int(1...100) {
    case ...35: break
    case ...60: time.advance(Int64(random.int(1...3)))
    case ...91: time.advance(Int64(random.int(1...6 * 86_400_000)))
    case ...97:
      let report = random.one(ReportType.allCases)
      time.advanceToDueDay(of: report, isLate: random.chance(50))
    default: time.advance(-Int64(random.int(1...7_200_000)))
    }
    if facilities.count < 3 { return try await attempt("facility", registerFacility) }
    switch random.int(1...100) {
    case ...3: try await attempt("organisation", registerOrganisation)
    case ...8: try await attempt("organisation change", changeOrganisation)
    case ...16: try await attempt("facility", registerFacility)
    case ...30: try await attempt("facility change", changeFacility)
    case ...46: try await attempt("qualification", qualify)
    case ...68: try await attempt("report", report)
    case ...74: try await attempt("bulk", bulk)
    case ...84: try await attempt("revision", revise)
    case ...90: try await attempt("withdrawal", withdraw)
    case ...97: try await attempt("merge", merge)
    default: try await attempt("restart", restart)
    }
  }

  private func attempt(_ kind: String, _ step: () async throws -> Void) async throws {
    do {
      try await step()
      taken[kind, default: 0] += 1
    } catch is Problem {
      refused[kind, default: 0] += 1
    }
  }
}
