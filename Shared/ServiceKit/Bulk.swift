import Hummingbird
import Logging
import Metrics
import Models
import NIOCore
import Storage

/// A row of a bulk file, as a JSON object, with the number of its line's start in the file.
package struct BulkRow: Sendable {
  package let number: Int
  /// The row's fields, or why it cannot be read.
  package let content: Result<JSON, Problem>

  package init(number: Int, content: Result<JSON, Problem>) {
    self.number = number
    self.content = content
  }
}

/// What became of a row.
package enum BulkOutcome: Sendable {
  case created(ID)
  case unchanged(ID)
  case revised(ID)
  case refused(Problem)

  var name: String {
    switch self {
    case .created: "created"
    case .unchanged: "unchanged"
    case .revised: "revised"
    case .refused: "refused"
    }
  }

  func json(row: Int) -> JSON {
    switch self {
    case .created(let id), .unchanged(let id), .revised(let id):
      .members(["row": .int(row), "outcome": .string(name), "id": id.json])
    case .refused(let problem):
      .members(["row": .int(row), "outcome": .string(name), "problem": problem.json])
    }
  }
}

/// Reads a bulk request as a stream and answers each row by its own number.
package struct Bulk: Sendable {
  /// Rows that are written together; each can fail by itself.
  package static let batch = 500
  /// The whole request, however long.
  package static let deadline = Duration.seconds(900)
  /// Answers wait in memory up to this many bytes, so that a client may send everything before it
  /// reads; beyond, they stream out and the client must read while it sends.
  package static let heldBytes = 4 << 20

  /// Answers a bulk request.
  /// - Parameters:
  ///   - convert: makes the JSON object of a CSV row's columns.
  ///   - store: writes a batch durably and says what became of each row.
  package static func respond(
    to request: Request, _ context: Context,
    convert: @escaping @Sendable ([String: String]) -> JSON,
    deadline: Duration = Bulk.deadline,
    store: @escaping @Sendable ([BulkRow]) async throws -> [BulkOutcome]
  ) async throws -> Response {
    // What is wrong with the request as a whole is said before an answer begins.
    _ = try BulkReader(request, convert: convert)
    let body = ResponseBody { writer in
      var report = BulkReport(deadline: deadline)
      await withThrowingTaskGroup(of: Stored.self) { storing in
        do {
          let reader = try BulkReader(request, convert: convert)
          for try await buffer in request.body {
            try report.checkTime()
            // The rest of a refused file is passed over, so that its sender comes to read why.
            if report.isEnded { continue }
            do {
              // A little at a time, since gzip makes a thousand bytes of one.
              var rest = buffer.readableBytesView
              while !rest.isEmpty {
                let part = rest.prefix(4096)
                rest = rest.dropFirst(part.count)
                var rows = try reader.feed(part)
                try await write(&rows, &report, &storing, to: &writer, whole: false, store: store)
                reader.hold(rows)
              }
            } catch let problem as Problem where problem.kind != .timeout {
              report.end(problem)
            }
          }
          if !report.isEnded {
            var rows = try reader.finish()
            try await write(&rows, &report, &storing, to: &writer, whole: true, store: store)
          }
        } catch {
          end(&report, because: error, context)
        }
        do {
          try await collect(&storing, &report)
        } catch {
          end(&report, because: error, context)
        }
      }
      report.finish()
      try await writer.write(ByteBuffer(bytes: report.take()))
      try await writer.finish(nil)
    }
    return Response(status: .ok, headers: [.contentType: "application/x-ndjson"], body: body)
  }

  private typealias Stored = [(BulkRow, BulkOutcome)]

  private static func end(_ report: inout BulkReport, because error: any Error, _ context: Context)
  {
    switch error {
    case let problem as Problem:
      report.end(problem)
      // Who sends too slowly is not listened to for ever: the answer has five seconds to arrive.
      if problem.kind == .timeout {
        let channel = context.channel
        channel.eventLoop.scheduleTask(in: .seconds(5)) { channel.close(promise: nil) }
      }
    case StorageFailure.away(let why):
      context.logger.warning(
        "A bulk request met a database that is away.", metadata: ["why": "\(why)"])
      report.end(
        Problem(
          .unavailable,
          "The database is away for the moment, and the rest was not taken. Send the file again later: what is recorded stays unchanged."
        ))
    case StorageFailure.overloaded:
      report.end(
        Problem(
          .unavailable,
          "Too many writes are waiting, and the rest was not taken. Send the file again in a moment: what is recorded stays unchanged."
        ))
    default:
      context.logger.error("A bulk request failed.", metadata: ["error": "\(error)"])
      report.end(
        Problem(
          .internalError,
          "The rest was not taken. Send the file again: what is recorded stays unchanged."))
    }
  }

  /// Batches are stored one after the other, in the order of their rows; while one is, the next is
  /// read.
  private static func write(
    _ rows: inout [BulkRow], _ report: inout BulkReport,
    _ storing: inout ThrowingTaskGroup<Stored, any Error>, to writer: inout any ResponseBodyWriter,
    whole: Bool, store: @escaping @Sendable ([BulkRow]) async throws -> [BulkOutcome]
  ) async throws {
    while rows.count >= batch || (whole && !rows.isEmpty) {
      try report.checkTime()
      let some = Array(rows.prefix(batch))
      rows.removeFirst(some.count)
      try await collect(&storing, &report)
      storing.addTask { Array(zip(some, try await store(some))) }
      if report.heldBytes > heldBytes {
        try await writer.write(ByteBuffer(bytes: report.take()))
      }
    }
  }

  private static func collect(
    _ storing: inout ThrowingTaskGroup<Stored, any Error>, _ report: inout BulkReport
  ) async throws {
    while let stored = try await storing.next() { report.add(stored) }
  }
}

