import Foundation
import Models
import Testing

@testable import RemeltCLI

extension RunningTests {
  /// The dashboard's figures, targets and publications at a terminal.
  @Suite("Figures by the command line", .serialized, .ledger)
  struct FigureCommandTests {
    private static let rate = "SCRAP_RATE_KG_T"
    private static let target = "CN-RECYCLED-STEEL-2027"

    /// Two mills that owe a month, of which the first has reported it: 1,000 t of scrap among
    /// 5,000 t charged, 4,700 t of steel. The dashboard has it when this returns.
    private func mills(_ month: String, in province: String = "130000") async throws -> Plant {
      let caller = try SharedLedger.first
      let plant = try await caller.enrol(
        .recycledInput, in: [province, province],
        owes: [Sample.owed(.recycledInput, from: month, to: month)])
      let reply = try await plant.reporter.accepted(
        Mill.month(plant.facility, month), to: .recycledInput)
      _ = try await caller.figures(
        ReportKind.recycledInput.figures(month), after: [plant.position, reply.position])
      return plant
    }

    /// Holds what the command prints against what the service says.
    private func expectVerbatim(_ said: Said, _ path: String) async throws {
      let answer = try await SharedLedger.first.get("dashboard", "/dashboard/v1/" + path)
      #expect(said.code == 0 && said.error.isEmpty && answer.status == 200, "\(said)")
      // How long ago a source was heard differs from one question to the next.
      #expect(said.json.with("sources", nil) == answer.json.with("sources", nil), "\(said)")
    }

    @Test("Figures are printed as they are, as a table with their definitions beneath, and as CSV")
    func figures() async throws {
      let plant = try await mills("2024-05")
      let analyst = try await Person.with("analyst@all")
      let command = [
        "dashboard", "figures", Self.rate, "SCRAP_SHARE_METALLIC_CHARGE", "--from", "2024-05",
        "--to", "2024-05", "--by", "province",
      ]
      let said = try analyst.remelt(command + ["--json"])
      try await expectVerbatim(
        said,
        "figures?definition=SCRAP_RATE_KG_T%2CSCRAP_SHARE_METALLIC_CHARGE&from=2024-05&to=2024-05"
          + "&by=province")
      let rows = said["rows"]?.elements ?? []
      #expect(rows.map { $0["value"]?.text } == ["212.7660", "20.0000"], "\(said)")
      #expect(rows.first?["numerator"] == Sample.mass("1000"), "\(said)")
      #expect(rows.first?["coverage"]?["missing"]?.int == 1, "\(said)")

      let table = try analyst.remelt(command)
      let line = table.rows.first { $0.first == Self.rate } ?? []
      #expect(
        line.prefix(6) == [Self.rate, "2024-05", "130000", "Hebei", "212.7660", "kg/t"], "\(table)")
      #expect(line.contains("provisional") && line.contains("1000 t") && line.contains("4700 t"))
      // Owed, received, nil, missing, late, and received of owed.
      #expect(line.suffix(6) == ["2", "1", "0", "1", "1", "50.00"], "\(table)")
      let legend = [Self.rate, "kg/t", "Scrap charged per tonne of crude steel", "废钢单耗"]
      #expect(table.rows.contains { $0.starts(with: legend) }, "\(table)")
      #expect(table.value("edition") == said["edition"]?.text, "\(table)")
      #expect(table.value("filter.country") == "CN", "\(table)")

      let csv = try analyst.remelt(command + ["--csv"])
      #expect(csv.code == 0 && csv.output.hasPrefix("definition_id,period,province,"), "\(csv)")
      #expect(csv.output.split(separator: "\r\n").count == 3, "\(csv)")
      let first = try analyst.remelt(command + ["--csv", "--limit", "1"])
      #expect(first.output.split(separator: "\r\n").count == 2, "\(first)")
      let one = try analyst.remelt(command + ["--json", "--limit", "1"])
      #expect(one["rows"]?.elements == Array(rows.prefix(1)), "\(one)")

