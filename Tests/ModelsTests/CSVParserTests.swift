import TestSupport
import Testing

@testable import Models

struct CSVParserTests {
  typealias Row = CSVParser.Row

  /// The rows of a text that arrives in chunks of the given sizes (the last size repeats).
  func rows(_ bytes: [UInt8], chunks: [Int] = [1 << 20], limit: Int = 65_536) -> [Row] {
    var parser = CSVParser(limit: limit)
    var rows: [Row] = []
    var rest = bytes[...]
    var sizes = chunks[...]
    while !rest.isEmpty {
      let size = sizes.count > 1 ? sizes.removeFirst() : sizes.first ?? 1
      parser.feed(rest.prefix(size)) { rows.append($0) }
      rest = rest.dropFirst(size)
    }
    parser.finish { rows.append($0) }
    return rows
  }

  func rows(_ text: String, limit: Int = 65_536) -> [Row] {
    let whole = rows(Array(text.utf8), limit: limit)
    #expect(rows(Array(text.utf8), chunks: [1], limit: limit) == whole, "byte by byte")
    return whole
  }

  @Test("Rows end with LF or CRLF, and the last may lack its end")
  func lines() {
    let expected: [Row] = [.success(["a", "b"]), .success(["c", ""])]
    for text in ["a,b\nc,", "a,b\r\nc,\r\n", "a,b\nc,\r", "\u{FEFF}a,b\r\n\r\n\nc,\n\n"] {
      #expect(rows(text) == expected)
    }
    #expect(rows("") == [])
    #expect(rows("\u{FEFF}") == [])
    #expect(rows("\r\n\n") == [])
    #expect(rows(",") == [.success(["", ""])])
  }

  @Test("A byte order mark counts only at the start, and part of one is text")
  func byteOrderMark() {
    #expect(rows("a\n\u{FEFF}b") == [.success(["a"]), .success(["\u{FEFF}b"])])
    #expect(rows([0xEF, 0xBB]) == [.failure(.notUTF8)])
    #expect(rows("\u{FEFF}\"a\"") == [.success(["a"])])
    #expect(rows("＋") == [.success(["＋"])])
  }

