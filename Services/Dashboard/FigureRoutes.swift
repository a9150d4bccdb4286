import Hummingbird
import HTTPTypes
import Journal
import Models
import ServiceKit
import Storage

/// The dashboard's figures as JSON and CSV.
struct FigureRoutes: Sendable {
  let database: Database
  let clock: Clock
  let followers: [Follower]
  /// Half of the connections that read: the others are for what takes no time.
  private let turns = Turns(2)

  func add(to group: RouterGroup<Context>) {
    group.get("qualified-capacity", use: capacity)
    group.get("throughput", use: throughput)
    group.get("throughput/reports", use: reports)
    group.get("sources", use: sources)
  }

  init(database: Database, clock: Clock, followers: [Follower]) {
    self.database = database
    self.clock = clock
    self.followers = followers
  }

  // MARK: Answers, for the routes and for the page

  /// Reads what may take long: few do at once, and nobody's work goes on when they have left.
  func readLong<Value: Sendable>(
    _ body: @escaping @Sendable (Connection, Wanted) throws -> Value
  ) async throws -> Sourced<Value> {
    try await turns.take {
      let wanted = Wanted()
      return try await withTaskCancellationHandler {
        try await read { try body($0, wanted) }
      } onCancel: {
        wanted.end()
      }
    }
  }

  /// Reads, from a standby where there is one, and says how much of the sources that has in it.
  func read<Value: Sendable>(_ body: @escaping @Sendable (Connection) throws -> Value) async throws
    -> Sourced<Value>
  {
    let (value, applied, lag) = try await database.readStandby { connection in
      (try body(connection), try Follower.applied(on: connection), try connection.standbyLag())
    }
    let sources = followers.map { follower in
      var progress = follower.progress
      // What the figures come from, and not what has been applied elsewhere since.
      progress.size = applied[follower.source]?.size ?? 0
      progress.recordedAt = applied[follower.source]?.recordedAt
      return SourceLine(follower.source, progress, clock.now())
    }
    return Sourced(value: value, sources: sources, standbyLag: lag)
  }

  func throughput(_ question: TableQuestion, _ sight: Sight) async throws
    -> Sourced<ThroughputTable>
  {
    try await read {
      let cells = try Figures.cells(
        Series(.throughput, question.metal), question.months, asOf: question.asOf, on: $0)
      return ThroughputTable(cells, by: question.grouping, sight: sight)
    }
  }

  func capacity(_ metal: Metal, _ day: Day, _ by: Grouping, asOf: Instant?, _ sight: Sight)
    async throws -> Sourced<CapacityTable>
  {
    try await read {
      let qualified = try Figures.qualified(metal, on: day, asOf: asOf, on: $0)
      return CapacityTable(qualified, by: by, sight: sight)
    }
  }

  // MARK: Routes

  private func throughput(_ request: Request, _ context: Context) async throws -> Response {
    let sight = try Sight(ofPlaces: try context.actor)
    let format = try Format(request)
    let query = Query(request)
    try query.only("metal", "from", "to", "by", "as_of")
    let question = try TableQuestion(query, today: clock.now().dayInChina)
    let found = try await throughput(question, sight)
    let table = found.value
    if format == .csv {
      return csv(ThroughputLine.columns, table.lines.map(\.fields), lag: found.standbyLag)
    }
    return .json(
      .members([
        "metal": .string(question.metal.rawValue), "from": question.months.lowerBound.json,
        "to": question.months.upperBound.json, "by": .string(question.grouping.rawValue),
        "as_of": question.asOf?.json, "rows": .array(table.lines.map(\.json)),
        "total": .array(table.totals.map(\.json)), "sources": found.sourcesJSON(for: sight),
        "standby_lag_ms": found.lagJSON,
      ]))
  }