      let reporter = try await Person.with("reporter@organisation:\(plant.organisation)")
      let own = try reporter.remelt(command + ["--json"])
      #expect(own["scope"]?.elements == [.string("organisation:\(plant.organisation)")], "\(own)")
      #expect(own["rows"]?.elements.first?["value"]?.text == "212.7660", "\(own)")
      let elsewhere = try await Person.with("analyst@authority:310000").remelt(command)
      #expect(elsewhere.code == 0 && elsewhere.output.hasPrefix("(none)\n"), "\(elsewhere)")
    }

    @Test("A figure is asked for by every period and filter, and refused by the parameter's name")
    func parameters() async throws {
      _ = try await mills("2023-11", in: "320000")
      let analyst = try await Person.with("analyst@all")
      let said = try analyst.remelt(
        "dashboard", "figures", "METALLIC_INPUT", "--metal", "steel", "--period", "quarter",
        "--from", "2023-12", "--to", "2023-12", "--by", "material,origin", "--province", "320000",
        "--origin", "home", "--compare", "year", "--date", "2026-11-22", "--json")
      try await expectVerbatim(
        said,
        "figures?definition=METALLIC_INPUT&metal=steel&period=quarter&from=2023-12&to=2023-12"
          + "&by=material%2Corigin&province=320000&origin=home&compare=year&date=2026-11-22")
      #expect(said["rows"]?.elements.map { $0["period"]?.text } == ["2023Q4"], "\(said)")
      #expect(said["rows"]?.elements.first?["value"]?.text == "60", "\(said)")
      let coverage = try analyst.remelt(
        "dashboard", "figures", "REPORTING_COVERAGE", "--report", "recycled-input", "--from",
        "2023-11", "--to", "2023-11", "--region", "YRD", "--json")
      #expect(coverage["rows"]?.elements.first?["value"]?.text == "50.0000", "\(coverage)")

      let cases: [([String], String)] = [
        (["NOTHING"], "?definition"), ([Self.rate, "THROUGHPUT"], "?definition"),
        ([Self.rate, "--metal", "copper"], "?metal"), ([Self.rate, "--period", "week"], "?period"),
        (["SHORT_PROCESS_SHARE_FURNACE", "--origin", "home"], "?origin"),
        ([Self.rate, "--by", "colour"], "?by"),
      ]
      for (arguments, pointer) in cases {
        let refused = try analyst.remelt(["dashboard", "figures"] + arguments)
        #expect(refused.code == 1 && refused.output.isEmpty, "\(arguments): \(refused)")
        #expect(refused.error.contains("  \(pointer)"), "\(arguments): \(refused)")
      }
    }

    @Test("A figure is traced to its reports, and what a revision changed of it is told")
    func revised() async throws {
      var dossier = try await Dossier(.recycledInput, "2024-07")
      _ = try await dossier.total("2024-07")
      let analyst = try await Person.with("analyst@all")
      let trace = ["dashboard", "trace", Self.rate, "--period", "2024-07"]
      let before = try analyst.remelt(trace + ["--json"])
      #expect(before.items.map { $0["report_id"]?.text } == [dossier.id], "\(before)")
      #expect(before.items.first?["numerator"] == Sample.mass("1000"), "\(before)")
      let moment = try #require(before.items.first?["recorded_at"]?.text, "\(before)")
      let corrected = dossier.corrected
      try await dossier.revise(corrected)
      _ = try await dossier.total("2024-07")

      let after = try analyst.remelt(trace)
      let line = after.rows.first { $0.first == dossier.id } ?? []
      #expect(line.contains("revised") && line.suffix(2) == ["1001 t", "4700 t"], "\(after)")
      let still = try analyst.remelt(trace + ["--as-of", moment, "--json"])
      #expect(still.items == before.items, "\(still)")
      let nobody = try analyst.remelt(trace + ["--province", "310000"])
      #expect(nobody.code == 0 && nobody.output == "(none)\n", "\(nobody)")

      let change = [
        "dashboard", "change", Self.rate, "--period", "2024-07", "--before-as-of", moment,
      ]
      let said = try analyst.remelt(change + ["--json"])
      #expect(said["before"]?["value"]?.text == "212.7660", "\(said)")
      #expect(said["after"]?["value"]?.text == "212.9787", "\(said)")
      #expect(said["change"]?["numerator"] == Sample.mass("1"), "\(said)")
      #expect(said["revisions"]?["numerator"] == Sample.mass("1"), "\(said)")
      #expect(said["revisions"]?["facilities"]?.int == 1, "\(said)")
      let table = try analyst.remelt(change)
      let earlier = table.rows.first { $0.first == "before" } ?? []
      #expect(earlier.contains("212.7660") && earlier.contains("1000 t"), "\(table)")
      let revisions = table.rows.first { $0.first == "of which revisions" } ?? []
      #expect(revisions.contains("1 t") && revisions.contains("kg/t"), "\(table)")
      #expect(table.output.contains("Scrap charged per tonne of crude steel"), "\(table)")
    }

