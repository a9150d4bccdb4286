import Foundation
import Testing

@testable import Models

struct ReferenceTests {
  let reference = Reference.shared

  @Test("Every table that the executable ships with can be read")
  func tables() throws {
    #expect(reference.provinces.count == 34)
    #expect(reference.authorities.count == 40)
    #expect(reference.countries["CN"] != nil && reference.countries.count > 240)
    #expect(reference.grades.contains("GB/T 39733:SRS"))
    #expect(!reference.targets.isEmpty)
    let files = try FileManager.default.contentsOfDirectory(atPath: Reference.folder.path)
    for file in files where file.hasSuffix(".csv") {
      #expect(!(try Reference.rows(Reference.folder.appending(path: file))).isEmpty, "\(file)")
    }
  }

  @Test("The two regions of the plans are the provinces they should be")
  func regions() {
    func codes(_ region: String) -> [String] {
      reference.provinces.values.filter { $0.region == region }.map(\.code).sorted()
    }
    #expect(codes("BTH") == ["110000", "120000", "130000"])
    #expect(codes("YRD") == ["310000", "320000", "330000", "340000"])
  }

  @Test("Every authority, criterion and counting state names what exists")
  func links() {
    for authority in reference.authorities.values {
      #expect(reference.provinces[authority.province] != nil, "\(authority.id)")
    }
    let sets = Set(reference.criteriaSets.map(\.id))
    for criterion in reference.criteria {
      #expect(sets.contains(criterion.set))
      #expect([">=", "<=", ">", "<"].contains(criterion.comparator))
    }
    for event in QualificationEvent.allCases {
      #expect(reference.countingStates.contains { $0.event == event }, "\(event)")
    }
    #expect(reference.authorities["XPCC"]?.province == "650000")
  }

  @Test("Every target in per cent names a definition that exists, or none where none is official")
  func definitions() throws {
    let definitions = Set(
      try Reference.rows(Reference.folder.appending(path: "definitions.csv")).map {
        try $0.column("definition_id")
      })
    for target in reference.targets where target.unit == "%" && !target.definition.isEmpty {
      #expect(definitions.contains(target.definition), "\(target.id)")
    }
  }

  @Test("A report is due on its day of the next month, over the year's end too")
  func due() throws {
    let december = try #require(Month("2026-12"))
    #expect(reference.due(.throughput, december)?.description == "2027-01-10")
    #expect(reference.due(.recycledInput, december)?.description == "2027-01-15")
    #expect(reference.due(.hydrogenUse, .first)?.description == "2010-02-15")
  }

  @Test(
    "An announced enterprise counts while it rectifies, and not while it is suspended or revoked")
  func counting() throws {
    let day = try #require(Day("2026-01-31"))
    let counting = QualificationEvent.allCases.filter { reference.counts($0, on: day) }
    #expect(counting == [.announced, .changed, .rectifying, .resumed])
  }

  @Test("A table with a short row, a missing column or an unreadable value says where it is broken")
  func broken() throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
    try FileManager.default.copyItem(at: Reference.folder, to: folder)
    defer { try? FileManager.default.removeItem(at: folder) }
    #expect(throws: Never.self) { try Reference(folder: folder) }
    func refusal(_ table: String, _ text: String) throws -> String? {
      let file = folder.appending(path: table)
      let before = try Data(contentsOf: file)
      defer { try? before.write(to: file) }
      try Data(text.utf8).write(to: file)
      return #expect(throws: Reference.Unreadable.self) { try Reference(folder: folder) }?
        .description
    }
    #expect(
      try refusal("countries.csv", "alpha2,name\nCN,China\nDE\n")
        == "countries.csv, row 3 has 1 fields instead of 2")
    #expect(try refusal("countries.csv", "code,name\nCN,China\n") == "the column alpha2 is missing")
    #expect(
      try refusal("due_days.csv", "report,day,valid_from,valid_to\nthroughput,-1,2010-01,\n")
        == "\"-1\" does not fit the column day")
    #expect(throws: (any Error).self) {
      try Reference(folder: folder.appending(path: "nowhere"))
    }
  }
}
