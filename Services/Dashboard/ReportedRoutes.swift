import HTTPTypes
import Hummingbird
import Models
import ServiceKit
import Storage

/// What mills and hydrogen users reported, as JSON and CSV, with the reports behind it.
struct ReportedRoutes: Sendable {
  let figures: FigureRoutes

  func add(to group: RouterGroup<Context>) {
    group.get("recycled-input", use: inputs)
    group.get("recycled-input/reports") { try await reports(.recycledInput, $0, $1) }
    group.get("hydrogen-use", use: hydrogen)
    group.get("hydrogen-use/reports") { try await reports(.hydrogenUse, $0, $1) }
    group.get("reference-series", use: published)
  }

  private func published(_ request: Request, _ context: Context) async throws -> Response {
    _ = try Sight(ofPlaces: try context.actor)
    try Query(request).only()
    return Response.json(PublishedFigures.json)
  }

  private func inputs(_ request: Request, _ context: Context) async throws -> Response {
    let query = Query(request)
    try query.only("metal", "from", "to", "by", "as_of")
    let metal = try query.word("metal") ?? Metal.steel
    return try await answer(Series(.recycledInput, metal), request, context) { table in
      let inputs = InputTable(metal: metal, table: table)
      return (inputs.json, inputs.columns, inputs.fields)
    }
  }

  private func hydrogen(_ request: Request, _ context: Context) async throws -> Response {
    try Query(request).only("from", "to", "by", "as_of")
    return try await answer(Series(.hydrogenUse), request, context) { table in
      let hydrogen = HydrogenTable(table: table)
      return (hydrogen.json, hydrogen.columns, hydrogen.fields)
    }
  }

  private typealias Shown = (
    json: (PeriodTable.Line) -> JSON, columns: [String], fields: (PeriodTable.Line) -> [String]
  )

  private func answer(
    _ series: Series, _ request: Request, _ context: Context,
    _ shown: @escaping @Sendable (PeriodTable) -> Shown
  ) async throws -> Response {
    let sight = try Sight(ofPlaces: try context.actor)
    let format = try Format(request)
    let question = try TableQuestion(
      Query(request), today: figures.clock.now().dayInChina)
    let found = try await figures.read {
      PeriodTable(
        try Figures.cells(series, question.months, asOf: question.asOf, on: $0),
        question.months, by: question.grouping, sight: sight)
    }
    let table = found.value
    let (json, columns, fields) = shown(table)
    if format == .csv {
      var response = figures.csv(columns, table.lines.map(fields), lag: found.standbyLag)
      if !table.leftOut.isEmpty, let name = HTTPField.Name("Left-Out") {
        response.headers[name] = table.leftOut.map(\.description).joined(separator: ", ")
      }
      return response
    }
    return .json(
      .members([
        "metal": .text(series.metal?.rawValue), "from": question.months.lowerBound.json,
        "to": question.months.upperBound.json, "by": .string(question.grouping.rawValue),
        "as_of": question.asOf?.json, "rows": .array(table.lines.map(json)),
        "total": .array(table.totals.map(json)), "whole": json(table.whole),
        "left_out": .array(table.leftOut.map(\.json)), "sources": found.sourcesJSON(for: sight),
        "standby_lag_ms": found.lagJSON,
      ]))
  }

  private func reports(_ type: ReportType, _ request: Request, _ context: Context) async throws
    -> Response
  {
    let query = Query(request)
    let names = ["metal", "month", "province", "region", "as_of", "limit", "cursor"]
    try query.only(names.filter { $0 != "metal" || type != .hydrogenUse })
    let metal = try query.word("metal", as: Metal.self)
    if type == .recycledInput, metal == nil {
      throw Problem.field("?metal", "metal and month say whose reports")
    }
    return try await figures.reports(Series(type, metal), request, context) { $0.reportedJSON }
  }
}

extension Figures.Behind {
  fileprivate var reportedJSON: JSON {
    .members([
      "report_id": fact.report.json, "facility_id": .string(facilityID),
      "facility": .string(facility.name), "organisation_id": facility.organisation.json,
      "province": .text(facility.location.province),
      "metal": .text(fact.series.metal?.rawValue), "period": fact.period.json,
      "revision": .int(revision), "nil": .bool(fact.isNil), "late": .bool(isLate),
      "demonstration": .bool(facility.demonstration), "position": .int(position),
      "recorded_at": recordedAt.json,
      "href": .string(href),
      "amounts": .array(
        fact.amounts.names.map {
          .members([
            "name": .string($0), "mass": Mass.json(grams: fact.amounts[$0]),
          ])
        }),
    ])
  }
}
