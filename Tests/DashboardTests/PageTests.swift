import Foundation
import HTTPTypes
import Hummingbird
import Models
import NIOCore
import ServiceKit
import Storage
import Synchronization
import TestSupport
import Testing

@testable import Dashboard
@testable import Journal

/// A clock that a test sets.
private final class SetClock: Sendable {
  private let moment = Mutex(Instant(milliseconds: 1_800_000_000_000))

  var clock: Clock { Clock { self.moment.withLock { $0 } } }

  func pass(seconds: Int64) { moment.withLock { $0 = $0.adding(seconds: seconds) } }
}

/// Bytes that count upwards, so that each id is another.
private final class CountedBytes: Sendable {
  private let last = Mutex<UInt64>(0)

  var random: Randomness {
    Randomness { count in
      let number = self.last.withLock { last in
        last += 1
        return last
      }
      return (0..<count).map { $0 < 8 ? UInt8(truncatingIfNeeded: number >> (8 * $0)) : 0 }
    }
  }
}

@Suite struct SessionTests {
  private let folder: TemporaryFolder
  private let time = SetClock()
  private let sessions: Sessions

  init() async throws {
    folder = try TemporaryFolder()
    let database = try folder.database()
    try await database.migrate("session", Sessions.migrations)
    sessions = Sessions(database: database, clock: time.clock, random: CountedBytes().random)
  }

  @Test func `a session answers until its token expires, in another replica too`() async throws {
    let id = try await sessions.open(token: "token", seconds: 3600)
    time.pass(seconds: 3599)
    let other = Sessions(
      database: sessions.database, clock: time.clock, random: CountedBytes().random)
    #expect(try await sessions.token(id) == "token")
    #expect(try await other.token(id) == "token")
    time.pass(seconds: 1)
    #expect(try await sessions.token(id) == nil)
  }

  @Test func `expired sessions are forgotten when the next one opens, ended ones at once`()
    async throws
  {
    _ = try await sessions.open(token: "old", seconds: 60)
    time.pass(seconds: 61)
    let new = try await sessions.open(token: "new", seconds: 60)
    #expect(try await stored().count == 1)
    try await sessions.end(new)
    #expect(try await sessions.token(new) == nil)
    #expect(try await stored().isEmpty)
  }

