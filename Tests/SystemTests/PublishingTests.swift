import Foundation
import Models
import Testing

extension RunningTests.PublicationTests {
  private static func question(_ definition: String, from: String, to: String) -> JSON {
    .members([
      "title": "A table",
      "question": .members([
        "definition": .string(definition), "from": .string(from), "to": .string(to),
      ]),
    ])
  }

  private static func publication(_ tables: [JSON]) -> JSON {
    .members(["name": "2012", "stage": "final", "tables": .array(tables)])
  }

  private static let small = publication([
    question("SCRAP_RATE_KG_T", from: "2012-01", to: "2012-12")
  ])

  private func count(_ caller: Caller) async throws -> Int {
    try await caller.ask("publications").items.count
  }

  @Test("Nothing is published while a source is away, and it is once that is back")
  func away() async throws {
    try await withLedger { ledger in
      try await ledger.startAll()
      let caller = try await ledger.signIn(try ledger.operatorKey)
      for name in RunningLedger.followers { try await caller.becomeKnown(to: name) }
      let position = try await caller.position()
      let first = try await caller.publish(Self.small, after: [position])
      try #require(first.status == 201, "\(first.text)")
      for (service, source) in [
        ("hydrogen-use", "hydrogen-use"), ("processor-registry", "registry"),
      ] {
        try await ledger.kill(service)
        #expect(try await state(caller, of: source) { $0 == "unreachable" } == "unreachable")
        let refused = try await caller.tell("publications", Self.small)
        #expect(refused.status == 409 && refused.problem == "conflict", "\(refused.text)")
        #expect(refused.text.contains(source), "it does not say which: \(refused.text)")
        // Figures are answered on.
        #expect(try await caller.ask("figures?definition=SCRAP_RATE_KG_T").status == 200)
        try await ledger.start(service)
        #expect(try await state(caller, of: source) { $0 == "following" } == "following")
      }
      #expect(try await count(caller) == 1, "what was refused is published")
      let second = try await caller.publish(Self.small)
      #expect(second.status == 201, "\(second.text)")
      #expect(try await count(caller) == 2)
      try await ledger.stopAll()
    }
  }

  @Test("It is published once for a key, of acceptable tables, and of 5,000 rows at most")
  func refused() async throws {
    try await withLedger { ledger in
      try await ledger.startAll()
      let caller = try await ledger.signIn(try ledger.operatorKey)
      for name in RunningLedger.followers { try await caller.becomeKnown(to: name) }
      // Ten years of months that are owed and not there: 120 rows for each definition.
      let plant = try await caller.enrol(
        .recycledInput, owes: [Sample.owed(.recycledInput, from: "2012-01", to: "2021-12")])
      let key = Caller.fresh()
      let first = try await caller.publish(Self.small, after: [plant.position], key: key)
      try #require(first.status == 201, "\(first.text)")
      #expect(first["tables"]?.elements.first?["rows"]?.elements.count == 12, "\(first.text)")
      let again = try await caller.tell("publications", Self.small, key: key)
      #expect(again.status == 201 && again.text == first.text)
      #expect(again.header("Idempotent-Replay") == "true")
      #expect(again.position == first.position && again.etag == first.etag)
      let other = try await caller.tell(
        "publications", Self.small.with("name", "another"), key: key)
      #expect(other.status == 422 && other.problem == "idempotency-key-reused", "\(other.text)")
      #expect(try await caller.tell("publications", Self.small, key: nil).status == 400)

      let year = Self.question("SCRAP_RATE_KG_T", from: "2012-01", to: "2012-12")
      for (body, pointer) in [
        (Self.small.with("name", nil), "/name"), (Self.small.with("stage", "draft"), "/stage"),
        (Self.small.with("tables", nil), "/tables"), (Self.publication([]), "/tables"),
        (Self.publication(Array(repeating: year, count: 11)), "/tables"),
        (Self.small.with("tables/0/title", nil), "/tables/0/title"),
        (Self.small.with("tables/0/question", nil), "/tables/0/question"),
        (Self.small.with("tables/0/question/definition", "RATE"), "/tables/0/question"),
        (Self.small.with("tables/0/question/by", "colour"), "/tables/0/question"),
        (Self.small.with("tables/0/question/from", "2013-01"), "/tables/0/question"),
        (Self.small.with("tables/0/question/colour", "red"), "/tables/0/question"),
      ] {
        let reply = try await caller.publish(body)
        #expect(reply.status == 422, "\(pointer): \(reply.text)")
        let isPointedAt = reply.pointers.count == 1 && reply.pointers[0].hasPrefix(pointer)
        #expect(isPointedAt, "\(pointer): \(reply.text)")
      }
      let lost = try await caller.tell(
        "publications", Self.small.with("replaces", "01890000-0000-7000-8000-00000000dead"))
      #expect([404, 422].contains(lost.status), "\(lost.text)")

      let six = [
        "SCRAP_RATE_KG_T", "SCRAP_SHARE_METALLIC_CHARGE", "SCRAP_SHARE_EXTERNAL_NET",
        "SCRAP_SHARE_EXTERNAL_FULL", "SHORT_PROCESS_SHARE_FURNACE",
        "SHORT_PROCESS_SHARE_ENTERPRISE",
      ].joined(separator: ",")
      let table = Self.question(six, from: "2012-01", to: "2021-12")
      let tooMany = try await caller.publish(
        Self.publication(Array(repeating: table, count: 7)))
      #expect([413, 422].contains(tooMany.status), "5,040 rows: \(tooMany.text.prefix(500))")
      #expect(try await count(caller) == 1)
      let most = try await caller.publish(Self.publication(Array(repeating: table, count: 6)))
      try #require(most.status == 201, "4,320 rows: \(most.text.prefix(500))")
      let id = try most.id
      let tables = try await caller.ask("publications/\(id)")["tables"]?.elements ?? []
      #expect(tables.map { $0["rows"]?.elements.count } == Array(repeating: 720, count: 6))

      let strange = try await caller.ask("publications/01890000-0000-7000-8000-00000000dead")
      #expect(strange.status == 404, "\(strange.text)")
      let page = try await caller.ask("publications?limit=1")
      let cursor = try #require(page.cursor, "\(page.text)")
      let rest = try await caller.ask("publications?limit=1&cursor=\(cursor)")
      let ids = (page.items + rest.items).compactMap { $0["id"]?.text }
      let both: Set<String> = [try first.id, try most.id]
      #expect(Set(ids) == both && rest.cursor == nil, "\(rest.text)")
      try await ledger.stopAll()
    }
  }
}
