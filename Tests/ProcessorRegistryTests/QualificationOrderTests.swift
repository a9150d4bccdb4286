import Models
import Testing

@testable import ProcessorRegistry

@Suite("Which event of a qualification may follow which")
struct QualificationOrderTests {
  /// Written down a second time, from the procedure and not from the code.
  private static let table: [String: Set<String>] = [
    "nothing": ["applied"],
    "applied": ["province_reviewed", "refused"],
    "province_reviewed": ["public_notice", "refused"],
    "public_notice": ["announced", "refused"],
    "announced": ["changed", "rectifying", "suspended", "revoked"],
    "changed": ["changed", "rectifying", "suspended", "revoked"],
    "rectifying": ["changed", "resumed", "suspended", "revoked"],
    "suspended": ["resumed", "revoked"],
    "resumed": ["changed", "rectifying", "suspended", "revoked"],
    "refused": ["applied"],
    "revoked": ["applied"],
  ]

  private static let id = "01890000-0000-7000-8000-000000000001"

  private func record(_ event: QualificationEvent, _ change: (JSON) -> JSON = { $0 }) throws
    -> QualificationRecord
  {
    let facts = JSON.members(["category": "new", "capacity_t_y": "150000"])
    let body = JSON.members([
      "metal": "steel", "event": .string(event.rawValue), "effective": "2025-02-01",
      "announcement": "2025 No. 1", "criteria_set": "SCRAP_STEEL_2016", "facts": facts,
    ])
    let id = try #require(ID(Self.id))
    return try Fields.read(change(body)) { QualificationRecord($0, facility: id) }
  }

  private func problem(_ record: QualificationRecord, after last: (QualificationEvent, String)?)
    throws -> Problem?
  {
    let last = try last.map { (event: $0.0, effective: try #require(Day($0.1))) }
    do throws(Problem) {
      try QualificationOrder.check(record, after: last)
      return nil
    } catch {
      return error
    }
  }

  @Test("Every pair of events is possible or refused as the table says")
  func pairs() throws {
    let before = [nil] + QualificationEvent.allCases.map(Optional.some)
    #expect(Self.table.count == before.count)
    for last in before {
      for event in QualificationEvent.allCases {
        let problem = try problem(record(event), after: last.map { ($0, "2025-01-01") })
        let isPossible = Self.table[last?.rawValue ?? "nothing"]?.contains(event.rawValue) == true
        #expect(problem == nil ? isPossible : !isPossible, "\(last as Any) → \(event)")
        if let problem {
          #expect(problem.kind == .conflict)
          for next in Self.table[last?.rawValue ?? "nothing"] ?? [] {
            #expect(problem.detail.contains(next), "it does not name \(next)")
          }
        }
      }
    }
  }

  @Test(
    "Every event that an announcement makes needs its number",
    arguments: QualificationEvent.allCases)
  func announcement(event: QualificationEvent) throws {
    let last = QualificationEvent.allCases.first {
      Self.table[$0.rawValue]?.contains(event.rawValue) == true
    }
    let silent = try record(event) { $0.with("announcement", nil) }
    let problem = try problem(silent, after: last.map { ($0, "2025-01-01") })
    let needed: Set<QualificationEvent> = [
      .announced, .changed, .rectifying, .suspended, .resumed, .revoked,
    ]
    #expect(problem?.fields.map(\.pointer) == (needed.contains(event) ? ["/announcement"] : nil))
  }

  @Test("An application states its figures and the set it is judged by")
  func application() throws {
    let bare = try record(.applied) { $0.with("facts", nil).with("criteria_set", nil) }
    #expect(try problem(bare, after: nil)?.fields.map(\.pointer) == ["/facts", "/criteria_set"])
  }

  @Test("A criteria set must be one of the metal", arguments: ["SCRAP_COPPER_2023", "NO_SUCH_SET"])
  func criteriaSet(name: String) throws {
    let wrong = try record(.applied) { $0.with("criteria_set", .string(name)) }
    let problem = try problem(wrong, after: nil)
    #expect(problem?.fields.map(\.pointer) == ["/criteria_set"])
    #expect(problem?.fields.first?.detail.contains("SCRAP_STEEL_2016") == true)
  }

  @Test("An event may be effective on the day of the last one and never before it")
  func effective() throws {
    #expect(try problem(record(.provinceReviewed), after: (.applied, "2025-02-01")) == nil)
    let early = try problem(record(.provinceReviewed), after: (.applied, "2025-02-02"))
    #expect(early?.fields.map(\.pointer) == ["/effective"])
  }
}
