import Foundation
import Hummingbird
import Journal
import Models
import ServiceKit
import Storage

/// What a report went through: its revisions, its receipt and its review.
extension ReportRoutes {
  private func entries(_ context: Context) async throws -> [(revision: Int64, entry: Entry)] {
    let id = try await demandVisible(context)
    return try await database.read { try store.entries(id, on: $0) }
  }

  /// The entries that changed what counts, with the word for each.
  private func revisionEntries(_ context: Context) async throws -> [RevisionEntry] {
    try await entries(context).compactMap { revision, entry in
      let event = try Fields.parse(entry.event)
      let statuses: [EventType: StoredReport<Report>.Status] = [
        Report.type.reported: .reported, Report.type.revised: .revised,
        Report.type.withdrawn: .withdrawn,
      ]
      guard let type = event["type"]?.text.flatMap(EventType.init), let status = statuses[type]
      else { return nil }
      return RevisionEntry(
        revision: revision, status: status.rawValue, entry: entry, event: event)
    }
  }

  func revisions(_ request: Request, _ context: Context) async throws -> Response {
    let items = try await revisionEntries(context).map(\.json)
    return .json(.members(["items": .array(items)]))
  }

  func revision(_ request: Request, _ context: Context) async throws -> Response {
    let wanted = context.parameters.get("revision").flatMap { Int64($0) }
    guard let found = try await revisionEntries(context).first(where: { $0.revision == wanted })
    else { throw Problem(.notFound, "There is no such revision of this report.") }
    return .json(found.json)
  }

  func receipt(_ request: Request, _ context: Context) async throws -> Response {
    guard let entry = try await revisionEntries(context).last?.entry else {
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

  func review(_ request: Request, _ context: Context) async throws -> Response {
    let id = try context.id()
    let actor = try context.actor
    return try await database.read { connection in
      let (one, _) = try reporting.visible(id, to: actor, on: connection)
      let steps = try store.entries(id, on: connection).compactMap { revision, entry in
        try reviewStep(revision, entry)
      }
      let proposal = try store.proposal(id, on: connection)
      let actions =
        one.isWithdrawn
        ? []
        : one.review.actions.filter { action in
          proposal != nil || ![.acceptRevision, .refuseRevision].contains(action)
        }
      return Answer(
        200,
        .members([
          "state": .string(one.review.rawValue),
          "actions": .array(actions.map { .string($0.rawValue) }), "steps": .array(steps),
          "proposal": proposal?.json,
        ]), headers: [("ETag", ETag.text(one.version))])
    }.response
  }

  private func reviewStep(_ revision: Int64, _ entry: Entry) throws -> JSON? {
    let event = try Fields.parse(entry.event)
    let data = event["data"]
    let (action, state, text): (JSON?, JSON?, JSON?)
    switch event["type"]?.text.flatMap(EventType.init) {
    case .reportReviewed: (action, state, text) = (data?["action"], data?["state"], data?["text"])
    case .revisionProposed:
      (action, state, text) = ("propose_revision", "locked", data?["reason"])
    default: return nil
    }
    return .members([
      "action": action, "state": state, "revision": .int(revision), "text": text,
      "actor": event["actor"], "at": entry.recordedAt.json, "position": .int(entry.position),
    ])
  }

  func step(_ request: Request, _ context: Context) async throws -> Response {
    let id = try await demandVisible(context)
    let actor = try context.actor
    let ifMatch = request.headers[.ifMatch]
    let creation = try await Creation(request, context)
    let step = try Fields.read(creation.body, as: ReviewStep.init)
    return try await once(creation) { connection in
      let (old, facility) = try reporting.visible(id, to: actor, on: connection)
      try ETag.check(ifMatch, is: old.version)
      let change = try reporting.review(old, step, of: facility, by: actor, on: connection)
      return Answer(
        201, try json(change.report, of: facility, on: connection),
        headers: headers(change.report, change.place))
    }
  }
}

/// An entry of the journal that changed what a report says.
private struct RevisionEntry {
  let revision: Int64
  let status: String
  let entry: Entry
  let event: JSON

  var json: JSON {
    .members([
      "revision": .int(revision), "status": .string(status),
      "recorded_at": entry.recordedAt.json, "position": .int(entry.position),
      "reason": event["data"]?["reason"], "actor": event["actor"], "report": event["data"],
    ])
  }
}
