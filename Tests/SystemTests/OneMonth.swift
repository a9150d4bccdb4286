import Foundation
import Journal
import Models
import Reporting
import ServiceKit
import Storage
import TestSupport
import Testing

@testable import Dashboard
@testable import ProcessorRegistry

/// Some facilities of one month in a registry and a read model, without services: the clock is the
/// test's.
struct OneMonth {
  static let month = Month(year: 2026, month: 2)

  let registry: RandomRegistry
  let model: FoldedModel
  let facilities: [ID]
  private let reporting: Reporting<ThroughputRules>
  private let actor: Actor

  /// - Parameter provinces: a facility in each.
  init(in folder: URL, provinces: [String]) async throws {
    registry = try await RandomRegistry(in: folder, random: Seeded(stream: 20_260_310))
    model = try await FoldedModel(folder.appending(path: "dashboard.sqlite"))
    let store = try registry.store
    let actor = Actor(
      credential: Randomness.system.id(at: registry.time.clock.now()),
      grants: [Grant(.reporter, .all), Grant(.operator, .all)])
    self.actor = actor
    reporting = Reporting(
      store: ReportStore(
        database: store.database, journal: store.journal, facilities: store.facilities,
        source: "registry"),
      rules: ThroughputRules(permille: 5, facilities: store.facilities))
    let organisation = try Fields.read(Sample.organisation(), as: Organisation.init)
    let owner = try await store.database.write {
      try store.register(organisation, by: actor.name, on: $0).0.id
    }
    var facilities: [ID] = []
    for province in provinces {
      let facility = try Fields.read(
        Sample.facility(owner.text, province: province), as: Facility.init)
      facilities.append(
        try await store.database.write {
          try store.register(facility, confirmed: true, by: actor.name, on: $0).0.id
        })
    }
    self.facilities = facilities
  }

  var now: Instant { registry.time.clock.now() }

  /// Reports the month of the facility of a number.
  func report(_ number: Int) async throws -> ID {
    let draft = try Fields.read(
      Sample.report(facilities[number].text, Self.month.description), as: Throughput.init)
    let (reporting, actor) = (reporting, actor)
    return try await registry.store.database.write {
      try reporting.report(draft, by: actor, on: $0).report.id
    }
  }

  func revise(_ report: ID, of number: Int, purchased: Int) async throws {
    let corrected = try Fields.read(
      Sample.report(facilities[number].text, Self.month.description, purchased: purchased),
      as: Throughput.init)
    let (reporting, actor) = (reporting, actor)
    let isRevised = try await registry.store.database.write { connection in
      guard let old = try reporting.store.report(report, on: connection) else { return false }
      _ = try reporting.revise(
        old, to: corrected, reason: "weighed again", by: actor, on: connection)
      return true
    }
    try #require(isRevised)
  }

  func merge(_ absorbed: Int, into survivor: Int) async throws {
    let (store, actor) = (try registry.store, actor)
    let (gone, stays) = (facilities[absorbed], facilities[survivor])
    let isMerged = try await store.database.write { connection in
      guard let gone = try store.facilities.facility(gone, on: connection),
        let stays = try store.facilities.facility(stays, on: connection)
      else { return false }
      _ = try store.merge(
        gone, into: stays, reason: "entered twice", by: actor.name, on: connection)
      return true
    }
    try #require(isMerged)
  }

  /// Lets the read model follow.
  func fold() async throws { try await model.fold(try await registry.entries()) { 1000 } }

  /// Sums of the month, as the read model has them.
  /// - Parameter place: nil stands for all.
  func sums(_ names: [String], at place: String? = nil, asOf moment: Instant? = nil) async throws
    -> [Int128]
  {
    let months = Self.month...Self.month
    let cells = try await model.database.read {
      try Figures.cells(Series(.throughput, .steel), months, asOf: moment, on: $0)
    }
    let sums = cells.filter { place == nil || $0.key.place == place }.values
      .reduce(Amounts.zero, +)
    return names.map { sums[$0] }
  }
}
