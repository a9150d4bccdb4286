import Foundation
import Models
import ServiceKit
import TestSupport
import Testing

extension RunningTests {
  /// What the reporting services know by following the registry.
  @Suite("Reporting beside the registry", .serialized)
  struct RegistryAwayTests {
    private static let kinds: [ReportKind] = [.recycledInput, .hydrogenUse]

    private func enrol(_ caller: Caller, _ organisation: String) async throws -> String {
      try await caller.post(
        "facilities", Sample.facility(organisation, roles: ["mill", "hydrogen_user"])
      ).id
    }

    private func reporter(of organisation: String, by caller: Caller) async throws -> Caller {
      let issued = try await caller.post(
        "credentials",
        .members([
          "holder": "A reporter", "holder_kind": "person",
          "grants": .array([.string("reporter@organisation:\(organisation)")]),
        ]))
      return try await caller.ledger.signIn(try #require(issued["key"]?.text, "\(issued.text)"))
    }

    @Test(
      "While the registry is down both go on accepting, also after a restart, and learn later what was registered"
    )
    func away() async throws {
      try await withLedger { ledger in
        try await ledger.startAll()
        let caller = try await ledger.signIn(try ledger.operatorKey)
        let organisation = try await caller.post("organisations", Sample.organisation()).id
        let site = try await enrol(caller, organisation)
        let reporter = try await reporter(of: organisation, by: caller)
        for kind in Self.kinds {
          try await reporter.becomeKnown(to: kind.service, facility: site)
        }
        try await caller.becomeKnown(to: "dashboard")
        // Who holds a token goes on: the dashboard, too, has got one from the registry.
        for kind in Self.kinds {
          #expect(try await state(caller, of: kind.source) { $0 == "following" } == "following")
        }

        try await ledger.kill("processor-registry")
        for kind in Self.kinds {
          let first = try await reporter.report(kind.body(site, 180, 1000), as: kind)
          #expect(first.status == 201, "\(first.text)")
          let unknown = try await reporter.report(kind.body(UUID().uuidString, 180, 1000), as: kind)
          #expect(unknown.status == 404, "\(unknown.text)")
          // What it knows of keys and facilities is its own copy.
          try await ledger.stop(kind.service)
          try await ledger.start(kind.service)
          let second = try await reporter.report(kind.body(site, 181, 1000), as: kind)
          #expect(second.status == 201, "\(second.text)")
          let position = try #require(second.position)
          let seen = try await caller.dashboard(
            "\(kind.rawValue)?by=country&from=2025-01&to=2026-06", after: position)
          #expect(seen["whole"]?["coverage"]?["reports"]?.int == 2, "\(seen.text)")
        }

        try await ledger.start("processor-registry")
        let later = try await enrol(caller, organisation)
        // The dashboard, too, has to learn of the facility before its reports count.
        let registered = try await caller.position()
        for kind in Self.kinds {
          try await reporter.becomeKnown(to: kind.service, facility: later)
          let third = try await reporter.report(kind.body(later, 180, 2000), as: kind)
          #expect(third.status == 201, "\(third.text)")
          let seen = try await caller.dashboard(
            "\(kind.rawValue)?by=country&from=2025-01&to=2026-06",
            after: "\(registered), \(try #require(third.position))")
          #expect(seen["whole"]?["coverage"]?["reports"]?.int == 3, "\(seen.text)")
        }
        try await ledger.stopAll()
        try await ledger.holdAgainstJournal()
      }
    }

    private func scrap(_ table: Reply) -> String? {
      table["whole"]?["inputs"]?.elements.first { $0["material"]?.text == "scrap_steel" }?[
        "mass"]?["value"]?.text
    }

    @Test("Reports of a mill that was entered twice go to the one that remains, and none is lost")
    func merged() async throws {
      try await withLedger { ledger in
        try await ledger.startAll()
        let caller = try await ledger.signIn(try ledger.operatorKey)
        let organisation = try await caller.post("organisations", Sample.organisation()).id
        let (one, double) = (
          try await enrol(caller, organisation), try await enrol(caller, organisation)
        )
        let reporter = try await reporter(of: organisation, by: caller)
        let kind = ReportKind.recycledInput
        try await reporter.becomeKnown(to: kind.service, facility: double)
        let first = try await reporter.report(kind.body(one, 180, 1000), as: kind)
        let same = try await reporter.report(kind.body(double, 180, 1100), as: kind)
        let other = try await reporter.report(kind.body(double, 181, 1200), as: kind)
        for reply in [first, same, other] { #expect(reply.status == 201, "\(reply.text)") }

        let merge = try await caller.post(
          "facilities/\(one)/merge",
          .members(["absorb": .string(double), "reason": "entered twice"]))
        #expect(merge.status / 100 == 2, "\(merge.text)")
        let position = try #require(merge.position)
        var page = try await reporter.get(kind.service, kind.path, after: position)
        for _ in 0..<24 where page.status == 503 {
          page = try await reporter.get(kind.service, kind.path, after: position)
        }
        func facility(of report: Reply) throws -> String? {
          let id = try report.id
          return page["items"]?.elements.first { $0["id"]?.text == id }?["facility_id"]?.text
        }
        for report in [first, same, other] { #expect(try facility(of: report) == one) }
        try await caller.becomeKnown(to: "dashboard")
        let both = "\(position), \(try #require(other.position))"
        let single = try await caller.dashboard(
          "recycled-input?by=country&from=2025-01&to=2026-06", after: both)
        #expect(single["whole"]?["coverage"]?["reports"]?.int == 2, "\(single.text)")
        #expect(scrap(single) == "2200", "of the month that both reported, the survivor's counts")
        // A new report under the old id is the survivor's, and its months are taken.
        let again = try await reporter.report(kind.body(double, 180, 1300), as: kind)
        #expect(again.status == 409 && again["existing"] == first["id"], "\(again.text)")
        let next = try await reporter.report(kind.body(double, 182, 1300), as: kind)
        #expect(next.status == 201 && next["facility_id"]?.text == one, "\(next.text)")
        // The double month is withdrawn; only then are the figures those of one mill.
        let withdrawn = try await reporter.send(
          "POST", kind.service, "\(kind.path)/\(try same.id)/withdrawal",
          headers: [
            ("Content-Type", "application/json"), ("Idempotency-Key", Caller.fresh()),
            ("If-Match", "\"1\""),
          ], body: Array(#"{"reason": "entered twice"}"#.utf8))
        #expect(withdrawn.status == 201, "\(withdrawn.text)")
        let seen = try await caller.dashboard(
          "recycled-input?by=country&from=2025-01&to=2026-06",
          after: try #require(withdrawn.position))
        #expect(seen["whole"]?["coverage"]?["reports"]?.int == 3, "\(seen.text)")
        #expect(scrap(seen) == "3500", "\(seen.text)")
        try await ledger.stopAll()
        try await ledger.holdAgainstJournal()
      }
    }
  }
}