  @Test func `what is stored opens nothing: neither the cookie's value nor the token is in it`()
    async throws
  {
    let id = try await sessions.open(token: "the access token", seconds: 60)
    let bytes = try await stored().flatMap { try $0.blob("id") + $0.blob("token") }
    let text = String(decoding: bytes, as: UTF8.self)
    #expect(!text.contains("access") && !text.contains(id))
    #expect(
      try await sessions.token(Base64URL.encode(try #require(stored().first).blob("id"))) == nil)
  }

  private func stored() async throws -> [Row] {
    try await sessions.database.read { try $0.query("SELECT id, token FROM session") }
  }
}

@Suite struct ShownTests {
  @Test(arguments: [
    ("0", "0"), ("999", "999"), ("1000", "1 000"), ("1234567", "1 234 567"),
    ("1234.5678", "1 234.5678"), ("-1234.5", "−1 234.5"), ("-999", "−999"),
  ])
  func `digits are grouped by thousands before the point`(number: String, shown: String) {
    #expect(Shown.grouped(number) == shown.replacing(" ", with: Shown.gap))
  }

  @Test(
    arguments: [
      (500_000, "0"), (1_500_000, "2"), (2_500_000, "2"), (2_500_001, "3"),
      (1_234_567_499_999, "1 234 567"),
    ] as [(Int128, String)])
  func `tonnes are rounded once, half to even`(grams: Int128, shown: String) {
    #expect(Shown.mass(grams) == shown.replacing(" ", with: Shown.gap))
    #expect(Shown.mass(grams * 1_000_000, in: Shown.megatonne) == Shown.mass(grams))
  }

  @Test func `moments are shown in China's time`() throws {
    let moment = try #require(Instant("2025-12-31T16:00:00.250Z"))
    #expect(Shown.time(moment) == "2026-01-01 00:00:00 (UTC+8)")
    #expect(Shown.field(moment) == "2026-01-01T00:00:00.250")
  }

  @Test func `a ratio without a value shows its reason and leads nowhere`() {
    let figure = Figure(Ratio.percentJSON(0, 0), "/there", undefined: "nothing was owed")
    #expect(figure.reason == "nothing was owed")
    #expect(figure.href == nil)
    #expect(figure.with(suffix: " %").reason == "nothing was owed")
    #expect(Figure(Ratio.percentJSON(1, 3), nil, undefined: "").text == "33.33")
  }
}

@Suite struct PageTests {
  /// A facility that tries to write the page itself.
  private static let hostile = "<script>alert('1')</script> & \"Söhne\""

  private static func request(_ query: String) -> Request {
    let head = HTTPRequest(
      method: .get, scheme: "http", authority: "here", path: "/dashboard/?" + query)
    return Request(head: head, body: .init(buffer: ByteBuffer()))
  }

  private static func question(_ query: String) throws -> PageQuestion {
    try PageQuestion(request(query), today: try #require(Day("2026-03-05")))
  }

  @Test func `without its pages the service does not start`() async throws {
    await #expect(throws: (any Error).self) {
      try await PageTemplates(folder: URL(filePath: "/nowhere/at/all"))
    }
  }

  @Test func `what others wrote is text on the page, never markup`() async throws {
    let templates = try await PageTemplates()
    let trouble = templates.text(.trouble, TroublePage(Problem(.invalid, Self.hostile)))
    let shown = "&lt;script&gt;alert(&#39;1&#39;)&lt;/script&gt; &amp; &quot;Söhne&quot;"
    #expect(!trouble.contains("<script") && trouble.contains(shown))
  }

  @Test func `what was typed comes back into the form as text`() async throws {
    let typed = TypedQuestion(Self.request("from=%22%3E%3Cb%3E&metal=%3Ci%3E"))
    let page = FiguresPage(
      typed: typed, trouble: "from: a month", figures: nil, sources: [],
      now: Instant(milliseconds: 0))
    let text = try await PageTemplates().text(.figures, page)
    #expect(text.contains("value=\"&quot;&gt;&lt;b&gt;\""))
    #expect(!text.contains("<b>") && !text.contains("<i>"))
    #expect(text.contains("from: a month"))
  }

  @Test func `fields left empty are no parameters, and a time without offset is China's`() throws {
    let question = try Self.question("metal=copper&from=&to=&by=region&as_of=2026-02-01T08%3A00")
    #expect(question.throughput.asOf == Instant("2026-02-01T00:00:00Z"))
    #expect(question.day == Day("2026-03-05"))
    #expect(
      question.throughputQuery
        == "metal=copper&from=2025-03&to=2026-02&by=region&as_of=2026-02-01T00:00:00.000Z")
    #expect(TypedQuestion(question).asOf == "2026-02-01T08:00:00")
  }

  @Test(arguments: [
    "metal=gold", "from=2026-13", "from=2026-02&to=2026-01", "by=town", "as_of=yesterday",
    "date=2026-02-30", "from=2026-01&from=2026-01",
  ])
  func `a question that cannot be understood says which field is wrong`(query: String) throws {
    let problem = #expect(throws: Problem.self) { try Self.question(query) }
    let field = try #require(query.split(separator: "=").first)
    #expect(problem?.sentence.contains("Not acceptable: \(field):") == true)
  }

  @Test func `a month without a report is no zero, and a total opens the country`() throws {
    let question = try Self.question("by=province")
    var cell = Cell()
    cell[Sum.owed] = 3
    cell[Sum.capacity] = 365_000
    let line = ThroughputLine(
      month: Month(year: 2026, month: 1), code: "TOTAL", name: "Total", cell: cell)
    let row = PageRow(line, question, demonstration: false)
    #expect(row.throughput.reason != nil && row.utilisation.reason != nil)
    #expect(row.coverage.text == "0 / 3 = 0.00 %")
    #expect(row.missing.href == "/dashboard/reports?metal=steel&month=2026-01&country=CN#missing")
    #expect(row.lacking)
  }

  @Test func `a journal that is not followed any more is loud`() async throws {
    var progress = Follower.Progress()
    progress.state = .stopped
    progress.detail = "the journal of registry forgot an entry"
    let now = Instant(milliseconds: 0)
    let page = FiguresPage(
      typed: TypedQuestion(try Self.question("")), trouble: nil, figures: nil,
      sources: [SourceLine("registry", progress, now)], now: now)
    let text = try await PageTemplates().text(.figures, page)
    #expect(text.contains("role=\"alert\"><strong>The journal of registry is not followed"))
    #expect(text.contains("<strong>stopped</strong>: the journal of registry forgot an entry"))
  }
}
