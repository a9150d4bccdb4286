import Hummingbird
import Journal
import Models
import ServiceKit
import Storage

/// Goals, and what is held beside reports from elsewhere.
struct TargetRoutes: Sendable {
  let figures: FigureRoutes
  let journal: Journal

  func add(to group: RouterGroup<Context>) {
    group.get("targets", use: targets)
    group.post("targets/:target_id/headline", use: choose)
    group.get("reconciliation/deliveries", use: deliveries)
    group.get("reconciliation/published", use: published)
  }

  private func targets(_ request: Request, _ context: Context) async throws -> Response {
    let sight = try Sight(ofAll: try context.actor)
    let query = Query(request)
    try query.only("as_of", "date")
    let asOf = try query.instant("as_of")
    let date = try query.day("date") ?? figures.clock.now().dayInChina
    guard Targets.dates.contains(date) else {
      throw Problem.field(
        "?date",
        "from \(Targets.dates.lowerBound) to \(Targets.dates.upperBound), so that two years before it can be looked at"
      )
    }
    let read = try await figures.readLong { connection, _ in
      let reference = try Editions.reference(asOf: asOf, on: connection)
      let items = try Targets(
        date: date, asOf: asOf, reference: reference,
        headlines: HeadlineStore.headlines(asOf: asOf, on: connection), sight: sight,
        connection: connection
      ).json()
      let definitions = Set(reference.targets.flatMap(\.definitions))
      let json = reference.json(Definition.allCases.filter(definitions.contains))
      return (reference.edition, items, json)
    }
    return .json(
      .object(
        [
          .init("edition", .string(read.value.0)), .init("date", date.json),
          .init("as_of", asOf?.json ?? .null),
          .init("definitions", read.value.2), .init("items", read.value.1),
          .init("sources", read.sourcesJSON(for: sight)),
        ] + read.lagMembers))
  }

  private func choose(_ request: Request, _ context: Context) async throws -> Response {
    let actor = try context.actor
    guard actor.mayAll([.operator]) else {
      throw Problem(.forbidden, "Which definition a goal is judged by is an operator's choice.")
    }
    try Query(request).only()
    let creation = try await Creation(request, context)
    let id = context.parameters.get("target_id") ?? ""
    guard let target = Reference.shared.targets.first(where: { $0.id == id }) else {
      throw Problem(.notFound, "There is no such target; GET /dashboard/v1/targets lists them.")
    }
    let choice = try Fields.read(creation.body, as: HeadlineChoice.init)
    if let definition = choice.definition, !target.definitions.contains(definition) {
      let words = target.definitions.map(\.rawValue).joined(separator: ", ")
      throw Problem.field("/definition_id", "this goal may mean: \(words)")
    }
    let journal = journal
    return try await Idempotency.once(creation, at: figures.clock.now(), in: figures.database) {
      let (headline, place) = try HeadlineStore.choose(
        choice, for: target, by: actor.name, journal, on: $0)
      return Answer(201, headline.json, headers: [DashboardApplication.position(place)])
    }.response
  }

  // MARK: Reconciliation

  private func deliveries(_ request: Request, _ context: Context) async throws -> Response {
    let sight = try Sight(ofPlaces: try context.actor)
    let query = Query(request)
    try query.only("metal", "from", "to", "by", "as_of")
    let question = try TableQuestion(query, today: figures.clock.now().dayInChina)
    guard question.grouping != .authority else {
      throw Problem.field("?by", "one of province, region, country is expected")
    }
    guard question.metal == .steel else {
      throw Problem.field(
        "?metal",
        "processors report clean mass, and mills of copper and aluminium the metal contained: only deliveries of steel compare"
      )
    }
    let read = try await figures.readLong { connection, _ in
      let found = try Deliveries(
        question.metal, question.months, by: question.grouping, asOf: question.asOf, sight: sight,
        on: connection)
      let json = { (line: Deliveries.Line) in Deliveries.json(line, question.grouping) }
      return (
        rows: found.lines.map(json), totals: found.totals.map(json),
        leftOut: found.leftOut.map(\.json)
      )
    }
    return .json(
      .object(
        [
          .init("metal", .string(question.metal.rawValue)),
          .init("from", question.months.lowerBound.json),
          .init("to", question.months.upperBound.json),
          .init("by", .string(question.grouping.rawValue)),
          .init("as_of", question.asOf?.json ?? .null), .init("rows", .array(read.value.rows)),
          .init("total", .array(read.value.totals)),
          .init("left_out", .array(read.value.leftOut)),
          .init("sources", read.sourcesJSON(for: sight)),
        ] + read.lagMembers))
  }

  private func published(_ request: Request, _ context: Context) async throws -> Response {
    let sight = try Sight(ofAll: try context.actor)
    let query = Query(request)
    try query.only("as_of")
    let asOf = try query.instant("as_of")
    let read = try await figures.readLong { connection, _ in
      try PublishedComparison.json(
        asOf: asOf, Editions.reference(asOf: asOf, on: connection), sight: sight, on: connection)
    }
    return .json(
      .object(
        [.init("items", read.value), .init("sources", read.sourcesJSON(for: sight))]
          + read.lagMembers))
  }
}
