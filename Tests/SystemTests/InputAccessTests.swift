import Foundation
import Models
import Testing

extension RunningTests.InputReportingTests {
  @Test("A list is filtered by facility, metal, months and review, and comes in pages")
  func list() async throws {
    let caller = try SharedLedger.first
    let mill = try await caller.enrol(.recycledInput, in: ["130000", "140000"])
    for period in ["2024-12", "2025-01..02", "2025-03"] {
      try await mill.reporter.accepted(Mill.month(mill.facility, period), to: .recycledInput)
    }
    try await mill.reporter.accepted(Mill.copper(mill.facilities[1], "2025-03"), to: .recycledInput)
    let periods = { (query: String) in
      try await mill.reporter.read(.recycledInput, "?\(query)")["items"]?.elements
        .compactMap { $0["period"]?.text }.sorted()
    }
    #expect(try await periods("metal=copper") == ["2025-03"])
    #expect(try await periods("metal=steel&from=2025-02") == ["2025-01..02", "2025-03"])
    #expect(try await periods("from=2025-03&to=2025-03") == ["2025-03", "2025-03"])
    #expect(try await periods("to=2024-12") == ["2024-12"])
    #expect(try await periods("facility_id=\(mill.facilities[1])") == ["2025-03"])
    #expect(try await periods("review=submitted&to=2025-02") == ["2024-12", "2025-01..02"])
    #expect(try await periods("review=accepted") == [])
    for wrong in ["review=done", "metal=gold", "month=2025-01", "from=2025-13"] {
      let reply = try await mill.reporter.read(.recycledInput, "?\(wrong)")
      #expect(reply.status == 422, "\(wrong): \(reply.text)")
    }

    var found: [String] = []
    var next: String? = ""
    for _ in 0..<5 {
      guard let cursor = next else { break }
      let page = try await mill.reporter.read(
        .recycledInput, "?limit=1" + (cursor.isEmpty ? "" : "&cursor=\(cursor)"))
      #expect(page["items"]?.elements.count == 1, "\(page.text)")
      found += page["items"]?.elements.compactMap { $0["id"]?.text } ?? []
      next = page["next"]?.text
    }
    #expect(next == nil && found.count == 4 && found == Set(found).sorted())
    let verifier = try await caller.issue("verifier@authority:140000")
    let seen = try await verifier.read(.recycledInput, "?facility_id=\(mill.facilities[1])")
    #expect(seen["items"]?.elements.count == 1)
    let unseen = try await verifier.read(.recycledInput, "?facility_id=\(mill.facility)")
    #expect(unseen["items"] == [])
  }

  @Test("Another organisation's report is not found, whatever is asked of it")
  func strangers() async throws {
    let (own, other) = (try await mill(), try await mill())
    let theirs = try await other.reporter.accepted(Mill.month(other.facility), to: .recycledInput)
    let id = try theirs.id
    for path in ["", "/revisions", "/revisions/1", "/receipt", "/review"] {
      #expect(try await own.reporter.read(.recycledInput, "/\(id)\(path)").status == 404, "\(path)")
    }
    let revised = Mill.month(other.facility).with("reason", "x")
    #expect(
      try await own.reporter.put(revised, to: .recycledInput, id, ifMatch: theirs.etag).status
        == 404)
    let taken = Mill.month(own.facility).with("reason", "x")
    #expect(
      try await own.reporter.put(taken, to: .recycledInput, id, ifMatch: theirs.etag).status == 404)
    #expect(
      try await own.reporter.withdraw(id, at: .recycledInput, ifMatch: theirs.etag).status == 404)
    let step = try await own.reporter.review(
      "answer", "x", of: id, at: .recycledInput, ifMatch: theirs.etag)
    #expect(step.status == 404)
    let posted = try await own.reporter.post(
      Mill.month(other.facility, "2025-02"), to: .recycledInput)
    #expect(posted.status == 404, "\(posted.text)")
    let unregistered = Mill.month("01890000-0000-7000-8000-00000000dead")
    let nowhere = try await own.reporter.post(unregistered, to: .recycledInput)
    #expect(nowhere.status == 404 && nowhere.json == posted.json)
    for query in ["", "?facility_id=\(other.facility)"] {
      #expect(try await own.reporter.read(.recycledInput, query)["items"] == [])
    }
    #expect(try await other.reporter.read(.recycledInput, "/\(id)").json == theirs.json)

    // Who may see it and does not report for it is told so.
    for grant in ["verifier@authority:130000", "operator@all", "analyst@all"] {
      let reader = try await SharedLedger.first.issue(grant)
      #expect(try await reader.read(.recycledInput, "/\(id)").status == 200, "\(grant)")
      let reply = try await reader.post(Mill.month(other.facility, "2025-03"), to: .recycledInput)
      #expect(reply.status == 403, "\(grant): \(reply.text)")
      let put = try await reader.put(revised, to: .recycledInput, id, ifMatch: theirs.etag)
      #expect(put.status == 403, "\(grant): \(put.text)")
      let gone = try await reader.withdraw(id, at: .recycledInput, ifMatch: theirs.etag)
      #expect(gone.status == 403, "\(grant): \(gone.text)")
    }
  }

  @Test("The same key and body give the first answer again, and one entry")
  func replay() async throws {
    let mill = try await mill()
    let reporter = mill.reporter
    let (key, body) = (Caller.fresh(), Mill.month(mill.facility))
    let wrong = try await reporter.post(body.with("metal", nil), to: .recycledInput, key: key)
    #expect(wrong.status == 422, "a refusal leaves the key free")
    let replies = try await withThrowingTaskGroup(of: Reply.self) { group in
      for _ in 0..<8 {
        group.addTask { try await reporter.post(body, to: .recycledInput, key: key) }
      }
      return try await group.reduce(into: [Reply]()) { $0.append($1) }
    }
    #expect(replies.allSatisfy { $0.status == 201 })
    #expect(Set(replies.map(\.text)).count == 1)
    #expect(replies.count { $0.header("Idempotent-Replay") == nil } == 1)
    for name in ["Location", "ETag", "Journal-Position"] {
      #expect(Set(replies.map { $0.header(name) }).count == 1, "\(name)")
    }
    let other = try await reporter.post(body.with("note", "x"), to: .recycledInput, key: key)
    #expect(other.status == 422 && other.problem == "idempotency-key-reused", "\(other.text)")
    let first = try #require(replies.first)
    let next = try await reporter.accepted(Mill.copper(mill.facility), to: .recycledInput)
    #expect(next.journalSize == (first.journalSize ?? 0) + 1, "more than one entry was written")
    for key in [nil, "", "a b"] {
      let keyless = try await reporter.post(
        Mill.aluminium(mill.facility), to: .recycledInput, key: key)
      #expect(keyless.status == 400, "\(keyless.text)")
    }

    // A withdrawal is made once as well.
    let id = try first.id
    let (drop, reason) = (Caller.fresh(), JSON.members(["reason": "wrong facility"]))
    let post = {
      try await reporter.post(
        reason, to: .recycledInput, at: "/\(id)/withdrawal", key: drop, ifMatch: "\"1\"")
    }
    let (gone, again) = (try await post(), try await post())
    #expect(gone.status == 201 && again.status == 201 && gone.text == again.text)
    #expect(again.header("Idempotent-Replay") == "true")
  }
}
