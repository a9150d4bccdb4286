import Hummingbird
import Models
import Reporting
import ServiceKit
import Storage

/// Organisations: registered and changed by operators, seen by those whose scope holds them.
struct OrganisationRoutes: Sendable {
  let store: RegistryStore

  func add(to group: RouterGroup<Context>) {
    group.post("organisations", use: register)
    group.get("organisations", use: list)
    group.get("organisations/{id}", use: show)
    group.put("organisations/{id}", use: change)
  }

  private func demandOperator(_ actor: Actor) throws {
    guard actor.has(.operator) else {
      throw Problem(.forbidden, "Registering organisations needs the role operator.")
    }
  }

  private func register(_ request: Request, _ context: Context) async throws -> Response {
    let actor = try context.actor
    try demandOperator(actor)
    let creation = try await Creation(request, context)
    let organisation = try Fields.read(creation.body, as: Organisation.init)
    return try await store.once(creation) { connection in
      let (stored, place) = try store.register(organisation, by: actor.name, on: connection)
      return Answer(
        201, stored.json,
        headers: [
          ("Location", "/registry/v1/organisations/\(stored.id)"),
          ("ETag", ETag.text(stored.version)), RegistryStore.position(place),
        ])
    }.response
  }

  private func list(_ request: Request, _ context: Context) async throws -> Response {
    let actor = try context.actor
    let visible = actor.isRegistrar ? .everything : Visibility(actor)
    let query = Query(request)
    try query.only("identifier", "limit", "cursor")
    let page = try Page(request)
    let identifier = try query.identifier()
    let found = try await store.database.read {
      try store.organisations(identifier, visible: visible, page: page, on: $0)
    }
    return page.response(found, request, key: { [$0.id.text] }, json: \.json)
  }

  private func show(_ request: Request, _ context: Context) async throws -> Response {
    let id = try context.id()
    let actor = try context.actor
    let found = try await store.database.read { connection in
      try store.isVisible(organisation: id, to: actor, on: connection)
        ? try store.organisation(id, on: connection) : nil
    }
    guard let found else { throw Problem(.notFound, "There is no organisation with this id.") }
    return Answer(200, found.json, headers: [("ETag", ETag.text(found.version))]).response
  }

  private func change(_ request: Request, _ context: Context) async throws -> Response {
    let id = try context.id()
    let actor = try context.actor
    let (visible, held) = try await store.database.read {
      (
        try store.isVisible(organisation: id, to: actor, on: $0),
        // Held as an operator, not by another role that happens to see further.
        try store.isHeld(organisation: id, by: actor.only(.operator), on: $0)
      )
    }
    guard visible else { throw Problem(.notFound, "There is no organisation with this id.") }
    try demandOperator(actor)
    guard held else {
      throw Problem(.forbidden, "None of this organisation's facilities is in your scope.")
    }
    let ifMatch = request.headers[.ifMatch]
    let organisation = try Fields.read(
      try await request.document("application/json"), as: Organisation.init)
    let (stored, place) = try await store.database.write { connection in
      try store.change(id, to: organisation, ifMatch: ifMatch, by: actor.name, on: connection)
    }
    return Answer(
      200, stored.json,
      headers: [("ETag", ETag.text(stored.version)), RegistryStore.position(place)]
    ).response
  }
}

extension Actor {
  /// An operator over more than one organisation.
  var isRegistrar: Bool {
    grants.contains { grant in
      if case .organisation = grant.scope { return false }
      return grant.role == .operator
    }
  }

  /// The same person with the grants of one role.
  func only(_ role: Role) -> Actor {
    Actor(credential: credential, grants: grants.filter { $0.role == role })
  }
}

extension Query {
  /// `identifier=uscc:91…`
  func identifier() throws(Problem) -> Identifier? {
    try value("identifier", "scheme:value, such as uscc:91130000MAXDEMA17J,") { text in
      let parts = text.split(separator: ":", maxSplits: 1).map { JSON.string(String($0)) }
      guard parts.count == 2 else { return nil }
      let members = JSON.members(["scheme": parts[0], "value": parts[1]])
      return try? Fields.read(members, as: Identifier.init)
    }
  }
}
