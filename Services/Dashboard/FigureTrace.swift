import Models
import Storage

/// One figure's question: what stands behind it.
struct FigureTraceQuestion: Sendable {
  let definition: Definition
  let span: Span
  let table: FigureQuestion

  static let names =
    ["definition", "metal", "report", "period", "as_of", "date", "baseline"]
    + Dimension.allCases.map(\.rawValue).filter { $0 != "metal" }

  init(_ texts: [String: String], today: Day) throws(Problem) {
    let read = Texts(texts)
    definition = try OneDefinition.read(read)
    span = try OneDefinition.span(read, "period")
    var question = texts
    question["period"] = nil
    question["from"] = span.last.description
    question["to"] = span.last.description
    table = try FigureQuestion(question, today: today)
  }
}

/// What stands behind a figure, one by one: reports, or those who are qualified.
struct FigureTrace: Sendable {
  let key: String
  let json: JSON

  /// By id, from after one on.
  static func read(
    _ question: FigureTraceQuestion, sight: Sight, after: String, limit: Int,
    on connection: Connection
  ) throws -> [FigureTrace] {
    let table = question.table
    let known = KnownFacilities(asOf: table.asOf, on: connection)
    let counts = { (facility: Facility) throws -> Bool in
      let group = table.needsFacilities ? try known.owner(facility.organisation).group : ""
      return sight.sees(facility) && table.codes(facility.place, group) != nil
    }
    guard let metal = table.metals.first else { return [] }
    if question.definition.measure == .qualified {
      return try qualified(question, metal ?? .steel, after, limit, counts, known, on: connection)
    }
    guard let terms = FigureParts(question.definition, metal, table).all.first else { return [] }
    return try Figures.reports(
      Series(table.report, metal), question.span.months, asOf: table.asOf, after: after,
      limit: limit, whole: true, of: try sight.whose(known), counts: { try counts($1) },
      on: connection
    ).map { behind in
      FigureTrace(
        key: behind.fact.report.text,
        json: json(behind, question.definition, terms.numerator, terms.denominator))
    }
  }

  private static func json(
    _ behind: Figures.Behind, _ definition: Definition, _ numerator: [Term], _ denominator: [Term]
  ) -> JSON {
    var sums = behind.cell
    sums[Sum.onTime] = sums.received - sums.late
    let fact = behind.fact
    let state: FigureState =
      fact.isLocked ? .final : fact.revision > 1 ? .revised : .provisional
    // Capacity, and what is owed, are no report's.
    let hasDenominator =
      !denominator.isEmpty && definition != .utilisation && definition.measure != .share
    return .members([
      "report_id": fact.report.json, "type": .string(fact.series.type.rawValue),
      "facility_id": .string(behind.facilityID), "facility": .string(behind.facility.name),
      "organisation_id": behind.facility.organisation.json,
      "organisation": .string(behind.organisation),
      "province": .text(behind.facility.location.province),
      "authority": .text(behind.facility.location.authority),
      "metal": .text(fact.series.metal?.rawValue), "period": fact.period.json,
      "revision": .int(fact.revision), "state": .string(state.rawValue), "nil": .bool(fact.isNil),
      "late": .bool(fact.isLate), "demonstration": .bool(behind.facility.demonstration),
      "position": .int(behind.position), "recorded_at": behind.recordedAt.json,
      "href": .string(behind.href), "numerator": definition.shown(sums.sum(numerator)),
      "denominator": hasDenominator ? definition.shown(sums.sum(denominator)) : nil,
    ])
  }

  private static func qualified(
    _ question: FigureTraceQuestion, _ metal: Metal, _ after: String, _ limit: Int,
    _ counts: (Facility) throws -> Bool, _ known: KnownFacilities, on connection: Connection
  ) throws -> [FigureTrace] {
    let day = min(question.span.last.lastDay, question.table.date)
    return try Qualifications(metal, asOf: question.table.asOf, known, on: connection)
      .qualified(on: day)
      .filter { try $0.id > after && counts($0.facility) }.sorted { $0.id < $1.id }.prefix(limit)
      .map { one in
        FigureTrace(
          key: one.id,
          json: .members([
            "facility_id": .string(one.id), "facility": .string(one.facility.name),
            "organisation_id": one.facility.organisation.json,
            "organisation": .string(one.owner.name),
            "province": .text(one.facility.location.province),
            "authority": .text(one.facility.location.authority),
            "event": .string(one.event.rawValue), "position": .int(one.position),
            "capacity_per_year": one.capacity.json,
          ]))
      }
  }
}

extension Figures.Behind {
  /// Where the revision is to be had.
  var href: String {
    let path =
      switch fact.series.type {
      case .throughput: "registry/v1/throughput"
      case .recycledInput: "recycled-input/v1/reports"
      case .hydrogenUse: "hydrogen-use/v1/reports"
      }
    return "/\(path)/\(fact.report)/revisions/\(revision)"
  }
}
