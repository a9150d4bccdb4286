import Foundation
import Models
import Testing

/// A report's review as those who take part in it type it.
extension RunningTests.ReportCommandTests {
  /// A stock at a month's end as a flag, as it stands before in the report's card, and after.
  private func closing(_ kind: ReportKind) -> (flag: String, before: String, after: String) {
    switch kind {
    case .throughput: ("176", "175 t", "176 t")
    case .recycledInput: ("81", "80 t", "81 t")
    case .hydrogenUse: ("101kg", "0.1 t", "0.101 t")
    }
  }

  @Test(
    "A report is questioned, answered, accepted and locked, each by who may, and then waits for two",
    arguments: ReportKind.allCases)
  func review(_ kind: ReportKind) async throws {
    let plant = try await SharedLedger.first.enrol(kind)
    let reporter = try await Person.with("reporter@organisation:\(plant.organisation)")
    let verifier = try await Person.with("verifier@authority:130000")
    let id = try reporter.submit(kind.month(plant.facility, "2025-06"), as: kind).id
    let steps: [(verb: String, by: Person, not: Person, text: [String], state: String)] = [
      ("question", verifier, reporter, ["--text", "Which scale?"], "questioned"),
      ("answer", reporter, verifier, ["--text", "The new one."], "answered"),
      ("accept", verifier, reporter, [], "accepted"),
      ("lock", verifier, reporter, ["--text", "Published."], "locked"),
    ]
    for step in steps {
      let command = ["review", step.verb, id, "--of", kind.rawValue]
      let refused = try step.not.remelt(command + step.text)
      #expect(refused.code == 4 && refused.output.isEmpty, "\(step.verb): \(refused)")
      if ["question", "answer"].contains(step.verb) {
        #expect(try step.by.remelt(command).code == 2, "\(step.verb) without its words")
      }
      let taken = try step.by.remelt(command + step.text)
      #expect(taken.code == 0 && taken.value("review") == step.state, "\(taken)")
      #expect(taken.value("revision") == "1" && taken.value("id") == id, "\(taken)")
      let again = try step.by.remelt(command + step.text)
      #expect(again.code == 1 && again.error.contains("(409)"), "\(step.verb): \(again)")
    }
    try propose(id, kind, reporter, verifier)
    let show = ["review", "show", id, "--of", kind.rawValue]
    let shown = try verifier.remelt(show + ["--json"])
    let actions = shown["steps"]?.elements.compactMap { $0["action"]?.text }
    #expect(
      actions == steps.map(\.verb) + [
        "propose_revision", "accept_revision", "propose_revision", "refuse_revision",
      ], "\(shown)")
    #expect(shown["proposal"] == nil && shown["state"]?.text == "locked", "\(shown)")
    let table = try reporter.remelt(show)
    #expect(table.value("state") == "locked", "\(table)")
    #expect(table.output.contains("Which scale?") && table.output.contains("The new one."))
  }

  /// Revises a locked report twice, of which one revision comes to count.
  private func propose(_ id: String, _ kind: ReportKind, _ reporter: Person, _ verifier: Person)
    throws
  {
    let (flag, before, after) = closing(kind)
    let command = kind.rawValue
    let proposed = try reporter.remelt(
      command, "revise", id, "--closing", flag, "--reason", "counted anew")
    #expect(proposed.code == 0 && proposed.value("closing") == before, "\(proposed)")
    #expect(proposed.value("proposal.reason") == "counted anew", "\(proposed)")
    #expect(proposed.value("proposal.report.closing") == after, "\(proposed)")
    #expect(proposed.error.contains("waits for a second person"), "\(proposed)")
    #expect(proposed.error.contains("remelt review accept-revision \(id) --of \(command)\n"))
    let twice = try reporter.remelt(
      command, "revise", id, "--closing", flag, "--reason", "counted anew")
    #expect(twice.code == 1 && twice.error.contains("(409)"), "\(twice)")
    let gone = try reporter.remelt(command, "withdraw", id, "--reason", "x")
    #expect(gone.code == 1, "a locked report was withdrawn: \(gone)")
    let facility = proposed.value("facility_id") ?? ""
    let list = try verifier.remelt(
      "review", "list", "--of", command, "--state", "locked", "--facility", facility)
    #expect(list.rows.map(\.last) == ["proposed revision", "counted anew"], "\(list)")
    let others = try verifier.remelt(
      "review", "list", "--of", command, "--state", "accepted", "--facility", facility)
    #expect(others.output == "(none)\n", "\(others)")

    let accept = ["review", "accept-revision", id, "--of", command]
    #expect(try reporter.remelt(accept).code == 4, "who proposed has accepted")
    let accepted = try verifier.remelt(accept)
    #expect(accepted.code == 0 && accepted.value("revision") == "2", "\(accepted)")
    #expect(accepted.value("review") == "locked", "\(accepted)")
    let shown = try reporter.remelt(command, "show", id)
    #expect(shown.value("closing") == after && shown.value("status") == "revised", "\(shown)")

    let noted = try reporter.remelt(command, "revise", id, "--note", "x", "--reason", "forgotten")
    #expect(noted.code == 0 && noted.error.contains("waits for a second person"), "\(noted)")
    let refuse = ["review", "refuse-revision", id, "--of", command]
    #expect(try verifier.remelt(refuse).code == 2, "refused without a word")
    let refused = try verifier.remelt(refuse + ["--text", "no grounds"])
    #expect(refused.code == 0 && refused.value("revision") == "2", "\(refused)")
    let kept = try reporter.remelt(command, "show", id)
    #expect(kept.value("note") == nil && kept.value("closing") == after, "\(kept)")
  }
}
