import Foundation
import Hummingbird
import HTTPTypes
import Models

/// A page of a list: how many, and after which one.
package struct Page: Sendable {
  package static let maximum = 500

  package let limit: Int
  /// The sort key of the last item of the page before, or nil on the first page.
  package let after: [String]?

  package init(_ request: Request, default absent: Int = 100, maximum: Int = Page.maximum)
    throws(Problem)
  {
    let query = Query(request)
    limit = try query.int("limit", default: absent, in: 1...maximum)
    after = try query.value("cursor", "a cursor from an answer's next", Page.key)
  }

  private static func key(_ cursor: String) -> [String]? {
    guard let bytes = Base64URL.decode(cursor), let json = try? JSONParser.parse(bytes),
      case .array(let elements) = json
    else { return nil }
    let texts = elements.compactMap(\.text)
    return texts.count == elements.count && !texts.isEmpty ? texts : nil
  }

  /// The answer: ask the store for `limit + 1` items, so that the last page is known to be last.
  /// - Parameters:
  ///   - isCut: whether there is more although there are not `limit` items.
  ///   - key: the sort key of an item.
  package func response<Item>(
    _ found: [Item], _ request: Request, isCut: Bool = false, extra: [JSON.Member] = [],
    key: (Item) -> [String],
    json: (Item) -> JSON
  ) -> Response {
    let items = found.prefix(limit)
    var members = [JSON.Member("items", .array(items.map(json)))] + extra
    var next: String?
    if found.count > limit || isCut, let last = items.last {
      let cursor = cursor(key(last))
      members.append(.init("next", .string(cursor)))
      next = cursor
    }
    var response = Response.json(.object(members))
    if let next { link(next, request, in: &response) }
    return response
  }

  /// What says after which item the next page begins.
  package func cursor(_ key: [String]) -> String {
    Base64URL.encode(JSON.array(key.map { .string($0) }).bytes)
  }

  /// Says where the next page is.
  package func link(_ next: String, _ request: Request, in response: inout Response) {
    response.headers[.link] = "<\(link(request, next))>; rel=\"next\""
  }

  private func link(_ request: Request, _ cursor: String) -> String {
    let others = (request.uri.query ?? "").split(separator: "&").filter {
      !$0.hasPrefix("cursor=") && !$0.contains(">")
    }
    return request.uri.path + "?" + (others + ["cursor=\(cursor)"]).joined(separator: "&")
  }
}

extension HTTPField.Name {
  fileprivate static var link: Self { .init("Link") ?? .location }
}
