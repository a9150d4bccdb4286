import Foundation
import Journal
import Models
import TestSupport
import Testing

@testable import Dashboard
@testable import Storage

// Among those that run one after the other: it takes all that two cores can give, and a server has
// only so many connections.
extension RunningTests {
  @Suite(
    "Figures, held against a second implementation", .serialized, .timeLimit(.minutes(10)))
  struct FigurePropertyTests {
    @Test(
      "After any sequence of steps figures and their changes are those of the journals",
      arguments: 0..<max(1, ReadModelTests.sequences / 2))
    func sequence(_ number: Int) async throws {
      try await withFolder { folder in
        let ledger = try await RandomLedger(
          in: folder, random: Seeded(stream: 1_000_000 + UInt64(number)))
        let model = try await FoldedModel(folder.appending(path: "dashboard.sqlite"))
        for _ in 0..<ReadModelTests.steps { try await ledger.step() }
        var sources = try await ledger.sources()
        for (name, entries) in sources {
          try await model.fold(entries, of: name) { ledger.random.int(1...40) }
        }
        let simple = try SimpleLedger(sources.flatMap(\.entries).map(\.event))
        // Any millisecond about an entry, not before the first months' reports.
        let moments = Array(simple.moments.dropFirst(simple.moments.count / 3))
        let moment = try #require(Instant(ledger.random.one(moments)))
        let past = Instant(milliseconds: moment.milliseconds + Int64(ledger.random.int(-1...1)))
        let check = FigureCheck(
          model: model, now: SimpleFigures(simple, asOf: nil),
          past: SimpleFigures(simple, asOf: past.description),
          label: "REMELT_SEED=\(Seeded.base), \(number)")
        var answers: [(question: SimpleFigures.Question, bytes: [UInt8])] = []
        for _ in 0..<12 {
          let figures = ledger.random.chance(50) ? check.now : check.past
          let question = FigureQuestions.question(figures, &ledger.random)
          answers.append((question, try await check.hold(question, figures)))
        }
        for _ in 0..<2 {
          try await check.places(&ledger.random)
          try await check.time(&ledger.random)
        }
        var changes: [(asked: FigureCheck.AskedChange, bytes: [UInt8])] = []
        for _ in 0..<8 {
          guard let asked = check.change(&ledger.random) else { continue }
          changes.append((asked, try await check.hold(asked)))
        }
        // What was said is said again, byte for byte, when all is folded anew.
        try await model.wipe()
        sources.shuffle(using: &ledger.random)
        let page = ledger.random.int(1...99)
        for (name, entries) in sources { try await model.fold(entries, of: name) { page } }
        for (question, bytes) in answers {
          let isSame = try await JSON.array(check.rows(question)).bytes == bytes
          #expect(isSame, "\(check.label): \(question) differs after a rebuild")
        }
        for (asked, bytes) in changes {
          let isSame = try await check.json(asked).bytes == bytes
          #expect(isSame, "\(check.label): \(asked.texts) differs after a rebuild")
        }
      }
    }
  }
}
