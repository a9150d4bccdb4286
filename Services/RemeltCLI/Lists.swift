import Models
import ServiceKit

/// Lists of the API, which come in pages.
extension LedgerAPI {
  /// The items of every page, at most `limit` of them.
  func items(
    _ path: String, _ query: [(String, String?)], limit: Int? = nil
  ) async throws -> [JSON] {
    var items: [JSON] = []
    try await pages(path, query, limit: limit) { items += $0["items"]?.elements ?? [] }
    return limit.map { Array(items.prefix($0)) } ?? items
  }

  /// Every page in turn, as long as there is a next one and fewer than `limit` items came.
  func pages(
    _ path: String, _ query: [(String, String?)], limit: Int? = nil,
    each: (JSON) throws -> Void
  ) async throws {
    var cursor: String?
    var count = 0
    repeat {
      let size = min(500, limit.map { $0 - count } ?? 500)
      let whole = query + [("limit", String(size)), ("cursor", cursor)]
      let page = try await get(path + URLText.query(whole)).json()
      try each(page)
      count += page["items"]?.elements.count ?? 0
      cursor = page["next"]?.text
    } while cursor != nil && count < limit ?? .max
  }

  /// A facility's or organisation's id, from the id itself or from `scheme:value`.
  func id(of given: String, in collection: String) async throws -> String {
    if let id = ID(given) { return id.text }
    guard given.contains(":") else {
      throw LocalFailure(
        .usage, "\"\(given)\" is neither an id nor an identifier such as uscc:9113…")
    }
    let path = "/registry/v1/\(collection)"
    let found = try await items(path, [("identifier", given)], limit: 2)
    guard let id = found.first?["id"]?.text else {
      throw LocalFailure(.refused, "Nothing is registered under \(given).")
    }
    return id
  }

  func facility(_ given: String) async throws -> String {
    try await id(of: given, in: "facilities")
  }

  func organisation(_ given: String) async throws -> String {
    try await id(of: given, in: "organisations")
  }
}
