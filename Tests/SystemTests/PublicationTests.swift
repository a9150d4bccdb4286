import Foundation
import Models
import ServiceKit
import Testing

extension RunningTests {
  @Suite("Publications", .serialized)
  struct PublicationTests {
    private static let rate = "SCRAP_RATE_KG_T"

    private static func table(_ title: String, _ question: KeyValuePairs<String, JSON?>) -> JSON {
      .members(["title": .string(title), "question": .members(question)])
    }

    private static let body = JSON.members([
      "name": "2025Q1 shares", "stage": "provisional", "note": "as far as it is known",
      "tables": [
        table(
          "Rates by province",
          [
            "definition": "SCRAP_RATE_KG_T,SCRAP_SHARE_METALLIC_CHARGE", "period": "quarter",
            "from": "2025-03", "to": "2025-03", "by": "province",
          ]),
        table(
          "Hydrogen",
          [
            "definition": "HYDROGEN_SUPPLIED", "from": "2025-01", "to": "2025-01", "by": "route",
          ]),
      ],
    ])

    /// What is asked as of the publication.
    private static let questions = [
      "figures?definition=SCRAP_RATE_KG_T,METALLIC_INPUT&from=2025-01&to=2025-03&by=province",
      "figures?definition=SCRAP_RATE_KG_T&period=quarter&from=2025-03&to=2025-03&compare=year",
      "figures?definition=THROUGHPUT&from=2025-01&to=2025-02&by=authority",
      "figures?definition=HYDROGEN_SUPPLIED&from=2025-01&to=2025-01&by=scheme,class",
      "figures?definition=REPORTING_COVERAGE&report=recycled_input&from=2025-01&to=2025-03",
      "figures/reports?definition=SCRAP_RATE_KG_T&period=2025Q1",
      "figures/change?definition=SCRAP_RATE_KG_T&period=2025-02&before_period=2025-01",
      "owing?report=recycled_input&metal=steel&from=2025-01&to=2025-03&date=2025-06-01",
      "targets?date=2025-06-01", "definitions?date=2025-06-01",
      "reconciliation/deliveries?metal=steel&from=2025-01&to=2025-02&by=province",
      "reconciliation/published?",
    ]

    /// All answers as of a moment, as JSON and, where it is a table, as CSV.
    private func answers(_ caller: Caller, asOf moment: String) async throws -> [[UInt8]] {
      var answers: [[UInt8]] = []
      for question in Self.questions {
        let path = question.hasSuffix("?") ? question : question + "&"
        let reply = try await caller.ask("\(path)as_of=\(moment)")
        try #require(reply.status == 200, "\(question): \(reply.text)")
        answers.append(reply.settled)
        guard question.hasPrefix("figures?") else { continue }
        let table = try await caller.ask("\(path)as_of=\(moment)", accept: "text/csv")
        try #require(table.status == 200, "\(question): \(table.text)")
        answers.append(table.answer.body)
      }
      return answers
    }

    /// What each journal's own service has signed, by source, as a publication names it.
    private func signed(_ caller: Caller) async throws -> [String: JSON] {
      var positions: [String: JSON] = [:]
      for kind in ReportKind.allCases {
        let note = try await caller.get(kind.service, "/\(kind.source)/v1/journal/checkpoint")
        let lines = note.text.split(separator: "\n").map(String.init)
        try #require(lines.count > 2, "\(note.text)")
        let size = try #require(Int(lines[1]), "\(note.text)")
        positions[kind.source] = .members([
          "source": .string(kind.source), "origin": .string(lines[0]), "size": .int(size),
        ])
      }
      return positions
    }

    /// What was written, and the mill's last report, which is revised later.
    private struct Written {
      let mill: Plant
      let report: Reply
      var positions: [String?]
    }

    private func write(_ caller: Caller) async throws -> Written {
      let mill = try await caller.enrol(
        .recycledInput, in: ["130000", "320000"],
        owes: [Sample.owed(.recycledInput, from: "2025-01", to: "2025-03")])
      let processor = try await caller.enrol(.throughput)
      let user = try await caller.enrol(.hydrogenUse)
      var positions: [String?] = [mill.position, processor.position, user.position]
      for facility in mill.facilities {
        positions.append(
          try await mill.reporter.accepted(
            Mill.steel(facility, "2025-01", scrap: "300", crude: "1000"), to: .recycledInput
          ).position)
      }
      let report = try await mill.reporter.accepted(
        Mill.steel(mill.facility, "2025-02", scrap: "250", crude: "1000"), to: .recycledInput)
      positions += [
        report.position,
        try await processor.reporter.accepted(
          Sample.report(processor.facility, "2025-01"), to: .throughput
        ).position,
        try await user.reporter.accepted(
          Hydrogen.month(user.facility), to: .hydrogenUse
        ).position,
      ]
      return Written(mill: mill, report: report, positions: positions)
    }

