import Foundation
import Models
import Testing

/// What a script learns from the exit code, and a person from standard error.
extension RunningTests.ReportCommandTests {
  /// Somebody of nowhere: an id that nothing has.
  private static let nobody = "01890000-0000-7000-8000-00000000dead"

  @Test("A command that is not written as it must be ends with 2, and says why")
  func misused() async throws {
    let (_, reporter) = try await Self.mill()
    let text = try reporter.file("facility_id\n", "months.txt")
    let broken = try reporter.file("{\"metal\": ")
    let commands = [
      "recycled-input submit --colour red", "recycled-input submit --input scrap_steel",
      "recycled-input submit --input scrap_steel.home=much",
      "recycled-input submit --input hot_metal=1,tare", "recycled-input submit --output bof",
      "recycled-input submit --opening much", "recycled-input submit --facility nobody",
      "recycled-input submit --from-json /nonexistent.json",
      "recycled-input submit --from-json \(broken)", "hydrogen-use submit --supply smr.captive",
      "hydrogen-use submit --use ammonia=", "hydrogen-use submit --metal steel",
      "recycled-input revise \(Self.nobody) --closing 1", "recycled-input withdraw \(Self.nobody)",
      "recycled-input show", "recycled-input nil --facility \(Self.nobody)",
      "hydrogen-use nil --month 2025-01", "hydrogen-use list --limit 0",
      "hydrogen-use list --metal steel", "recycled-input submit-file /nonexistent.csv",
      "recycled-input submit-file \(text)",
      "review question \(Self.nobody) --of recycled-input",
      "review refuse-revision \(Self.nobody) --of hydrogen-use",
      "review accept \(Self.nobody) --of gold", "review approve \(Self.nobody)",
      "dashboard recycled-input", "dashboard hydrogen-use --by country",
    ]
    for command in commands {
      let said = try reporter.remelt(command.split(separator: " ").map(String.init))
      #expect(said.code == 2, "\(command): \(said)")
      #expect(said.output.isEmpty && !said.error.isEmpty, "\(command): \(said)")
    }
    let malformed = try reporter.signIn("--key", "hunter2")
    #expect(malformed.code == 2, "\(malformed)")
    #expect(!malformed.error.contains("hunter2"), "the key is repeated: \(malformed)")
  }

  @Test("What the ledger refuses of a mill's month ends with 1, and names the wrong field")
  func refusedInput() async throws {
    let (facility, reporter) = try await Self.mill()
    let file = try reporter.file(
      String(decoding: Mill.month(facility, "2025-09").bytes, as: UTF8.self))
    let cases: [([String], [String])] = [
      (["--closing", "0"], ["/closing"]), (["--closing", "80lb"], ["/closing/unit"]),
      (["--closing", "80.0000001"], ["/closing/value"]), (["--metal", "gold"], ["/metal"]),
      (["--period", "2025-02..03"], ["/period"]), (["--period", "2049-12"], ["/period"]),
      (["--input", "gold=1"], ["/inputs/0/material"]),
      (["--input", "scrap_steel=1"], ["/inputs/0/origin"]),
      (["--input", "scrap_steel.mars=1"], ["/inputs/0/origin"]),
      (["--input", "hot_metal.home=1"], ["/inputs/0/origin"]),
      (["--input", "hot_metal=1,colour=red"], ["/inputs/0/colour"]),
      (["--input", "scrap_steel.home=1,moisture=2"], ["/inputs/0/moisture"]),
      (["--input", "scrap_steel.home=1,tare=much"], ["/inputs/0/tare"]),
      (
        ["--input", "scrap_steel.home=1,facility=\(Self.nobody)"],
        ["/closing", "/inputs/0/facility_id"]
      ),
      (["--output", "electrolytic=1"], ["/outputs/0/route"]),
      (["--output", "bof.home=1"], ["/outputs/0/home"]),
      (["--output", "bof=1", "--output", "bof=2"], ["/outputs"]),
      (["--opening", "-1lb", "--closing", "-1"], ["/opening/unit", "/closing/value"]),
    ]
    for (flags, pointers) in cases {
      // An equals sign, since a negative number looks like a flag.
      let joined = stride(from: 0, to: flags.count, by: 2).map { "\(flags[$0])=\(flags[$0 + 1])" }
      let said = try reporter.remelt(["recycled-input", "submit", "--from-json", file] + joined)
      #expect(said.code == 1 && said.output.isEmpty, "\(flags): \(said)")
      #expect(said.pointers == pointers, "\(flags): \(said)")
    }
    let unknown = try reporter.remelt(
      "recycled-input", "submit", "--from-json", file, "--facility", "test:nothing")
    #expect(unknown.code == 1 && unknown.error.contains("test:nothing"), "\(unknown)")
    let absent = try reporter.remelt("recycled-input", "show", Self.nobody)
    #expect(absent.code == 1 && absent.error.contains("(404)"), "\(absent)")
    let good = try reporter.remelt("recycled-input", "submit", "--from-json", file, "--json")
    #expect(good.code == 0, "something that was refused has left a trace: \(good)")
    let id = try good.id
    let double = try reporter.remelt("recycled-input", "submit", "--from-json", file)
    #expect(double.code == 1 && double.error.contains("existing: \(id)"), "\(double)")
    let other = try await Self.mill()
    let foreign = try other.reporter.remelt("recycled-input", "show", id)
    #expect(foreign.code == 1 && foreign.error.contains("(404)"), "\(foreign)")
  }

