import ArgumentParser
import Journal
import Models
import ServiceKit
import Storage
import Synchronization

/// The store work of one accepted report, on a copy of a registry's database: the same statements,
/// journal entry and row sizes as `POST /registry/v1/throughput`, without HTTP and rules.
///
/// The product gathers whatever waits, so one writer at a time is one transaction per report.
struct Commits: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Write reports into a registry's database and print how many were written a second.")

  @Option(help: "A registry's database with facilities in it, such as sqlite:copy.sqlite.")
  var database: String

  @Option(help: "Writers at once; 1 makes one transaction per report.")
  var writers = 64

  @Option(help: "Seconds.")
  var seconds = 5

  func run() async throws {
    let database = try Database(url: database)
    let work = StoreWork(
      facilities: try await StoreWork.facilities(database),
      first: try await StoreWork.next(database))
    let start = ContinuousClock.now
    let end = start + .seconds(seconds)
    try await withThrowingTaskGroup { group in
      for _ in 0..<writers {
        group.addTask {
          while ContinuousClock.now < end {
            let number = work.take()
            try await database.write { try work.write(number, on: $0) }
          }
        }
      }
      try await group.waitForAll()
    }
    let took = (ContinuousClock.now - start) / .seconds(1)
    print(
      JSON.members([
        "writes": .int(work.written), "seconds": .number("\(took)"),
        "per_second": .number("\(Double(work.written) / took)"),
      ]).text)
    try database.close()
  }
}

extension JSON {
  /// The JSON text itself.
  fileprivate var text: String { String(decoding: bytes, as: UTF8.self) }
}

final class StoreWork: Sendable {
  private let facilities: [String]
  private let first: Int
  private let count = Mutex(0)
  private let journal = Journal(clock: .system, random: .system)

  init(facilities: [String], first: Int) {
    self.facilities = facilities
    self.first = first
  }

  static func facilities(_ database: Database) async throws -> [String] {
    try await database.read { connection in
      try connection.query("SELECT id FROM facility LIMIT 2000").map { try $0.text("id") }
    }
  }

  /// Months far beyond those of any report, so that each write is a new one.
  static func next(_ database: Database) async throws -> Int {
    try await database.read { connection in
      let row = try connection.first("SELECT MAX(month) AS month FROM report")
      return max(1_000_000, Int(try row?.optionalInt("month") ?? 0) + 1)
    }
  }

  var written: Int { count.withLock { $0 } }

  func take() -> Int {
    count.withLock {
      $0 += 1
      return $0
    }
  }

  func write(_ number: Int, on connection: Connection) throws {
    let facility = facilities[number % facilities.count]
    let month = Value.int(first + number / facilities.count)
    let scope = "credential:\(facility) POST /registry/v1/throughput \(first)-\(number)"
    try lookUp(facility, month, scope, on: connection)
    let id = journal.random.id(at: journal.clock.now())
    let report = Self.report(facility)
    let place = try journal.append(
      Event(
        .throughputReported, subject: id.text, actor: "credential:\(facility)",
        data: .object([.init("id", id.json), .init("revision", .int(1))] + report)),
      on: connection)
    try store(id, facility, month, JSON.object(report).bytes, place, on: connection)
    try keep(scope, JSON.object([.init("id", id.json)] + report).bytes, place, on: connection)
  }

  private func lookUp(
    _ facility: String, _ month: Value, _ scope: String, on connection: Connection
  ) throws {
    _ = try connection.query(
      "SELECT digest, status, headers, body FROM idempotency WHERE scope = $1", [.text(scope)])
    _ = try connection.query(
      """
      SELECT s.id, s.version, s.body FROM facility f
      JOIN facility s ON s.id = COALESCE(f.merged_into, f.id) WHERE f.id = $1
      """, [.text(facility)])
    for _ in 0..<3 {
      _ = try connection.query(
        """
        SELECT t.id, t.body FROM report t WHERE t.facility_id = $1 AND t.series = $2
          AND t.month = $3 AND t.status <> 'withdrawn'
        """, [.text(facility), "steel", month])
    }
  }

  private func store(
    _ id: ID, _ facility: String, _ month: Value, _ body: [UInt8], _ place: Journal.Place,
    on connection: Connection
  ) throws {
    try connection.execute(
      """
      INSERT INTO report (id, facility_id, series, first_month, month, revision, version, status,
        review, author, closing, first_recorded_at, recorded_at, body)
      VALUES ($1, $2, $3, $4, $4, 1, 1, 'reported', 'submitted', 'credential:bench', $5, $6, $6, $7)
      """,
      [
        .text(id.text), .text(facility), "steel", month, .int(0),
        .int(place.recordedAt.milliseconds), .text(String(decoding: body, as: UTF8.self)),
      ])
    try connection.execute(
      "INSERT INTO report_entry (report_id, version, revision, position) VALUES ($1, 1, 1, $2)",
      [.text(id.text), .int(place.position)])
  }

  private func keep(
    _ scope: String, _ answer: [UInt8], _ place: Journal.Place, on connection: Connection
  ) throws {
    let digest = journal.random.bytes(32)
    try connection.execute(
      """
      INSERT INTO idempotency (scope, digest, status, headers, body, stored_at)
      VALUES ($1, $2, $3, $4, $5, $6)
      """,
      [
        .text(scope), .blob(digest), .int(201),
        "Location: /registry/v1/throughput/0\nETag: \"1\"\nJournal-Position: registry=1",
        .blob(answer), .int(place.recordedAt.milliseconds),
      ])
    try connection.execute(
      """
      DELETE FROM idempotency WHERE scope IN (
        SELECT scope FROM idempotency WHERE stored_at < $1 ORDER BY stored_at LIMIT 4)
      """, [.int(0)])
  }

  /// As large as the reports that `load.lua` posts.
  private static func report(_ facility: String) -> [JSON.Member] {
    let mass = JSON.members(["value": "1234.567", "unit": "t"])
    let lines = { (name: String, word: String) in
      JSON.array([.members([name: .string(word), "mass": mass])])
    }
    return [
      .init("facility_id", .string(facility)), .init("metal", "steel"), .init("month", "2026-01"),
      .init("nil", false), .init("opening", mass), .init("purchases", lines("source", "obsolete")),
      .init("more_purchases", lines("source", "manufacturing")),
      .init("shipments", lines("destination", "mill")),
      .init("more_shipments", lines("destination", "foundry")), .init("input", mass),
      .init("products", lines("grade", "GB/T 39733:SRS401")), .init("residue", mass),
      .init("loss", mass), .init("closing", mass),
    ]
  }
}

extension Value: ExpressibleByStringLiteral {
  public init(stringLiteral value: String) { self = .text(value) }
}