    @Test("What is published never changes: not by revisions, not by a wipe and a new fold")
    func lasting() async throws {
      try await withLedger { ledger in
        try await ledger.startAll()
        let caller = try await ledger.signIn(try ledger.operatorKey)
        for name in RunningLedger.followers { try await caller.becomeKnown(to: name) }
        var written = try await write(caller)
        let readers = [
          try await caller.issue("analyst@authority:440000"), written.mill.reporter,
          try await caller.issue("service@all"), try await caller.issue("verifier@all"),
        ]
        written.positions.append(try await caller.position())
        let first = try await caller.publish(Self.body, after: written.positions)
        try #require(first.status == 201, "\(first.text)")
        let id = try first.id
        let path = "publications/\(id)"
        #expect(first.header("Location") == "/dashboard/v1/\(path)")
        #expect(first.etag != nil && first.position?.hasPrefix("dashboard=") == true)
        #expect(first["name"]?.text == "2025Q1 shares" && first["stage"]?.text == "provisional")
        let positions = first["positions"]?.elements ?? []
        let signed = try await self.signed(caller)
        #expect(positions.count == signed.count, "\(first.text)")
        #expect(positions.allSatisfy { signed[$0["source"]?.text ?? ""] == $0 }, "\(first.text)")
        let moment = try #require(first["as_of"]?.text, "\(first.text)")
        let published = try await caller.ask(path)
        try #require(published.status == 200, "\(published.text)")
        #expect(published["tables"] == first["tables"], "\(published.text)")
        try await expectRows(published, caller, asOf: nil)
        let answers = try await self.answers(caller, asOf: moment)
        try await expectRows(published, caller, asOf: moment)

        // Another February, and another month.
        let old = written.report
        let revised = try await written.mill.reporter.put(
          Mill.steel(written.mill.facility, "2025-02", scrap: "400", crude: "1000")
            .with("reason", "weighed again"), to: .recycledInput, old.id, ifMatch: old.etag)
        try #require(revised.status == 200, "\(revised.text)")
        let more = try await written.mill.reporter.accepted(
          Mill.steel(written.mill.facilities[1], "2025-03", scrap: "77", crude: "100"),
          to: .recycledInput)
        written.positions += [revised.position, more.position]
        let now = try await caller.figures(Self.questions[1], after: written.positions)
        let second = try await caller.publish(
          Self.body.with("stage", "revised").with("replaces", .string(id)),
          after: written.positions)
        try #require(second.status == 201, "\(second.text)")
        #expect(second["tables"] != first["tables"] && second["replaces"]?.text == id)
        let both: Set<String> = [id, try second.id]

        for round in ["after the revision", "after the rebuild"] {
          for reader in [caller] + readers {
            let again = try await reader.ask(path)
            #expect(again.answer.body == published.answer.body, "\(round): \(again.text)")
            #expect(again.etag == published.etag, "\(round)")
          }
          let isSame = try await self.answers(caller, asOf: moment) == answers
          #expect(isSame, "\(round): an answer as of \(moment) differs")
          let current = try await caller.figures(Self.questions[1], after: written.positions)
          #expect(current.settled == now.settled, "\(round): \(current.text)")
          let list = try await readers[0].ask("publications")
          let ids = Set(list.items.compactMap { $0["id"]?.text })
          #expect(ids == both, "\(round): \(list.text)")
          #expect(list.items.allSatisfy { $0["tables"] == nil }, "\(round)")
          guard round == "after the revision" else { break }
          try await ledger.stop("dashboard")
          try await ledger.rebuildDashboard()
          try await ledger.start("dashboard")
          try await caller.becomeKnown(to: "dashboard")
          _ = try await caller.figures("sources", after: written.positions)
        }
        try await ledger.stopAll()
      }
    }

    /// Demands that the published rows are those that the same question gives.
    private func expectRows(_ published: Reply, _ caller: Caller, asOf moment: String?)
      async throws
    {
      let tables = published["tables"]?.elements ?? []
      #expect(tables.map { $0["title"]?.text } == ["Rates by province", "Hydrogen"])
      let suffix = moment.map { "&as_of=\($0)" } ?? ""
      for (table, query) in zip(
        tables,
        [
          "definition=\(Self.rate),SCRAP_SHARE_METALLIC_CHARGE&period=quarter&from=2025-03"
            + "&to=2025-03&by=province",
          "definition=HYDROGEN_SUPPLIED&from=2025-01&to=2025-01&by=route",
        ])
      {
        let figures = try await caller.ask("figures?\(query)\(suffix)")
        #expect(figures.rows == table["rows"]?.elements, "\(table)")
        #expect(figures["definitions"] == table["definitions"], "\(table)")
        #expect(figures.rows.isEmpty == false)
      }
    }
  }
}
