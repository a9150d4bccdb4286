import Foundation
import Models
import Testing

/// A certificate is cancelled once in the whole ledger, and nobody is told for whom.
extension RunningTests.HydrogenReportingTests {
  /// Demands that a report was refused since a certificate is another's, at its place, without a
  /// word of who has it.
  private func expectTaken(
    _ reply: Reply, at pointers: [String] = ["/supplies/0/certificates/0"], by holder: Plant,
    _ report: String, in location: SourceLocation = #_sourceLocation
  ) async throws {
    #expect(reply.status == 409, "\(reply.text)", sourceLocation: location)
    try await expectTaken(
      reply.json, at: pointers, by: holder, report, in: location)
  }

  private func expectTaken(
    _ problem: JSON, at pointers: [String], by holder: Plant, _ report: String,
    in location: SourceLocation = #_sourceLocation
  ) async throws {
    let said = String(decoding: problem.bytes, as: UTF8.self)
    #expect(
      problem["type"]?.text == "urn:remelt:problem:conflict", "\(said)", sourceLocation: location)
    let found = problem["errors"]?.elements.compactMap { $0["pointer"]?.text }
    #expect(found == pointers, "\(said)", sourceLocation: location)
    #expect(problem["existing"] == nil, "\(said)", sourceLocation: location)
    let credential = try await holder.reporter.name().replacing("credential:", with: "")
    for secret in [holder.organisation, holder.facility, report, credential] {
      #expect(!secret.isEmpty && !said.contains(secret), "\(said)", sourceLocation: location)
    }
  }

  @Test("A certificate that is accepted in another report is refused at its place, holder unnamed")
  func taken() async throws {
    let (one, other) = (try await user(), try await user())
    let (first, second, third) = (Self.certificate(), Self.certificate(), Self.certificate())
    let held = try await one.reporter.accepted(
      Hydrogen.month(one.facility, certificates: [first, second]), to: .hydrogenUse)
    // Within the own organisation too: the next month's report is another.
    for (plant, month) in [(other, "2025-01"), (one, "2025-02")] {
      let refused = try await plant.reporter.post(
        Hydrogen.month(plant.facility, month, certificates: [third, second]), to: .hydrogenUse)
      try await expectTaken(refused, at: ["/supplies/0/certificates/1"], by: one, held.id)
    }
    let spread = Hydrogen.month(other.facility, certificates: [second, third, first])
      .with("supplies/1/certificates", [.string(third + "-2"), .string(first + "-2")])
    let both = try await other.reporter.post(spread, to: .hydrogenUse)
    try await expectTaken(
      both, at: ["/supplies/0/certificates/0", "/supplies/0/certificates/2"], by: one, held.id)
    let elsewhere = try await other.reporter.post(
      Hydrogen.month(other.facility).with("supplies/1/certificates", [.string(first)]),
      to: .hydrogenUse)
    try await expectTaken(elsewhere, at: ["/supplies/1/certificates/0"], by: one, held.id)
    let twice = try await other.reporter.post(
      Hydrogen.month(other.facility, certificates: [third])
        .with("supplies/1/certificates", [.string(third)]), to: .hydrogenUse)
    #expect(twice.status == 422 && twice.pointers == ["/supplies"], "\(twice.text)")
    // What was refused has taken nothing: the third is free still.
    try await other.reporter.accepted(
      Hydrogen.month(other.facility, certificates: [third]), to: .hydrogenUse)
  }

  @Test("A revision keeps its certificates, drops one for others to take, and takes no other's")
  func revised() async throws {
    let (one, other) = (try await user(), try await user())
    let (first, second) = (Self.certificate(), Self.certificate())
    let body = Hydrogen.month(one.facility, certificates: [first, second])
    let held = try await one.reporter.accepted(body, to: .hydrogenUse)
    let theirs = Hydrogen.month(other.facility, certificates: [first])
    let early = try await other.reporter.post(theirs, to: .hydrogenUse)
    try await expectTaken(early, by: one, held.id)

    let kept = try await one.reporter.put(
      body.with("note", "x").with("reason", "a note"), to: .hydrogenUse, held.id,
      ifMatch: held.etag)
    #expect(kept.status == 200, "\(kept.text)")
    let still = try await other.reporter.post(theirs, to: .hydrogenUse)
    try await expectTaken(still, by: one, held.id)

    let dropped = try await one.reporter.put(
      Hydrogen.month(one.facility, certificates: [second]).with("reason", "not ours"),
      to: .hydrogenUse, held.id, ifMatch: kept.etag)
    #expect(dropped.status == 200, "\(dropped.text)")
    let took = try await other.reporter.accepted(theirs, to: .hydrogenUse)
    let back = try await one.reporter.put(
      body.with("reason", "ours after all"), to: .hydrogenUse, held.id, ifMatch: dropped.etag)
    try await expectTaken(back, by: other, took.id)
    let unchanged = try await one.reporter.read(.hydrogenUse, "/\(try held.id)")
    #expect(unchanged.json == dropped.json)
    // The second never was free.
    let greedy = try await other.reporter.put(
      Hydrogen.month(other.facility, certificates: [first, second]).with("reason", "more"),
      to: .hydrogenUse, took.id, ifMatch: took.etag)
    try await expectTaken(greedy, at: ["/supplies/0/certificates/1"], by: one, held.id)
  }

  @Test("A withdrawn report's certificates are free")
  func withdrawn() async throws {
    let (one, other) = (try await user(), try await user())
    let certificate = Self.certificate()
    let held = try await one.reporter.accepted(
      Hydrogen.month(one.facility, certificates: [certificate]), to: .hydrogenUse)
    let theirs = Hydrogen.month(other.facility, certificates: [certificate])
    let early = try await other.reporter.post(theirs, to: .hydrogenUse)
    try await expectTaken(early, by: one, held.id)
    let gone = try await one.reporter.withdraw(held.id, at: .hydrogenUse, ifMatch: held.etag)
    #expect(gone.status == 201, "\(gone.text)")
    let took = try await other.reporter.accepted(theirs, to: .hydrogenUse)
    let again = try await one.reporter.post(
      Hydrogen.month(one.facility, certificates: [certificate]), to: .hydrogenUse)
    try await expectTaken(again, by: other, took.id)
  }

  /// Twenty months, each raced for over two connections: the client has one for each call.
  @Test("Of two organisations that report one certificate at once, exactly one has it, every time")
  func race() async throws {
    let (one, other) = (try await user(), try await user())
    var wins = 0
    for round in 0..<20 {
      let month = Month(number: Month(year: 2024, month: 1).number + round).description
      let certificate = Self.certificate()
      let bodies = [one, other].map {
        Hydrogen.month($0.facility, month, certificates: [certificate])
      }
      async let left = one.reporter.post(bodies[0], to: .hydrogenUse)
      async let right = other.reporter.post(bodies[1], to: .hydrogenUse)
      let replies = try await [left, right]
      #expect(
        replies.map(\.status).sorted() == [201, 409], "round \(round): \(replies.map(\.text))")
      guard let won = replies.firstIndex(where: { $0.status == 201 }) else { continue }
      let (winner, loser) = won == 0 ? (one, other) : (other, one)
      try await expectTaken(replies[1 - won], by: winner, replies[won].id)
      let listed = try await loser.reporter.read(.hydrogenUse, "?from=\(month)&to=\(month)")
      #expect(listed["items"] == [], "round \(round)")
      let kept = try await winner.reporter.read(.hydrogenUse, "?from=\(month)&to=\(month)")
      #expect(kept["items"]?.elements.count == 1, "round \(round)")
      if won == 0 { wins += 1 }
    }
    print("of 20 rounds the first caller won \(wins)")
  }

  @Test("Within one file as well a certificate is taken once, dropped and taken again")
  func bulk() async throws {
    let (one, other) = (try await user(), try await user())
    let (first, second) = (Self.certificate(), Self.certificate())
    let held = try await other.reporter.accepted(
      Hydrogen.month(other.facility, certificates: [second]), to: .hydrogenUse)
    let month = { (month: String, certificates: [String]) in
      Hydrogen.month(one.facility, month, certificates: certificates)
    }
    let reply = try await one.reporter.bulk(
      [
        month("2025-01", [first]), month("2025-02", [first]), month("2025-03", [second]),
        month("2025-01", []).with("reason", "not ours"), month("2025-02", [first]),
        month("2025-01", [first]).with("reason", "ours after all"), month("2025-02", [first]),
      ], to: .hydrogenUse)
    #expect(
      reply.outcomes == [
        "1 created", "2 refused", "3 refused", "4 revised", "5 created", "6 refused",
        "7 unchanged",
      ], "\(reply.text)")
    try #require(reply.lines.count == 8)
    let pointer = "/supplies/0/certificates/0"
    for (line, holder, report) in [
      (1, one, try Vectors.text(reply.lines[0]["id"])), (2, other, try held.id),
      (5, one, try Vectors.text(reply.lines[4]["id"])),
    ] {
      let problem = try #require(reply.lines[line]["problem"])
      try await expectTaken(problem, at: [pointer], by: holder, report)
    }
  }
}
