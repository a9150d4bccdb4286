import Hummingbird
import Models
import NIOCore

/// Turns the bytes of a bulk body into rows: gzip, charset, CSV or NDJSON, limits.
final class BulkReader {
  private enum Format {
    case csv(CSVParser)
    case lines(LineSplitter)
  }

  private let decoder: BodyDecoder
  private let charset: GB18030Reader?
  private var format: Format
  private let convert: @Sendable ([String: String]) -> JSON
  private var header: [String]?
  private var number = 0
  private var count = 0
  private var held: [BulkRow] = []

  /// - Throws: ``Problem`` `unsupportedMediaType`.
  init(_ request: Request, convert: @escaping @Sendable ([String: String]) -> JSON) throws {
    decoder = try BodyDecoder(request, limit: BodyLimit.bulk)
    switch request.charset {
    case "utf-8", "utf8": charset = nil
    case "gb18030", "gbk", "gb2312": charset = try GB18030Reader()
    case let other:
      throw Problem(
        .unsupportedMediaType, "The charset \(other) is not known here: UTF-8 and GB18030 are.")
    }
    switch request.mediaType {
    case "text/csv": format = .csv(CSVParser(limit: BodyLimit.bulkLine, keepsEmptyLines: true))
    case "application/x-ndjson": format = .lines(LineSplitter(limit: BodyLimit.bulkLine))
    default:
      throw Problem(
        .unsupportedMediaType, "Send rows with Content-Type: text/csv or application/x-ndjson.")
    }
    self.convert = convert
  }

  /// Keeps rows that did not fill a batch for the next call.
  func hold(_ rows: [BulkRow]) { held = rows }

  func feed(_ bytes: ByteBufferView) throws -> [BulkRow] {
    try rows(try decoded(try decoder.feed(bytes)), end: false)
  }

  func finish() throws -> [BulkRow] {
    try decoder.finish()
    if let charset {
      do {
        try charset.finish()
      } catch let failure as CharsetFailure {
        throw Problem(.malformed, "The text is not GB18030: \(failure.detail).")
      }
    }
    return try rows([], end: true)
  }

  private func decoded(_ bytes: [UInt8]) throws -> [UInt8] {
    guard let charset else { return bytes }
    do {
      return try charset.feed(bytes)
    } catch let failure as CharsetFailure {
      throw Problem(.malformed, "The text is not GB18030: \(failure.detail).")
    }
  }

  private func rows(_ bytes: [UInt8], end: Bool) throws -> [BulkRow] {
    var rows = held
    held = []
    switch format {
    case .csv(var parser):
      try parser.feed(bytes) { try take($0, &rows) }
      if end { try parser.finish { try take($0, &rows) } }
      format = .csv(parser)
    case .lines(var splitter):
      try splitter.feed(bytes) { try take($0, &rows) }
      if end { try splitter.finish { try take($0, &rows) } }
      format = .lines(splitter)
    }
    return rows
  }

  private func append(_ content: Result<JSON, Problem>, _ rows: inout [BulkRow]) throws {
    count += 1
    if count > BodyLimit.bulkRows {
      throw Problem(
        .tooLarge, "A bulk request may have \(BodyLimit.bulkRows) rows. Send the rest in another.")
    }
    rows.append(BulkRow(number: number, content: content))
  }

  private func take(_ row: CSVParser.Row, _ rows: inout [BulkRow]) throws {
    number += 1
    if case .success([]) = row { return }
    switch (row, header) {
    case (.failure(let failure), nil):
      throw Problem(.malformed, "The header row cannot be read: \(failure.detail).")
    case (.success(let names), nil): try setHeader(names)
    case (.failure(let failure), _?):
      try append(.failure(Problem(.invalid, "The row cannot be read: \(failure.detail).")), &rows)
    case (.success(let fields), let names?):
      guard fields.count == names.count else {
        let detail = "The row has \(fields.count) fields, the header \(names.count)."
        return try append(.failure(Problem(.invalid, detail)), &rows)
      }
      try append(.success(convert(Dictionary(uniqueKeysWithValues: zip(names, fields)))), &rows)
    }
  }

  private func setHeader(_ names: [String]) throws(Problem) {
    let names = names.map(\.trimmingSpace)
    guard Set(names).count == names.count else {
      throw Problem(.malformed, "A column stands twice in the header row.")
    }
    guard names.count <= BodyLimit.bulkColumns else {
      throw Problem(
        .tooLarge, "A file may have \(BodyLimit.bulkColumns) columns; this one has \(names.count).")
    }
    header = names
  }

  private func take(_ line: LineSplitter.Line, _ rows: inout [BulkRow]) throws {
    number += 1
    switch line {
    case .failure(let failure):
      try append(.failure(Problem(.invalid, "The row cannot be read: \(failure.detail).")), &rows)
    case .success(let bytes) where bytes.allSatisfy { $0 == 0x20 || $0 == 0x09 }: return
    case .success(let bytes):
      try append(Result { () throws(Problem) in try Fields.parse(bytes) }, &rows)
    }
  }
}
