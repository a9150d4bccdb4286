import Testing

@testable import ServiceKit

struct CharsetTests {
  /// "废钢,a€😀¥": 2-byte, 1-byte and 4-byte characters of GB18030.
  private let bytes: [UInt8] = [
    0xB7, 0xCF, 0xB8, 0xD6, 0x2C, 0x61, 0xA2, 0xE3, 0x94, 0x39, 0xFC, 0x36, 0x81, 0x30, 0x84, 0x36,
  ]
  private let text = "废钢,a€😀¥"

  @Test("Chinese text, the euro sign and an emoji become UTF-8")
  func whole() throws {
    let reader = try GB18030Reader()
    #expect(String(decoding: try reader.feed(bytes), as: UTF8.self) == text)
    try reader.finish()
  }

  @Test("A character may be cut between chunks anywhere")
  func cut() throws {
    for first in 0...bytes.count {
      for second in first...bytes.count {
        let reader = try GB18030Reader()
        var output = try reader.feed(bytes[..<first])
        output += try reader.feed(bytes[first..<second])
        output += try reader.feed(bytes[second...])
        try reader.finish()
        #expect(String(decoding: output, as: UTF8.self) == text)
      }
    }
  }

  @Test("A long text comes through byte by byte")
  func byteByByte() throws {
    let reader = try GB18030Reader()
    var output: [UInt8] = []
    for _ in 0..<500 {
      for byte in bytes { output += try reader.feed(CollectionOfOne(byte)) }
    }
    try reader.finish()
    #expect(String(decoding: output, as: UTF8.self) == String(repeating: text, count: 500))
  }

  @Test("A wrong byte is named by its place in the whole file")
  func invalid() throws {
    let reader = try GB18030Reader()
    _ = try reader.feed(bytes)
    let wrong = CharsetFailure.invalid(offset: bytes.count + 2)
    #expect(throws: wrong) { try reader.feed([0x61, 0x62, 0xFF, 0x63]) }
    #expect(throws: wrong) { try reader.feed([0x61]) }
    #expect(throws: wrong) { try reader.finish() }
  }

  @Test("A wrong second byte is found even when it comes in the next chunk")
  func invalidAcrossChunks() throws {
    let reader = try GB18030Reader()
    #expect(try reader.feed([0x61, 0xB7]) == [0x61])
    #expect(throws: CharsetFailure.invalid(offset: 1)) { try reader.feed([0x20, 0x61]) }
  }

  @Test("A file that ends within a character is truncated")
  func truncated() throws {
    let reader = try GB18030Reader()
    _ = try reader.feed(bytes[..<11])
    #expect(throws: CharsetFailure.truncated(offset: 8)) { try reader.finish() }
  }
}
