import Testing

@testable import Models

struct PeriodTests {
  func period(_ text: String) throws -> Period { try #require(Period(text), "\(text)") }

  @Test(
    "A month, and January with February, come back from what is written",
    arguments: [
      "2026-03", "2026-01", "2026-02", "2026-01..02", "2010-01", "2010-01..02", "2049-01..02",
      "2049-12",
    ])
  func roundTrip(_ text: String) throws {
    let read = try period(text)
    #expect(read.description == text)
    #expect(read.json == .string(text))
    #expect(Period(first: read.first, last: read.last) == read)
  }

  @Test(
    "A text that is no period of the ledger is refused",
    arguments: [
      "", "2026", "2026-13", "2026-1", "2026-01..", "2026-01..2", "2026-01..03", "2026-02..03",
      "2026-02..02", "2026-01..01", "2026-03..04", "2026-01...02", "2026-01-02", "2026-01..02 ",
      " 2026-01..02", "2026-01-01..02", "26-01..02", "-01..02", "2009-12", "2009-01..02",
      "2050-01", "2050-01..02", "2026-01..2026-02", "2026Q1", "２026-01..02",
    ])
  func refused(_ text: String) {
    #expect(Period(text) == nil)
    #expect(pointers("{\"p\": \"\(text)\"}") { $0.period("p") } == ["/p"])
  }

  @Test("Only January and February are combined, and they are two months")
  func combined() throws {
    let both = try period("2026-01..02")
    #expect(both.isCombined)
    #expect(both.months.map(\.description) == ["2026-01", "2026-02"])
    #expect(both.first.description == "2026-01" && both.last.description == "2026-02")
    #expect(both == Period(combinedOf: 2026))
    let march = try period("2026-03")
    #expect(!march.isCombined)
    #expect(march.months.map(\.description) == ["2026-03"])
    #expect(march == Period(Month(year: 2026, month: 3)))
    #expect(try period("2026-01") != both)
  }

  @Test(
    "Periods overlap where they have a month in common",
    arguments: [
      ("2026-01..02", "2026-01", true), ("2026-01..02", "2026-02", true),
      ("2026-01..02", "2026-01..02", true), ("2026-01..02", "2026-03", false),
      ("2026-01..02", "2025-12", false), ("2026-01..02", "2027-01..02", false),
      ("2026-01..02", "2025-02", false), ("2026-01", "2026-02", false),
      ("2026-05", "2026-05", true),
    ])
  func overlaps(_ one: String, _ other: String, _ expected: Bool) throws {
    #expect(try period(one).overlaps(period(other)) == expected)
    #expect(try period(other).overlaps(period(one)) == expected)
  }

  @Test("Periods come in the order of their months, the shorter of two that begin together first")
  func order() throws {
    let ordered = ["2025-12", "2026-01", "2026-01..02", "2026-02", "2026-03", "2027-01..02"]
    #expect(try ordered.reversed().map(period).sorted().map(\.description) == ordered)
  }

  @Test("A period that is no text is refused, and an absent one where it is required")
  func members() throws {
    #expect(pointers(#"{"p": 202603}"#) { $0.period("p") } == ["/p"])
    #expect(pointers("{}") { $0.period("p") } == ["/p"])
    #expect(try read(#"{"p": "2026-01..02"}"#) { $0.period("p") } == Period(combinedOf: 2026))
  }

  @Test("A combined report is due when that of February is, counted in China")
  func late() throws {
    let both = try period("2026-01..02")
    let inTime = try #require(Instant("2026-03-15T15:59:59.999Z"))
    let after = try #require(Instant("2026-03-15T16:00:00Z"))
    #expect(!ReportType.recycledInput.isLate(both, recordedAt: inTime))
    #expect(ReportType.recycledInput.isLate(both, recordedAt: after))
    #expect(try ReportType.recycledInput.isLate(period("2026-01"), recordedAt: inTime))
    #expect(try !ReportType.recycledInput.isLate(period("2026-03"), recordedAt: after))
  }
}
