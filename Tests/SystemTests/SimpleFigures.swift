/// The answers of `GET /figures` a second time, as naive as can be: for each period all facts are
/// looked through again. It knows nothing but the facts of ``SimpleLedger``.
struct SimpleFigures {
  /// A question in the words of the query.
  struct Question: CustomStringConvertible {
    var definitions: [String]
    /// Empty for hydrogen.
    var metal = "steel"
    /// For definitions of reporting.
    var report: String?
    var period = "month"
    var from = 202601
    var to = 202612
    var by: [String] = []
    var filters: [String: String] = [:]
    var comparesYears = false
    var asOf: String?
    /// The authority that a reader is bound to.
    var sight: String?

    /// All where they are told apart.
    var metals: [String] { by.contains("metal") ? ["steel", "copper", "aluminium"] : [metal] }

    /// Of what reports it is.
    var type: String { definitions.compactMap { SimpleDefinitions.type($0) }.first ?? report ?? "" }

    /// What is asked in a query; that of a metal of its own is asked without.
    var texts: [String: String] {
      var texts = filters
      texts["definition"] = definitions.joined(separator: ",")
      texts["period"] = period
      texts["from"] = SimpleSpan.text(from)
      texts["to"] = SimpleSpan.text(to)
      texts["report"] = report
      texts["as_of"] = asOf
      if !metal.isEmpty, !by.contains("metal") { texts["metal"] = metal }
      if !by.isEmpty { texts["by"] = by.joined(separator: ",") }
      if comparesYears { texts["compare"] = "year" }
      return texts
    }

