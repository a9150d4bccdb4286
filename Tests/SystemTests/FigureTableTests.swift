import Foundation
import Models
import Testing

extension RunningTests.FigurePeriodTests {
  @Test("As a table of comma-separated values the figures are the same, in the same order")
  func table() async throws {
    let caller = try SharedLedger.first
    let plant = try await caller.enrol(
      .recycledInput, in: ["610000", "620000"],
      owes: [Sample.owed(.recycledInput, from: "2020-02", to: "2020-02")])
    var position: String?
    for (facility, month, crude) in [
      (0, "2020-01", "1000"), (1, "2020-01", "7"), (1, "2020-02", "3"),
    ] {
      position = try await plant.reporter.accepted(
        Mill.steel(plant.facilities[facility], month, scrap: "2", crude: crude),
        to: .recycledInput
      ).position
    }
    let query = "figures?definition=SCRAP_RATE_KG_T&from=2020-01&to=2020-02&by=province"
    let figures = try await caller.figures(query, after: [plant.position, position])
    let table = try await caller.ask(query, accept: "text/csv")
    #expect(table.header("Content-Type")?.hasPrefix("text/csv") == true, "\(table.text)")
    let lines = table.text.split(separator: "\r\n").map {
      $0.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
    }
    let columns = [
      "definition_id", "period", "province", "value", "unit", "reason", "numerator",
      "denominator", "state", "owed", "received", "nil", "missing", "late", "low", "high",
      "edition", "label",
    ]
    #expect(lines.first == columns, "\(table.text)")
    let rows = figures.rows.map { row -> [String] in
      let texts = columns.prefix(6).map { row[$0]?.text ?? "" }
      let sums = ["numerator", "denominator"].map { row[$0]?["value"]?.text ?? "" }
      let counts = columns[9..<14].map { String(row["coverage"]?[$0]?.int ?? 0) }
      return texts + sums + [row["state"]?.text ?? ""] + counts
        + ["", "", figures["edition"]?.text ?? "", ""]
    }
    // A month that is owed and not there is a line, too.
    #expect(rows.count == 4 && Array(lines.dropFirst()) == rows, "\(table.text)")
    #expect(figures.rows.map { $0["reason"]?.text } == [nil, nil, "missing", nil])
    let html = try await caller.ask(query, accept: "text/html")
    #expect(html.status == 406, "\(html.text)")
  }

  @Test("In pages of any size it is the same table, and its last page names no other")
  func pages() async throws {
    let caller = try SharedLedger.first
    let plant = try await caller.enrol(.recycledInput, in: ["630000", "640000"])
    var position: String?
    for month in ["2018-01", "2018-02", "2018-03"] {
      for facility in plant.facilities {
        position = try await plant.reporter.accepted(
          Mill.steel(facility, month, scrap: "2", crude: "9"), to: .recycledInput
        ).position
      }
    }
    let query =
      "figures?definition=SCRAP_RATE_KG_T,METALLIC_INPUT&from=2018-01&to=2018-03&by=province"
    let whole = try await caller.figures(query, after: [plant.position, position])
    #expect(whole.rows.count == 12 && whole.cursor == nil, "\(whole.text)")
    for size in [1, 5, 11, 12] {
      var found: [JSON] = []
      var page = try await caller.ask("\(query)&limit=\(size)")
      for _ in 0..<12 {
        #expect(page.rows.count <= size, "\(page.text)")
        found += page.rows
        guard let cursor = page.cursor else { break }
        page = try await caller.ask("\(query)&limit=\(size)&cursor=\(cursor)")
      }
      #expect(found == whole.rows && page.cursor == nil, "\(size): \(page.text)")
    }
    for wrong in ["limit=0", "limit=5001", "cursor=x", "limit=1&limit=2", "period=decade", "x=1"] {
      let reply = try await caller.ask("\(query)&\(wrong)")
      #expect(reply.status == 422, "\(wrong): \(reply.text)")
    }
  }

  @Test("Behind a January no combined report stands, and its pages go on past one")
  func behind() async throws {
    let caller = try SharedLedger.first
    let mills = try await caller.enrol(.recycledInput, in: ["650000", "650000", "650000"])
    var position: String?
    var alone: [String] = []
    // Reports are listed by their ids, in which the combined ones are the first and the third.
    for (facility, period) in [
      (0, "2016-01..02"), (1, "2016-01"), (2, "2016-01..02"), (1, "2016-02"),
    ] {
      let reply = try await mills.reporter.accepted(
        Mill.steel(mills.facilities[facility], period, scrap: "2", crude: "9"), to: .recycledInput)
      position = reply.position
      if period == "2016-01" { alone.append(try reply.id) }
    }
    let query = "figures/reports?definition=SCRAP_RATE_KG_T&province=650000"
    for (period, count) in [("2016-01", 1), ("2016-02", 1), ("2016-01..02", 4), ("2016Q1", 4)] {
      for size in [1, 2, 500] {
        var found: [String] = []
        var page = try await caller.figures(
          "\(query)&period=\(period)&limit=\(size)", after: [mills.position, position])
        for _ in 0..<8 {
          found += page.items.compactMap { $0["report_id"]?.text }
          guard let cursor = page.cursor else { break }
          page = try await caller.ask("\(query)&period=\(period)&limit=\(size)&cursor=\(cursor)")
        }
        #expect(found.count == count && Set(found).count == count, "\(period) by \(size)")
        if period == "2016-01" { #expect(found == alone, "\(page.text)") }
      }
    }
  }
}
