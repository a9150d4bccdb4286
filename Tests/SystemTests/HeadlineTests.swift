import Foundation
import Models
import Testing

extension RunningTests.TargetTests {
  private static let path = "targets/CN-RECYCLED-ALUMINIUM-2027/headline"

  private static func choice(_ definition: String?, _ reason: String?) -> JSON {
    let id: JSON = definition.map { JSON.string($0) } ?? .null
    return .members(["definition_id": id, "reason": .text(reason)])
  }

  private func target(_ caller: Caller, asOf moment: String? = nil) async throws -> JSON {
    let suffix = moment.map { "&as_of=\($0)" } ?? ""
    let reply = try await caller.ask("targets?date=2014-01-15\(suffix)")
    return try #require(reply.json.target("CN-RECYCLED-ALUMINIUM-2027"), "\(reply.text)")
  }

  /// Demands that one definition, or none, stands first and is called the headline.
  private func expect(_ target: JSON, shows definition: String?) {
    let verdicts = target["verdicts"]?.elements ?? []
    let headed = verdicts.filter { $0["headline"] == true }
    #expect(headed.compactMap { $0["definition_id"]?.text } == (definition.map { [$0] } ?? []))
    #expect(verdicts.count == 3, "a choice hides no other definition")
    guard let definition else {
      #expect(target["headline"] == .null, "\(target)")
      return
    }
    #expect(verdicts.first?["definition_id"]?.text == definition, "\(target)")
    #expect(target["headline"]?["definition_id"]?.text == definition, "\(target)")
  }

  @Test("Which definition a goal is shown by first is chosen with a reason, and can be taken back")
  func headline() async throws {
    let caller = try SharedLedger.first
    try await expect(target(caller), shows: nil)
    var moments: [String] = []
    let steps: [(definition: String?, reason: String)] = [
      ("AL_ODDS", "as the association publishes it"), ("AL_SHARE", "a share is a share"),
      (nil, "no source says which"),
    ]
    for (definition, reason) in steps {
      let key = Caller.fresh()
      let body = Self.choice(definition, reason)
      let reply = try await caller.tell(Self.path, body, key: key)
      try #require(reply.status == 201, "\(reply.text)")
      #expect(reply.position?.hasPrefix("dashboard=") == true, "no place in the journal")
      #expect(reply["definition_id"] == body["definition_id"], "\(reply.text)")
      #expect(reply["reason"]?.text == reason)
      let name = try await caller.name()
      #expect(reply["actor"]?.text == name, "\(reply.text)")
      moments.append(try Vectors.text(reply["chosen_at"]))
      let again = try await caller.tell(Self.path, body, key: key)
      #expect(again.status == 201 && again.text == reply.text)
      #expect(again.header("Idempotent-Replay") == "true")
      let shown = try await target(caller)
      expect(shown, shows: definition)
      if definition != nil {
        for member in ["reason", "chosen_at", "actor"] {
          #expect(shown["headline"]?[member] == reply[member], "\(shown)")
        }
      }
    }
    try #require(moments == moments.sorted() && Set(moments).count == 3, "\(moments)")
    for (moment, step) in zip(moments, steps) {
      try await expect(target(caller, asOf: moment), shows: step.definition)
    }
    let start = try await target(caller, asOf: "2020-01-01T00:00:00Z")
    expect(start, shows: nil)
    // Choices are the dashboard's own entries, one for each.
    let journal = try await caller.get("dashboard", "/dashboard/v1/journal?limit=1000")
    let count = journal.text.components(separatedBy: "no source says which").count - 1
    #expect(count == 1, "\(journal.text)")
  }

  @Test("Only an operator over all chooses, only what the goal may mean, and says why")
  func refusals() async throws {
    let caller = try SharedLedger.first
    let body = Self.choice("AL_SHARE", "x")
    for grant in [
      "analyst@all", "verifier@all", "reporter@all", "service@all", "operator@authority:130000",
    ] {
      let reply = try await caller.issue(grant).tell(Self.path, body)
      #expect(reply.status == 403, "\(grant): \(reply.text)")
    }
    for (wrong, pointer) in [
      (Self.choice("CU_RIR", "x"), "/definition_id"), (Self.choice("NONE", "x"), "/definition_id"),
      (Self.choice("AL_SHARE", nil), "/reason"), (Self.choice("AL_SHARE", ""), "/reason"),
      (body.with("colour", "red"), "/colour"),
    ] {
      let reply = try await caller.tell(Self.path, wrong)
      #expect(reply.status == 422 && reply.pointers == [pointer], "\(pointer): \(reply.text)")
    }
    let unknown = try await caller.tell("targets/CN-GOLD-2027/headline", body)
    #expect(unknown.status == 404, "\(unknown.text)")
    #expect(try await caller.tell(Self.path, body, key: nil).status == 400)
    let first = Caller.fresh()
    let taken = try await caller.tell(Self.path, body, key: first)
    try #require(taken.status == 201, "\(taken.text)")
    let reused = try await caller.tell(Self.path, Self.choice("AL_ODDS", "x"), key: first)
    #expect(reused.status == 422 && reused.problem == "idempotency-key-reused", "\(reused.text)")
    let back = try await caller.tell(Self.path, Self.choice(nil, "a test is over"))
    #expect(back.status == 201, "\(back.text)")
  }
}
