import Models

/// One figure at two vintages, or of two periods, or both.
struct FigureChangeQuestion: Sendable {
  let definition: Definition
  let metal: Metal?
  let filter: [Dimension: String]
  let span: Span
  let before: Span
  let asOf: Instant?
  let beforeAsOf: Instant?

  static let names =
    ["definition", "metal", "period", "before_period", "as_of", "before_as_of"]
    + Dimension.allCases.map(\.rawValue).filter { $0 != "metal" }

  init(_ texts: [String: String], today: Day) throws(Problem) {
    let read = Texts(texts)
    definition = try OneDefinition.read(read)
    switch definition.measure {
    case .ratio where definition != .utilisation: break
    case .mass: break
    default:
      throw Problem.field(
        "?definition",
        "a change is explained of shares and masses that reports say, and not of \(definition.rawValue)"
      )
    }
    let report = try FigureQuestion.report([definition], read)
    metal = try FigureQuestion.metals([definition], report, [], read)[0]
    filter = try FigureQuestion.filter(read, [])
    try FigureQuestion.check(definition, [metal], [], filter)
    span = try OneDefinition.span(read, "period")
    before = texts["before_period"] == nil ? span : try OneDefinition.span(read, "before_period")
    let moment = { (name: String) throws(Problem) in
      try read.value(name, "a moment such as 2026-01-31T16:00:00Z", Instant.init)
    }
    asOf = try moment("as_of")
    beforeAsOf = try moment("before_as_of") ?? asOf
  }

  /// The same, as a table's question.
  func question(_ today: Day) throws(Problem) -> FigureQuestion {
    var texts = [
      "definition": definition.rawValue, "from": span.last.description,
      "to": span.last.description,
    ]
    if let metal, definition.metal == nil { texts["metal"] = metal.rawValue }
    for (dimension, code) in filter { texts[dimension.rawValue] = code }
    return try FigureQuestion(texts, today: today)
  }
}
