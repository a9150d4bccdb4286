import Models
import Storage

/// The figures that a question asks for: a line for each definition, period and group.
struct FigureTable: Sendable {
  /// In the order of the definitions asked for, then of the periods, then of the groups.
  private(set) var rows: [FigureRow] = []
  /// Whether there are more than were wanted.
  private(set) var isCut = false

  /// No question asks for more lines.
  static let mostLines = 50_000

  /// - Parameters:
  ///   - reference: as it was known then.
  ///   - after: the key of the row after which it begins.
  ///   - limit: how many rows are made.
  ///   - wanted: by whom it is waited for.
  /// - Throws: ``Problem`` where more than ``mostLines`` are asked for.
  init(
    _ question: FigureQuestion, sight: Sight, reference: Reference = .shared,
    after: [String]? = nil, limit: Int = .max, wanted: Wanted = Wanted(),
    on connection: Connection
  ) throws {
    let known = KnownFacilities(asOf: question.asOf, on: connection)
    let read = try question.metals.map {
      try FigureSource(question, $0, sight, known, reference, on: connection)
    }
    let lines = question.definitions.reduce(0) { sum, definition in
      sum + read.reduce(0) { $0 + $1.lines(definition) }
    }
    guard lines <= Self.mostLines else {
      throw Problem.field(
        "?definition",
        "this asks for \(lines) lines, and \(Self.mostLines) are the most: ask for fewer definitions, months or groups"
      )
    }
    let start = try after.map { try Start($0, question) }
    for (number, definition) in question.definitions.enumerated() {
      for span in Set(read.flatMap { $0.spans(definition) }).sorted() {
        try wanted.demand()
        let isFirst = start.map { (number, span) == ($0.definition, $0.span) } ?? false
        if let start, !isFirst, (number, span) < (start.definition, start.span) { continue }
        let candidates = try read.flatMap { try $0.candidates(definition, span) }
          .sorted { $0.codes.lexicographicallyPrecedes($1.codes) }
        for one in candidates {
          if isFirst, let start, !start.codes.lexicographicallyPrecedes(one.codes) { continue }
          guard let row = try one.row() else { continue }
          if rows.count == limit {
            isCut = true
            return
          }
          rows.append(row)
        }
      }
    }
  }

  /// Where a page begins.
  private struct Start {
    let definition: Int
    let span: Span
    let codes: [String]

    init(_ key: [String], _ question: FigureQuestion) throws(Problem) {
      guard key.count == 2 + question.by.count,
        let definition = question.definitions.firstIndex(where: { $0.rawValue == key[0] }),
        let span = Span(key[1])
      else { throw Problem.field("?cursor", "this is the cursor of another question") }
      self.definition = definition
      self.span = span
      codes = Array(key.dropFirst(2))
    }
  }
}

/// A line that a table may have.
struct FigureCandidate {
  let codes: [String]
  /// Nil where there is nothing to say.
  let row: () throws -> FigureRow?
}

/// What the lines of one metal are made of.
struct FigureSource {
  private let question: FigureQuestion
  private let metal: Metal?
  private let reference: Reference
  private let sums: FigureLines?
  private let days: QualifiedDays?
  private let parts: [Definition: FigureParts]
  private let words: [Definition: Reference.DefinitionRow]

  init(
    _ question: FigureQuestion, _ metal: Metal?, _ sight: Sight, _ known: KnownFacilities,
    _ reference: Reference, on connection: Connection
  ) throws {
    self.question = question
    self.metal = metal
    self.reference = reference
    words = Dictionary(
      uniqueKeysWithValues: question.definitions.compactMap { one in
        reference.row(one).map { (one, $0) }
      })
    let isDaily = { (definition: Definition) in definition.measure == .qualified }
    sums =
      question.definitions.allSatisfy(isDaily)
      ? nil : try FigureLines(question, metal, sight, known, on: connection)
    days =
      question.definitions.contains(where: isDaily)
      ? try QualifiedDays(question, metal ?? .steel, sight, known, on: connection) : nil
    parts = Dictionary(
      uniqueKeysWithValues: question.definitions.map { ($0, FigureParts($0, metal, question)) })
  }

  /// How many lines a definition may have.
  func lines(_ definition: Definition) -> Int {
    guard definition.measure != .qualified else { return days?.most ?? 0 }
    guard let sums, let parts = parts[definition] else { return 0 }
    return sums.spans.count * sums.lines.count * parts.all.count
  }

  func spans(_ definition: Definition) -> [Span] {
    definition.measure == .qualified ? question.spans : sums?.spans ?? []
  }

  func candidates(_ definition: Definition, _ span: Span) throws -> [FigureCandidate] {
    guard definition.measure != .qualified else {
      return try days?.candidates(definition, span) { isValid(definition, $0) } ?? []
    }
    guard let sums, let parts = parts[definition], sums.spans.contains(span) else { return [] }
    return sums.lines.flatMap { places, line in
      let read = Line(sums: line, span: span, isCut: sums.isCut, compares: question.comparesYears)
      return parts.all.map { part in
        let codes = question.codes(places, part.labels, metal)
        return FigureCandidate(codes: codes) { row(definition, read, parts, part, codes) }
      }
    }
  }

  /// A line's sums, read once for all its parts.
  private final class Line {
    let span: Span
    private let sums: FigureSums
    private let compares: Bool
    let isCut: Bool
    let isCutBefore: Bool
    lazy var now = sums.sum(span)
    lazy var before = compares ? sums.sum(span.yearBefore) : .zero
    /// Whether anything of whole reports is there.
    lazy var isReported = now.owed > 0 || now.reports > 0
    /// Whether there is anything to say, be it that it cannot be told.
    lazy var isThere = isCut ? sums.reaches(span) : isReported

    init(sums: FigureSums, span: Span, isCut: (Span) -> Bool, compares: Bool) {
      self.sums = sums
      self.span = span
      self.compares = compares
      self.isCut = isCut(span)
      isCutBefore = compares && isCut(span.yearBefore)
    }
  }

  private func isValid(_ definition: Definition, _ span: Span) -> Bool {
    words[definition]?.covers(span.months) ?? false
  }

  private func row(
    _ definition: Definition, _ line: Line, _ parts: FigureParts, _ part: FigureParts.Part,
    _ codes: [String]
  ) -> FigureRow? {
    guard definition.measure == .share ? line.isReported : line.isThere else { return nil }
    let now = value(definition, part, line.now, line.span, line.isCut)
    guard now.reason != nil || parts.shows(part, line.now, line.before) else { return nil }
    var yearOnYear: FigureRow.YearOnYear?
    if question.comparesYears {
      let then = value(definition, part, line.before, line.span.yearBefore, line.isCutBefore)
      yearOnYear = .init(before: then, change: definition.change(now, since: then))
    }
    return FigureRow(
      definition: definition, span: line.span, kind: question.kind,
      codes: zip(question.by, codes).map { ($0, $1) },
      value: now, sums: line.now, yearOnYear: yearOnYear)
  }

  private func value(
    _ definition: Definition, _ part: FigureParts.Part, _ sums: Cell, _ span: Span, _ isCut: Bool
  ) -> FigureValue {
    // What is owed and received is known month by month.
    if isCut, definition.measure != .share { return FigureValue(none: "january_february_combined") }
    if !isValid(definition, span) { return FigureValue(none: "definition_not_valid") }
    if definition.measure != .share, sums.reports == 0 { return FigureValue(none: "missing") }
    return definition.value(
      of: part.numerator, over: part.denominator, sums, reference, baseline: question.baseline)
  }
}
