import Foundation
import Hummingbird
import Journal
import Models
import ServiceKit
import Storage

/// Tokens (OAuth 2 client credentials), signing keys and credentials.
struct IdentityRoutes: Sendable {
  let store: RegistryStore
  let keys: AccessKeys
  let issuer: String
  /// How long a token lives.
  static let tokenSeconds: Int64 = 3600

  func addPublic(to group: RouterGroup<Context>) {
    group.post("token", use: token)
    group.get("keys.json") { _, _ in
      Response.json(try await store.database.read { try store.jwks(on: $0) })
    }
  }

  func add(to group: RouterGroup<Context>) {
    group.get("me", use: me)
    group.post("keys", use: rotate)
    group.post("keys/{kid}/revocation", use: revokeKey)
    group.post("credentials", use: issue)
    group.get("credentials", use: list)
    group.get("credentials/{id}", use: show)
    group.post("credentials/{id}/revocation", use: revoke)
  }

  private func me(_ request: Request, _ context: Context) async throws -> Response {
    let actor = try context.actor
    return .json(
      .members([
        "credential_id": actor.credential.json,
        "grants": .array(actor.grants.map(\.text).sorted().map { .string($0) }),
      ]))
  }

  private func token(_ request: Request, _ context: Context) async throws -> Response {
    let body = try await request.document("application/x-www-form-urlencoded")
    let form = TokenForm(body: body, authorization: request.headers[.authorization])
    guard form.grantType == "client_credentials" else {
      return refusal(
        400, form.grantType == nil ? "invalid_request" : "unsupported_grant_type",
        "Send grant_type=client_credentials with client_id and client_secret.")
    }
    guard let id = form.clientID.flatMap({ ID($0.lowercased()) }), let secret = form.clientSecret,
      let credential = try await store.credential(id, secret: secret)
    else { return refusal(401, "invalid_client", "The key is not known, or was revoked.") }
    let token = try await store.token(for: credential, issuer: issuer, seconds: Self.tokenSeconds)
    return Answer(
      200,
      .members([
        "access_token": .string(token), "token_type": "Bearer",
        "expires_in": .int(Self.tokenSeconds),
      ]), headers: [("Cache-Control", "no-store")]
    ).response
  }

  private func refusal(_ status: Int, _ error: String, _ description: String) -> Response {
    var response = Response.json(
      .members(["error": .string(error), "error_description": .string(description)]),
      status: status)
    response.headers[.cacheControl] = "no-store"
    if status == 401 { response.headers[.wwwAuthenticate] = "Basic realm=\"remelt\"" }
    return response
  }

  private func demandOperator(_ context: Context) throws -> String {
    guard try context.actor.mayAll([.operator]) else {
      throw Problem(.forbidden, "This needs the role operator over all.")
    }
    return try context.actor.name
  }

  private func rotate(_ request: Request, _ context: Context) async throws -> Response {
    let actor = try demandOperator(context)
    let creation = try await Creation(request, context)
    try Fields.read(creation.body) { $0.end() }
    let answer = try await store.once(creation) { connection in
      let (kid, place) = try store.makeSigningKey(issuer: issuer, by: actor, on: connection)
      return Answer(
        201, .members(["kid": .string(kid), "published_at": place.recordedAt.json]),
        headers: [RegistryStore.position(place)])
    }
    try await keys.reload()
    return answer.response
  }

  private func revokeKey(_ request: Request, _ context: Context) async throws -> Response {
    let actor = try demandOperator(context)
    let creation = try await Creation(request, context)
    let reason = try Fields.read(creation.body, as: Self.reason)
    let kid = context.parameters.get("kid") ?? ""
    let answer = try await store.once(creation) { connection in
      let place = try store.revokeSigningKey(
        kid, issuer: issuer, reason: reason, by: actor, on: connection)
      return Answer(
        201, .members(["kid": .string(kid), "revoked_at": place.recordedAt.json]),
        headers: [RegistryStore.position(place)])
    }
    try await keys.reload()
    return answer.response
  }

  /// A body that is only `{"reason": …}`.
  static func reason(_ fields: Fields) -> String? {
    let reason = fields.text("reason", maximum: 500)
    fields.end()
    return reason
  }

