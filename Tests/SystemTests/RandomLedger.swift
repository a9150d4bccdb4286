import Foundation
import Journal
import Models
import Reporting
import TestSupport

@testable import HydrogenUse
@testable import RecycledInput

/// A random registry with a mills' and a hydrogen users' service that follow it at random paces.
final class RandomLedger {
  let registry: RandomRegistry
  private let mills: RandomReports<InputRules>
  private let hydrogen: RandomReports<HydrogenRules>
  var random: Seeded

  static let names = ["registry", "recycled-input", "hydrogen-use"]

  init(in folder: URL, random: Seeded) async throws {
    self.random = random
    var streams = random
    registry = try await RandomRegistry(in: folder, random: random)
    mills = try await RandomReports(
      "recycled-input", in: folder, time: registry.time, random: Seeded(stream: streams.next()),
      migrations: ClaimStore.migrations, rules: { InputRules(permille: 5, facilities: $0) },
      draft: RandomDrafts.mill)
    hydrogen = try await RandomReports(
      "hydrogen-use", in: folder, time: registry.time, random: Seeded(stream: streams.next()),
      migrations: CertificateStore.migrations,
      rules: { HydrogenRules(permille: 20, facilities: $0) }, draft: RandomDrafts.hydrogen)
  }

  func step() async throws {
    switch random.int(1...100) {
    case ...40: try await registry.step()
    case ...56:
      let entries = try await registry.entries()
      if random.chance(50) {
        try await mills.follow(entries)
      } else {
        try await hydrogen.follow(entries)
      }
    default:
      guard !registry.facilities.isEmpty else { return try await registry.step() }
      // Few, so that their reports meet.
      let facilities = Array(registry.facilities.prefix(6))
      if random.chance(55) {
        let metal = random.chance(60) ? Metal.steel : random.one(Metal.allCases)
        try await mills.step(facilities, metal)
      } else {
        try await hydrogen.step(facilities, nil)
      }
    }
  }

  func source(_ name: String) async throws -> (name: String, entries: [Entry]) {
    switch name {
    case "recycled-input": (name, try await mills.entries())
    case "hydrogen-use": (name, try await hydrogen.entries())
    default: (name, try await registry.entries())
    }
  }

  func sources() async throws -> [(name: String, entries: [Entry])] {
    var sources: [(name: String, entries: [Entry])] = []
    for name in Self.names { sources.append(try await source(name)) }
    return sources
  }

  /// By kind, how many steps were taken in and how many were refused.
  var taken: [String: Int] { counts(registry.taken, mills.taken, hydrogen.taken) }
  var refused: [String: Int] { counts(registry.refused, mills.refused, hydrogen.refused) }

  private func counts(
    _ registry: [String: Int], _ mills: [String: Int], _ hydrogen: [String: Int]
  ) -> [String: Int] {
    var counts = registry
    for (kind, count) in mills { counts["mill \(kind)", default: 0] += count }
    for (kind, count) in hydrogen { counts["hydrogen \(kind)", default: 0] += count }
    return counts
  }
}
