import Foundation
import Models
import Testing

extension RunningTests {
  @Suite("Reviewing a report", .serialized, .ledger)
  struct ReviewingTests {
    /// What can be done in each state; nothing else can.
    static let possible = [
      "submitted": ["question", "accept"], "questioned": ["answer"],
      "answered": ["question", "accept"], "accepted": ["lock"], "locked": [],
    ]
    static let actions = [
      "question", "answer", "accept", "lock", "accept_revision", "refuse_revision",
    ]

    /// Demands that a report is in a state: it says so, is listed by it alone, and refuses every
    /// step that does not fit.
    private func expect(_ dossier: Dossier, is state: String) async throws {
      let possible = try #require(Self.possible[state])
      let review = try await dossier.read("/review")
      #expect(review["state"]?.text == state && review.etag == dossier.etag, "\(review.text)")
      #expect(review["actions"]?.elements.compactMap(\.text) == possible, "\(review.text)")
      for action in Self.actions where !possible.contains(action) {
        let reply = try await dossier.attempt(action, "x")
        #expect(reply.status == 409 && reply.problem == "conflict", "\(action): \(reply.text)")
      }
      for other in Self.possible.keys {
        let listed = try await dossier.plant.reporter.read(dossier.kind, "?review=\(other)")
        let ids = listed["items"]?.elements.compactMap { $0["id"]?.text }
        #expect(ids == (other == state ? [dossier.id] : []), "\(other): \(listed.text)")
      }
      let report = try await dossier.read()
      #expect(report["review"]?.text == state && report.etag == dossier.etag, "\(report.text)")
    }

