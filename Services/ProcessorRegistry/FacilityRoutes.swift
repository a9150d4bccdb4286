import Hummingbird
import Models
import Reporting
import ServiceKit
import Storage

/// Facilities: registered by operators, or by reporters for their own organisation.
struct FacilityRoutes: Sendable {
  let store: RegistryStore

  func add(to group: RouterGroup<Context>) {
    group.post("facilities", use: register)
    group.get("facilities", use: list)
    group.post("facilities/bulk", use: bulk)
    group.get("facilities/{id}", use: show)
    group.put("facilities/{id}", use: change)
    group.post("facilities/{id}/merge", use: merge)
  }

  private func register(_ request: Request, _ context: Context) async throws -> Response {
    let actor = try context.actor
    let query = Query(request)
    try query.only("confirm_duplicate")
    let confirmed = try query.flag("confirm_duplicate")
    let creation = try await Creation(request, context)
    let facility = try Fields.read(creation.body, as: Facility.init)
    return try await store.once(creation) { connection in
      guard try store.organisation(facility.organisation, on: connection) != nil,
        try store.isVisible(organisation: facility.organisation, to: actor, on: connection)
      else { throw Problem.field("/organisation_id", "there is no organisation with this id") }
      try FacilityRights.check(facility, was: nil, by: actor)
      let (stored, place) = try store.register(
        facility, confirmed: confirmed, by: actor.name, on: connection)
      return Answer(
        201, try store.json(stored, on: connection),
        headers: [
          ("Location", "/registry/v1/facilities/\(stored.id)"),
          ("ETag", ETag.text(stored.stored.version)), RegistryStore.position(place),
        ])
    }.response
  }

  private func list(_ request: Request, _ context: Context) async throws -> Response {
    let query = Query(request)
    try query.only("province", "role", "organisation_id", "identifier", "limit", "cursor")
    let visible = Visibility(try context.actor)
    let page = try Page(request)
    let filter = RegistryStore.FacilityFilter(
      province: try query.province(), role: try query.word("role"),
      organisation: try query.id("organisation_id"), identifier: try query.identifier())
    let found = try await store.database.read { connection in
      try store.facilities(filter, visible: visible, page: page, on: connection).map {
        ($0.id.text, try store.json($0, on: connection))
      }
    }
    return page.response(found, request, key: { [$0.0] }, json: { $0.1 })
  }

  private func show(_ request: Request, _ context: Context) async throws -> Response {
    let id = try context.id()
    let actor = try context.actor
    let (found, json) = try await store.database.read { connection in
      let found = try store.facilities.visible(id, to: actor, on: connection)
      return (found, try store.json(found, on: connection))
    }
    return Answer(
      200, json,
      headers: [
        ("ETag", ETag.text(found.stored.version)),
        ("Content-Location", "/registry/v1/facilities/\(found.id)"),
      ]
    ).response
  }

  private func change(_ request: Request, _ context: Context) async throws -> Response {
    let id = try context.id()
    let actor = try context.actor
    let query = Query(request)
    try query.only("confirm_duplicate")
    let confirmed = try query.flag("confirm_duplicate")
    let ifMatch = request.headers[.ifMatch]
    // The object comes first: what one may not see has no rules to learn from.
    _ = try await store.database.read { try store.facilities.visible(id, to: actor, on: $0) }
    let facility = try Fields.read(
      try await request.document("application/json"), as: Facility.init)
    let (version, json, place) = try await store.database.write { connection in
      let old = try store.facilities.visible(id, to: actor, on: connection)
      try ETag.check(ifMatch, is: old.stored.version)
      try FacilityRights.check(facility, was: old.facility, by: actor)
      guard try store.organisation(facility.organisation, on: connection) != nil else {
        throw Problem.field("/organisation_id", "there is no organisation with this id")
      }
      let (stored, place) = try store.change(
        old, to: facility, confirmed: confirmed, by: actor.name, on: connection)
      return (stored.stored.version, try store.json(stored, on: connection), place)
    }
    return Answer(
      200, json, headers: [("ETag", ETag.text(version)), RegistryStore.position(place)]
    ).response
  }

  private struct Merge {
    let absorb: ID
    let reason: String

    init?(_ fields: Fields) {
      let absorb = fields.id("absorb")
      let reason = fields.text("reason", maximum: 500)
      fields.end()
      guard let absorb, let reason else { return nil }
      self.absorb = absorb
      self.reason = reason
    }
  }

  private func merge(_ request: Request, _ context: Context) async throws -> Response {
    let id = try context.id()
    let actor = try context.actor
    _ = try await store.database.read { try store.facilities.visible(id, to: actor, on: $0) }
    guard actor.mayAll([.operator]) else {
      throw Problem(.forbidden, "Merging needs the role operator over all.")
    }
    let creation = try await Creation(request, context)
    let merge = try Fields.read(creation.body, as: Merge.init)
    return try await store.once(creation) { connection in
      let survivor = try store.facilities.visible(id, to: actor, on: connection)
      guard let absorbed = try store.facilities.facility(merge.absorb, on: connection) else {
        throw Problem.field("/absorb", "there is no facility with this id")
      }
      guard absorbed.id != survivor.id else {
        throw Problem.field("/absorb", "it is this facility already")
      }
      let place = try store.merge(
        absorbed, into: survivor, reason: merge.reason, by: actor.name, on: connection)
      return Answer(
        201, try store.json(survivor, on: connection),
        headers: [("ETag", ETag.text(survivor.stored.version)), RegistryStore.position(place)])
    }.response
  }

  private func bulk(_ request: Request, _ context: Context) async throws -> Response {
    let actor = try context.actor
    guard actor.mayAll([.operator]) else {
      throw Problem(.forbidden, "Registering facilities in bulk needs the role operator over all.")
    }
    let query = Query(request)
    try query.only("confirm_duplicate")
    let confirmed = try query.flag("confirm_duplicate")
    let import_ = FacilityImport(store: store, actor: actor, confirmed: confirmed)
    return try await Bulk.respond(
      to: request, context, convert: FacilityRow.json, store: import_.store)
  }
}

/// Who may set what of a facility.
enum FacilityRights {
  /// - Throws: ``Problem`` `forbidden`, saying which part needs an operator.
  static func check(_ facility: Facility, was old: Facility?, by actor: Actor) throws(Problem) {
    let place = facility.location.authority
    if actor.may([.operator], organisation: facility.organisation, authority: place),
      old.map({
        actor.may([.operator], organisation: $0.organisation, authority: $0.location.authority)
      }) ?? true
    {
      return
    }
    guard actor.may([.reporter], organisation: facility.organisation, authority: nil) else {
      throw Problem(.forbidden, "This needs the role operator, or reporter of the organisation.")
    }
    guard facility.obligations == old?.obligations ?? [],
      facility.designations == old?.designations ?? []
    else { throw Problem(.forbidden, "Only an operator sets obligations and designations.") }
    guard let old else { return }
    if old.organisation != facility.organisation {
      throw Problem(.forbidden, "Only an operator gives a facility to another organisation.")
    }
    // Who reviews its reports, what it owes, and what its enterprise's steel counts as.
    if old.location.country != facility.location.country
      || old.location.province != facility.location.province
      || old.location.authority != facility.location.authority
      || old.closedOn != facility.closedOn || old.blastFurnaces != facility.blastFurnaces
    {
      throw Problem(
        .forbidden,
        "Only an operator changes a facility's country, province, authority, closing day and blast furnaces."
      )
    }
  }
}
