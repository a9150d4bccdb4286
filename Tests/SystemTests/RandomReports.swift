import Foundation
import Journal
import Logging
import Models
import Reporting
import ServiceKit
import Storage
import TestSupport

/// A reporting service in this process, on a real database, that follows a random registry, and to
/// which random things happen. What its rules refuse leaves no trace and is part of the randomness.
final class RandomReports<Rules: Rulebook> {
  typealias Report = Rules.Report

  /// Makes a report: of a facility, for a period, with the stock that lay there.
  typealias Draft = (ID, Metal?, Period, Int64?, inout Seeded) -> JSON

  private let reporting: Reporting<Rules>
  private let time: Time
  private let draft: Draft
  private let reporter: Actor
  private let verifier: Actor
  private var reports: [ID] = []
  private var followed: Int64 = 0
  var random: Seeded
  /// By kind, how many steps were taken in and how many were refused.
  private(set) var taken: [String: Int] = [:]
  private(set) var refused: [String: Int] = [:]

  init(
    _ name: String, in folder: URL, time: Time, random: Seeded, migrations: [Migration] = [],
    rules: (Facilities) -> Rules, draft: @escaping Draft
  ) async throws {
    self.random = random
    self.time = time
    self.draft = draft
    let dice = Dice(random)
    let someone = { (roles: [Role]) in
      Actor(
        credential: dice.random.id(at: time.clock.now()),
        grants: Set(roles.map { Grant($0, .all) }))
    }
    reporter = someone([.reporter])
    verifier = someone([.verifier])
    let database = try Database(url: TestStorage.url("\(folder.path())\(name).sqlite"))
    _ = try await JournalKeeper(
      origin: "\(name).test/\(name)", database: database, clock: time.clock, random: dice.random,
      logger: .init(label: name))
    try await database.migrate("follower", Follower.migrations)
    try await database.migrate("facility", FollowedFacilities.migrations)
    try await database.migrate("report", ReportStore<Report>.migrations)
    try await database.migrate(name, migrations)
    let facilities = Facilities()
    reporting = Reporting(
      store: ReportStore(
        database: database, journal: Journal(clock: time.clock, random: dice.random),
        facilities: facilities, source: name), rules: rules(facilities))
  }

  private var store: ReportStore<Report> { reporting.store }

  func entries(from first: Int64 = 0) async throws -> [Entry] {
    try await store.database.read {
      try Journal.entries(after: first, limit: .max, end: .max, on: $0)
    }
  }

  /// Takes what is new in the registry.
  func follow(_ entries: [Entry]) async throws {
    let new = try entries.filter { $0.position >= followed }.map {
      try Followed(position: $0.position, event: $0.event, salt: $0.salt)
    }
    try await store.database.write { try FollowedFacilities.apply(new, on: $0) }
    followed += Int64(new.count)
  }

  /// - Parameters:
  ///   - facilities: those that a report may be for, known here or not.
  ///   - metal: the metals that reports of this type are of.
  func step(_ facilities: [ID], _ metal: Metal?) async throws {
    switch random.int(1...100) {
    case ...50: try await attempt("report") { try await report(random.one(facilities), metal) }
    case ...68: try await attempt("revision", revise)
    case ...76: try await attempt("withdrawal", withdraw)
    default: try await attempt("review", review)
    }
  }

  private func attempt(_ kind: String, _ step: () async throws -> Void) async throws {
    do {
      try await step()
      taken[kind, default: 0] += 1
    } catch let problem as Problem {
      refused["\(kind) \(problem.kind.rawValue)", default: 0] += 1
    }
  }

  /// Among few, so that reports meet; at times January and February as one, at times the month that
  /// may still be reported on time.
  private func period() -> Period {
    if Report.type == .recycledInput, random.chance(25) { return Period(combinedOf: 2026) }
    if random.chance(30) { return Period(time.lastMonth) }
    return Period(Month(number: Month(year: 2025, month: 10).number + random.int(0...5)))
  }

  private func body(of facility: ID, _ metal: Metal?, _ period: Period) async throws -> Report {
    let store = store
    let before = try await store.database.read { connection in
      let root = try store.facilities.facility(facility, on: connection)?.id ?? facility
      return try store.neighbours(root, metal, period, on: connection).previousClosing?.grams
    }
    let stock = random.chance(90) ? before : nil
    return try Fields.read(draft(facility, metal, period, stock, &random), as: Report.init)
  }

  private func report(_ facility: ID, _ metal: Metal?) async throws {
    let report = try await body(of: facility, metal, period())
    let (reporting, reporter) = (reporting, reporter)
    reports.append(
      try await store.database.write {
        try reporting.report(report, by: reporter, on: $0).report.id
      })
  }

  private func revise() async throws {
    let store = store
    guard let id = random.maybe(reports),
      let old = try await store.database.read({ try store.report(id, on: $0) })
    else { return }
    let report = try await body(of: old.report.facility, old.report.series, old.report.period)
    let (reporting, reporter) = (reporting, reporter)
    _ = try await store.database.write { connection in
      guard let old = try store.report(id, on: connection) else { return }
      _ = try reporting.revise(
        old, to: report, reason: "weighed again", by: reporter, on: connection)
    }
  }

  private func withdraw() async throws {
    guard let id = random.maybe(reports) else { return }
    let (store, reporting, reporter) = (store, reporting, reporter)
    try await store.database.write { connection in
      guard let old = try store.report(id, on: connection) else { return }
      _ = try reporting.withdraw(old, reason: "wrong site", by: reporter, on: connection)
    }
  }

  private func review() async throws {
    guard let id = random.maybe(reports) else { return }
    let state = try await store.database.read { [store] in try store.report(id, on: $0)?.review }
    // Mostly what fits.
    let fitting = random.chance(80) ? state?.actions ?? [] : []
    let action = random.one(fitting.isEmpty ? ReviewAction.allCases : fitting)
    let step = try Fields.read(
      .members(["action": .string(action.rawValue), "text": "看过"]), as: ReviewStep.init)
    let (store, reporting) = (store, reporting)
    let actor = action == .answer ? reporter : verifier
    try await store.database.write { connection in
      guard let old = try store.report(id, on: connection),
        let facility = try store.facilities.facility(old.report.facility, on: connection)
      else { return }
      _ = try reporting.review(old, step, of: facility, by: actor, on: connection)
    }
    taken[action.rawValue, default: 0] += 1
  }
}