    @Test(
      "A report goes from submitted to locked by the steps of its review, and by no other",
      arguments: ReportKind.allCases)
    func course(_ kind: ReportKind) async throws {
      var dossier = try await Dossier(kind, "2025-01")
      let steps: [(action: String, text: String?, state: String)] = [
        ("question", "Which scale?", "questioned"), ("answer", "The new one.", "answered"),
        ("question", "Since when?", "questioned"), ("answer", "Since May.", "answered"),
        ("accept", nil, "accepted"), ("lock", "Published.", "locked"),
      ]
      try await expect(dossier, is: "submitted")
      let receipt = try await dossier.read("/receipt")
      var sizes = [try #require(receipt["position"]?.int) + 1]
      for (index, step) in steps.enumerated() {
        let reply = try await dossier.take(step.action, step.text)
        #expect(reply["review"]?.text == step.state, "\(reply.text)")
        #expect(reply["version"]?.int == index + 2 && reply.etag == "\"\(index + 2)\"")
        #expect(reply["revision"]?.int == 1 && reply["status"]?.text == "reported")
        #expect(kind.isCorrected(reply.json) == false)
        sizes.append(try #require(reply.journalSize))
        try await expect(dossier, is: step.state)
      }
      // Each step is one entry, and what was refused is none.
      #expect(sizes == Array(sizes[0]..<sizes[0] + 7))

      let review = try await dossier.read("/review")
      let history = review["steps"]?.elements ?? []
      #expect(history.compactMap { $0["action"]?.text } == steps.map(\.action), "\(review.text)")
      #expect(history.compactMap { $0["state"]?.text } == steps.map(\.state))
      #expect(history.map { $0["text"]?.text } == steps.map(\.text))
      #expect(history.compactMap { $0["revision"]?.int } == steps.map { _ in 1 })
      #expect(history.compactMap { $0["position"]?.int } == sizes.dropFirst().map { $0 - 1 })
      #expect(history.allSatisfy { $0["at"]?.text.flatMap(Instant.init) != nil })
      let (verifier, reporter) = (
        try await dossier.verifier.name(), try await dossier.plant.reporter.name()
      )
      let actors = steps.map { $0.action == "answer" ? reporter : verifier }
      #expect(history.compactMap { $0["actor"]?.text } == actors && review["proposal"] == nil)
      // A review is no revision.
      let revisions = try await dossier.read("/revisions")
      #expect(revisions["items"]?.elements.count == 1, "\(revisions.text)")
    }

    @Test(
      "Verifiers and operators of the authority review, the reporter answers, nobody else does",
      arguments: ReportKind.allCases)
    func people(_ kind: ReportKind) async throws {
      var dossier = try await Dossier(kind, "2025-02")
      let caller = try SharedLedger.first
      let own = dossier.plant.organisation
      let stranger = try await caller.enrol(kind).reporter
      let reporter = dossier.plant.reporter
      let both = try await caller.issue(
        "verifier@authority:130000", "reporter@organisation:\(own)")
      let everywhere = try await caller.issue("verifier@all", "reporter@all")
      // Those who do not see the report are told that there is none.
      let blind = [
        stranger, try await caller.issue("verifier@authority:140000"),
        try await caller.issue("operator@authority:140000"),
      ]
      let seeing = [
        try await caller.issue("verifier@authority:140000", "analyst@all"),
        try await caller.issue("verifier@organisation:\(own)"),
        try await caller.issue("operator@organisation:\(own)"),
        try await caller.issue("analyst@authority:130000"),
      ]
      let operators = try await caller.issue("operator@authority:130000")
      let all = try await caller.issue("verifier@all")

      let reporting = [reporter, both, everywhere]
      let reviewing = [dossier.verifier, operators, all]
      let courses: [(action: String, by: Caller, refused: [Caller])] = [
        ("question", operators, reporting + seeing),
        ("answer", both, reviewing + seeing),
        ("question", dossier.verifier, [reporter, both]), ("answer", reporter, [all]),
        ("accept", all, reporting + seeing),
        ("lock", dossier.verifier, reporting + seeing),
      ]
      for (action, actor, refused) in courses {
        for (index, other) in refused.enumerated() {
          let reply = try await dossier.attempt(action, "x", by: other)
          #expect(
            reply.status == 403 && reply.problem == "forbidden", "\(action) \(index): \(reply.text)"
          )
        }
        for (index, other) in blind.enumerated() {
          let reply = try await dossier.attempt(action, "x", by: other)
          #expect(reply.status == 404, "\(action) \(index): \(reply.text)")
        }
        let before = dossier.etag
        #expect(try await dossier.read().etag == before, "who may not has changed something")
        try await dossier.take(action, "x", by: actor)
      }
    }

    @Test(
      "A step needs its words, its version and its key, and is taken once",
      arguments: ReportKind.allCases)
    func steps(_ kind: ReportKind) async throws {
      let dossier = try await Dossier(kind, "2025-03")
      for (action, text, pointer) in [
        ("question", nil, "/text"), ("question", "", "/text"), ("answer", nil, "/text"),
        ("refuse_revision", nil, "/text"), ("approve", "x", "/action"),
        ("accept", String(repeating: "长", count: 1001), "/text"),
      ] as [(String, String?, String)] {
        let reply = try await dossier.attempt(action, text)
        #expect(reply.status == 422 && reply.pointers == [pointer], "\(action): \(reply.text)")
      }
      let (verifier, id) = (dossier.verifier, dossier.id)
      let send = { (key: String?, ifMatch: String?, text: String) in
        try await verifier.review("question", text, of: id, at: kind, ifMatch: ifMatch, key: key)
      }
      #expect(try await send(nil, "\"1\"", "Why?").status == 400)
      #expect(try await send(Caller.fresh(), nil, "Why?").status == 428)
      #expect(try await send(Caller.fresh(), "\"2\"", "Why?").status == 412)
      let key = Caller.fresh()
      let (first, again) = (
        try await send(key, "\"1\"", "Why?"), try await send(key, "\"1\"", "Why?")
      )
      #expect(first.status == 201 && again.status == 201 && again.text == first.text)
      #expect(again.header("Idempotent-Replay") == "true")
      #expect(try await send(key, "\"1\"", "Why not?").status == 422)
      let steps = try await dossier.read("/review")["steps"]?.elements
      #expect(steps?.count == 1)

      // Of two who judge the same version at once, one comes too late.
      var answered = try await Dossier(kind, "2025-04")
      try await answered.take("question", "Why?")
      try await answered.take("answer", "So.")
      let judge = answered
      async let accepting = judge.attempt("accept")
      async let asking = judge.attempt("question", "Really?")
      let replies = try await [accepting, asking]
      #expect(replies.map(\.status).sorted() == [201, 412], "\(replies.map(\.text))")
      let review = try await judge.read("/review")
      #expect(review["steps"]?.elements.count == 3, "\(review.text)")
    }
  }
}
