import Foundation
import Models
import Testing

extension RunningTests {
  /// The real `remelt` against the four services, as somebody uses it who has read its help.
  @Suite("Reporting by the command line", .serialized, .ledger)
  struct ReportCommandTests {
    /// A mill that the recycled-input service knows, and its reporter at a terminal.
    static func mill() async throws -> (facility: String, reporter: Person) {
      let mill = try await SharedLedger.first.enrol(.recycledInput)
      return (mill.facility, try await Person.with("reporter@organisation:\(mill.organisation)"))
    }

    static func user() async throws -> (facility: String, reporter: Person) {
      let user = try await SharedLedger.first.enrol(.hydrogenUse)
      return (user.facility, try await Person.with("reporter@organisation:\(user.organisation)"))
    }

    /// The help's example, in tonnes 300 + 4,350 + 400 = 4,756 charged + 294.
    private func example(_ facility: String, _ period: String) -> [String] {
      [
        "recycled-input", "submit", "--facility", facility, "--period", period, "--opening", "300",
        "--received", "4350", "--home-arising", "400",
        "--input", "scrap_steel.post_consumer=4400,moisture=0.01",
        "--input", "scrap_steel.home=400", "--input", "hot_metal=26000", "--output", "bof=28000",
        "--closing", "294", "--json",
      ]
    }

    @Test("Who is handed a key signs in once, and then reports for a mill that is just registered")
    func newUser() async throws {
      let caller = try SharedLedger.first
      let ledger = caller.ledger
      let (owner, reporter) = (Person(ledger), Person(ledger))
      let before = try reporter.remelt("recycled-input", "list")
      #expect(before.code == 4 && before.error.contains("You are not signed in"), "\(before)")
      let first = ledger.folder.appending(path: "keys/operator.key").path()
      let signedIn = try owner.signIn("--key-file", first)
      let registry = try ledger["processor-registry"].url
      #expect(signedIn.code == 0, "\(signedIn)")
      #expect(signedIn.output.hasPrefix("Signed in at \(registry).\n"), "\(signedIn)")

      let (company, site) = ("test:\(UUID().uuidString)", "test:\(UUID().uuidString)")
      let organisation = try owner.remelt(
        "organisation", "register", "--identifier", company, "--name", "Test Steel", "--json"
      ).id
      let facility = try owner.remelt(
        "facility", "register", "--organisation", company, "--identifier", site,
        "--name", UUID().uuidString, "--role", "mill", "--country", "CN", "--province", "130000",
        "--obligation", "recycled_input:steel@2024-02..2024-02", "--json")
      #expect(facility.code == 0, "\(facility)")
      let key = ledger.folder.appending(path: "\(UUID().uuidString).key")
      let issued = try owner.remelt(
        "credential", "issue", "--holder", "Wang Fang", "--grant",
        "reporter@organisation:\(organisation)", "--key-file", key.path(), "--json")
      #expect(issued.code == 0 && issued["key"] == nil, "\(issued)")
      let mode = try FileManager.default.attributesOfItem(atPath: key.path())[.posixPermissions]
      #expect(mode as? Int == 0o600)

      let read = try reporter.signIn(input: key)
      #expect(read.code == 0, "\(read)")
      let wrong = try reporter.signIn("--key", "\(UUID().uuidString.lowercased()).x")
      #expect(wrong.code == 4, "a key that nobody has: \(wrong)")
      // The wrong key has not replaced the right one, and all four places are remembered.
      let me = try reporter.remelt("whoami")
      #expect(me.value("grants") == "reporter@organisation:\(organisation)", "\(me)")
      #expect(me.value("registry") == registry)
      #expect(try me.value("recycled_input") == ledger["recycled-input"].url)
      #expect(try me.value("hydrogen_use") == ledger["hydrogen-use"].url)
      #expect(try me.value("dashboard") == ledger["dashboard"].url)

      try await caller.follow(try await caller.position(), at: .recycledInput)
      let reported = try reporter.remelt(example(site, "2024-02"))
      #expect(try reported.code == 0 && reported["facility_id"]?.text == facility.id)
      #expect(try reporter.remelt("sign-out").code == 0)
      #expect(try reporter.remelt("recycled-input", "list").code == 4)
    }

    @Test("What somebody wrote at one service they find at the next, without waiting for it")
    func ownWrites() async throws {
      let person = try await Person.with("operator@all", "reporter@all")
      let (company, site) = ("test:\(UUID().uuidString)", "test:\(UUID().uuidString)")
      let organisation = try person.remelt(
        "organisation", "register", "--identifier", company, "--name", "Test Steel")
      #expect(organisation.code == 0, "\(organisation)")
      let facility = try person.remelt(
        "facility", "register", "--organisation", company, "--identifier", site,
        "--name", UUID().uuidString, "--role", "mill", "--country", "CN", "--province", "310000",
        "--obligation", "recycled_input:steel@2024-09..2024-09")
      #expect(facility.code == 0, "\(facility)")
      let reported = try person.remelt(example(site, "2024-09"))
      #expect(reported.code == 0, "\(reported)")
      let figures = try person.remelt(
        "dashboard", "recycled-input", "--from", "2024-09", "--by", "country", "--json")
      let coverage = figures["whole"]?["coverage"]
      #expect(coverage?["owed"]?.int == 1 && coverage?["received"]?.int == 1, "\(figures)")
    }

