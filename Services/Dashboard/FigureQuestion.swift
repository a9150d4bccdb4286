import Models

/// What figures are asked for, in the same texts from a query and in a publication.
struct FigureQuestion: Sendable {
  let definitions: [Definition]
  let report: ReportType
  /// One metal, all where they are told apart, none for hydrogen.
  let metals: [Metal?]
  let kind: SpanKind
  /// The months that the spans end in.
  let months: ClosedRange<Month>
  let by: [Dimension]
  let filter: [Dimension: String]
  let comparesYears: Bool
  let asOf: Instant?
  /// The effective date.
  let date: Day
  /// tCO2e per tonne of primary copper.
  let baseline: ExactDecimal?

  static let mostDefinitions = 20
  static let mostMonths = 120
  static let mostDimensions = 4

  static let names =
    [
      "definition", "metal", "report", "period", "from", "to", "by", "compare", "as_of", "date",
      "baseline",
    ] + Dimension.allCases.map(\.rawValue).filter { $0 != "metal" }

  init(_ texts: [String: String], today: Day) throws(Problem) {
    let read = Texts(texts)
    date = try read.value("date", "a day such as 2026-01-31", Day.init) ?? today
    asOf = try read.value("as_of", "a moment such as 2026-01-31T16:00:00Z", Instant.init)
    definitions = try Self.definitions(read)
    report = try Self.report(definitions, read)
    kind = try read.word("period") ?? .month
    by = try Self.dimensions(read)
    filter = try Self.filter(read, by)
    metals = try Self.metals(definitions, report, by, read)
    months = try Self.months(read, before: date)
    comparesYears =
      try read.value("compare", "year", { $0 == "year" ? true : nil }) ?? false
    baseline = try Self.baseline(read)
    for definition in definitions { try Self.check(definition, metals, by, filter) }
  }

  private static func definitions(_ read: Texts) throws(Problem) -> [Definition] {
    if let unknown = read.unknown("definition", where: { Definition(rawValue: $0) == nil }) {
      throw Problem.field(
        "?definition",
        "there is no definition \(unknown); GET /dashboard/v1/definitions lists them, in capitals")
    }
    let found = try read.list("definition", "ids of definitions", most: mostDefinitions) {
      Definition(rawValue: $0)
    }
    guard let found, !found.isEmpty else {
      throw Problem.field(
        "?definition",
        "say what is asked for: one or more of \(Definition.allCases.map(\.rawValue).joined(separator: ", "))"
      )
    }
    return found
  }

  static func baseline(_ read: Texts) throws(Problem) -> ExactDecimal? {
    try read.value("baseline", "tCO2e per tonne, such as 4.1, at most 1000") { text in
      ExactDecimal(text).flatMap {
        $0.digits >= 0 && $0.scale <= 6 && $0 <= ExactDecimal(digits: 1000, scale: 0) ? $0 : nil
      }
    }
  }

  static func report(_ definitions: [Definition], _ read: Texts) throws(Problem) -> ReportType {
    let said = try read.word("report", as: ReportType.self)
    let own = Set(definitions.compactMap(\.report))
    guard own.count < 2, said == nil || own.isEmpty || own == [said] else {
      throw Problem.field(
        "?\(own.count < 2 ? "report" : "definition")",
        "one question is of one report type, and these definitions are of \(own.map(\.rawValue).sorted().joined(separator: ", "))"
      )
    }
    return own.first ?? said ?? .recycledInput
  }

  private static func dimensions(_ read: Texts) throws(Problem) -> [Dimension] {
    try read.list("by", "a list of \(Dimension.words)", most: mostDimensions) {
      Dimension(rawValue: $0)
    } ?? []
  }

  static func filter(_ read: Texts, _ by: [Dimension]) throws(Problem) -> [Dimension: String] {
    var filter: [Dimension: String] = [:]
    for dimension in Dimension.allCases where dimension != .metal {
      filter[dimension] = try read.value(
        dimension.rawValue, dimension.expected, dimension.code)
    }
    // The nation's figures are China's; what is abroad is asked for.
    if filter[.country] == nil, !by.contains(.country) { filter[.country] = "CN" }
    return filter
  }

