import Foundation
import Models
import ServiceKit
import Testing

@testable import RemeltCLI

@Suite("The command line, without a ledger")
struct CLITests {
  private func rows(_ text: [UInt8], quoting: Bool = true, chunk: Int = 3) -> [FileRow] {
    var splitter = RowSplitter(quoting: quoting)
    var rows: [FileRow] = []
    for start in stride(from: 0, to: text.count, by: chunk) {
      splitter.feed(Array(text[start..<min(start + chunk, text.count)])) { rows.append($0) }
    }
    splitter.finish { rows.append($0) }
    return rows
  }

  @Test("Rows keep the file's numbers over a BOM, CRLF, blank lines and quoted line ends")
  func rowNumbers() {
    let text = "\u{FEFF}a,b\r\n\r\n1,\"x\r\ny \"\"q\"\"\"\r\n2,z"
    let found = rows(Array(text.utf8))
    #expect(found.map(\.number) == [1, 3, 4])
    #expect(found.map(\.size).reduce(0, +) == text.utf8.count)
    #expect(found[0].bytes == Array("a,b".utf8))
    #expect(found[1].bytes == Array("1,\"x\r\ny \"\"q\"\"\"".utf8))
    #expect(found[2].bytes == Array("2,z".utf8))
  }

  @Test("A row that is too long ends at its line's end and is not sent")
  func longRow() {
    let text = "h\n\"" + String(repeating: "x", count: 70_000) + "\n3,4\n"
    let found = rows(Array(text.utf8), chunk: 4096)
    // The quote that was not closed means nothing any more: the next row is read.
    #expect(found.map(\.number) == [1, 2, 3])
    #expect(found[1].bytes == nil)
    #expect(found[2].bytes == Array("3,4".utf8))
  }

  @Test("White space alone is no row of NDJSON")
  func blankLines() {
    #expect(rows(Array("{}\n \t\n\n{}\n".utf8), quoting: false).map(\.number) == [1, 4])
  }

  @Test("Chinese characters take two columns", arguments: [("示范A", 5), ("é", 1), ("e\u{301}", 1)])
  func width(_ text: String, _ columns: Int) {
    #expect(TextWidth.of(text) == columns)
  }

  @Test("What a name holds cannot command the terminal")
  func harmless() { #expect(TextWidth.harmless("a\u{1B}[2Jb") == "a [2Jb") }

  @Test("The plants add up, and each row is the same every time")
  func plants() throws {
    let plants = try SteelPlants(file: SteelPlants.shipped)
    #expect(plants.plants.count == 868)
    #expect(plants.inChina.count == 289)
    #expect(plants.kilotonnesInChina("crude_steel_ktpa") == "955240")
    #expect(plants.kilotonnesInChina("eaf_ktpa") == "134610")
    let again = try SteelPlants(file: SteelPlants.shipped)
    let (rows, same) = (plants.plants.map(PlantImport.row), again.plants.map(PlantImport.row))
    #expect(rows == same)
  }

  private func demonstration(latest: Month, months: Int = 24, seed: UInt64 = 1) throws
    -> Demonstration
  {
    Demonstration(
      seed: seed, facilities: 60, months: months, latest: latest,
      plants: try SteelPlants(file: SteelPlants.shipped))
  }

  @Test("The demonstration's organisations have valid USCCs")
  func identifiers() throws {
    let demonstration = try demonstration(latest: Month(year: 2026, month: 10))
    for owner in demonstration.owners {
      #expect(throws: Never.self) { try Identifier(scheme: Identifier.uscc, value: owner.uscc) }
    }
    #expect(Set(demonstration.owners.map(\.uscc)).count == demonstration.owners.count)
  }

  /// An API that is never called.
  private func nobody() throws -> LedgerAPI {
    let key = try #require(Key("01980000-0000-7000-8000-000000000000.x"))
    return LedgerAPI(
      profile: Profile(key: key, registry: "", dashboard: "", keyIsStored: false),
      folder: ProfileFolder(environment: ["REMELT_HOME": "/nonexistent"]), client: HTTPClient(),
      clock: .system)
  }

  private func reports(_ demonstration: Demonstration) throws -> [Throughput] {
    let ids = Dictionary(
      uniqueKeysWithValues: demonstration.sites.map {
        ($0.index, Randomness.system.id(at: Instant(milliseconds: 0)).text)
      })
    let submission = DemonstrationSubmission(
      reporter: try nobody(),
      months: DemonstrationMonths(demonstration: demonstration), ids: ids)
    return try submission.reports.compactMap(\.json).map {
      try Fields.read($0, as: Throughput.init)
    }
  }

  @Test(
    "Every report of the demonstration balances and opens with last month's stock",
    arguments: [1, 2, 3] as [UInt64])
  func balances(_ seed: UInt64) throws {
    let reports = try reports(
      try demonstration(latest: Month(year: 2026, month: 10), seed: seed))
    let closings = Dictionary(
      uniqueKeysWithValues: reports.map { ("\($0.facility) \($0.month)", $0.closing) })
    for report in reports {
      let available = report.opening + report.purchased
      let left = report.shipped + report.residue + report.loss + report.closing
      let made = report.produced + report.residue + report.loss
      #expect(abs(available.grams - left.grams) * 200 <= available.grams)
      #expect(abs(report.input.grams - made.grams) * 200 <= available.grams)
      if let before = closings["\(report.facility) \(report.month.previous)"] {
        #expect(report.opening == before)
      }
    }
  }

  @Test("A month later the demonstration has grown by a month and nothing else differs")
  func grows() throws {
    let one = try demonstration(latest: Month(year: 2026, month: 9))
    let other = try demonstration(latest: Month(year: 2026, month: 10))
    let before = DemonstrationMonths(demonstration: one)
    let after = DemonstrationMonths(demonstration: other)
    for site in one.sites where site.metal != nil && site.story == .plain {
      for month in one.months.dropFirst() {
        #expect(before.kind(site, month) == after.kind(site, month))
        #expect(before.closing(site, month) == after.closing(site, month))
      }
    }
  }
}
