import HTTPTypes
import Hummingbird
import Journal
import Models
import NIOCore
import ServiceKit
import Storage

/// Publications: made by operators, read by everybody who is signed in.
struct PublicationRoutes: Sendable {
  let figures: FigureRoutes
  let journal: Journal

  func add(to group: RouterGroup<Context>) {
    group.post("publications", use: publish)
    group.get("publications", use: list)
    group.get("publications/:id", use: publication)
  }

  private func publish(_ request: Request, _ context: Context) async throws -> Response {
    let actor = try context.actor
    guard actor.mayAll([.operator]) else {
      throw Problem(.forbidden, "Publishing needs the role operator over all.")
    }
    try Query(request).only()
    let creation = try await Creation(request, context)
    if let first = try await figures.database.read({ try Idempotency.first(creation, on: $0) }) {
      return first.response
    }
    let draft = try Fields.read(creation.body, as: PublicationDraft.init)
    let questions = try draft.questions(at: figures.clock.now())
    let sight = try Sight(actor)
    let (journal, figures) = (journal, figures)
    // What is written waits for nobody's figures: they are read before, all of one moment.
    let tables = try await figures.readLong { connection, wanted in
      let origins = try Self.read(figures.followers, at: figures.clock.now(), on: connection)
      return try PublicationStore.tables(
        draft, questions, sight: sight, from: origins, wanted: wanted, on: connection)
    }.value
    return try await Idempotency.once(creation, at: figures.clock.now(), in: figures.database) {
      let (id, body, place) = try PublicationStore.publish(
        draft, tables, by: actor.name, journal, on: $0)
      return Answer(
        201, body,
        headers: [
          ("Location", "\(DashboardApplication.prefix)/v1/publications/\(id)"),
          ("ETag", "\"\(id)\""), DashboardApplication.position(place),
        ])
    }.response
  }

  /// The sources' origins. What is published says of all of them up to one moment, so all must have
  /// been read to their end.
  private static func read(
    _ followers: [Follower], at now: Instant, on connection: Connection
  ) throws -> [String: String] {
    let applied = try Follower.applied(on: connection)
    var origins: [String: String] = [:]
    for follower in followers {
      let progress = follower.progress
      // A source is asked every twenty seconds at the latest; one that is silent for longer is gone.
      let heard = progress.heardAt.map { now.milliseconds - $0.milliseconds < 25_000 } ?? false
      guard progress.state == .following, heard,
        applied[follower.source]?.size ?? 0 >= progress.sourceSize
      else {
        throw Problem(
          .conflict,
          "The journal of \(follower.source) is not read to its end (\(progress.state.rawValue)). GET /dashboard/v1/sources says how far it is; publish once it is."
        )
      }
      origins[follower.source] = progress.origin ?? ""
    }
    return origins
  }

  private func list(_ request: Request, _ context: Context) async throws -> Response {
    _ = try context.actor
    try Query(request).only("limit", "cursor")
    let page = try Page(request)
    let found = try await figures.database.read {
      try PublicationStore.publications(
        before: page.after?.first, limit: page.limit + 1, on: $0)
    }
    return page.response(found, request, key: { [$0.id] }, json: { $0.head })
  }

  private func publication(_ request: Request, _ context: Context) async throws -> Response {
    _ = try context.actor
    try Query(request).only()
    let id = context.parameters.get("id") ?? ""
    let body = try await figures.database.read { try PublicationStore.publication(id, on: $0) }
    guard let body else { throw Problem(.notFound, "There is no such publication.") }
    var headers: HTTPFields = [.contentType: "application/json"]
    headers[.eTag] = "\"\(id)\""
    return Response(
      status: .ok, headers: headers, body: .init(byteBuffer: ByteBuffer(bytes: body)))
  }
}