  static func metals(
    _ definitions: [Definition], _ report: ReportType, _ by: [Dimension], _ read: Texts
  ) throws(Problem) -> [Metal?] {
    let said = try read.word("metal", as: Metal.self)
    guard report != .hydrogenUse else {
      guard said == nil, !by.contains(.metal) else {
        throw Problem.field("?metal", "hydrogen is of no metal")
      }
      return [nil]
    }
    let own = Set(definitions.compactMap(\.metal))
    if by.contains(.metal), said == nil {
      guard own.isEmpty else {
        throw Problem.field("?by", "these definitions are of one metal")
      }
      return Metal.allCases
    }
    guard own.count < 2, said == nil || own.isEmpty || own == [said] else {
      let names = own.map(\.rawValue).sorted().joined(separator: " and ")
      throw Problem.field(
        own.count < 2 ? "?metal" : "?definition",
        "one question is of one metal, and these definitions are of \(names)")
    }
    return [own.first ?? said ?? .steel]
  }

  /// Without months, the twelve up to the last one that is over.
  static func months(_ read: Texts, before date: Day) throws(Problem) -> ClosedRange<Month> {
    let month = { (name: String) throws(Problem) in
      try read.value(name, "a month such as 2026-01", Month.init)
    }
    let to = try month("to") ?? min(Month.last, max(Month.first, date.month.previous))
    let from = try month("from") ?? max(Month.first, Month(number: to.number - 11))
    guard from <= to, to.number - from.number < mostMonths else {
      throw Problem.field(
        "?from", "from is not after to, and at most \(mostMonths) months are shown at once")
    }
    return from...to
  }

  /// Refuses to tell apart, or to narrow, by what a definition's sums do not say, and to narrow to
  /// what there is nothing of.
  static func check(
    _ definition: Definition, _ metals: [Metal?], _ by: [Dimension], _ filter: [Dimension: String]
  ) throws(Problem) {
    let terms = metals.flatMap { definition.terms($0 ?? .steel).numerator }
    let known = Set(terms.flatMap(\.labels.keys))
    for label in Label.allCases where !known.contains(label) {
      guard let dimension = Dimension(rawValue: label.rawValue) else { continue }
      guard !by.contains(dimension), filter[dimension] == nil else {
        throw Problem.field(
          by.contains(dimension) ? "?by" : "?\(dimension.rawValue)",
          "\(definition.rawValue) is not told apart by \(dimension.rawValue)\(known.isEmpty ? "" : ", but by \(known.map(\.rawValue).sorted().joined(separator: ", "))")"
        )
      }
    }
    let labels = FigureParts.labels(filter, by, terms)
    guard definition.measure == .qualified || terms.contains(where: { $0.fits(labels) }) else {
      let names = filter.keys.filter { $0.label != nil }.map(\.rawValue).sorted()
      throw Problem.field(
        "?\(names.first ?? "definition")",
        "\(definition.rawValue) has nothing of that\(names.isEmpty ? "" : ": \(names.joined(separator: ", "))")"
      )
    }
  }

  /// Whether facilities have to be looked at one by one.
  var needsFacilities: Bool { by.contains(.group) || filter[.group] != nil }

  var spans: [Span] { kind.spans(endingIn: months) }

  var json: [JSON.Member] {
    [
      .init("metal", .textOrNull(metals.count == 1 ? metals[0]?.rawValue : nil)),
      .init("report", .string(report.rawValue)),
      .init("scheme", .textOrNull(filter[.scheme] ?? standardScheme)),
      .init("baseline", .textOrNull(baseline?.description)),
      .init("period", .string(kind.rawValue)), .init("from", months.lowerBound.json),
      .init("to", months.upperBound.json),
      .init("by", .array(by.map { .string($0.rawValue) })),
      .init("filter", Self.json(filter)), .init("as_of", asOf?.json ?? .null),
      .init("date", date.json),
    ]
  }

  static func json(_ filter: [Dimension: String]) -> JSON {
    .object(
      Dimension.allCases.compactMap { dimension in
        filter[dimension].map { JSON.Member(dimension.rawValue, .string($0)) }
      })
  }

  /// The scheme that classes are meant by where none is said: several would count twice.
  private var standardScheme: String? {
    report == .hydrogenUse && !by.contains(.scheme) ? HydrogenClass.standard : nil
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
  func codes(_ places: [String], _ labels: [Label: String], _ metal: Metal?) -> [String] {
    var rest = places[...]
    return by.map { dimension in
      if dimension == .metal { return metal?.rawValue ?? "" }
      if let label = dimension.label { return labels[label] ?? Label.none }
      return rest.popFirst() ?? ""
    }
  }
}
