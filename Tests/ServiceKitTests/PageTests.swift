import HTTPTypes
import Hummingbird
import Models
import NIOCore
import ServiceKit
import Testing

@Suite("Pages of a list")
struct PageTests {
  private func request(_ path: String) -> Request {
    Request(
      head: HTTPRequest(method: .get, scheme: "http", authority: "a", path: path),
      body: .init(buffer: ByteBuffer()))
  }

  private func link(_ path: String, found: [String]) throws -> String? {
    let request = request(path)
    let response = try Page(request).response(found, request, key: { [$0] }) { .string($0) }
    return HTTPField.Name("Link").flatMap { response.headers[$0] }
  }

  @Test("A page has 100 items unless it is told otherwise, and 500 at most")
  func limit() throws {
    let (usual, most) = (try Page(request("/x")), try Page(request("/x?limit=500")))
    #expect(usual.limit == 100)
    #expect(most.limit == 500)
    for text in ["0", "501", "-1", "x", "", "1.5", "%31%30%30%30"] {
      #expect(throws: Problem.self) { try Page(request("/x?limit=\(text)")) }
    }
  }

  @Test("Only a page that is not the last names the next, with the other parameters kept")
  func next() throws {
    #expect(try link("/x?limit=2", found: ["a", "b"]) == nil)
    #expect(try link("/x?limit=2", found: []) == nil)
    let more = try #require(try link("/x?limit=2&metal=steel", found: ["a", "b", "c"]))
    #expect(more.hasPrefix("</x?limit=2&metal=steel&cursor="))
    #expect(more.hasSuffix(">; rel=\"next\""))
    let path = try #require(more.split(separator: "<").first?.split(separator: ">").first)
    let second = try Page(request(String(path)))
    #expect(second.after == ["b"])
    let third = try #require(try link(String(path), found: ["c", "d", "e"]))
    #expect(third.split(separator: "cursor=").count == 2, "a cursor stands twice: \(third)")
  }

  @Test("A cursor survives any key")
  func keys() throws {
    for key in ["", "a/b?c&d=e", "唐山", "\"\\", "a\nb", "🏭"] {
      let more = try #require(try link("/x?limit=1", found: [key, "z"]))
      let path = try #require(more.dropFirst().split(separator: ">").first)
      let page = try Page(request(String(path)))
      #expect(page.after == [key])
    }
  }

  @Test("What is no cursor is refused")
  func wrong() throws {
    let texts = [
      "x", "!!", Base64URL.encode(Array("[]".utf8)), Base64URL.encode(Array("[1]".utf8)),
      Base64URL.encode(Array("{}".utf8)), Base64URL.encode([0xFF]), "",
    ]
    for text in texts {
      #expect(throws: Problem.self) { try Page(request("/x?cursor=\(text)")) }
    }
  }
}