    @Test("Who has not reported is listed by authority, to those who may know")
    func owing() async throws {
      let plant = try await mills("2024-08", in: "450000")
      let analyst = try await Person.with("analyst@all")
      let command = [
        "dashboard", "owing", "--report", "recycled-input", "--from", "2024-08", "--to", "2024-08",
        "--province", "450000",
      ]
      let said = try analyst.remelt(command + ["--json"])
      #expect(said.items.map { $0["facility_id"]?.text } == [plant.facilities[1]], "\(said)")
      let answer = try await SharedLedger.first.get(
        "dashboard",
        "/dashboard/v1/owing?report=recycled_input&from=2024-08&to=2024-08&province=450000")
      #expect(said.items == answer["items"]?.elements, "\(said)")
      let table = try analyst.remelt(command)
      let line = table.rows.last ?? []
      #expect(line.prefix(2) == ["2024-08", "450000"], "\(table)")
      #expect(line.last == plant.facilities[1], "\(table)")
      let reporter = try await Person.with("reporter@organisation:\(plant.organisation)")
      #expect(try reporter.remelt(command + ["--json"]).items == said.items)
      let elsewhere = try await Person.with("analyst@authority:130000").remelt(command)
      #expect(elsewhere.code == 0 && elsewhere.output == "(none)\n", "\(elsewhere)")
    }

    @Test("Definitions are listed with their factors, and one is shown in full")
    func definitions() async throws {
      let analyst = try await Person.with("analyst@all")
      let command = ["dashboard", "definitions"]
      let said = try analyst.remelt(command + ["--json"])
      try await expectVerbatim(said, "definitions")
      let avoided = "AVOIDED_EMISSIONS_STEEL"
      let definition = said.items.first { $0["definition_id"]?.text == avoided }
      let label = try #require(definition?["label"]?.text, "\(said)")
      let table = try analyst.remelt(command)
      #expect(table.rows.contains { $0.first == avoided && $0.last == label }, "\(table)")
      #expect(table.output.contains("\nTheir factors\n"), "\(table)")
      let one = try analyst.remelt(command + [avoided])
      #expect(one.value("label") == label && one.value("unit") == "tCO2", "\(one)")
      #expect(try analyst.remelt(command + [avoided, "--json"]).json == definition)
      let none = try analyst.remelt(command + ["NOTHING"])
      #expect(none.code == 1 && none.error.contains("There is no definition NOTHING"), "\(none)")
    }

