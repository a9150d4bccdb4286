import Models
import TestSupport
import Testing

@testable import Dashboard
@testable import Storage

/// Holds the dashboard's figures against the second implementation, and against one another.
struct FigureCheck {
  let model: FoldedModel
  let now: SimpleFigures
  let past: SimpleFigures
  let label: String

  /// ``SimpleFigures/today``.
  private static let today = Day(year: 2027, month: 6, day: 30)

  private func sight(_ authority: String?) throws -> Sight {
    let id = Randomness.system.id(at: Instant(milliseconds: 0))
    let scope = authority.map { Scope.authority($0) } ?? .all
    return try Sight(Actor(credential: id, grants: [Grant(.analyst, scope)]))
  }

  // MARK: Asking

  func rows(_ question: SimpleFigures.Question) async throws -> [JSON] {
    do {
      let asked = try FigureQuestion(question.texts, today: Self.today)
      let sight = try sight(question.sight)
      return try await model.database.read { connection in
        try FigureTable(asked, sight: sight, on: connection).rows.map { $0.json }
      }
    } catch let problem as Problem
      where question.filters["class"] != nil && problem.detail.contains("has nothing of that")
    {
      return []
    } catch {
      Issue.record("\(label): \(question) is refused: \(error)")
      throw error
    }
  }

  private func read(_ question: SimpleFigures.Question) async throws -> [FoundFigures.Row] {
    try await rows(question).compactMap { FoundFigures.Row($0, by: question.by) }
  }

