import Foundation
import Models
import Testing

/// What a revision does to a review, and a review to a revision.
extension RunningTests.ReviewingTests {
  @Test(
    "Changed figures are looked at anew, and to correct them answers a question",
    arguments: ReportKind.allCases)
  func revisions(_ kind: ReportKind) async throws {
    var dossier = try await Dossier(kind, "2025-05")
    let (corrected, original) = (dossier.corrected, dossier.body.with("reason", "as it was"))
    let first = try await dossier.revise(corrected)
    #expect(first["review"]?.text == "submitted" && kind.isCorrected(first.json) == true)
    try await dossier.take("question", "Why?")
    let second = try await dossier.revise(original)
    #expect(second["review"]?.text == "answered" && kind.isCorrected(second.json) == false)
    let third = try await dossier.revise(corrected)
    #expect(third["review"]?.text == "answered")
    try await dossier.take("accept")
    let fourth = try await dossier.revise(original)
    #expect(fourth["review"]?.text == "submitted" && fourth["revision"]?.int == 5)
    // Four revisions and two steps.
    #expect(fourth["version"]?.int == 7 && fourth.etag == "\"7\"", "\(fourth.text)")
    let revisions = try await dossier.read("/revisions")
    #expect(revisions["items"]?.elements.map { $0["revision"]?.int } == [1, 2, 3, 4, 5])
    let review = try await dossier.read("/review")
    #expect(review["steps"]?.elements.map { $0["revision"]?.int } == [2, 4], "\(review.text)")

    // To lock it, it must be accepted again; withdrawn, it is reviewed no more.
    #expect(try await dossier.attempt("lock").status == 409)
    let gone = try await dossier.plant.reporter.withdraw(
      dossier.id, at: kind, ifMatch: dossier.etag)
    #expect(gone.status == 201, "\(gone.text)")
    for action in ["question", "accept"] {
      let reply = try await dossier.verifier.review(
        action, "x", of: dossier.id, at: kind, ifMatch: gone.etag)
      #expect(reply.status == 409, "\(reply.text)")
    }
    #expect(try await dossier.read("/review")["actions"] == [])
  }

  /// Demands that a report's figures are, or are not, the corrected ones: in the report, in the
  /// list and in the dashboard.
  private func expect(_ dossier: Dossier, isCorrected: Bool, _ month: String) async throws {
    let report = try await dossier.read()
    #expect(dossier.kind.isCorrected(report.json) == isCorrected, "\(report.text)")
    #expect(report["revision"]?.int == (isCorrected ? 2 : 1) && report.etag == dossier.etag)
    #expect(report["review"]?.text == "locked", "\(report.text)")
    let listed = try await dossier.plant.reporter.read(dossier.kind)
    #expect(listed["items"]?.elements == [report.json])
    let totals = dossier.kind.totals
    let total = try await dossier.total(month)
    #expect(total == (isCorrected ? totals.after : totals.before), "\(dossier.kind)")
  }

  /// Demands that nothing but a decision on the waiting revision can be done.
  private func expectWaiting(_ dossier: Dossier) async throws {
    let (kind, reporter) = (dossier.kind, dossier.plant.reporter)
    let again = try await reporter.put(
      dossier.corrected, to: kind, dossier.id, ifMatch: dossier.etag)
    #expect(again.status == 409 && again.problem == "conflict", "\(again.text)")
    for action in ["question", "answer", "accept", "lock"] {
      let reply = try await dossier.attempt(action, "x")
      #expect(reply.status == 409, "\(action): \(reply.text)")
    }
    let both = try await SharedLedger.first.issue(
      "verifier@all", "reporter@organisation:\(dossier.plant.organisation)")
    for caller in [reporter, both] {
      for action in ["accept_revision", "refuse_revision"] {
        let reply = try await dossier.attempt(action, "x", by: caller)
        #expect(reply.status == 403, "\(action): \(reply.text)")
      }
    }
    let silent = try await dossier.attempt("refuse_revision")
    #expect(silent.status == 422 && silent.pointers == ["/text"], "\(silent.text)")
  }

  @Test(
    "A locked report changes by a revision that a second person accepts, and by nothing else",
    arguments: ReportKind.allCases)
  func locked(_ kind: ReportKind) async throws {
    let month = "2025-07"
    var dossier = try await Dossier(kind, month)
    let reporter = dossier.plant.reporter
    try await dossier.take("accept")
    try await dossier.take("lock")
    try await expect(dossier, isCorrected: false, month)
    let gone = try await reporter.withdraw(dossier.id, at: kind, ifMatch: dossier.etag)
    #expect(gone.status == 409 && gone.problem == "conflict", "\(gone.text)")
    let file = try await reporter.bulk([dossier.body, dossier.corrected], to: kind)
    #expect(file.outcomes == ["1 unchanged", "2 refused"], "\(file.text)")
    #expect(file.lines.dropFirst().first?["problem"]?["status"]?.int == 409)
    for action in ["accept_revision", "refuse_revision"] {
      #expect(try await dossier.attempt(action, "x").status == 409, "nothing waits")
    }

    let name = try await reporter.name()
    for decision in ["refuse_revision", "accept_revision"] {
      let before = try await dossier.read()
      let waiting = try await dossier.revise(dossier.corrected, expecting: 202)
      #expect(waiting["version"]?.int == (before["version"]?.int ?? 0) + 1)
      let proposal = try #require(waiting["proposal"], "\(waiting.text)")
      #expect(proposal["revision"]?.int == 2 && proposal["author"]?.text == name)
      #expect(proposal["reason"]?.text == "weighed again")
      #expect(proposal["proposed_at"]?.text.flatMap(Instant.init) != nil)
      #expect(kind.isCorrected(proposal["report"]) == true, "\(waiting.text)")
      try await expect(dossier, isCorrected: false, month)
      let review = try await dossier.read("/review")
      #expect(review["actions"] == ["accept_revision", "refuse_revision"], "\(review.text)")
      #expect(review["proposal"] == proposal && review["state"]?.text == "locked")
      try await expectWaiting(dossier)
      let gone = try await reporter.withdraw(dossier.id, at: kind, ifMatch: dossier.etag)
      #expect(gone.status == 409, "\(gone.text)")

      let isAccepted = decision == "accept_revision"
      let decided = try await dossier.take(decision, isAccepted ? nil : "No slip is shown.")
      #expect(decided["proposal"] == nil && decided["review"]?.text == "locked")
      #expect(decided["status"]?.text == (isAccepted ? "revised" : "reported"))
      #expect(kind.isCorrected(decided.json) == isAccepted, "\(decided.text)")
      try await expect(dossier, isCorrected: isAccepted, month)
      let after = try await dossier.read("/review")
      #expect(after["actions"] == [] && after["proposal"] == nil, "\(after.text)")
      let late = try await dossier.attempt("accept_revision")
      #expect(late.status == 409, "it was decided already: \(late.text)")
    }
    try await expectHistory(dossier, reporter: name)
  }

