import Foundation
import Models
import ServiceKit

/// Sends rows to a bulk endpoint, 2,000 in a request, one request after the other: a month's
/// opening stock is judged by the month before, so the order of the file is kept.
struct FileSubmission {
  enum Format: String { case csv, ndjson }

  static let rowsPerRequest = 2000
  static let bytesPerRequest = 16 << 20

  let api: LedgerAPI
  let path: String
  let format: Format
  let charset: String
  let asJSON: Bool
  private(set) var tally = BulkTally()
  private(set) var bytes = 0
  private var header: [UInt8]?
  private var waiting: [FileRow] = []
  private var waitingBytes = 0
  private var progress: Progress

  init(
    api: LedgerAPI, path: String, format: Format, charset: String = "UTF-8", asJSON: Bool = false,
    progress: Progress
  ) {
    self.api = api
    self.path = path
    self.format = format
    self.charset = charset
    self.asJSON = asJSON
    self.progress = progress
  }

  private var contentType: String {
    (format == .csv ? "text/csv" : "application/x-ndjson") + "; charset=\(charset)"
  }

  mutating func take(_ row: FileRow) async throws {
    if format == .csv, header == nil {
      guard let bytes = row.bytes else {
        throw LocalFailure(.usage, "The file's first row is too long to be a heading.")
      }
      header = bytes
      self.bytes += row.size
      return
    }
    waiting.append(row)
    waitingBytes += row.bytes?.count ?? 0
    if waiting.count == Self.rowsPerRequest || waitingBytes > Self.bytesPerRequest {
      try await send()
    }
  }

  mutating func finish() async throws -> BulkTally {
    try await send()
    progress.finish(bytes: bytes, rows: tally.rows, refused: tally.refused)
    return tally
  }

  private mutating func send() async throws {
    let rows = waiting
    (waiting, waitingBytes) = ([], 0)
    let sent = rows.filter { $0.bytes != nil }
    var answers: [JSON] = []
    var stopped: JSON?
    if !sent.isEmpty {
      var body = header.map { $0 + [0x0A] } ?? []
      for row in sent { body += (row.bytes ?? []) + [0x0A] }
      (answers, stopped) = try read(try await answer(body), rows: sent.count)
    }
    note(rows, answers)
    if let stopped { throw stop(stopped) }
    bytes += rows.reduce(0) { $0 + $1.size }
    progress.show(bytes: bytes, rows: tally.rows, refused: tally.refused)
  }

  /// A request refused as a whole must not look as if nothing before it had been taken.
  private func answer(_ body: [UInt8]) async throws -> [UInt8] {
    do {
      return try await api.bulk(path, contentType: contentType, body).body
    } catch {
      progress.interrupt()
      if tally.rows > 0 {
        Terminal.error("Stopped. Before: \(tally.text). Sending the file again is harmless.")
      }
      throw error
    }
  }

  /// One line a row, in their order; the last line may say that the rest was not taken.
  private func read(_ answer: [UInt8], rows: Int) throws -> ([JSON], JSON?) {
    var lines: [JSON] = []
    for text in answer.split(separator: 0x0A) {
      guard let line = try? JSONParser.parse(Array(text)) else { throw cutShort(lines.count, rows) }
      if line["summary"] != nil {
        if line["problem"] == nil, lines.count < rows { throw cutShort(lines.count, rows) }
        return (lines, line["problem"])
      }
      guard line["row"] != nil, lines.count < rows else {
        throw LocalFailure(.unreachable, "The answer is not that of a bulk endpoint.")
      }
      lines.append(line)
    }
    throw cutShort(lines.count, rows)
  }

  private func cutShort(_ answered: Int, _ rows: Int) -> LocalFailure {
    LocalFailure(
      .unreachable,
      "The answer ends early: \(answered) of \(rows) rows. Sending the file again is harmless.")
  }

  private func stop(_ problem: JSON) -> LocalFailure {
    progress.interrupt()
    let before = tally.rows > 0 ? " Before: \(tally.text). Sending the file again is harmless." : ""
    return LocalFailure(.refused, "Stopped: \(Refusal.line(problem))\(before)")
  }

  /// Counts and shows the rows under the file's own numbers.
  private mutating func note(_ rows: [FileRow], _ answers: [JSON]) {
    let tooLong = "the row is longer than 65536 bytes, or a quote before it is not closed"
    var answered = answers[...]
    for row in rows {
      if row.bytes == nil {
        note(row.number, .members(["problem": .members(["detail": .string(tooLong)])]))
      } else if let line = answered.popFirst() {
        note(row.number, line)
      } else {
        return
      }
    }
  }

  private mutating func note(_ number: Int, _ line: JSON) {
    let outcome = line["outcome"]?.text ?? "refused"
    tally.count(outcome)
    if asJSON { return Terminal.output(renumbered(line, number, outcome).bytes + [0x0A]) }
    guard outcome == "refused" else { return }
    progress.interrupt()
    Terminal.error("row \(number): " + TextWidth.harmless(Refusal.line(line["problem"])))
  }

  private func renumbered(_ line: JSON, _ number: Int, _ outcome: String) -> JSON {
    guard case .object(let members) = line else { return line }
    let rest = members.filter { $0.name != "row" && $0.name != "outcome" }
    return .object([.init("row", .int(number)), .init("outcome", .string(outcome))] + rest)
  }
}
