/// RFC 4180 rows out of chunks of UTF-8 bytes: quoted fields, CRLF or LF, a BOM at the start.
package struct CSVParser {
  /// Why a row cannot be read.
  package enum Failure: Error, Equatable {
    case rowTooLong(limit: Int)
    case quoteNotClosed
    case textAfterQuote
    case quoteInsideField
    case notUTF8
    case nul
    case loneCarriageReturn

    package var detail: String {
      switch self {
      case .rowTooLong(let limit): "the row is longer than \(limit) bytes"
      case .quoteNotClosed: "a quoted field is not closed before the file ends"
      case .textAfterQuote: "after a closing quote only a comma or the line's end may follow"
      case .quoteInsideField: "a quote stands inside a field that does not begin with one"
      case .notUTF8:
        "the row is not valid UTF-8 (declare charset=GB18030 for a file out of Chinese Excel)"
      case .nul: "the row holds U+0000"
      case .loneCarriageReturn:
        "a carriage return stands alone: end each line with LF or CRLF, and quote a field that holds one"
      }
    }
  }

  package typealias Row = Result<[String], Failure>

  private static let byteOrderMark: [UInt8] = [0xEF, 0xBB, 0xBF]

  private enum State { case fieldStart, plain, quoted, quoteSeen, lost }

  private let limit: Int
  private let keepsEmptyLines: Bool
  private var state = State.fieldStart
  private var field: [UInt8] = []
  private var fields: [String] = []
  private var failure: Failure?
  private var length = 0
  private var carriageReturn = false
  private var started = false
  private var head: [UInt8] = []

  /// - Parameters:
  ///   - limit: the most bytes one row may have; the rest of a longer one is passed over.
  ///   - keepsEmptyLines: hand out an empty line as a row without fields, so that rows can be
  ///     numbered as they stand in the file.
  package init(limit: Int = 65_536, keepsEmptyLines: Bool = false) {
    self.limit = limit
    self.keepsEmptyLines = keepsEmptyLines
  }

  /// Takes the next bytes and hands out every row they complete; an empty line is no row, unless it
  /// is kept.
  package mutating func feed(_ chunk: some Sequence<UInt8>, _ row: (Row) throws -> Void) rethrows {
    // One concrete type below, so that the work on each byte is compiled for it.
    let done: Void? = try chunk.withContiguousStorageIfAvailable { try read($0, row) }
    if done == nil { try Array(chunk).withUnsafeBufferPointer { try read($0, row) } }
  }

  private mutating func read(
    _ bytes: UnsafeBufferPointer<UInt8>, _ row: (Row) throws -> Void
  ) rethrows {
    for byte in bytes {
      if !started {
        head.append(byte)
        guard CSVParser.byteOrderMark.starts(with: head) else {
          started = true
          for held in head { try take(held, row) }
          continue
        }
        if head.count == 3 { started = true }
        continue
      }
      try take(byte, row)
    }
  }

  /// The end of the text: the last row may lack its line's end.
  package mutating func finish(_ row: (Row) throws -> Void) rethrows {
    if !started {
      started = true
      for held in head { try take(held, row) }
    }
    if state == .quoted { failure = failure ?? .quoteNotClosed }
    if length > 0 { try endRow(row) }
  }

  private mutating func take(_ byte: UInt8, _ row: (Row) throws -> Void) rethrows {
    if state != .quoted {
      if byte == 0x0D || byte == 0x0A {
        carriageReturn = byte == 0x0D
        guard byte == 0x0A else { return }
        if length > 0 {
          try endRow(row)
        } else if keepsEmptyLines {
          try row(.success([]))
        }
        return
      }
      if carriageReturn { failure = failure ?? .loneCarriageReturn }
      carriageReturn = false
    }
    length += 1
    if length > limit {
      failure = failure ?? .rowTooLong(limit: limit)
      // A row this long is passed over up to the next line's end: a quote in it means nothing.
      state = .lost
      field = []
    }
    switch state {
    case .lost: return
    case .fieldStart:
      if byte == UInt8(ascii: "\"") { state = .quoted } else { plain(byte) }
    case .plain: plain(byte)
    case .quoted:
      if byte == UInt8(ascii: "\"") { state = .quoteSeen } else { field.append(byte) }
    case .quoteSeen:
      switch byte {
      case UInt8(ascii: "\""):
        field.append(byte)
        state = .quoted
      case UInt8(ascii: ","): endField()
      default:
        failure = failure ?? .textAfterQuote
        state = .plain
      }
    }
  }

  private mutating func plain(_ byte: UInt8) {
    switch byte {
    case UInt8(ascii: ","): endField()
    case UInt8(ascii: "\""):
      failure = failure ?? .quoteInsideField
      state = .plain
    default:
      field.append(byte)
      state = .plain
    }
  }

  private mutating func endField() {
    if field.contains(0) { failure = failure ?? .nul }
    if let text = field.withUnsafeBufferPointer(String.init(checking:)) {
      fields.append(text)
    } else {
      failure = failure ?? .notUTF8
      fields.append("")
    }
    field.removeAll(keepingCapacity: true)
    state = .fieldStart
  }

  private mutating func endRow(_ row: (Row) throws -> Void) rethrows {
    endField()
    let result: Row = failure.map { .failure($0) } ?? .success(fields)
    fields = []
    failure = nil
    length = 0
    state = .fieldStart
    try row(result)
  }

  /// One field as CSV. A text that a spreadsheet would run as a formula is preceded by an
  /// apostrophe. Looks at scalars: a comma that carries a combining mark still parts fields.
  package static func quoted(_ text: String) -> String {
    var scalars = Array(text.unicodeScalars)
    if let first = scalars.first, "=+-@\t\r".unicodeScalars.contains(first), Double(text) == nil {
      scalars.insert("'", at: 0)
    }
    if scalars.contains(where: { ",\"\r\n".unicodeScalars.contains($0) }) {
      scalars = ["\""] + scalars.flatMap { $0 == "\"" ? [$0, $0] : [$0] } + ["\""]
    }
    return String(String.UnicodeScalarView(scalars))
  }
}