  /// Demands that all of it can be read later: what was refused once and then accepted.
  private func expectHistory(_ dossier: Dossier, reporter: String) async throws {
    let verifier = try await dossier.verifier.name()
    let review = try await dossier.read("/review")
    let steps = review["steps"]?.elements ?? []
    #expect(
      steps.compactMap { $0["action"]?.text } == [
        "accept", "lock", "propose_revision", "refuse_revision", "propose_revision",
        "accept_revision",
      ], "\(review.text)")
    let states = steps.dropFirst().map { $0["state"]?.text }
    #expect(states.allSatisfy { $0 == "locked" })
    #expect(
      steps.compactMap { $0["actor"]?.text }
        == [verifier, verifier, reporter, verifier, reporter, verifier])
    #expect(
      steps.map { $0["text"]?.text }
        == [nil, nil, "weighed again", "No slip is shown.", "weighed again", nil])
    let revisions = try await dossier.read("/revisions")
    let items = revisions["items"]?.elements ?? []
    #expect(items.map { $0["status"]?.text } == ["reported", "revised"], "\(revisions.text)")
    #expect(items.map { $0["revision"]?.int } == [1, 2])
    #expect(items.map { $0["reason"]?.text } == [nil, "weighed again"])
    #expect(items.map { dossier.kind.isCorrected($0["report"]) } == [false, true])
    let first = try await dossier.read("/revisions/1")
    #expect(dossier.kind.isCorrected(first["report"]) == false)
  }

  @Test(
    "Nobody judges their own figures, not even once the facility is another organisation's",
    arguments: ReportKind.allCases)
  func authors(_ kind: ReportKind) async throws {
    let caller = try SharedLedger.first
    let organisations = [
      try await caller.post("organisations", Sample.organisation()).id,
      try await caller.post("organisations", Sample.organisation()).id,
    ]
    var people: [Caller] = []
    for organisation in organisations {
      people.append(
        try await caller.issue(
          "reporter@organisation:\(organisation)", "verifier@authority:130000"))
    }
    let verifier = try await caller.issue("verifier@authority:130000")
    let site = Sample.site(organisations[0], kind.role)
    let facility = try await caller.register(site, for: kind)
    let hand = { (organisation: String, version: Int) in
      let reply = try await caller.put(
        "facilities/\(facility)", site.with("organisation_id", .string(organisation)),
        ifMatch: "\"\(version)\"")
      try #require(reply.status == 200, "\(reply.text)")
      try await caller.follow(try #require(reply.position), at: kind)
    }
    let body = kind.month(facility, "2025-09")
    let report = try await people[0].accepted(body, to: kind)
    let id = try report.id
    let step = { (action: String, by: Caller, version: Int) in
      try await by.review(action, "x", of: id, at: kind, ifMatch: "\"\(version)\"")
    }
    try await hand(organisations[1], 1)
    for action in ["question", "accept"] {
      let own = try await step(action, people[0], 1)
      #expect(own.status == 403 && own.text.contains("own figures"), "\(own.text)")
      let reporting = try await step(action, people[1], 1)
      #expect(reporting.status == 403 && !reporting.text.contains("own figures"))
    }
    #expect(try await step("accept", verifier, 1).status == 201)
    let lock = try await step("lock", people[0], 2)
    #expect(lock.status == 403 && lock.text.contains("own figures"), "\(lock.text)")
    #expect(try await step("lock", verifier, 2).status == 201)

    let proposed = try await people[1].put(
      kind.corrected(body).with("reason", "weighed again"), to: kind, id, ifMatch: "\"3\"")
    #expect(proposed.status == 202, "\(proposed.text)")
    try await hand(organisations[0], 2)
    for action in ["accept_revision", "refuse_revision"] {
      let own = try await step(action, people[1], 4)
      #expect(own.status == 403 && own.text.contains("own figures"), "\(own.text)")
    }
    let accepted = try await step("accept_revision", verifier, 4)
    #expect(accepted.status == 201 && kind.isCorrected(accepted.json) == true, "\(accepted.text)")
    let revisions = try await verifier.read(kind, "/\(id)/revisions")
    #expect(revisions["items"]?.elements.count == 2, "\(revisions.text)")
  }
}
