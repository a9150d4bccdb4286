import Foundation
import Models
import Testing

@testable import RemeltCLI

@Suite("Figures by the command line, without a ledger")
struct FigureSheetTests {
  @Test("A table to publish is told by its title and its question, which may hold any sign")
  func question() throws {
    let table = try #require(
      PublicationTable(argument: "Q1: all :definition=A,B&group=C%26D&as_of=2026-03-01T00:00:00Z"))
    let question = JSON.members([
      "definition": "A,B", "group": "C&D", "as_of": "2026-03-01T00:00:00Z",
    ])
    #expect(table.json == .members(["title": "Q1: all", "question": question]))
  }

  @Test(
    "What is no table to publish is not taken for one",
    arguments: [
      "", "nothing", "definition=A", ":definition=A", "Title:", "Title:definition",
      "Title:definition=A&by", "Title:definition=", "Title:=A",
    ])
  func noQuestion(_ text: String) {
    #expect(PublicationTable(argument: text)?.title == nil)
  }

  @Test("The next page is the one that the header links to")
  func next() {
    let link = "</dashboard/v1/figures?by=province&cursor=WyJh_-Q>; rel=\"next\""
    #expect(FigurePages.next(in: link) == "WyJh_-Q")
    let middle = link.replacing("by=province&cursor=WyJh_-Q", with: "cursor=WyJh_-Q&by=province")
    #expect(FigurePages.next(in: middle) == "WyJh_-Q")
    #expect(FigurePages.next(in: link.replacing("next", with: "prev")) == nil)
    #expect(FigurePages.next(in: "</dashboard/v1/figures>; rel=\"next\"") == nil)
  }

  @Test("A later page of CSV goes on without its heading")
  func heading() {
    let rest = FigurePages.withoutHeading(Array("a,b\r\n1,2\r\n".utf8))
    #expect(String(decoding: rest, as: UTF8.self) == "1,2\r\n")
    #expect(FigurePages.withoutHeading(Array("a,b\r\n".utf8)).isEmpty)
  }

  @Test("Columns in which nothing stands are left out, and so is a name that says no more")
  func columns() {
    let row = JSON.members([
      "definition_id": "THROUGHPUT", "period": "2026-03", "group": "A", "group_name": "A",
      "value": JSON.null, "unit": "t", "reason": "missing", "state": "provisional",
      "coverage": JSON.members(["owed": .int(2), "received": .int(0), "by_capacity": JSON.null]),
    ])
    let definition = JSON.members(["definition_id": "THROUGHPUT", "unit": "t", "name_en": "Put in"])
    let sheet = FigureSheet(rows: [row], definitions: [definition], by: ["group"])
    let lines = [
      "definition  period   group  unit  reason   state        owed  received",
      "THROUGHPUT  2026-03  A      t     missing  provisional     2         0", "",
      "definition  unit  name", "THROUGHPUT  t     Put in",
    ]
    #expect(sheet.text == lines.joined(separator: "\n"))
  }
}
