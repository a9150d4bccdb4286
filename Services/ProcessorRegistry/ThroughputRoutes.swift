import Foundation
import Hummingbird
import Journal
import Models
import ServiceKit
import Storage

/// Monthly throughput: reported once per facility, metal and month; corrected by revision.
struct ThroughputRoutes: Sendable {
  let store: RegistryStore
  let reporting: ThroughputReporting

  func add(to group: RouterGroup<Context>) {
    group.post("throughput", use: report)
    group.get("throughput", use: list)
    group.post("throughput/bulk", use: bulk)
    group.get("throughput/{id}", use: show)
    group.put("throughput/{id}", use: revise)
    group.post("throughput/{id}/withdrawal", use: withdraw)
    group.get("throughput/{id}/revisions", use: revisions)
    group.get("throughput/{id}/revisions/{revision}", use: revision)
    group.get("throughput/{id}/receipt", use: receipt)
  }

  private func report(_ request: Request, _ context: Context) async throws -> Response {
    let actor = try context.actor
    let creation = try await Creation(request, context)
    let report = try Fields.read(creation.body, as: Throughput.init)
    return try await store.once(creation) { connection in
      let (stored, place, warnings) = try reporting.report(report, by: actor, on: connection)
      return Answer(
        201, stored.json(permille: reporting.permille, warnings: warnings),
        headers: [
          ("Location", "/registry/v1/throughput/\(stored.id)"),
          ("ETag", ETag.text(stored.revision)), RegistryStore.position(place),
        ])
    }.response
  }

  private func list(_ request: Request, _ context: Context) async throws -> Response {
    let query = Query(request)
    try query.only("facility_id", "metal", "from", "to", "limit", "cursor")
    let visible = Visibility(try context.actor)
    let page = try Page(request)
    let filter = RegistryStore.ThroughputFilter(
      facility: try query.id("facility_id"), metal: try query.word("metal"),
      from: try query.month("from") ?? .first, to: try query.month("to") ?? .last)
    let found = try await store.database.read {
      try store.throughputs(filter, visible: visible, page: page, on: $0)
    }
    return page.response(found, request, key: { [$0.id.text] }) {
      $0.json(permille: reporting.permille)
    }
  }

  private func show(_ request: Request, _ context: Context) async throws -> Response {
    let found = try await visible(context)
    return Answer(
      200, found.json(permille: reporting.permille), headers: [("ETag", ETag.text(found.revision))]
    ).response
  }

  private func visible(_ context: Context) async throws -> StoredThroughput {
    let id = try context.id()
    let actor = try context.actor
    return try await store.database.read {
      try reporting.visible(id, to: actor, on: $0).0
    }
  }

  /// A report with the reason for changing it.
  private func revisionDraft(_ fields: Fields) -> (Throughput, String)? {
    let reason = fields.text("reason", maximum: 500)
    let report = Throughput(fields)
    guard let reason, let report else { return nil }
    return (report, reason)
  }

  private func revise(_ request: Request, _ context: Context) async throws -> Response {
    let id = try context.id()
    let actor = try context.actor
    let ifMatch = request.headers[.ifMatch]
    _ = try await visible(context)
    let (report, reason) = try Fields.read(
      try await request.document("application/json"), as: revisionDraft)
    let (stored, place, warnings) = try await store.database.write { connection in
      let (old, _) = try reporting.visible(id, to: actor, on: connection)
      try ETag.check(ifMatch, is: old.revision)
      return try reporting.revise(old, to: report, reason: reason, by: actor, on: connection)
    }
    return Answer(
      200, stored.json(permille: reporting.permille, warnings: warnings),
      headers: [("ETag", ETag.text(stored.revision)), RegistryStore.position(place)]
    ).response
  }

  private func withdraw(_ request: Request, _ context: Context) async throws -> Response {
    let id = try context.id()
    let actor = try context.actor
    let ifMatch = request.headers[.ifMatch]
    _ = try await visible(context)
    let creation = try await Creation(request, context)
    let reason = try Fields.read(creation.body, as: IdentityRoutes.reason)
    return try await store.once(creation) { connection in
      let (old, facility) = try reporting.visible(id, to: actor, on: connection)
      try ETag.check(ifMatch, is: old.revision)
      try reporting.demandReporter(actor, of: facility)
      if old.isWithdrawn { throw Problem(.conflict, "This report is withdrawn already.") }
      let (stored, place) = try store.withdraw(
        old, reason: reason, by: actor.name, on: connection)
      return Answer(
        201, stored.json(permille: reporting.permille),
        headers: [("ETag", ETag.text(stored.revision)), RegistryStore.position(place)])
    }.response
  }

  private func revisionJSON(_ revision: Int64, _ entry: Entry) throws -> JSON {
    let event = try Fields.parse(entry.event)
    let type = event["type"]?.text
    let status =
      switch type.flatMap(EventType.init) {
      case .throughputReported: "reported"
      case .throughputRevised: "revised"
      default: "withdrawn"
      }
    return .members([
      "revision": .int(revision), "status": .string(status), "recorded_at": entry.recordedAt.json,
      "position": .int(entry.position), "reason": event["data"]?["reason"],
      "actor": event["actor"], "report": event["data"],
    ])
  }

  private func entries(_ context: Context) async throws -> [(revision: Int64, entry: Entry)] {
    let found = try await visible(context)
    return try await store.database.read { try store.revisions(found.id, on: $0) }
  }

  private func revisions(_ request: Request, _ context: Context) async throws -> Response {
    let items = try await entries(context).map { try revisionJSON($0.revision, $0.entry) }
    return .json(.members(["items": .array(items)]))
  }

  private func revision(_ request: Request, _ context: Context) async throws -> Response {
    let wanted = context.parameters.get("revision").flatMap { Int64($0) }
    guard let found = try await entries(context).first(where: { $0.revision == wanted }) else {
      throw Problem(.notFound, "There is no such revision of this report.")
    }
    return .json(try revisionJSON(found.revision, found.entry))
  }

  private func receipt(_ request: Request, _ context: Context) async throws -> Response {
    guard let entry = try await entries(context).last?.entry else {
      throw Problem(.notFound, "There is no entry for this report.")
    }
    return .json(
      .members([
        "position": .int(entry.position), "recorded_at": entry.recordedAt.json,
        "salt": .string(Data(entry.salt).base64EncodedString()),
        "leaf": .string(Data(entry.leaf).base64EncodedString()),
        "event": .string(String(decoding: entry.event, as: UTF8.self)),
      ]))
  }

  private func bulk(_ request: Request, _ context: Context) async throws -> Response {
    let actor = try context.actor
    guard actor.has(.reporter) else {
      throw Problem(.forbidden, "Reporting needs the role reporter.")
    }
    return try await Bulk.respond(to: request, context, convert: ThroughputRow.json) { rows in
      try await reporting.take(rows, by: actor)
    }
  }
}