  /// - Returns: the rows' bytes.
  func hold(_ question: SimpleFigures.Question, _ figures: SimpleFigures) async throws -> [UInt8] {
    let json = try await rows(question)
    if json.isEmpty, question.filters["class"] != nil {
      // Refused, or nothing reported: of a class that the scheme does not have there is nothing.
      let isNothing = figures.rows(question).values.allSatisfy {
        ["0", "null", nil].contains($0["numerator"])
      }
      #expect(isNothing, "\(label): \(question)")
      return JSON.array(json).bytes
    }
    let found = json.compactMap { FoundFigures.Row($0, by: question.by) }
    #expect(found.count == json.count, "\(label): \(question): a row cannot be read")
    let byKey = Dictionary(found.map { ($0.key, $0) }) { one, _ in one }
    #expect(byKey.count == found.count, "\(label): \(question): a row stands twice")
    let differences = FoundFigures.differences(
      byKey, figures.rows(question),
      isByLabel: question.by.contains { SimpleFigures.labels.contains($0) })
    let shown = differences.prefix(4).joined(separator: "\n")
    #expect(
      differences.isEmpty, "\(label): \(question): \(differences.count) differ:\n\(shown)")
    let order = found.map { row in
      [
        question.definitions.firstIndex(of: row.definition) ?? -1, row.span.first, row.span.last,
      ]
    }
    let isInOrder = zip(order, order.dropFirst()).allSatisfy {
      !$1.lexicographicallyPrecedes($0)
    }
    #expect(isInOrder, "\(label): \(question) is not in order")
    return JSON.array(json).bytes
  }

  // MARK: Adding up

  private typealias Sums = [String: [Int128]]

  /// By definition and period, what stands above and below the line, added up.
  private func sums(_ rows: [FoundFigures.Row], isBelow: Bool) -> Sums {
    var sums: Sums = [:]
    for row in rows where !row.isCut {
      let key = SimpleFigures.key(row.definition, row.span, [])
      let old = sums[key] ?? [0, 0]
      sums[key] = [
        old[0] + row.sum("numerator"), old[1] + (isBelow ? row.sum("denominator") : 0),
      ]
    }
    return sums
  }

  /// Provinces, authorities, regions and groups add up to the country, labels to the whole.
  func places(_ random: inout Seeded) async throws {
    var question = FigureQuestions.ofMasses(&random)
    question.asOf = random.chance(50) ? past.asOf : nil
    question.period = random.one(["month", "quarter", "ytd", "rolling12"])
    (question.from, question.to) = (202509, 202610)
    let whole = try await read(question)
    let parts = [["province"], ["authority"], ["region"], ["group"], ["province", "group"]]
    for by in [random.one(parts), random.one(parts)] {
      question.by = by
      let found = sums(try await read(question), isBelow: true)
      let expected = sums(whole, isBelow: true)
      #expect(found == expected, "\(label): \(question) does not add up")
    }
    for by in FigureQuestions.labels(question.definitions[0]) where by != ["scheme", "class"] {
      question.by = by
      let found = sums(try await read(question), isBelow: false).filter { $0.value != [0, 0] }
      let expected = sums(whole, isBelow: false).filter { $0.value != [0, 0] }
      #expect(found == expected, "\(label): \(question) does not add up")
    }
  }

  /// A year is what its quarters, its halves, its Decembers are.
  func time(_ random: inout Seeded) async throws {
    var question = FigureQuestions.ofMasses(&random)
    question.asOf = random.chance(50) ? past.asOf : nil
    question.by = random.one([[], ["province"], ["group"]])
    let year = random.int(2025...2026) * 100
    (question.from, question.to) = (year + 12, year + 12)
    var byPeriod: [String: [FoundFigures.Row]] = [:]
    for period in ["year", "ytd", "rolling12", "half", "quarter"] {
      question.period = period
      if period == "half" { question.from = year + 6 }
      if period == "quarter" { question.from = year + 3 }
      byPeriod[period] = try await read(question)
    }
    let whole = byPeriod["year"] ?? []
    for period in ["ytd", "rolling12"] {
      let (one, other) = (whole.map(\.values), (byPeriod[period] ?? []).map(\.values))
      #expect(one == other, "\(label): \(question): the year is not its \(period)")
    }
    func added(_ period: String, in months: ClosedRange<Int>) -> Sums {
      var sums: Sums = [:]
      for row in byPeriod[period] ?? [] where months.contains(row.span.last - year) {
        let key = row.labels.joined(separator: "|")
        let old = sums[key] ?? [0, 0]
        sums[key] = [old[0] + row.sum("numerator"), old[1] + row.sum("denominator")]
      }
      return sums.filter { $0.value != [0, 0] }
    }
    let (quarters, halves) = (added("quarter", in: 1...12), added("half", in: 1...12))
    let years = added("year", in: 1...12)
    #expect(halves == years, "\(label): \(question): halves")
    #expect(quarters == halves, "\(label): \(question): quarters")
    let (firstHalf, firstQuarters) = (added("half", in: 1...6), added("quarter", in: 1...6))
    #expect(firstQuarters == firstHalf, "\(label): \(question): the first half's quarters")
  }

  // MARK: Changes

  struct AskedChange {
    var question: SimpleFigures.Question
    let before: SimpleFigures
    let after: SimpleFigures
    let beforeSpan: SimpleSpan
    let span: SimpleSpan

    var texts: [String: String] {
      var texts = question.filters
      texts["definition"] = question.definitions[0]
      if !question.metal.isEmpty { texts["metal"] = question.metal }
      texts["before_period"] = beforeSpan.text
      texts["period"] = span.text
      texts["before_as_of"] = before.asOf
      texts["as_of"] = after.asOf
      return texts
    }
  }

  /// From one period to another, from one moment to another, or both; never of a part of what was
  /// reported as one.
  func change(_ random: inout Seeded) -> AskedChange? {
    var question = FigureQuestions.ofMasses(&random)
    if random.chance(25), let place = random.maybe(now.places) {
      let dimension = random.one(["province", "region", "authority"])
      let code = SimplePlaces.code(dimension, of: place)
      if !code.isEmpty { question.filters[dimension] = code }
    }
    // Of a moment in the past what was known up to now; never back.
    let (before, after) = random.one([(past, now), (past, now), (past, past), (now, now)])
    let kind = random.one(["month", "month", "quarter", "half", "year", "ytd", "rolling12"])
    let combined = before.combined(question, question.metal)
      .union(after.combined(question, question.metal))
    let spans = SimpleSpan.all(kind, from: 202509, to: 202612, combined: combined)
      .filter { !$0.cuts(combined) }
    guard let beforeSpan = random.maybe(spans) else { return nil }
    let later = spans.filter { beforeSpan.last <= $0.last }
    let span = random.chance(40) ? beforeSpan : random.one(later)
    return AskedChange(
      question: question, before: before, after: after, beforeSpan: beforeSpan, span: span)
  }

  func json(_ asked: AskedChange) async throws -> JSON {
    let texts = asked.texts
    do {
      let question = try FigureChangeQuestion(texts, today: Self.today)
      let sight = try sight(nil)
      return try await model.database.read { connection in
        try FigureChange(question, today: Self.today, sight: sight, on: connection).json
      }
    } catch {
      Issue.record("\(label): \(texts) is refused: \(error)")
      throw error
    }
  }

  /// - Returns: the answer's bytes.
  func hold(_ asked: AskedChange) async throws -> [UInt8] {
    let definition = asked.question.definitions[0]
    let note = "\(label), \(asked.texts)"
    let json = try await json(asked)
    let found = FoundFigures.change(json, definition)
    let change = asked.after.change(
      asked.question, from: asked.before, asked.beforeSpan, to: asked.span)
    let odd = change.shown(definition).filter { found[$0.key] != $0.value }
      .sorted { $0.key < $1.key }
      .map { "\($0.key): \(found[$0.key] ?? "none"), expected \($0.value)" }
    #expect(odd.isEmpty, "\(note): \(odd.joined(separator: "\n"))")
    for sum in ["numerator", "denominator"] {
      let at = { (name: String) in Int128(found["\(name).\(sum)"] ?? "") ?? 0 }
      let parts = at("revisions") + at("newly_reporting") + at("same_panel")
      #expect(parts == at("change"), "\(note): the parts of the \(sum) do not add up")
      #expect(at("before") + parts == at("after"), "\(note): the \(sum) does not add up")
    }
    let panel = json["newly_reporting"]
    let counts = [panel?["of_which_new"]?.int ?? 0, panel?["of_which_gone"]?.int ?? 0]
    #expect(counts.map { $0 > 0 } == [change.hasNew, change.hasGone], "\(note): \(counts)")
    if change.isRevised {
      #expect(json["revisions"]?["facilities"]?.int ?? 0 > 0, "\(note): no revision is told of")
    }
    return json.bytes
  }
}
