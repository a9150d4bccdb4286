import HTTPTypes
import Hummingbird
import Models
import NIOCore
import ServiceKit
import Storage

/// Figures by definition: tables, what stands behind a figure, why it changed, and who owes what.
struct IndicatorRoutes: Sendable {
  static let defaultRows = 1000
  static let mostRows = 5000

  let figures: FigureRoutes
  let answers = KeptAnswers()

  func add(to group: RouterGroup<Context>) {
    group.get("definitions", use: definitions)
    group.get("figures", use: table)
    group.get("figures/reports", use: reports)
    group.get("figures/change", use: change)
    group.get("owing", use: owing)
  }

  private var today: Day { figures.clock.now().dayInChina }

  private func definitions(_ request: Request, _ context: Context) async throws -> Response {
    _ = try context.actor
    let query = Query(request)
    try query.only("as_of", "date")
    let asOf = try query.instant("as_of")
    let date = try query.day("date")
    let reference = try await figures.database.read { try Editions.reference(asOf: asOf, on: $0) }
    let valid = Definition.allCases.filter { definition in
      guard let date, let row = reference.row(definition) else { return true }
      return row.validFrom <= date && row.validTo.map { date <= $0 } ?? true
    }
    return .json(
      .object([
        .init("edition", .string(reference.edition)),
        .init("items", reference.json(valid)),
      ]))
  }

  // MARK: Tables

  private func table(_ request: Request, _ context: Context) async throws -> Response {
    let sight = try Sight(try context.actor)
    let format = try Format(request)
    let query = Query(request)
    try query.only(FigureQuestion.names + ["limit", "cursor"])
    let page = try Page(request, default: Self.defaultRows, maximum: Self.mostRows)
    let question = try FigureQuestion(try query.texts(FigureQuestion.names), today: today)
    // What a kept answer depends on beside what is in the database.
    let key = "\(request.uri.query ?? "") \(sight.key) \(question.date) \(format)"
    let answers = answers
    // What is kept waits for no turn.
    let kept = try await figures.read { answers.answer(key, try KeptAnswers.version(on: $0)) }
    if let answer = kept.value {
      return self.answer(kept.with(answer), sight, page, request, format)
    }
    let found = try await figures.readLong { connection, wanted in
      let version = try KeptAnswers.version(on: connection)
      let reference = try Editions.reference(asOf: question.asOf, on: connection)
      let table = try FigureTable(
        question, sight: sight, reference: reference, after: page.after, limit: page.limit,
        wanted: wanted, on: connection)
      let next = table.isCut ? table.rows.last.map { page.cursor($0.key) } : nil
      let answer = KeptAnswers.Answer(
        body: format == .csv
          ? CSVText.bytes(
            FigureRow.columns(question), table.rows.map { $0.fields(question, reference) })
          : Self.json(question, sight, reference, table.rows, next).bytes, next: next)
      answers.keep(answer, key, version)
      return answer
    }
    return answer(found, sight, page, request, format)
  }

  private static func json(
    _ question: FigureQuestion, _ sight: Sight, _ reference: Reference, _ rows: [FigureRow],
    _ next: String?
  ) -> JSON {
    .object(
      [.init("edition", .string(reference.edition))] + question.json + [
        .init("scope", sight.json),
        .init("definitions", reference.json(question.definitions)),
        .init("rows", .array(rows.map(\.json))),
      ] + (next.map { [.init("next", .string($0))] } ?? []))
  }

  /// What was kept, with what is new in every answer: how far the sources have been read.
  private func answer(
    _ found: Sourced<KeptAnswers.Answer>, _ sight: Sight, _ page: Page, _ request: Request,
    _ format: Format
  ) -> Response {
    var body = found.value.body
    var headers: HTTPFields = [.contentType: "text/csv; charset=utf-8"]
    if format == .json {
      headers[.contentType] = "application/json"
      body.removeLast()
      body += Array(#","sources":"#.utf8) + found.sourcesJSON(for: sight).bytes
      if let lag = found.standbyLag { body += Array(#","standby_lag_ms":\#(lag)"#.utf8) }
      body.append(UInt8(ascii: "}"))
    } else if let lag = found.standbyLag, let name = HTTPField.Name("Standby-Lag-Ms") {
      headers[name] = String(lag)
    }
    var response = Response(
      status: .ok, headers: headers, body: .init(byteBuffer: ByteBuffer(bytes: body)))
    if let next = found.value.next { page.link(next, request, in: &response) }
    return response
  }

  // MARK: What stands behind a figure

  private func reports(_ request: Request, _ context: Context) async throws -> Response {
    let sight = try Sight(try context.actor)
    let query = Query(request)
    let names = FigureTraceQuestion.names
    try query.only(names + ["limit", "cursor"])
    let page = try Page(request)
    let question = try FigureTraceQuestion(try query.texts(names), today: today)
    let read = try await figures.readLong { connection, _ in
      try FigureTrace.read(
        question, sight: sight, after: page.after?.first ?? "", limit: page.limit + 1,
        on: connection)
    }
    return page.response(
      read.value, request, extra: read.lagMembers, key: { [$0.key] }, json: { $0.json })
  }

  private func change(_ request: Request, _ context: Context) async throws -> Response {
    let sight = try Sight(try context.actor)
    let query = Query(request)
    try query.only(FigureChangeQuestion.names)
    let today = today
    let question = try FigureChangeQuestion(
      try query.texts(FigureChangeQuestion.names), today: today)
    let read = try await figures.readLong { connection, _ in
      try FigureChange(
        question, today: today, sight: sight,
        reference: Editions.reference(asOf: question.asOf, on: connection), on: connection)
    }
    guard case .object(let members) = read.value.json else { return .json(read.value.json) }
    return .json(
      .object(members + [.init("sources", read.sourcesJSON(for: sight))] + read.lagMembers))
  }

  private func owing(_ request: Request, _ context: Context) async throws -> Response {
    let sight = try Sight(try context.actor)
    let query = Query(request)
    try query.only(OwingQuestion.names + ["limit", "cursor"])
    let page = try Page(request)
    let question = try OwingQuestion(try query.texts(OwingQuestion.names), today: today)
    let read = try await figures.readLong { connection, _ in
      try question.lines(
        sight: sight, after: page.after, limit: page.limit + 1, on: connection)
    }
    return page.response(
      read.value, request, extra: read.lagMembers, key: \.key, json: { $0.json })
  }
}

extension Sight {
  /// The same text for the same sight.
  fileprivate var key: String {
    places == nil ? "all" : String(decoding: json.bytes, as: UTF8.self)
  }
}
