import Models
import ServiceKit

/// Tables of figures: their pages are linked by a header, since as CSV they have no other place.
extension LedgerAPI {
  static let rowsPerPage = 5000

  /// The answer with the rows of every page, at most `limit` of them.
  func figures(_ path: String, _ query: [(String, String?)], limit: Int?) async throws -> JSON {
    var first: JSON?
    var rows: [JSON] = []
    try await tables(path, query, accept: "application/json", limit: limit) { answer in
      let page = try answer.json()
      if first == nil { first = page }
      rows += page["rows"]?.elements ?? []
    }
    guard let first, case .object(let members) = first else {
      throw LocalFailure(.unreachable, "The answer is no table: is this the ledger's address?")
    }
    return .object(
      members.filter { $0.name != "next" }.map {
        $0.name == "rows" ? JSON.Member("rows", .array(rows)) : $0
      })
  }

  /// The ledger's CSV with the rows of every page under one heading.
  func csv(_ path: String, _ query: [(String, String?)], limit: Int?) async throws -> [UInt8] {
    var text: [UInt8] = []
    try await tables(path, query, accept: "text/csv", limit: limit) { answer in
      let page = text.isEmpty ? answer.body[...] : FigurePages.withoutHeading(answer.body)
      text += page
    }
    return text
  }

  /// Every page in turn, as long as there is a next one and there may be more rows.
  private func tables(
    _ path: String, _ query: [(String, String?)], accept: String, limit: Int?,
    each: (HTTPAnswer) throws -> Void
  ) async throws {
    var cursor: String?
    var count = 0
    repeat {
      let size = min(LedgerAPI.rowsPerPage, limit.map { $0 - count } ?? LedgerAPI.rowsPerPage)
      let whole = query + [("limit", String(size)), ("cursor", cursor)]
      let answer = try await get(path, whole, accept: accept)
      try each(answer)
      // A page that has a next one is full.
      count += size
      cursor = answer.header("Link").flatMap(FigurePages.next)
    } while cursor != nil && count < limit ?? .max
  }
}

enum FigurePages {
  /// The cursor in `<…?…&cursor=…>; rel="next"`.
  static func next(in link: String) -> String? {
    guard link.contains("rel=\"next\""), let start = link.firstRange(of: "cursor=")?.upperBound
    else { return nil }
    return String(link[start...].prefix { $0 != "&" && $0 != ">" })
  }

  /// A page of CSV without its first line, which holds names only.
  static func withoutHeading(_ page: [UInt8]) -> ArraySlice<UInt8> {
    page.drop { $0 != 0x0A }.dropFirst()
  }
}