  private struct Draft {
    let holder: String
    let kind: Credential.HolderKind
    let grants: [Grant]

    init?(_ fields: Fields) {
      let holder = fields.text("holder")
      let kind = fields.word("holder_kind", as: Credential.HolderKind.self)
      let grants = fields.grants("grants")
      fields.end()
      guard let holder, let kind, let grants else { return nil }
      self.holder = holder
      self.kind = kind
      self.grants = grants
    }
  }

  private func issue(_ request: Request, _ context: Context) async throws -> Response {
    let actor = try demandOperator(context)
    let creation = try await Creation(request, context)
    let draft = try Fields.read(creation.body, as: Draft.init)
    return try await store.once(creation) { connection in
      for case .organisation(let id) in draft.grants.map(\.scope)
      where try store.organisation(id, on: connection) == nil {
        throw Problem.field("/grants", "there is no organisation \(id)")
      }
      let (credential, key, place) = try store.issue(
        holder: draft.holder, kind: draft.kind, grants: draft.grants, by: actor, on: connection)
      var answer = Answer(
        201, credential.json,
        headers: [
          ("Location", "/registry/v1/credentials/\(credential.id)"), RegistryStore.position(place),
          ("Cache-Control", "no-store"),
        ])
      answer.replayBody = answer.body
      if case .object(let members) = credential.json {
        answer.body = JSON.object(members + [.init("key", .string(key))]).bytes
      }
      return answer
    }.response
  }

  private func list(_ request: Request, _ context: Context) async throws -> Response {
    _ = try demandOperator(context)
    try Query(request).only("limit", "cursor")
    let page = try Page(request)
    let found = try await store.database.read { try store.credentials(page: page, on: $0) }
    return page.response(found, request, key: { [$0.id.text] }, json: \.json)
  }

  private func show(_ request: Request, _ context: Context) async throws -> Response {
    _ = try demandOperator(context)
    let id = try context.id()
    guard let found = try await store.database.read({ try store.credential(id, on: $0) }) else {
      throw Problem(.notFound, "There is no credential with this id.")
    }
    return .json(found.json)
  }

  private func revoke(_ request: Request, _ context: Context) async throws -> Response {
    let actor = try demandOperator(context)
    let id = try context.id()
    let creation = try await Creation(request, context)
    let reason = try Fields.read(creation.body, as: Self.reason)
    let answer = try await store.once(creation) { connection in
      guard let credential = try store.credential(id, on: connection) else {
        throw Problem(.notFound, "There is no credential with this id.")
      }
      let place = try store.revoke(credential, reason: reason, by: actor, on: connection)
      return Answer(
        201, .members(["id": id.json, "revoked_at": place.recordedAt.json]),
        headers: [RegistryStore.position(place)])
    }
    try await keys.reload()
    return answer.response
  }
}

/// The parameters of a token request, in the body or as HTTP Basic (RFC 6749 §2.3.1).
struct TokenForm {
  let grantType: String?
  let clientID: String?
  let clientSecret: String?

  init(body: [UInt8], authorization: String?) {
    var values: [String: String] = [:]
    for pair in String(decoding: body, as: UTF8.self).split(separator: "&") {
      let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      let texts = parts.map { $0.replacing("+", with: " ").removingPercentEncoding ?? "" }
      if texts.count == 2 { values[texts[0]] = texts[1] }
    }
    grantType = values["grant_type"]
    let basic = authorization.flatMap(TokenForm.basic)
    clientID = basic?.0 ?? values["client_id"]
    clientSecret = basic?.1 ?? values["client_secret"]
  }

  private static func basic(_ field: String) -> (String, String)? {
    guard field.lowercased().hasPrefix("basic "),
      let bytes = Data(base64Encoded: String(field.dropFirst(6)).trimmingSpace)
    else { return nil }
    let parts = String(decoding: bytes, as: UTF8.self).split(separator: ":", maxSplits: 1)
    let texts = parts.compactMap { String($0).removingPercentEncoding }
    return texts.count == 2 ? (texts[0], texts[1]) : nil
  }
}
