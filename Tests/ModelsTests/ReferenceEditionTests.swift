import Foundation
import TestSupport
import Testing

@testable import Models

@Suite("Editions of the reference data")
struct ReferenceEditionTests {
  /// This release's tables, with an edition after it in which some rows are new.
  private func newer(in folder: TemporaryFolder) throws -> URL {
    let copy = URL(filePath: folder.file("Reference"))
    try FileManager.default.copyItem(at: Reference.folder, to: copy)
    func append(_ line: String, to name: String) throws {
      let file = copy.appending(path: name)
      var text = try String(contentsOf: file, encoding: .utf8)
      if !text.hasSuffix("\n") { text += "\n" }
      try (text + line + "\n").write(to: file, atomically: true, encoding: .utf8)
    }
    try append("2027-01,a year later", to: "editions.csv")
    try append(
      "AL_SHARE,2027-01,2027-01-01,,recycled_input,aluminium,%,Recycled share,再生铝占比,a,b,c,d,,",
      to: "definitions.csv")
    try append(
      "CN-RECYCLED-STEEL-2027,2027-01,recycled share of raw material: steel,>=,23,%,2027,calendar year 2027,,90,moved",
      to: "targets.csv")
    try append(
      "AL_PRIMARY_GHG_2022,2027-01,Al,intensity,14.8,tCO2e/t,global,2026,somebody,found,default,",
      to: "factors.csv")
    return copy
  }

  @Test("A row of a later edition counts from that edition on, and the old one stays for the past")
  func editions() throws {
    let folder = try TemporaryFolder()
    let tables = try newer(in: folder)
    let old = try Reference(folder: tables, edition: Reference.shared.edition)
    let new = try Reference(folder: tables)
    #expect(old.edition == "2026-11" && new.edition == "2027-01")
    #expect(old.row(.aluminiumShare)?.name == "Recycled share of aluminium")
    #expect(new.row(.aluminiumShare)?.name == "Recycled share")
    #expect(new.definitions.count == old.definitions.count)
    let goal = { (reference: Reference) in
      reference.targets.first { $0.id == "CN-RECYCLED-STEEL-2027" }?.value.description
    }
    #expect(goal(old) == "22" && goal(new) == "23")
    #expect(new.targets.map(\.id) == old.targets.map(\.id))
    // 15.1 × 0.95 and 14.8 × 0.95, exactly.
    let product = { (reference: Reference) in
      reference.avoided(.avoidedEmissionsAluminium).first { $0.use == "default" }?.product
    }
    #expect(product(old) == ExactDecimal("14.345") && product(new) == ExactDecimal("14.06"))
    #expect(old.row(.aluminiumOdds)?.edition == new.row(.aluminiumOdds)?.edition)
  }

  @Test("An edition that nobody listed is refused")
  func unknown() throws {
    let folder = try TemporaryFolder()
    let tables = try newer(in: folder)
    #expect(throws: Reference.Unreadable.self) { try Reference(folder: tables, edition: "2028-01") }
    try "edition,note\n2026-11,\n".write(
      to: tables.appending(path: "editions.csv"), atomically: true, encoding: .utf8)
    #expect(throws: Reference.Unreadable.self) { try Reference(folder: tables) }
  }

  @Test("What came with a later edition is not in an older one, and that is no broken table")
  func later() throws {
    let folder = try TemporaryFolder()
    let tables = try newer(in: folder)
    let file = tables.appending(path: "definitions.csv")
    let text = try String(contentsOf: file, encoding: .utf8)
    try text.replacing("AL_ODDS,2026-11,", with: "AL_ODDS,2027-01,")
      .write(to: file, atomically: true, encoding: .utf8)
    #expect(try Reference(folder: tables, edition: "2026-11").row(.aluminiumOdds) == nil)
    #expect(try Reference(folder: tables).row(.aluminiumOdds) != nil)
    try text.replacing("AL_ODDS,2026-11,", with: "AL_EVENS,2026-11,")
      .write(to: file, atomically: true, encoding: .utf8)
    #expect(throws: Reference.Unreadable.self) { try Reference(folder: tables) }
  }

  @Test("A definition is valid on the days that its row says, for whole periods")
  func validity() throws {
    let folder = try TemporaryFolder()
    let new = try #require(
      Reference(folder: try newer(in: folder)).row(.aluminiumShare))
    let span = { (text: String) in try #require(Span(text)).months }
    #expect(try new.covers(span("2027-01")) && new.covers(span("2027")))
    #expect(try !new.covers(span("2026-12")) && !new.covers(span("2026-12..2027-11")))
  }
}
