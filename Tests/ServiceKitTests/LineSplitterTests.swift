import Testing

@testable import ServiceKit

struct LineSplitterTests {
  private func lines(_ text: [UInt8], chunk: Int, limit: Int = 10) -> [String] {
    var splitter = LineSplitter(limit: limit)
    var lines: [String] = []
    let take = { (line: LineSplitter.Line) in
      switch line {
      case .success(let bytes): lines.append(String(decoding: bytes, as: UTF8.self))
      case .failure(let failure): lines.append("! \(failure.limit)")
      }
    }
    for start in stride(from: 0, to: text.count, by: chunk) {
      splitter.feed(text[start..<min(text.count, start + chunk)], take)
    }
    splitter.finish(take)
    return lines
  }

  private func lines(_ text: String, chunk: Int) -> [String] {
    lines(Array(text.utf8), chunk: chunk)
  }

  @Test("Lines end with LF or CRLF, and empty ones are lines", arguments: [1, 2, 3, 100])
  func endings(chunk: Int) {
    #expect(lines("a\nbc\r\n\n\r\nd", chunk: chunk) == ["a", "bc", "", "", "d"])
    #expect(lines("a\n", chunk: chunk) == ["a"])
    #expect(lines("", chunk: chunk) == [])
    #expect(lines("\n", chunk: chunk) == [""])
    #expect(lines("a\rb\n", chunk: chunk) == ["a\rb"])
  }

  @Test("A BOM is dropped at the start, and only there", arguments: [1, 2, 3, 100])
  func byteOrderMark(chunk: Int) {
    #expect(lines("\u{FEFF}a\n\u{FEFF}b", chunk: chunk) == ["a", "\u{FEFF}b"])
    #expect(lines("\u{FEFF}\na", chunk: chunk) == ["", "a"])
    #expect(lines("\u{FEFF}", chunk: chunk) == [])
    #expect(lines("\u{FEFF}1234567890\r\n", chunk: chunk) == ["1234567890"])
  }

  @Test("A line of exactly the limit passes, one byte more does not", arguments: [1, 2, 3, 100])
  func limit(chunk: Int) {
    #expect(lines("1234567890\r\n1234567890\n", chunk: chunk) == ["1234567890", "1234567890"])
    #expect(lines("12345678901\r\na\n", chunk: chunk) == ["! 10", "a"])
    #expect(lines("a\n12345678901", chunk: chunk) == ["a", "! 10"])
  }

  @Test("An over-long line is one failure, and the next line is whole", arguments: [1, 7, 100_000])
  func overLong(chunk: Int) {
    let long = [UInt8](repeating: 0x61, count: 50_000)
    let text = Array("x\n".utf8) + long + Array("\ny\n".utf8) + long
    #expect(lines(text, chunk: chunk) == ["x", "! 10", "y", "! 10"])
  }

  @Test("What the caller throws comes through")
  func throwing() {
    var splitter = LineSplitter()
    #expect(throws: LineTooLong(limit: 1)) {
      try splitter.feed(Array("a\n".utf8)) { _ in throw LineTooLong(limit: 1) }
    }
  }
}