  @Test("A quoted field may hold commas, quotes and line ends")
  func quotes() {
    #expect(
      rows("\"a,b\",\"say \"\"hi\"\"\",\"x\r\ny\",\"\"\r\nz") == [
        .success(["a,b", "say \"hi\"", "x\r\ny", ""]), .success(["z"]),
      ])
    #expect(rows("\"\"\n") == [.success([""])])
    #expect(rows("\"a\"") == [.success(["a"])])
  }

  @Test(
    "A row that breaks the rules is refused for its reason, and the next is read",
    arguments: [
      ("a\"b,c", .quoteInsideField), ("\"a\"b,c", .textAfterQuote), ("\"a\" ,c", .textAfterQuote),
      ("a\u{0}b", .nul), ("\"\u{0}\"", .nul), ("a\rb", .loneCarriageReturn),
      ("\"a\"\r\"b\"", .loneCarriageReturn), ("\ra", .loneCarriageReturn),
      ("a,\r,b", .loneCarriageReturn), ("\r\r\"a\"", .loneCarriageReturn),
    ] as [(String, CSVParser.Failure)])
  func refusals(_ row: String, _ failure: CSVParser.Failure) {
    #expect(
      rows("head\n\(row)\nnext,1\n") == [
        .success(["head"]), .failure(failure), .success(["next", "1"]),
      ])
    #expect(!failure.detail.isEmpty)
  }

  @Test("Doubled carriage returns before the line feed end a row once")
  func doubledCarriageReturns() {
    #expect(rows("a\r\r\nb\r\r\n\r\r\nc") == [.success(["a"]), .success(["b"]), .success(["c"])])
  }

  @Test("A quote that is never closed is refused at the end")
  func notClosed() {
    #expect(rows("a\n\"b\nc\n") == [.success(["a"]), .failure(.quoteNotClosed)])
  }

  @Test("A row that is not UTF-8 is refused, and the next is read")
  func notUTF8() {
    let gb18030: [UInt8] = [0xB7, 0xCF, 0xB8, 0xD6]
    #expect(
      rows(gb18030 + Array(",1\nb\n".utf8)) == [.failure(.notUTF8), .success(["b"])])
  }

  @Test("A row of the greatest length is read, and a longer one is passed over to its line's end")
  func tooLong() {
    #expect(rows("12345678\nb", limit: 8) == [.success(["12345678"]), .success(["b"])])
    #expect(rows("12345678\r\nb", limit: 8) == [.success(["12345678"]), .success(["b"])])
    for long in [
      "123456789", "1,2,3,4,5", "\"1234567\"", "123456789,\"x", "\"12345678\"\"",
    ] {
      #expect(
        rows("a\n\(long)\nb\r\n", limit: 8) == [
          .success(["a"]), .failure(.rowTooLong(limit: 8)), .success(["b"]),
        ], "\(long)")
    }
    #expect(rows("123456789", limit: 8) == [.failure(.rowTooLong(limit: 8))])
  }

  @Test("After a quoted row that is too long, reading goes on at the next line's end")
  func tooLongQuoted() {
    #expect(
      rows("\"12\n4567890\nb\n\"c\"\n", limit: 8) == [
        .failure(.rowTooLong(limit: 8)), .success(["b"]), .success(["c"]),
      ])
  }

  @Test("Random fields come back, in chunks of any size, with or without a byte order mark")
  func roundTrip() {
    var random = Seeded()
    for _ in 0..<200 {
      let table = randomTable(&random)
      let lineEnd = random.one(of: ["\n", "\r\n"])
      var text = random.one(of: ["", "\u{FEFF}"])
      text += table.map { $0.map(CSVParser.quoted).joined(separator: ",") }
        .joined(separator: lineEnd)
      if random.chance(50) { text += lineEnd }
      let chunks = (0..<50).map { _ in random.int(1...9) }
      let read = rows(Array(text.utf8), chunks: chunks)
      #expect(read.count == table.count)
      for (row, fields) in zip(read, table) {
        let scalars = (try? row.get())?.map { Array($0.unicodeScalars) }
        #expect(scalars == fields.map { Array($0.unicodeScalars) }, "\(text.debugDescription)")
      }
    }
  }

  /// Rows of two fields or more (a row of one empty field is an empty line, which is no row),
  /// without texts that a spreadsheet would run.
  private func randomTable(_ random: inout Seeded) -> [[String]] {
    (0..<random.int(1...6)).map { _ in
      (0..<random.int(2...5)).map { column in
        let text = random.text()
        let runs = text.unicodeScalars.first.map { "=+-@\t\r".unicodeScalars.contains($0) } ?? false
        return runs || (column == 0 && text.unicodeScalars.first == "\u{FEFF}") ? "x" + text : text
      }
    }
  }

  @Test(
    "A text that a spreadsheet would run is preceded by an apostrophe, a number is not",
    arguments: [
      ("=1+1", "'=1+1"), ("@SUM(A1)", "'@SUM(A1)"), ("+cmd", "'+cmd"), ("-2+3", "'-2+3"),
      ("\t=1", "'\t=1"), ("=\u{301}1", "'=\u{301}1"), ("=a,b", "\"'=a,b\""), ("\r=1", "\"'\r=1\""),
      ("\r\n=1", "\"'\r\n=1\""), ("-12.5", "-12.5"), ("+8", "+8"), ("a=b", "a=b"), ("", ""),
    ])
  func formulas(_ text: String, _ written: String) { #expect(CSVParser.quoted(text) == written) }

  @Test("A comma or a quote that carries a combining mark still makes a field quoted")
  func combiningMarks() {
    #expect(CSVParser.quoted("a,\u{301}b") == "\"a,\u{301}b\"")
    #expect(rows("x," + CSVParser.quoted("\"\u{301}")) == [.success(["x", "\"\u{301}"])])
  }
}
