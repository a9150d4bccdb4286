import HTTPTypes
import Hummingbird
import Models
import ServiceKit
import Storage

/// The page: a reader's view of the same answers as the API's, made by the same functions.
struct PageRoutes: Sendable {
  let templates: PageTemplates
  let figures: FigureRoutes
  let signIn: SignInRoutes

  private enum ExportTable: String, CaseIterable, Sendable { case throughput, capacity }

  func add(to router: Router<Context>) {
    let prefix = DashboardApplication.prefix
    let pages = router.group(RouterPath(prefix)).add(
      middleware: PageSurface(templates: templates))
    router.get("/") { _, _ in Response.redirect(to: "\(prefix)/") }
    pages.get("style.css", use: style)
    signIn.add(to: pages)
    let readers = pages.group().add(
      middleware: SignedIn(sessions: signIn.sessions, keys: signIn.keys))
    readers.get("", use: page)
    readers.get("reports", use: reports)
    readers.get("export.csv", use: export)
  }

  private func style(_ request: Request, _ context: Context) -> Response {
    var response = Response.text(templates.text(.style, ""), type: "text/css; charset=utf-8")
    response.headers[.cacheControl] = "max-age=300"
    return response
  }

  /// The main page; a question that cannot be understood gives it with a sentence, without figures.
  private func page(_ request: Request, _ context: Context) async throws -> Response {
    let sight = try Sight(ofPlaces: try context.actor)
    do {
      try Query(request).only("metal", "from", "to", "by", "as_of", "date")
      let question = try PageQuestion(request, today: figures.clock.now().dayInChina)
      return templates.page(
        .figures, try await answer(question, sight))
    } catch let problem as Problem where problem.kind == .invalid {
      return templates.page(
        .figures,
        model(
          TypedQuestion(request), problem.sentence, nil, try await figures.read { _ in }),
        status: .unprocessableContent)
    }
  }

  /// - Parameter read: whose sources stand behind the page.
  private func model<Value>(
    _ typed: TypedQuestion, _ trouble: String?, _ answer: PageFigures?, _ read: Sourced<Value>
  ) -> FiguresPage {
    FiguresPage(
      typed: typed, trouble: trouble, figures: answer, sources: read.sources,
      standbyLag: read.standbyLag, now: figures.clock.now())
  }

  private func answer(_ question: PageQuestion, _ sight: Sight) async throws -> FiguresPage {
    let asked = question.throughput
    let capacity = try await capacity(question, sight)
    let throughput = try await figures.throughput(asked, sight)
    let demonstrations = try await figures.database.readStandby {
      try Demonstrations(asked.metal, KnownFacilities(asOf: asked.asOf, on: $0), sight)
    }
    let figures = PageFigures(
      question, capacity, throughput.value, sight, demonstrations: demonstrations)
    return model(TypedQuestion(question), nil, figures, throughput)
  }

  private func capacity(_ question: PageQuestion, _ sight: Sight) async throws -> CapacityTable {
    let asked = question.throughput
    return try await figures.capacity(
      asked.metal, question.day, asked.grouping, asOf: asked.asOf, sight
    ).value
  }

  /// The page's tables as the API's CSV, for those who have a session and no token at hand.
  private func export(_ request: Request, _ context: Context) async throws -> Response {
    let sight = try Sight(ofPlaces: try context.actor)
    let query = Query(request)
    try query.only("table", "metal", "from", "to", "by", "as_of", "date")
    let question = try PageQuestion(request, today: figures.clock.now().dayInChina)
    let table: ExportTable = try query.word("table") ?? .throughput
    let rows: [[String]]
    switch table {
    case .throughput:
      let table = try await figures.throughput(question.throughput, sight).value
      rows = [ThroughputLine.columns] + table.lines.map(\.fields)
    case .capacity:
      rows = try await capacity(question, sight).rows
    }
    var response = Response.text(CSVText.text(rows), type: "text/csv; charset=utf-8")
    response.headers[.contentDisposition] = "attachment; filename=\"\(table.rawValue).csv\""
    return response
  }

  private func reports(_ request: Request, _ context: Context) async throws -> Response {
    let sight = try Sight(ofPlaces: try context.actor)
    let request = request.asAsked
    let query = Query(request)
    try query.only(
      "metal", "month", "province", "region", "country", "authority", "as_of", "limit", "cursor")
    let page = try Page(request)
    let question = try ReportsQuestion(query, today: figures.clock.now().dayInChina)
    let counts = { @Sendable (place: String) in sight.sees(place) && question.counts(place) }
    let (found, owing) = try await figures.database.readStandby { connection in
      (
        try Figures.reports(
          Series(.throughput, question.metal), question.month...question.month,
          asOf: question.asOf, after: page.after?.first ?? "", limit: page.limit + 1,
          counts: { counts($1.place) }, on: connection),
        try Figures.missing(
          Series(.throughput, question.metal), question.month...question.month,
          asOf: question.asOf, counts: { counts($1.place) }, on: connection)
      )
    }
    return templates.page(.reports, ReportsPage(question, page, found, owing))
  }
}

extension CapacityTable {
  /// As the API's CSV has it.
  fileprivate var rows: [[String]] {
    [["code", "name", "number", "capacity_t_per_year"]]
      + lines.map { [$0.code, $0.name, String($0.number), Mass.tonnes($0.capacity)] }
  }
}
