/// A line has more bytes than `limit`.
package struct LineTooLong: Error, Equatable {
  package let limit: Int

  package var detail: String { "the line is longer than \(limit) bytes" }
}

/// Lines out of chunks of bytes (NDJSON): LF or CRLF, a UTF-8 BOM at the start dropped.
///
/// Every line is handed out, empty ones too, so that its number is the count of calls.
package struct LineSplitter {
  package typealias Line = Result<[UInt8], LineTooLong>

  private static let byteOrderMark: [UInt8] = [0xEF, 0xBB, 0xBF]

  private let limit: Int
  private var line: [UInt8] = []
  private var isFirst = true
  /// The rest of an over-long line, already handed out as a failure, is being passed over.
  private var isPassingOver = false

  /// - Parameter limit: the most bytes one line may have, without its end.
  package init(limit: Int = 65_536) { self.limit = limit }

  /// Takes the next bytes and hands out every line that they end. An over-long line is handed out
  /// once, as soon as it is too long, and its rest is passed over.
  package mutating func feed(
    _ chunk: some Sequence<UInt8>, _ line: (Line) throws -> Void
  ) rethrows {
    // One concrete type below, so that the work on each byte is compiled for it.
    let done: Void? = try chunk.withContiguousStorageIfAvailable { try split($0, line) }
    if done == nil { try Array(chunk).withUnsafeBufferPointer { try split($0, line) } }
  }

  /// The end of the text: the last line may lack its end.
  package mutating func finish(_ line: (Line) throws -> Void) rethrows {
    if isFirst, self.line == LineSplitter.byteOrderMark { return self.line = [] }
    if !self.line.isEmpty { try end(line) }
  }

  private mutating func split(
    _ bytes: UnsafeBufferPointer<UInt8>, _ line: (Line) throws -> Void
  ) rethrows {
    var rest = bytes[...]
    while let newline = rest.firstIndex(of: 0x0A) {
      try keep(rest[..<newline], line)
      try end(line)
      rest = rest[(newline + 1)...]
    }
    try keep(rest, line)
  }

  private mutating func keep(
    _ part: Slice<UnsafeBufferPointer<UInt8>>, _ line: (Line) throws -> Void
  ) rethrows {
    if isPassingOver { return }
    // Room for a CR and a BOM, which are no part of the line; its end counts exactly.
    guard self.line.count + part.count <= limit + 4 else {
      isPassingOver = true
      self.line = []
      return try line(.failure(LineTooLong(limit: limit)))
    }
    self.line.append(contentsOf: part)
  }

  private mutating func end(_ line: (Line) throws -> Void) rethrows {
    var ended = self.line
    let isHandedOut = isPassingOver
    self.line = []
    if isFirst, ended.starts(with: LineSplitter.byteOrderMark) { ended.removeFirst(3) }
    if ended.last == 0x0D { ended.removeLast() }
    isFirst = false
    isPassingOver = false
    if isHandedOut { return }
    try line(ended.count <= limit ? .success(ended) : .failure(LineTooLong(limit: limit)))
  }
}
