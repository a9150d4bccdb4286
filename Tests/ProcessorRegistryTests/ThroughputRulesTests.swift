import Models
import Reporting
import Testing

@testable import ProcessorRegistry

/// A facility out of a JSON object.
func facility(_ json: JSON) throws -> Facility { try Fields.read(json, as: Facility.init) }

/// The pointers of the fields that a rule refuses, in order; none when it accepts.
func refused(_ rule: () throws -> Void) throws -> [String] {
  do {
    try rule()
    return []
  } catch let problem as Problem {
    return problem.fields.map(\.pointer)
  }
}

@Suite("What makes a month's throughput acceptable")
struct ThroughputRulesTests {
  private static let id = "01890000-0000-7000-8000-000000000001"

  private func day(_ text: String) throws -> Day { try #require(Day(text)) }
  private func instant(_ text: String) throws -> Instant { try #require(Instant(text)) }

  private func accept(
    _ report: JSON, of site: JSON = Sample.facility(id), today: String = "2025-03-15",
    previousClosing: String? = nil
  ) throws -> Throughput {
    let rules = ThroughputRules(permille: 5, facilities: Facilities())
    return try rules.judged(
      try throughput(report), of: try facility(site),
      after: try previousClosing.map { try Mass($0, unit: "t") }, today: try day(today)
    ).accepted()
  }

  @Test(
    "A month may be reported once it is over in China, where that is eight hours before it is in UTC",
    arguments: [
      ("2025-01-31T15:59:59.999Z", false), ("2025-01-31T16:00:00Z", true),
      ("2025-01-01T00:00:00Z", false), ("2025-02-28T00:00:00Z", true),
      ("2024-12-31T23:00:00Z", false),
    ])
  func monthOver(now: String, isAccepted: Bool) throws {
    let today = try instant(now).dayInChina.description
    let wrong = try refused { _ = try accept(Sample.report(Self.id, "2025-01"), today: today) }
    #expect(wrong == (isAccepted ? [] : ["/month"]))
  }

  @Test("All purchases of a month together are limited as one mass is")
  func together() throws {
    let line = JSON.members(["source": "obsolete", "mass": Sample.mass("60", "kt")])
    let huge = JSON.members(["source": "obsolete", "mass": Sample.mass("99999", "kt")])
    let report = Sample.report(Self.id).with("purchases", .array([line, huge, huge]))
    #expect(try refused { _ = try accept(report) }.contains("/purchases"))
  }

  @Test("A nil return that gives a reason for its opening stock is not given another stock")
  func nilReason() throws {
    let report = JSON.members([
      "facility_id": .string(Self.id), "metal": "steel", "month": "2025-01", "nil": .bool(true),
      "opening": Sample.mass("0"), "closing": Sample.mass("0"),
      "opening_reason": "stock written off",
    ])
    #expect(try accept(report, previousClosing: "50").closing == .zero)
  }

  @Test("The refusal of a month that is not over says from when it may be reported")
  func monthAnswer() throws {
    #expect {
      _ = try accept(Sample.report(Self.id, "2025-12"), today: "2025-12-31")
    } throws: { ($0 as? Problem)?.detail.contains("2026-01-01") == true }
  }

  @Test(
    "A closed facility reports for its last month and for none after",
    arguments: [("2025-01-01", true), ("2025-01-31", true), ("2024-12-31", false)])
  func closed(on day: String, isAccepted: Bool) throws {
    let site = Sample.facility(Self.id).with("closed_on", .string(day))
    let wrong = try refused { _ = try accept(Sample.report(Self.id, "2025-01"), of: site) }
    #expect(wrong == (isAccepted ? [] : ["/month"]))
  }

  @Test(
    "A facility reports from the month on in which it opened",
    arguments: [("2025-01-01", true), ("2025-01-31", true), ("2025-02-01", false)])
  func opened(on day: String, isAccepted: Bool) throws {
    let site = Sample.facility(Self.id).with("opened_on", .string(day))
    let wrong = try refused { _ = try accept(Sample.report(Self.id, "2025-01"), of: site) }
    #expect(wrong == (isAccepted ? [] : ["/month"]))
  }

  @Test(
    "Only a scrap processor reports throughput", arguments: ["mill", "trader", "hydrogen_user"])
  func role(word: String) throws {
    let site = Sample.facility(Self.id, roles: [.string(word)])
    #expect(try refused { _ = try accept(Sample.report(Self.id), of: site) } == ["/facility_id"])
    let both = Sample.facility(Self.id, roles: [.string(word), "scrap_processor"])
    #expect(try refused { _ = try accept(Sample.report(Self.id), of: both) } == [])
  }

  @Test("The opening stock equals last month's closing, to the gram, or carries a reason")
  func opening() throws {
    let silent = Sample.report(Self.id).with("opening_reason", nil)
    #expect(try refused { _ = try accept(silent) } == [], "last month is not reported")
    #expect(try refused { _ = try accept(silent, previousClosing: "100") } == [])
    #expect(try refused { _ = try accept(silent, previousClosing: "100.000001") } == ["/opening"])
    #expect(try refused { _ = try accept(silent, previousClosing: "0") } == ["/opening"])
    let explained = Sample.report(Self.id)
    #expect(try refused { _ = try accept(explained, previousClosing: "99") } == [])
  }

  @Test("A nil return carries the stock that lay there")
  func nilReturn() throws {
    let report = JSON.members([
      "facility_id": .string(Self.id), "metal": "steel", "month": "2025-01", "nil": true,
    ])
    let carried = try accept(report, previousClosing: "175.5")
    #expect(carried.isNil)
    #expect(carried.opening.tonnes == "175.5")
    #expect(carried.closing == carried.opening)
    #expect(carried.input == .zero)
    #expect(try accept(report).closing == .zero)
  }

  @Test("A nil return that states another stock than last month's needs a reason too")
  func nilReturnWithStock() throws {
    let report = JSON.members([
      "facility_id": .string(Self.id), "metal": "steel", "month": "2025-01", "nil": true,
      "opening": Sample.mass("7"),
    ])
    #expect(try refused { _ = try accept(report, previousClosing: "8") } == ["/opening"])
    #expect(try accept(report, previousClosing: "7").closing.tonnes == "7")
  }

  @Test("Every fault is named at once")
  func all() throws {
    let site = Sample.facility(Self.id, roles: ["mill"]).with("closed_on", "2024-01-01")
    let report = Sample.report(Self.id, "2025-03").with("opening_reason", nil)
      .with("closing", Sample.mass("0")).with("input", Sample.mass("0"))
    let wrong = try refused { _ = try accept(report, of: site, previousClosing: "1") }
    #expect(wrong == ["/month", "/facility_id", "/month", "/opening", "/closing", "/input"])
  }

  @Test(
    "A report is late after the tenth day of the next month in China",
    arguments: [
      ("2025-02-10T15:59:59.999Z", false), ("2025-02-10T16:00:00Z", true),
      ("2025-02-01T00:00:00Z", false), ("2026-02-01T00:00:00Z", true),
    ])
  func late(at moment: String, isLate: Bool) throws {
    let month = try #require(Month("2025-01"))
    #expect(ReportType.throughput.isLate(Period(month), recordedAt: try instant(moment)) == isLate)
  }
}
