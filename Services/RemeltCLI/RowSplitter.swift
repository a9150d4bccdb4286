/// One row of a file: its number there (the first line is 1, empty lines count), and its bytes
/// without the line's end; nil bytes stand for a row that is too long to send.
struct FileRow: Equatable {
  let number: Int
  let bytes: [UInt8]?
  /// How much of the file it takes, blank lines before it included.
  let size: Int

  init(number: Int, bytes: [UInt8]?, size: Int? = nil) {
    self.number = number
    self.bytes = bytes
    self.size = size ?? (bytes?.count ?? 0) + 1
  }
}

/// Cuts a file into rows without reading them, in UTF-8 and in GB18030 alike: in neither can a
/// quote or a line's end be part of another character.
struct RowSplitter {
  private enum State { case fieldStart, plain, quoted, quoteSeen, lost }

  private static let mark: [UInt8] = [0xEF, 0xBB, 0xBF]
  private static let quote = UInt8(ascii: "\"")

  private let quoting: Bool
  private let limit: Int
  private var state = State.fieldStart
  private var row: [UInt8] = []
  private var number = 1
  private var tooLong = false
  private var size = 0

  /// - Parameter quoting: whether a quoted field may hold line ends, as in CSV.
  init(quoting: Bool, limit: Int = 65_536) {
    self.quoting = quoting
    self.limit = limit
  }

  mutating func feed(_ bytes: [UInt8], _ take: (FileRow) -> Void) {
    for byte in bytes {
      size += 1
      if byte == 0x0A, state != .quoted {
        end(take)
        continue
      }
      row.append(byte)
      if row.count > limit {
        tooLong = true
        state = .lost
        row.removeAll(keepingCapacity: true)
      }
      if quoting { follow(byte) }
    }
  }

  /// The last row may lack its line's end.
  mutating func finish(_ take: (FileRow) -> Void) {
    if !row.isEmpty || tooLong { end(take) }
  }

  /// The same states as ``CSVParser``, so that both see the same rows in a broken file.
  private mutating func follow(_ byte: UInt8) {
    switch (state, byte) {
    case (.lost, _), (_, 0x0D): break
    case (.fieldStart, RowSplitter.quote): state = .quoted
    case (.quoted, RowSplitter.quote): state = .quoteSeen
    case (.quoted, _): break
    case (.quoteSeen, RowSplitter.quote): state = .quoted
    case (_, UInt8(ascii: ",")): state = .fieldStart
    default: state = .plain
    }
  }

  /// Blank lines are no rows; in CSV white space is a field.
  private var isBlank: Bool {
    quoting ? row.isEmpty : row.allSatisfy { $0 == 0x20 || $0 == 0x09 }
  }

  private mutating func end(_ take: (FileRow) -> Void) {
    if number == 1, row.starts(with: RowSplitter.mark) { row.removeFirst(3) }
    while row.last == 0x0D { row.removeLast() }
    if tooLong {
      give(nil, take)
    } else if !isBlank {
      give(row, take)
    }
    number += 1
    row = []
    tooLong = false
    state = .fieldStart
  }

  private mutating func give(_ bytes: [UInt8]?, _ take: (FileRow) -> Void) {
    take(FileRow(number: number, bytes: bytes, size: size))
    size = 0
  }
}