    @Test("A mill's month is told by flags, shown, corrected, carried on, and withdrawn")
    func mill() async throws {
      let (facility, reporter) = try await Self.mill()
      let told = try reporter.remelt(example(facility, "2025-03"))
      try #require(told.code == 0 && told.error.isEmpty, "\(told)")
      let id = try told.id
      #expect(told["metal"]?.text == "steel" && told["status"]?.text == "reported", "\(told)")
      let inputs: [JSON] = [
        Mill.charge("scrap_steel", "4400", "post_consumer", ["moisture": "0.01"]),
        Mill.charge("scrap_steel", "400", "home"), Mill.charge("hot_metal", "26000"),
      ]
      #expect(told["inputs"]?.elements == inputs, "\(told)")
      #expect(told["outputs"]?.elements == [Mill.output("bof", "28000")], "\(told)")
      #expect(told["derived"]?["charged"] == Sample.mass("4756"))
      #expect(told["derived"]?["stock_difference"] == Sample.mass("0"))
      let shown = try reporter.remelt("recycled-input", "show", id)
      #expect(shown.code == 0 && shown.value("derived.charged") == "4756 t", "\(shown)")
      #expect(
        shown.value("inputs[0]")
          == "material scrap_steel, origin post_consumer, gross 4400 t, moisture 0.01", "\(shown)")

      let revise = ["recycled-input", "revise", id, "--reason", "stock taken anew", "--json"]
      let revised = try reporter.remelt(revise + ["--closing", "290", "--output", "eaf=28000"])
      #expect(revised.code == 0 && revised.error.isEmpty, "\(revised)")
      #expect(revised["revision"]?.int == 2 && revised["closing"] == Sample.mass("290"))
      #expect(revised["inputs"] == told["inputs"], "what was not given has not stayed")
      #expect(revised["outputs"]?.elements == [Mill.output("eaf", "28000")], "\(revised)")
      let stale = try reporter.remelt(revise + ["--closing", "291", "--version", "1"])
      #expect(stale.code == 1 && stale.error.contains("(412)"), "\(stale)")
      let revisions = try reporter.remelt("recycled-input", "revisions", id).rows
      try #require(revisions.map(\.count) == [6, 5, 6], "\(revisions)")
      #expect(revisions[1][2...] == ["reported", "4350", "294"], "\(revisions)")
      #expect(revisions[2][2...] == ["revised", "4350", "290", "stock taken anew"])
      let old = try reporter.remelt(
        "recycled-input", "revisions", id, "--number", "1", "--json")
      #expect(old["report"]?["closing"] == Sample.mass("294"), "\(old)")

      let idle = [
        "recycled-input", "nil", "--facility", facility, "--period", "2025-04", "--json",
      ]
      let carried = try reporter.remelt(idle)
      #expect(carried.code == 0 && carried["nil"] == true, "\(carried)")
      #expect(carried["opening"] == Sample.mass("290") && carried["closing"] == carried["opening"])
      let withdraw = ["recycled-input", "withdraw", try carried.id, "--reason", "furnace ran"]
      let gone = try reporter.remelt(withdraw)
      #expect(gone.code == 0 && gone.value("status") == "withdrawn", "\(gone)")
      let again = try reporter.remelt(withdraw)
      #expect(again.code == 1 && again.error.contains("withdrawn already"), "\(again)")
      let anew = try reporter.remelt(idle)
      #expect(try anew.code == 0 && anew.id != carried.id, "\(anew)")
      let list = try reporter.remelt(
        "recycled-input", "list", "--facility", facility, "--from", "2025-04", "--json")
      #expect(list.items.map { $0["status"]?.text } == ["withdrawn", "reported"], "\(list)")
    }

    @Test("Every key of an input's line reaches the ledger under its name, a supplier by its id")
    func keys() async throws {
      let (facility, reporter) = try await Self.mill()
      let yard = try await SharedLedger.first.enrol(.throughput)
      try await SharedLedger.first.follow(yard.position, at: .recycledInput)
      // Vector R06 and half of 9 t: 16.426368 t and 4.5 t of copper.
      let told = try reporter.remelt(
        "recycled-input", "submit", "--facility", facility, "--metal", "copper",
        "--period", "2025-01..02", "--opening", "0", "--received", "20926.368kg", "--closing", "0",
        "--input",
        "scrap_copper.post_consumer=32.5,tare=14.5,moisture=0.02,impurity=0.03,impurity_basis=dry,"
          + "assay=0.96,yield=0.975,route=secondary_refined,facility=\(yard.facility)",
        "--input", "scrap_copper_alloy.home=10,impurity_mass=1000kg,assay=0.5,route=direct_melt",
        "--output", "secondary_refined=0.016kt", "--note", "两行", "--json")
      #expect(told.code == 0, "\(told)")
      let inputs: [JSON] = [
        .members([
          "material": "scrap_copper", "origin": "post_consumer", "route": "secondary_refined",
          "facility_id": .string(yard.facility), "gross": Sample.mass("32.5"),
          "tare": Sample.mass("14.5"), "moisture": "0.02", "impurity": "0.03",
          "impurity_basis": "dry", "assay": "0.96", "yield": "0.975",
        ]),
        .members([
          "material": "scrap_copper_alloy", "origin": "home", "route": "direct_melt",
          "gross": Sample.mass("10"), "impurity_mass": Sample.mass("1"), "assay": "0.5",
        ]),
      ]
      #expect(told["inputs"]?.elements == inputs, "\(told)")
      #expect(told["outputs"]?.elements == [Mill.output("secondary_refined", "16")])
      #expect(told["derived"]?["charged"] == Sample.mass("20.926368"))
      #expect(told["period"]?.text == "2025-01..02" && told["note"]?.text == "两行")
    }
  }
}
