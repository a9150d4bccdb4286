import Testing

@testable import Models

@Suite("Spans of months")
struct SpanTests {
  @Test("A span is read as it is written, and no other text is")
  func wire() throws {
    for kind in SpanKind.allCases {
      for span in kind.spans(endingIn: Month(year: 2024, month: 1)...Month(year: 2026, month: 12)) {
        #expect(Span(span.description) == span && Span(kind.text(span)) == span, "\(span)")
        #expect(span.length <= 12 && span.first <= span.last)
      }
    }
    for text in [
      "", "2026-13", "2026Q5", "2026Q0", "2026H3", "2026-02..01", "2026-03..01",
      "2025-01..2026-12", "20261", "2026-1", "2026-01..", "1999", "2026q1", "2026-01...02",
    ] {
      #expect(Span(text) == nil, "\(text)")
    }
  }

  @Test("Each kind ends where its calendar says")
  func ends() {
    let year = Month(year: 2026, month: 1)...Month(year: 2026, month: 12)
    let texts = { (kind: SpanKind) in kind.spans(endingIn: year).map(\.description) }
    #expect(texts(.month).count == 12 && texts(.month)[1] == "2026-02")
    #expect(texts(.officialMonth).count == 11 && texts(.officialMonth)[0] == "2026-01..02")
    #expect(texts(.quarter) == ["2026Q1", "2026Q2", "2026Q3", "2026Q4"])
    #expect(texts(.half) == ["2026H1", "2026H2"] && texts(.year) == ["2026"])
    #expect(texts(.yearToDate)[3] == "2026-01..04" && texts(.yearToDate)[11] == "2026")
    #expect(texts(.rolling12)[8] == "2025-10..2026-09" && texts(.rolling12)[11] == "2026")
    #expect(
      SpanKind.yearToDate.text(Span(first: year.lowerBound, last: year.upperBound)) == "2026-01..12"
    )
    #expect(SpanKind.rolling12.spans(endingIn: Month.first...Month(year: 2010, month: 11)).isEmpty)
    let inside = Month(year: 2026, month: 2)...Month(year: 2026, month: 5)
    #expect(SpanKind.quarter.spans(endingIn: inside).map(\.description) == ["2026Q1"])
    #expect(SpanKind.year.spans(endingIn: inside).isEmpty)
  }

  @Test("January and February combined lie in a quarter and are cut by January alone")
  func combined() throws {
    let both = Period(combinedOf: 2026)
    let quarter = try #require(Span("2026Q1"))
    let january = try #require(Span("2026-01"))
    let april = try #require(Span("2026-04"))
    #expect(quarter.contains(both) && !quarter.cuts(both))
    #expect(january.cuts(both) && !january.contains(both))
    #expect(!april.cuts(both))
    #expect(try #require(Span("2025-02..2026-01")).cuts(both))
    #expect(quarter.yearBefore.description == "2025Q1")
  }
}