    var description: String {
      let words = texts.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }
      return words.joined(separator: "&") + (sight.map { " seen by \($0)" } ?? "")
    }
  }

  /// Sums of a group of facilities in a period.
  struct Line {
    var sums = SimpleLedger.Sums()
    /// Grams of capacity, 365 · 366 times.
    var capacity: Int128 = 0

    var isShown: Bool { sums["count.owed"] > 0 || sums["count.reports"] > 0 }
    var isMissing: Bool { sums["count.owed"] > 0 && sums["count.reports"] == 0 }
  }

  /// What a definition gives of a line: the sums, and the ratio's two.
  struct Value {
    let above: Int128
    let below: Int128?
    let reason: String?
  }

  /// By what tells it apart, what is to be compared of a row, by name.
  typealias Rows = [String: [String: String]]

  static let labels = ["material", "origin", "route", "use", "source", "scheme", "class"]

  let ledger: SimpleLedger
  let asOf: String?
  private let facts: [SimpleLedger.Fact]

  /// Nothing in the random ledgers is older or newer than these months.
  init(_ ledger: SimpleLedger, asOf: String?) {
    self.ledger = ledger
    self.asOf = asOf
    facts = ledger.facts(asOf: asOf, in: 202301...202812).map { fact in
      // Nothing is owed for the month that it is, or for a later one, and their capacity is not past.
      var fact = fact
      if fact.key.month >= Self.today / 100 {
        for name in ["count.owed", "days.owed", "days.capacity"] { fact.sums[name] = 0 }
      }
      return fact
    }
  }

  var places: [String] { Set(facts.map(\.key.place)).sorted() }
  var groups: [String] { Set(facts.map(\.group)).sorted() }

  // MARK: Which facts count

  /// A dimension of a fact that is none of its sums'.
  private func dimension(_ name: String, _ fact: SimpleLedger.Fact) -> String {
    switch name {
    case "metal": return fact.key.metal
    case "group": return fact.group
    default: return SimplePlaces.code(name, of: fact.key.place)
    }
  }

  static func counts(
    _ place: String, _ group: String, _ filters: [String: String], by: [String], sight: String?
  ) -> Bool {
    if let sight, sight != place { return false }
    var filters = filters
    if filters["country"] == nil, !by.contains("country") { filters["country"] = "CN" }
    return filters.allSatisfy { name, wanted in
      if name == "group" { return group == wanted }
      return !SimplePlaces.dimensions.contains(name)
        || SimplePlaces.code(name, of: place) == wanted
    }
  }

  func counted(_ question: Question, _ metal: String) -> [SimpleLedger.Fact] {
    facts.filter { fact in
      fact.key.type == question.type && fact.key.metal == metal
        && Self.counts(
          fact.key.place, fact.group, question.filters, by: question.by, sight: question.sight)
    }
  }

  /// The years whose January and February anybody reported as one, of all that the reader sees, so
  /// that every line of every place shows them so.
  func combined(_ question: Question, _ metal: String) -> Set<Int> {
    let seen = facts.filter { fact in
      fact.key.type == question.type && fact.key.metal == metal
        && (question.sight.map { $0 == fact.key.place } ?? true)
    }
    return Set(seen.filter { $0.key.first != $0.key.month }.map { $0.key.first / 100 })
  }

  // MARK: Rows

  func rows(_ question: Question) -> Rows {
    if question.definitions.contains(where: { $0.hasPrefix("QUALIFIED_") }) {
      return qualified(question)
    }
    var rows: Rows = [:]
    for metal in question.metals { add(&rows, question, metal) }
    return rows
  }

  private func add(_ rows: inout Rows, _ question: Question, _ metal: String) {
    let facts = counted(question, metal)
    let combined = combined(question, metal)
    let spans = SimpleSpan.all(
      question.period, from: question.from, to: question.to, combined: combined)
    for span in spans {
      let now = lines(facts, span, by: question.by)
      let before = question.comparesYears ? lines(facts, span.yearBefore, by: question.by) : [:]
      for (labels, line) in now where line.isShown {
        for definition in question.definitions {
          add(
            &rows, question, definition, span, labels, line, span.cuts(combined),
            before: before[labels], isBeforeCut: span.yearBefore.cuts(combined))
        }
      }
    }
  }

  private func lines(_ facts: [SimpleLedger.Fact], _ span: SimpleSpan, by: [String])
    -> [[String: String]: Line]
  {
    var lines: [[String: String]: Line] = [:]
    let dimensions = by.filter { !Self.labels.contains($0) }
    for fact in facts where span.contains(fact.key) {
      var labels: [String: String] = [:]
      for name in dimensions { labels[name] = dimension(name, fact) }
      // Who has no place of a kind, abroad, stands in no line of it.
      if labels.contains(where: { SimplePlaces.dimensions.contains($0.key) && $0.value.isEmpty }) {
        continue
      }
      lines[labels, default: Line()].sums += fact.sums
      let year = fact.key.month / 100
      let isLeap = year % 4 == 0 && year % 100 != 0 || year % 400 == 0
      lines[labels, default: Line()].capacity +=
        Int128(fact.sums["days.capacity"]) * 1000 * (isLeap ? 365 : 366)
    }
    return lines
  }

  private func add(
    _ rows: inout Rows, _ question: Question, _ definition: String, _ span: SimpleSpan,
    _ labels: [String: String], _ line: Line, _ isCut: Bool, before: Line?, isBeforeCut: Bool
  ) {
    let metal = labels["metal"] ?? question.metal
    for (parts, above) in Self.parts(definition, metal, line, question) {
      let all = labels.merging(parts) { one, _ in one }
      let key = Self.key(definition, span, question.by.map { all[$0] ?? "" })
      // With labels, only what there is of them is compared.
      if !parts.isEmpty, above == 0 || isCut { continue }
      var row = Self.coverage(line, isCut: isCut)
      let value = Self.value(definition, line, above, isCut: isCut)
      row.merge(Self.shown(definition, value)) { one, _ in one }
      if question.comparesYears {
        let old = before.flatMap { old -> Value? in
          guard old.isShown else { return nil }
          let sum = Self.parts(definition, metal, old, question)[parts] ?? 0
          return Self.value(definition, old, sum, isCut: isBeforeCut)
        }
        row.merge(Self.yearOnYear(definition, value, old)) { one, _ in one }
      }
      rows[key] = row
    }
  }

  static func key(_ definition: String, _ span: SimpleSpan, _ labels: [String]) -> String {
    "\(definition) \(span.first)-\(span.last) \(labels.joined(separator: "|"))"
  }

  /// What stands above the line, by the labels that are asked by.
  private static func parts(
    _ definition: String, _ metal: String, _ line: Line, _ question: Question
  ) -> [[String: String]: Int] {
    let isBySchemes = question.by.contains("scheme")
    let schemes: Set<String> =
      isBySchemes && question.filters["scheme"] == nil
      ? ["CN-TCAB0078", "EU", "UK-LCHS", "US-45V", "JP-LOWC", "KR-CLEAN", "IN-GREEN"]
      : [question.filters["scheme"] ?? SimpleDefinitions.defaultScheme]
    let dimensions = question.by.filter { labels.contains($0) }
    var found: [[String: String]: Int] = dimensions.isEmpty ? [[:]: 0] : [:]
    for part in SimpleDefinitions.parts(definition, metal, line.sums, schemes: schemes) {
      let fits = labels.allSatisfy { name in
        question.filters[name].map { $0 == part.labels[name] } ?? true
      }
      guard fits else { continue }
      var key: [String: String] = [:]
      // What has no such label, as primary metal has no origin, says so.
      for name in dimensions { key[name] = part.labels[name] ?? "none" }
      found[key, default: 0] += part.mass
    }
    return found
  }

  static func value(_ definition: String, _ line: Line, _ above: Int, isCut: Bool) -> Value {
    // What is owed and received is known month by month.
    if isCut, !definition.hasPrefix("REPORTING_") {
      return Value(above: 0, below: nil, reason: "january_february_combined")
    }
    var above = Int128(above)
    var below = SimpleDefinitions.base(definition, line.sums).map { Int128($0) }
    if definition == "PROCESSING_UTILISATION" {
      // Exact over years of both lengths.
      above *= 365 * 366
      below = line.capacity
    }
    if line.isMissing, !definition.hasPrefix("REPORTING_") {
      return Value(above: above, below: below, reason: "missing")
    }
    guard let whole = below, whole <= 0 else {
      return Value(above: above, below: below, reason: nil)
    }
    let reason = above == 0 ? "undefined_zero_over_zero" : "undefined_positive_over_zero"
    return Value(above: above, below: below, reason: reason)
  }
}
