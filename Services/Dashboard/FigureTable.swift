import Models
import Storage

/// The figures that a question asks for: a line for each definition, period and group.
struct FigureTable: Sendable {
  /// In the order of the definitions asked for, then of the periods, then of the groups.
  let rows: [FigureRow]

  private let question: FigureQuestion
  private let reference: Reference
  /// What the lines are told apart by, without what their sums are: by metal, and their codes.
  private typealias Lines = [[String]: FigureSums]

  /// - Parameter reference: as it was known then.
  init(
    _ question: FigureQuestion, sight: Sight, reference: Reference = .shared,
    on connection: Connection
  ) throws {
    self.question = question
    self.reference = reference
    let known = KnownFacilities(asOf: question.asOf, on: connection)
    var found: [FigureRow] = []
    let summed = question.definitions.filter { $0.measure != .qualified }
    for metal in question.metals {
      if !summed.isEmpty {
        let read = try FigureLines(question, metal, sight, known, on: connection)
        for definition in summed {
          found += Self.rows(definition, metal, read, question, reference)
        }
      }
      for definition in question.definitions where definition.measure == .qualified {
        guard let metal else { continue }
        found += try Self.qualified(
          definition, metal, question, sight, known, reference, on: connection)
      }
    }
    let order = Dictionary(
      uniqueKeysWithValues: question.definitions.enumerated().map { ($1, $0) })
    rows = found.map { (order[$0.definition] ?? 0, $0) }.sorted { one, other in
      if one.0 != other.0 { return one.0 < other.0 }
      if one.1.span != other.1.span { return one.1.span < other.1.span }
      return one.1.codes.map(\.code).lexicographicallyPrecedes(other.1.codes.map(\.code))
    }.map(\.1)
  }

  // MARK: Sums over time

  private static func rows(
    _ definition: Definition, _ metal: Metal?, _ read: FigureLines, _ question: FigureQuestion,
    _ reference: Reference
  ) -> [FigureRow] {
    let parts = FigureParts(definition, metal, question)
    let row = reference.definition(definition)
    var found: [FigureRow] = []
    for span in read.spans {
      let isCut = read.isCut(span)
      let isValid = row.covers(span.months)
      for (codes, sums) in read.lines {
        let sum = sums.sum(span)
        guard isCut ? sums.reaches(span) : sum.owed > 0 || sum.reports > 0 else { continue }
        let before = question.comparesYears ? sums.sum(span.yearBefore) : .zero
        let isCutBefore = question.comparesYears && read.isCut(span.yearBefore)
        for part in parts.parts(sum, before) {
          let value = { (sum: Cell, isCut: Bool) -> FigureValue in
            if isCut { return FigureValue(none: "january_february_combined") }
            if !isValid { return FigureValue(none: "definition_not_valid") }
            if definition.measure != .share, sum.reports == 0 {
              return FigureValue(none: "missing")
            }
            return definition.value(
              of: part.numerator, over: part.denominator, sum, reference,
              baseline: question.baseline)
          }
          let now = value(sum, isCut)
          var yearOnYear: FigureRow.YearOnYear?
          if question.comparesYears {
            let then = value(before, isCutBefore)
            yearOnYear = .init(before: then, change: definition.change(now, since: then))
          }
          found.append(
            FigureRow(
              definition: definition, span: span,
              codes: question.codes(codes, part.labels, metal), value: now, sums: sum,
              yearOnYear: yearOnYear))
        }
      }
    }
    return found
  }

  // MARK: What is true on a day

  private static func qualified(
    _ definition: Definition, _ metal: Metal, _ question: FigureQuestion, _ sight: Sight,
    _ known: KnownFacilities, _ reference: Reference, on connection: Connection
  ) throws -> [FigureRow] {
    let row = reference.definition(definition)
    func values(_ span: Span) throws -> [[String]: FigureValue] {
      let day = min(span.last.lastDay, question.date)
      var groups: [[String]: (number: Int128, grams: Int128)] = [:]
      for one in try Figures.qualified(
        metal, on: day, asOf: question.asOf, known, on: connection)
      where sight.sees(one.facility) {
        guard let codes = question.codes(one.place, one.owner.group) else { continue }
        let sum = groups[codes] ?? (0, 0)
        groups[codes] = (sum.number + 1, sum.grams + Int128(one.capacity.grams))
      }
      return groups.mapValues {
        definition == .qualifiedProcessors
          ? FigureValue(count: $0.number) : FigureValue(mass: $0.grams)
      }
    }
    return try question.spans.flatMap { span -> [FigureRow] in
      let now = try values(span)
      let before = question.comparesYears ? try values(span.yearBefore) : [:]
      return now.map { codes, value in
        let shown =
          row.covers(span.months) ? value : FigureValue(none: "definition_not_valid")
        var yearOnYear: FigureRow.YearOnYear?
        if question.comparesYears {
          let then = before[codes] ?? FigureValue(count: 0)
          yearOnYear = .init(before: then, change: definition.change(shown, since: then))
        }
        return FigureRow(
          definition: definition, span: span, codes: question.codes(codes, [:], metal),
          value: shown, sums: nil, yearOnYear: yearOnYear)
      }
    }
  }
}

/// The sums of a question's lines, for one metal.
struct FigureLines {
  /// By the codes of place and group.
  let lines: [[String]: FigureSums]
  /// January and February that anybody combined.
  private let combined: Set<Period>
  /// The question's, with January and February as one where anybody reported them so.
  let spans: [Span]