  private func capacity(_ request: Request, _ context: Context) async throws -> Response {
    let sight = try Sight(ofPlaces: try context.actor)
    let format = try Format(request)
    let query = Query(request)
    try query.only("metal", "date", "by", "as_of")
    let metal = try query.word("metal") ?? Metal.steel
    let day = try query.day("date") ?? clock.now().dayInChina
    let by = try query.word("by") ?? Grouping.province
    let asOf = try query.instant("as_of")
    let found = try await capacity(metal, day, by, asOf: asOf, sight)
    let table = found.value
    if format == .csv {
      return csv(
        ["code", "name", "number", "capacity_t_per_year"],
        table.lines.map { [$0.code, $0.name, String($0.number), Mass.tonnes($0.capacity)] },
        lag: found.standbyLag)
    }
    return .json(
      .members([
        "date": day.json, "metal": .string(metal.rawValue), "by": .string(by.rawValue),
        "as_of": asOf?.json, "rows": .array(table.lines.map(\.json)), "total": table.total.json,
        "goal": sight.places == nil ? table.goal(metal) : nil,
        "sources": found.sourcesJSON(for: sight), "standby_lag_ms": found.lagJSON,
      ]))
  }

  private func reports(_ request: Request, _ context: Context) async throws -> Response {
    let query = Query(request)
    try query.only("metal", "month", "province", "region", "as_of", "limit", "cursor")
    guard let metal = try query.word("metal", as: Metal.self) else {
      throw Problem.field("?metal", "metal and month say whose reports")
    }
    return try await reports(Series(.throughput, metal), request, context, json: \.json)
  }

  /// The reports behind a month's figure, and who owes one.
  func reports(
    _ series: Series, _ request: Request, _ context: Context, json: (Figures.Behind) -> JSON
  ) async throws -> Response {
    let sight = try Sight(ofPlaces: try context.actor)
    let page = try Page(request)
    let query = Query(request)
    guard let month = try query.month("month") else {
      throw Problem.field("?month", "the month says whose reports")
    }
    let asOf = try query.instant("as_of")
    let province = try query.province()
    let region = try query.value("region", "BTH, YRD or OTHER") {
      ["BTH", "YRD", "OTHER"].contains($0) ? $0 : nil
    }
    let counts = { @Sendable (place: String) in
      sight.sees(place) && (province == nil || Grouping.province.code(of: place) == province)
        && (region == nil || Grouping.region.code(of: place) == region)
    }
    let read = try await read { connection in
      (
        try Figures.reports(
          series, month...month, asOf: asOf, after: page.after?.first ?? "",
          limit: page.limit + 1, counts: { counts($1.place) }, on: connection),
        try Figures.missing(
          series, month...month, asOf: asOf, counts: { counts($1.place) }, on: connection
        ).prefix(Page.maximum)
      )
    }
    let (found, missing) = read.value
    let owing = missing.map {
      JSON.members([
        "facility_id": .string($0.facilityID), "facility": .string($0.facility.name),
        "province": .text($0.facility.location.province),
      ])
    }
    return page.response(
      found, request,
      extra: [.init("missing", .array(owing))]
        + (read.lagJSON.map { [.init("standby_lag_ms", $0)] } ?? []),
      key: { [$0.fact.report.text] },
      json: json)
  }

  private func sources(_ request: Request, _ context: Context) async throws -> Response {
    let sight = try Sight(ofPlaces: try context.actor)
    try Query(request).only()
    let found = try await read { _ in }
    return .json(
      .members(["items": found.sourcesJSON(for: sight), "standby_lag_ms": found.lagJSON]))
  }

  /// - Parameter lag: a table has no place for it, so it is said in a header field.
  func csv(_ columns: [String], _ rows: [[String]], lag: Int64?) -> Response {
    var response = Response.text(
      CSVText.text([columns] + rows), type: "text/csv; charset=utf-8")
    if let lag, let name = HTTPField.Name("Standby-Lag-Ms") { response.headers[name] = String(lag) }
    return response
  }
}

extension Figures.Behind {
  var json: JSON {
    .members([
      "report_id": fact.report.json, "facility_id": .string(facilityID),
      "facility": .string(facility.name), "organisation_id": facility.organisation.json,
      "province": .text(facility.location.province), "metal": .text(fact.series.metal?.rawValue),
      "month": fact.period.json, "revision": .int(revision),
      "throughput": Mass.json(grams: fact.amounts[Sum.throughput]), "nil": .bool(fact.isNil),
      "late": .bool(isLate),
      "demonstration": .bool(facility.demonstration), "position": .int(position),
      "recorded_at": recordedAt.json,
      "href": .string(href),
    ])
  }
}