  @Test("What the ledger refuses of a month of hydrogen ends with 1, and names the wrong field")
  func refusedHydrogen() async throws {
    let (facility, reporter) = try await Self.user()
    let file = try reporter.file(
      String(decoding: Hydrogen.month(facility, "2025-09").bytes, as: UTF8.self))
    let cases: [(flag: String, value: String, pointers: [String])] = [
      ("--closing", "0", ["/closing"]), ("--month", "2025-01..02", ["/month"]),
      ("--supply", "smr=1", ["/supplies/0/source"]),
      ("--supply", "gas.captive=1", ["/supplies/0/route"]),
      ("--supply", "electrolysis_pem.captive=1", ["/supplies/0/power"]),
      ("--supply", "smr.captive=1,power=wind", ["/supplies/0/power"]),
      ("--supply", "smr.captive=1,renewable=maybe", ["/supplies/0/renewable"]),
      ("--supply", "smr.captive=1,renewable=true,renewable=false", ["/supplies/0/renewable"]),
      ("--supply", "smr.captive=1,intensity=1", ["/supplies/0/carbon_intensity/boundary"]),
      ("--supply", "smr.captive=1Nm3,state=0C,hydrogen=1", ["/supplies/0/volume/unit"]),
      (
        "--supply", "smr.captive=1m3",
        ["/supplies/0/reference_state", "/supplies/0/hydrogen_fraction"]
      ),
      ("--supply", "smr.captive=1,colour=grey", ["/supplies/0/colour"]),
      ("--use", "balloons=1", ["/uses/0/use"]), ("--use", "ammonia=1,feed=co2", ["/uses/0/feed"]),
      ("--use", "ammonia=1,product=much", ["/uses/0/product"]),
      ("--use", "ammonia.captive=1", ["/uses/0/captive"]),
    ]
    for (flag, value, pointers) in cases {
      let said = try reporter.remelt(
        "hydrogen-use", "submit", "--from-json", file, flag, value)
      #expect(said.code == 1 && said.output.isEmpty, "\(value): \(said)")
      #expect(said.pointers == pointers, "\(value): \(said)")
    }
    let good = try reporter.remelt("hydrogen-use", "submit", "--from-json", file)
    #expect(good.code == 0, "something that was refused has left a trace: \(good)")
  }

  @Test("A service that cannot be reached ends a command with 3; the others' commands go on")
  func unreachable() async throws {
    let (facility, reporter) = try await Self.mill()
    let away = "http://127.0.0.1:1"
    let month = try reporter.file(
      String(decoding: Mill.month(facility, "2025-10").bytes, as: UTF8.self))
    let rows = try reporter.file("{}\n", "rows.ndjson")
    let commands: [(variable: String, command: [String], path: String)] = [
      ("REMELT_RECYCLED_INPUT", ["recycled-input", "list"], "/recycled-input/v1/reports"),
      (
        "REMELT_RECYCLED_INPUT", ["recycled-input", "submit", "--from-json", month],
        "/recycled-input/v1/reports"
      ),
      (
        "REMELT_RECYCLED_INPUT", ["recycled-input", "submit-file", rows],
        "/recycled-input/v1/reports/bulk"
      ),
      ("REMELT_HYDROGEN_USE", ["hydrogen-use", "list"], "/hydrogen-use/v1/reports"),
      ("REMELT_DASHBOARD", ["dashboard", "sources"], "/dashboard/v1/sources"),
      ("REMELT_REGISTRY", ["whoami"], "/registry/v1/token"),
    ]
    for (variable, command, path) in commands {
      let said = try reporter.remelt(command, settings: [variable: away])
      #expect(said.code == 3 && said.output.isEmpty, "\(command): \(said)")
      #expect(said.error.contains("\(away)\(path) got no answer"), "\(command): \(said)")
      guard variable != "REMELT_REGISTRY" else { continue }
      let other = variable == "REMELT_HYDROGEN_USE" ? "recycled-input" : "hydrogen-use"
      let going = try reporter.remelt([other, "list"], settings: [variable: away])
      #expect(going.code == 0, "\(command): \(going)")
    }
    let submitted = try reporter.remelt("recycled-input", "submit", "--from-json", month)
    #expect(submitted.code == 0, "\(submitted)")
  }
}
