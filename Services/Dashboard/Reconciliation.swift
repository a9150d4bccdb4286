import Models
import Storage

/// What processors shipped to mills beside what mills received, by place and month. What does not
/// agree is shown: scrap on its way, from elsewhere, or told twice.
struct Deliveries {
  struct Line {
    let span: Span
    /// Nil for all places together.
    let code: String?
    let shipped: Cell
    let received: Cell
  }

  let lines: [Line]
  let totals: [Line]
  /// Months that a combined report was cut by the question, so that nothing is said of them.
  let leftOut: [Span]

  init(
    _ metal: Metal, _ months: ClosedRange<Month>, by grouping: Grouping, asOf moment: Instant?,
    sight: Sight, on connection: Connection
  ) throws {
    func read(_ definition: Definition) throws -> FigureLines {
      var texts = [
        "definition": definition.rawValue, "metal": metal.rawValue, "by": grouping.rawValue,
        "from": months.lowerBound.description, "to": months.upperBound.description,
      ]
      texts["as_of"] = moment?.description
      return try FigureLines(
        try FigureQuestion(texts, today: months.upperBound.lastDay), metal, sight,
        KnownFacilities(asOf: moment, on: connection), on: connection)
    }
    let shipped = try read(.throughput)
    // What mills combine, both show combined.
    let received = try read(.metallicInput)
    let spans = received.spans.filter { !received.isCut($0) }
    leftOut = received.spans.filter(received.isCut)
    let codes = Set(shipped.lines.keys).union(received.lines.keys).sorted { $0[0] < $1[0] }
    lines = spans.flatMap { span in
      codes.compactMap { code in
        let line = Line(
          span: span, code: code[0], shipped: shipped.lines[code]?.sum(span) ?? .zero,
          received: received.lines[code]?.sum(span) ?? .zero)
        let isEmpty = [line.shipped, line.received].allSatisfy { $0.owed == 0 && $0.reports == 0 }
        return isEmpty ? nil : line
      }
    }
    let found = lines
    totals = spans.compactMap { span in
      let these = found.filter { $0.span == span }
      guard !these.isEmpty else { return nil }
      return Line(
        span: span, code: nil, shipped: these.map(\.shipped).reduce(.zero, +),
        received: these.map(\.received).reduce(.zero, +))
    }
  }

  static func json(_ line: Line, _ grouping: Grouping) -> JSON {
    let (shipped, received) = (line.shipped[Sum.shippedToMills], line.received["received"])
    return .members([
      "period": line.span.json, "code": .text(line.code),
      "name": .text(line.code.map(grouping.name)),
      "shipped_to_mills": Mass.json(grams: shipped),
      "received_by_mills": Mass.json(grams: received),
      "difference": Mass.json(grams: shipped - received),
      "coverage_shipped": FigureCoverage(sums: line.shipped).json,
      "coverage_received": FigureCoverage(sums: line.received).json,
    ])
  }
}

/// What was reported beside what others published, of the same year.
enum PublishedComparison {
  private static let series: [(id: String, definition: Definition, terms: [Term])] = [
    ("CN_CRUDE_STEEL", .metalOutput, Definition.metalOutput.terms(.steel).numerator),
    ("CN_SCRAP_STEEL_CHARGED", .scrapRate, Definition.scrapRate.terms(.steel).numerator),
  ]

  static func json(
    asOf moment: Instant?, _ reference: Reference, sight: Sight, on connection: Connection
  ) throws -> JSON {
    let years = reference.published.compactMap { one in
      series.first { $0.id == one.series }.flatMap { found in
        Int(one.period).map { (one, $0, found.terms) }
      }
    }
    return .array(
      try years.compactMap { one, year, terms in
        guard let published = PublishedFigures.grams(one) else { return nil }
        let span = Span(first: Month(year: year, month: 1), last: Month(year: year, month: 12))
        var texts = [
          "definition": Definition.metalOutput.rawValue, "metal": "steel", "period": "year",
          "from": span.last.description, "to": span.last.description,
        ]
        texts["as_of"] = moment?.description
        let read = try FigureLines(
          try FigureQuestion(texts, today: span.last.lastDay), .steel, sight,
          KnownFacilities(asOf: moment, on: connection), on: connection)
        let sums = read.lines[[]]?.sum(span) ?? .zero
        // Nothing owed and nothing reported is no zero.
        let reported = sums.reports > 0 ? sums.sum(terms) : nil
        return .object([
          .init("series_id", .string(one.series)), .init("year", .string(String(year))),
          .init(
            "published",
            .members([
              "value": .string(one.value.description), "unit": .string(one.unit),
              "publisher": .string(one.publisher), "source": .string(one.source),
            ])),
          .init("reported", reported.map { Mass.json(grams: $0) } ?? .null),
          .init("difference", reported.map { Mass.json(grams: $0 - published) } ?? .null),
          .init(
            "reported_percent",
            .textOrNull(
              reported.flatMap { (try? Ratio($0, published))?.percent(places: 4) })),
          .init("coverage", FigureCoverage(sums: sums).json),
        ])
      })
  }
}
