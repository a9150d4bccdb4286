import Hummingbird
import Models
import Reporting
import ServiceKit
import Storage

/// Claims of recycled content, each within the credit of its quarter.
struct ClaimRoutes: Sendable {
  let store: ReportStore<RecycledInputReport>

  func add(to group: RouterGroup<Context>) {
    group.post("claims", use: claim)
    group.get("claims", use: list)
  }

  private func claim(_ request: Request, _ context: Context) async throws -> Response {
    let actor = try context.actor
    let creation = try await Creation(request, context)
    let draft = try Fields.read(creation.body, as: Claim.init)
    return try await Idempotency.once(creation, at: store.clock.now(), in: store.database) {
      connection in
      let facility = try store.facilities.visible(draft.facility, to: actor, on: connection)
      guard actor.may([.reporter], organisation: facility.facility.organisation, authority: nil)
      else {
        throw Problem(.forbidden, "This needs the role reporter of the facility's organisation.")
      }
      let claim = Claim(draft, of: facility.id)
      try ClaimStore.credit(facility.id, claim.metal, claim.quarter, on: connection)
        .demand(claim.mass)
      let (members, place) = try ClaimStore.insert(
        claim, by: actor.name, store.journal, on: connection)
      let credit = try ClaimStore.credit(facility.id, claim.metal, claim.quarter, on: connection)
      return Answer(201, .object(members + credit.members), headers: [store.position(place)])
    }.response
  }

  private func list(_ request: Request, _ context: Context) async throws -> Response {
    let query = Query(request)
    try query.only("facility_id", "metal", "quarter", "limit", "cursor")
    let actor = try context.actor
    let page = try Page(request)
    guard let id = try query.id("facility_id"),
      let quarter = try query.value("quarter", "a quarter such as 2026Q1", Quarter.init)
    else { throw Problem.field("?quarter", "facility_id and quarter say whose claims") }
    let metal = try query.word("metal") ?? Metal.steel
    let (credit, found) = try await store.database.read { connection in
      let facility = try store.facilities.visible(id, to: actor, on: connection)
      return (
        try ClaimStore.credit(facility.id, metal, quarter, on: connection),
        try ClaimStore.claims(
          facility.id, metal, quarter, after: page.after?.first ?? "", limit: page.limit + 1,
          on: connection)
      )
    }
    return page.response(
      found, request, extra: credit.members, key: { [$0["id"]?.text ?? ""] }, json: { $0 })
  }
}