    @Test("A target is judged by every definition until an operator chooses a headline")
    func targets() async throws {
      let analyst = try await Person.with("analyst@all")
      let command = ["dashboard", "targets", "--date", "2026-11-22"]
      let said = try analyst.remelt(command + ["--json"])
      try await expectVerbatim(said, "targets?date=2026-11-22")
      let steel = said.items.first { $0["target_id"]?.text == Self.target }
      #expect(steel?["headline"] == JSON.null, "\(said)")
      let table = try analyst.remelt(command)
      #expect(table.rows.contains { $0.first == Self.target && $0.contains("22") }, "\(table)")
      #expect(table.rows.contains { $0.prefix(2) == [Self.target, Self.rate] }, "\(table)")
      #expect(!table.output.contains("\nHeadlines\n"), "\(table)")
      let provincial = try await Person.with("analyst@authority:130000").remelt(command)
      #expect(provincial.code == 4 && provincial.output.isEmpty, "\(provincial)")

      let owner = try await Person.with("operator@all")
      let share = "SCRAP_SHARE_METALLIC_CHARGE"
      let choose = ["dashboard", "headline", Self.target, share, "--reason", "letter No. 12"]
      #expect(try analyst.remelt(choose).code == 4, "an analyst has chosen")
      let chosen = try owner.remelt(choose)
      #expect(chosen.code == 0 && chosen.value("definition_id") == share, "\(chosen)")
      #expect(chosen.value("reason") == "letter No. 12", "\(chosen)")
      let headed = try analyst.remelt(command + ["--json"])
      let target = headed.items.first { $0["target_id"]?.text == Self.target }
      let first = target?["verdicts"]?.elements.first
      #expect(target?["headline"]?["definition_id"]?.text == share, "\(headed)")
      #expect(first?["definition_id"]?.text == share && first?["headline"] == true, "\(headed)")
      let shown = try analyst.remelt(command)
      #expect(shown.output.contains("\nHeadlines\n"), "\(shown)")
      #expect(shown.output.contains("letter No. 12"), "\(shown)")

      let foreign = try owner.remelt(
        "dashboard", "headline", Self.target, "CU_RIR", "--reason", "copper")
      #expect(foreign.code == 1 && foreign.output.isEmpty, "\(foreign)")
      let back = try owner.remelt(
        "dashboard", "headline", Self.target, "--none", "--reason", "withdrawn")
      #expect(back.code == 0, "\(back)")
      let after = try analyst.remelt(command + ["--json"])
      #expect(after.items == said.items, "\(after)")
    }

