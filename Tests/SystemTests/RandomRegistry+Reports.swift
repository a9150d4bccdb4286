import Foundation
import Journal
import Models
import Reporting
import ServiceKit
import Storage

@testable import ProcessorRegistry

/// What happens to reports.
extension RandomRegistry {
  func report() async throws {
    let draft = try await throughput(of: random.one(facilities), metal(), month())
    let (store, actor) = (try store, actor)
    guard let reporting else { return }
    let report = try Fields.read(draft, as: Throughput.init)
    reports.append(
      try await store.database.write {
        try reporting.report(report, by: actor, on: $0).report.id
      })
  }

  /// Among few, so that reports meet; at times the one that may still be reported on time.
  private func month() -> Month { random.chance(30) ? time.lastMonth : random.month() }

  private func metal() -> Metal { random.chance(70) ? .steel : random.one(Metal.allCases) }

  /// Rows of few facilities and months, so that some revise and some are unchanged.
  func bulk() async throws {
    var rows: [BulkRow] = []
    let id = random.one(facilities)
    for number in 0..<random.int(1...6) {
      if let last = rows.last, random.chance(20) {
        rows.append(last)
        continue
      }
      let draft = try await throughput(of: id, metal(), month())
      let row = random.chance(80) ? draft.replacing("reason", "weighed again") : draft
      rows.append(BulkRow(number: number, content: .success(row)))
    }
    for outcome in try await reporting?.take(rows, by: actor) ?? [] {
      switch outcome {
      case .created(let id): reports.append(id)
      case .revised: taken["bulk revision", default: 0] += 1
      case .unchanged: taken["bulk unchanged", default: 0] += 1
      case .refused: refused["bulk row", default: 0] += 1
      }
    }
  }

  private func throughput(of facility: ID, _ metal: Metal, _ month: Month) async throws -> JSON {
    guard let reports = reporting?.store else { return .null }
    let before = try await reports.database.read { connection in
      let root = try reports.facilities.facility(facility, on: connection)?.id ?? facility
      return try reports.neighbours(root, metal, Period(month), on: connection).previousClosing?
        .grams
    }
    return RandomDrafts.throughput(facility, metal, month, before, &random)
  }

  func revise() async throws {
    guard let id = random.maybe(reports), let reporting else { return }
    let (store, actor) = (reporting.store, actor)
    guard let old = try await store.database.read({ try store.report(id, on: $0) }) else {
      return
    }
    // Sometimes under an id that was merged since.
    let draft = try await throughput(of: old.report.facility, old.report.metal, old.report.month)
    let report = try Fields.read(draft, as: Throughput.init)
    _ = try await store.database.write { connection in
      guard let old = try store.report(id, on: connection) else { return }
      _ = try reporting.revise(old, to: report, reason: "weighed again", by: actor, on: connection)
    }
  }

  func withdraw() async throws {
    guard let id = random.maybe(reports), let reporting else { return }
    let (store, actor) = (reporting.store, actor)
    _ = try await store.database.write { connection in
      guard let old = try store.report(id, on: connection) else { return }
      _ = try reporting.withdraw(old, reason: "wrong site", by: actor, on: connection)
    }
  }
}