  init(
    _ question: FigureQuestion, _ metal: Metal?, _ sight: Sight, _ known: KnownFacilities,
    on connection: Connection
  ) throws {
    let spans = question.spans
    guard let from = spans.map(\.first).min(), let to = spans.map(\.last).max() else {
      lines = [:]
      combined = []
      self.spans = []
      return
    }
    let first = question.comparesYears ? Month(number: from.number - 12) : from
    let months = max(first, Month.first)...max(to, Month.first)
    let series = Series(question.report, metal)
    var lines: [[String]: FigureSums] = [:]
    var combined: Set<Period> = []
    if question.needsFacilities || !sight.organisations.isEmpty {
      for one in try Figures.contributions(
        series, months, known, asOf: question.asOf, of: { sight.sees($1) }, on: connection)
      {
        combined.formUnion(one.cells.map(\.key.period).filter(\.isCombined))
        let group =
          question.needsFacilities ? try known.owner(one.facility.organisation).group : ""
        guard let codes = question.codes(one.facility.place, group) else { continue }
        for (key, cell) in one.cells { lines[codes, default: .init()].add(cell, of: key.period) }
      }
    } else {
      let cells = try Figures.cells(series, months, asOf: question.asOf, on: connection)
      var codes: [String: [String]?] = [:]
      for (key, cell) in cells where sight.sees(key.place) {
        if key.period.isCombined { combined.insert(key.period) }
        let found = codes[key.place] ?? question.codes(key.place, "")
        codes[key.place] = .some(found)
        guard let found else { continue }
        lines[found, default: .init()].add(cell, of: key.period)
      }
    }
    self.lines = lines
    self.combined = combined
    self.spans = question.kind == .month ? Self.joined(spans, combined) : spans
  }

  /// Months, with both of a combined pair as one where both are asked for.
  private static func joined(_ spans: [Span], _ combined: Set<Period>) -> [Span] {
    let asked = Set(spans)
    return spans.compactMap { span in
      let pair = combined.first { $0.months.contains(span.first) }
      guard let pair, pair.months.allSatisfy({ asked.contains(Span(first: $0, last: $0)) }) else {
        return span
      }
      return span.first == pair.first ? Span(first: pair.first, last: pair.last) : nil
    }
  }

  func isCut(_ span: Span) -> Bool { combined.contains { span.cuts($0) } }
}

/// The parts of a definition that a question tells apart by label, or the whole as the only one.
struct FigureParts {
  struct Part {
    let labels: [Dimension: String]
    let numerator: [Term]
    let denominator: [Term]
  }

  private let all: [Part]
  private let isWhole: Bool

  init(_ definition: Definition, _ metal: Metal?, _ question: FigureQuestion) {
    let terms = definition.terms(metal ?? .steel)
    let filter = question.labelFilter
    // A scheme is what both sums are classed by, where they are; any other label is of the numerator
    // alone.
    let numerator = terms.numerator.filter { term in
      filter.allSatisfy { label, wanted in
        term.labels[label].map { $0 == wanted } ?? (label == .scheme)
      }
    }
    let scheme = filter[.scheme]
    let labels = question.by.compactMap(\.label)
    isWhole = labels.isEmpty
    let groups = Dictionary(grouping: numerator) { term in
      labels.map { term.labels[$0] ?? Self.none }
    }
    let found = isWhole ? [[]: numerator] : groups
    all = found.map { values, numerator in
      let names = Dictionary(uniqueKeysWithValues: zip(labels, values))
      return Part(
        labels: Dictionary(
          uniqueKeysWithValues: names.compactMap { label, value in
            Dimension(rawValue: label.rawValue).map { ($0, value) }
          }),
        numerator: numerator,
        denominator: terms.denominator.filter {
          guard let own = $0.labels[.scheme] else { return true }
          return own == (names[.scheme] ?? scheme ?? own)
        })
    }
  }

  /// What has no such label, as primary metal has no origin.
  static let none = "none"

  /// The parts that there is anything of, now or a year before.
  func parts(_ sums: Cell...) -> [Part] {
    isWhole ? all : all.filter { part in sums.contains { $0.sum(part.numerator) != 0 } }
  }
}

extension FigureQuestion {
  /// What the terms of the sums are narrowed to.
  var labelFilter: [Label: String] {
    var labels: [Label: String] = [:]
    for (dimension, code) in filter {
      if let label = dimension.label { labels[label] = code }
    }
    if let standardScheme, labels[.scheme] == nil { labels[.scheme] = standardScheme }
    return labels
  }

  /// The codes of a place and a group by the dimensions asked for, or nil where they are left out.
  func codes(_ place: String, _ group: String) -> [String]? {
    for (dimension, wanted) in filter {
      if let grouping = dimension.grouping, grouping.code(of: place) != wanted { return nil }
      if dimension == .group, group != wanted { return nil }
    }
    var codes: [String] = []
    for dimension in by {
      if let grouping = dimension.grouping {
        guard let code = grouping.code(of: place) else { return nil }
        codes.append(code)
      } else if dimension == .group {
        codes.append(group)
      }
    }
    return codes
  }

  /// A line's codes in the order of the dimensions asked for.
  func codes(_ places: [String], _ labels: [Dimension: String], _ metal: Metal?) -> [(
    dimension: Dimension, code: String
  )] {
    var rest = places[...]
    return by.map { dimension in
      if dimension == .metal { return (dimension, metal?.rawValue ?? "") }
      if dimension.label != nil { return (dimension, labels[dimension] ?? FigureParts.none) }
      return (dimension, rest.popFirst() ?? "")
    }
  }
}