    @Test("Deliveries are held against what mills received, and reports against what is published")
    func reconciliation() async throws {
      let month = "2024-09"
      let caller = try SharedLedger.first
      let mill = try await caller.enrol(.recycledInput, in: ["310000"])
      let yard = try await caller.enrol(.throughput, in: ["310000"])
      let received = try await mill.reporter.accepted(
        Mill.month(mill.facility, month), to: .recycledInput)
      let shipped = try await yard.reporter.accepted(
        Sample.report(yard.facility, month), to: .throughput)
      _ = try await caller.figures(
        ReportKind.throughput.figures(month), after: [shipped.position, received.position])
      let analyst = try await Person.with("analyst@all")
      let command = ["dashboard", "deliveries", "--from", month]
      let said = try analyst.remelt(command + ["--json"])
      try await expectVerbatim(
        said, "reconciliation/deliveries?metal=steel&from=\(month)&to=\(month)&by=province")
      let table = try analyst.remelt(command)
      let line = [month, "310000", "Shanghai", "900", "1000", "-100"]
      #expect(table.rows.contains { $0.starts(with: line) }, "\(table)")
      #expect(table.output.contains("\nTotal\n"), "\(table)")

      let published = ["dashboard", "published"]
      try await expectVerbatim(
        try analyst.remelt(published + ["--json"]), "reconciliation/published")
      let series = try analyst.remelt(published)
      #expect(
        series.rows.contains { $0.prefix(4) == ["CN_CRUDE_STEEL", "2024", "1005.09", "Mt"] },
        "\(series)")
      let reporter = try await Person.with("reporter@organisation:\(mill.organisation)")
      for refused in [command, published] {
        #expect(try reporter.remelt(refused).code == 4, "\(refused)")
      }
    }

    /// Waits until the dashboard has followed the registry to its end: before that it does not
    /// publish.
    private func settle() async throws {
      let caller = try SharedLedger.first
      _ = try await caller.figures("sources", after: [try await caller.position()])
    }

    @Test("What an operator publishes everybody reads as it was, and it is replaced by another")
    func publishing() async throws {
      let plant = try await mills("2024-10", in: "330000")
      let owner = try await Person.with("operator@all")
      let reporter = try await Person.with("reporter@organisation:\(plant.organisation)")
      let question = "definition=\(Self.rate)&from=2024-10&to=2024-10&by=province&province=330000"
      let publish = ["dashboard", "publish", "October"]
      let tables = ["--table", "Steel: by province:\(question)"]
      try await settle()
      let said = try owner.remelt(
        publish + ["--stage", "provisional", "--note", "first"] + tables + ["--json"])
      try #require(said.code == 0 && said.error.isEmpty, "\(said)")
      let id = try said.id
      #expect(said["stage"]?.text == "provisional" && said["note"]?.text == "first", "\(said)")
      #expect(said["positions"]?.elements.count == 3, "\(said)")
      let first = said["tables"]?.elements.first
      #expect(first?["title"]?.text == "Steel: by province", "\(said)")
      #expect(first?["question"]?["province"]?.text == "330000", "\(said)")
      #expect(first?["rows"]?.elements.map { $0["value"]?.text } == ["212.7660"], "\(said)")

      let show = ["dashboard", "publication", id]
      let read = try reporter.remelt(show + ["--json"])
      #expect(read.code == 0 && read["tables"] == said["tables"], "\(read)")
      let table = try reporter.remelt(show)
      #expect(table.value("stage") == "provisional", "\(table)")
      #expect(table.output.contains("\nSteel: by province\n"), "\(table)")
      let line = [Self.rate, "2024-10", "330000", "Zhejiang", "212.7660", "kg/t"]
      #expect(table.rows.contains { $0.starts(with: line) }, "\(table)")

      let file = try owner.file(
        """
        {"name": "?", "stage": "final", "tables": [{"title": "By country", "question":
        {"definition": "\(Self.rate)", "from": "2024-10", "to": "2024-10"}}]}
        """)
      try await settle()
      let second = try owner.remelt(publish + ["--from-json", file, "--replaces", id, "--json"])
      #expect(second.code == 0 && second["replaces"]?.text == id, "\(second)")
      #expect(second["name"]?.text == "October" && second["stage"]?.text == "final", "\(second)")
      let list = try reporter.remelt("dashboard", "publications", "--json")
      #expect(try Set(list.items.map { $0["id"]?.text }) == [id, second.id], "\(list)")
      #expect(list.items.allSatisfy { $0["tables"] == nil }, "\(list)")
      #expect(try reporter.remelt(show + ["--json"]).output == read.output)

      let refused = try reporter.remelt(publish + ["--stage", "final"] + tables)
      #expect(refused.code == 4 && refused.output.isEmpty, "\(refused)")
      let draft = try owner.remelt(publish + ["--stage", "draft"] + tables)
      #expect(draft.code == 1 && draft.pointers == ["/stage"], "\(draft)")
      let unknown = try owner.remelt("dashboard", "publication", plant.organisation)
      #expect(unknown.code == 1 && unknown.error.contains("(404)"), "\(unknown)")
    }

    @Test("A command of figures that is not written as it must be ends with 2, and says why")
    func misused() async throws {
      let analyst = try await Person.with("analyst@all")
      let commands = [
        "dashboard figures", "dashboard figures \(Self.rate) --limit 0",
        "dashboard figures \(Self.rate) --colour red", "dashboard trace \(Self.rate)",
        "dashboard trace --period 2024-05", "dashboard change \(Self.rate)",
        "dashboard owing --limit 0", "dashboard headline \(Self.target) --reason x",
        "dashboard headline \(Self.target) \(Self.rate) --none --reason x",
        "dashboard headline \(Self.target) \(Self.rate)", "dashboard deliveries",
        "dashboard publish", "dashboard publish x --stage final",
        "dashboard publish x --stage final --table nothing",
        "dashboard publish --from-json /nonexistent.json", "dashboard publication",
      ]
      for command in commands {
        let said = try analyst.remelt(command.split(separator: " ").map(String.init))
        #expect(said.code == 2, "\(command): \(said)")
        #expect(said.output.isEmpty && !said.error.isEmpty, "\(command): \(said)")
      }
    }
  }
}