/// The answer to a bulk request, as it grows: NDJSON, a summary at the end.
struct BulkReport {
  private var bytes: [UInt8] = []
  private var counts: [String: Int] = [:]
  private var rows = 0
  private var problem: Problem?
  private let start = ContinuousClock.now
  private let deadline: Duration

  init(deadline: Duration) { self.deadline = deadline }

  var heldBytes: Int { bytes.count }
  var isEnded: Bool { problem != nil }

  /// - Throws: ``Problem`` `timeout` when the request has taken too long.
  func checkTime() throws(Problem) {
    guard ContinuousClock.now - start <= deadline else {
      throw Problem(
        .timeout,
        "A bulk request may take \(deadline.components.seconds) s. Send the rest in another: what is recorded stays unchanged."
      )
    }
  }

  mutating func add(_ outcomes: some Sequence<(BulkRow, BulkOutcome)>) {
    var reasons: [String: Int] = [:]
    for (row, outcome) in outcomes {
      rows += 1
      counts[outcome.name, default: 0] += 1
      if case .refused(let problem) = outcome { reasons[problem.kind.rawValue, default: 0] += 1 }
      bytes += outcome.json(row: row.number).bytes + [0x0A]
    }
    for (reason, count) in reasons {
      Counter(label: "remelt_bulk_rows_refused", dimensions: [("problem", reason)])
        .increment(by: count)
    }
  }

  /// The first problem is the one that is told.
  mutating func end(_ problem: Problem) { self.problem = self.problem ?? problem }

  /// The last line; a `problem` in it says that the file was not read to its end.
  mutating func finish() {
    let names = ["created", "unchanged", "revised", "refused"]
    for name in names {
      Counter(label: "remelt_bulk_rows", dimensions: [("outcome", name)])
        .increment(by: counts[name] ?? 0)
    }
    let summary = [JSON.Member("rows", .int(rows))] + names.map { .init($0, .int(counts[$0] ?? 0)) }
    let last = JSON.members(["summary": .object(summary), "problem": problem?.json])
    bytes += last.bytes + [0x0A]
  }

  mutating func take() -> [UInt8] {
    defer { bytes = [] }
    return bytes
  }
}
