import Hummingbird
import Models
import Reporting
import ServiceKit
import Storage

/// Applications, what became of them, and qualified capacity at a date.
struct QualificationRoutes: Sendable {
  let store: RegistryStore

  func add(to group: RouterGroup<Context>) {
    group.post("facilities/{id}/qualification", use: record)
    group.get("facilities/{id}/qualification", use: list)
    group.get("qualified-capacity", use: capacity)
  }

  private func record(_ request: Request, _ context: Context) async throws -> Response {
    let id = try context.id()
    let actor = try context.actor
    _ = try await store.database.read { try store.facilities.visible(id, to: actor, on: $0) }
    let creation = try await Creation(request, context)
    let draft = try Fields.read(creation.body) { QualificationRecord($0, facility: id) }
    return try await store.once(creation) { connection in
      let facility = try store.facilities.visible(id, to: actor, on: connection)
      let record = QualificationRecord(draft, of: facility.id)
      try checkRights(record, facility.facility, by: actor, on: connection)
      guard facility.facility.roles.contains(.scrapProcessor) else {
        throw Problem(
          .conflict, "Only a scrap processor can be qualified; this facility is not one.")
      }
      try QualificationOrder.check(
        record, after: try store.lastQualification(facility.id, record.metal, on: connection))
      let (json, place) = try store.record(record, by: actor.name, on: connection)
      return Answer(201, json, headers: [RegistryStore.position(place)])
    }.response
  }

  private func checkRights(
    _ record: QualificationRecord, _ facility: Facility, by actor: Actor, on connection: Connection
  ) throws {
    let authority = facility.location.authority
    let judges = actor.may(
      [.operator, .verifier], organisation: facility.organisation, authority: authority)
    if record.event == .applied {
      guard judges || actor.may([.reporter], organisation: facility.organisation, authority: nil)
      else { throw Problem(.forbidden, "Applying needs the role reporter of the organisation.") }
      return
    }
    guard judges else {
      throw Problem(
        .forbidden, "Recording \(record.event.rawValue) needs the role operator or verifier.")
    }
    guard
      try store.lastApplicant(facility: record.facility, record.metal, on: connection) != actor.name
    else { throw Problem(.forbidden, "Nobody judges their own application: a second person must.") }
  }

  private func list(_ request: Request, _ context: Context) async throws -> Response {
    let id = try context.id()
    let actor = try context.actor
    let today = store.clock.now().dayInChina
    let (items, states) = try await store.database.read { connection in
      let facility = try store.facilities.visible(id, to: actor, on: connection)
      let states = try Metal.allCases.compactMap { metal -> JSON.Member? in
        guard let last = try store.lastQualification(facility.id, metal, on: connection) else {
          return nil
        }
        let state = JSON.members([
          "event": .string(last.event.rawValue), "effective": last.effective.json,
          "counts": .bool(Reference.shared.counts(last.event, on: today)),
        ])
        return .init(metal.rawValue, state)
      }
      return (try store.qualifications(facility.id, on: connection), states)
    }
    return .json(.members(["items": .array(items), "states": .object(states)]))
  }

  private func capacity(_ request: Request, _ context: Context) async throws -> Response {
    let actor = try context.actor
    guard actor.mayAll([.operator, .verifier, .analyst]) else {
      throw Problem(
        .forbidden, "National totals need the role analyst, operator or verifier over all.")
    }
    let query = Query(request)
    try query.only("metal", "date")
    let metal = try query.word("metal") ?? Metal.steel
    let day = try query.day("date") ?? store.clock.now().dayInChina
    let states = try await store.database.read {
      try store.statesOfQualification(metal, on: day, on: $0)
    }
    let counting = states.filter { state in
      Reference.shared.counts(state.event, on: day)
        && state.facility.facility.closedOn.map { day <= $0 } ?? true
    }
    let total = counting.reduce(Int128(0)) {
      $0 + Int128($1.facility.facility.processingCapacity(metal, on: day).grams)
    }
    return .json(
      .members([
        "date": day.json, "metal": .string(metal.rawValue), "number": .int(counting.count),
        "capacity_per_year": Mass.json(grams: total),
      ]))
  }
}
