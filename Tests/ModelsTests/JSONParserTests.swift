import Foundation
import TestSupport
import Testing

@testable import Models

struct JSONParserTests {
  func parse(_ text: String) throws -> JSON { try JSONParser.parse(Array(text.utf8)) }

  func reason(_ bytes: [UInt8]) -> String? {
    do throws(JSONParser.Failure) {
      let json = try JSONParser.parse(bytes)
      Issue.record("\(json) was accepted")
      return nil
    } catch {
      #expect((0...bytes.count).contains(error.offset))
      return error.reason
    }
  }

  func reason(_ text: String) -> String? { reason(Array(text.utf8)) }

  @Test("Every kind of value is read, with its digits and its order kept")
  func values() throws {
    let json = try parse(
      #" { "b" : [ null , true , false ] , "a" : -0.10e+5 , "" : "" , "o" : { } , "l" : [ ] } "#)
    #expect(
      json
        == .object([
          .init("b", [.null, true, false]), .init("a", .number("-0.10e+5")), .init("", ""),
          .init("o", .object([])), .init("l", []),
        ]))
    #expect(
      String(decoding: json.bytes, as: UTF8.self)
        == #"{"b":[null,true,false],"a":-0.10e+5,"":"","o":{},"l":[]}"#)
  }

  @Test(
    "A number in any form of RFC 8259 is read",
    arguments: [
      "0", "-0", "7", "-12", "1e5", "1E5", "1e+5", "1e-5", "0.5", "10.250", "0e0", "-1.5E-3",
    ])
  func numbers(_ digits: String) throws {
    #expect(try parse(digits) == .number(digits))
    #expect(try parse("[\(digits)]") == [.number(digits)])
  }

  @Test(
    "A number in any other form is refused",
    arguments: [
      "01", "-01", "00", "1.", ".5", "-", "+1", "1e", "1e+", "1.e5", "-.5", "0x10", "1_000", "NaN",
      "Infinity", "-Infinity", "１", "1,5", "1.2.3", "--1",
    ])
  func wrongNumbers(_ digits: String) {
    _ = reason(digits)
    _ = reason("{\"n\":\(digits)}")
  }

  @Test(
    "A text that is no JSON is refused",
    arguments: [
      "", " ", "nul", "nulll", "True", "tru", "'a'", "[", "]", "[1", "[1,", "[1,]", "[,1]", "[1 2]",
      "{", "}", "{\"a\"", "{\"a\":", "{\"a\":1", "{\"a\":1,", "{\"a\":1,}", "{a:1}", "{1:1}",
      "{\"a\" 1}", "{\"a\":1 \"b\":2}", "{,}", "\"", "\"a", "\"\\", "\"\\\"", "\"\\u12", "// a\n1",
      "\u{FEFF}1", "\u{A0}1", "\u{0C}1",
    ])
  func wrongTexts(_ text: String) { _ = reason(text) }

  @Test(
    "Text after the value is refused", arguments: ["1 2", "{} {}", "[],", "\"a\"b", "null\u{0}"])
  func trailing(_ text: String) {
    #expect(reason(text) == "there is more after the JSON value")
  }

  @Test("A member that stands twice is refused, among few members and among many")
  func duplicates() {
    #expect(reason(#"{"a":1,"b":2,"a":3}"#) == #"the member "a" stands twice in one object"#)
    #expect(reason(#"{"a":1,"\u0061":3}"#) == #"the member "a" stands twice in one object"#)
    for count in 15...18 {
      for again in 0..<count {
        let names = (0..<count).map(String.init) + [String(again)]
        let text = "{" + names.map { "\"\($0)\":0" }.joined(separator: ",") + "}"
        #expect(reason(text) == "the member \"\(again)\" stands twice in one object")
      }
    }
  }

  @Test("One name in two objects is no duplicate")
  func noDuplicates() throws {
    #expect(try parse(#"{"a":{"a":1},"b":{"a":2}}"#)["b"]?["a"] == .number("2"))
  }

  @Test("An object of very many members is read without comparing each with each")
  func manyMembers() throws {
    let text = "{" + (0..<100_000).map { "\"\($0)\":0" }.joined(separator: ",") + "}"
    let json = try parse(text)
    guard case .object(let members) = json else {
      Issue.record("no object")
      return
    }
    #expect(members.count == 100_000)
  }

  @Test("U+0000 is refused, escaped or not")
  func nul() {
    #expect(reason(#""a\u0000b""#) == "U+0000 is not accepted in text")
    #expect(reason("\"a\u{0}b\"") == "a control character must be escaped inside a string")
    #expect(reason(#"{"\u0000":1}"#) == "U+0000 is not accepted in text")
  }

  @Test("A control character must be escaped, also after an escape", arguments: 1..<0x20)
  func controls(_ code: Int) throws {
    let raw = UInt8(code)
    let detail = "a control character must be escaped inside a string"
    #expect(reason([0x22, raw, 0x22]) == detail)
    #expect(reason([0x22, 0x5C, 0x6E, raw, 0x22]) == detail)
    let escaped = JSON.string(String(Unicode.Scalar(raw)))
    #expect(try JSONParser.parse(escaped.bytes) == escaped)
  }

  @Test(
    "Bytes that are not UTF-8 are refused",
    arguments: [
      [0xFF], [0xC0, 0x80], [0xC3], [0xE2, 0x82], [0xED, 0xA0, 0x80], [0xF4, 0x90, 0x80, 0x80],
      [0x80], [0xB7, 0xCF],
    ] as [[UInt8]])
  func invalidUTF8(_ bytes: [UInt8]) {
    #expect(reason([0x22] + bytes + [0x22]) == "this is not valid UTF-8")
    #expect(reason([0x22, 0x5C, 0x6E] + bytes + [0x22]) == "this is not valid UTF-8")
    #expect(reason(Array("{\"".utf8) + bytes + Array("\":1}".utf8)) == "this is not valid UTF-8")
    _ = reason(bytes)
  }

  @Test(
    "A lone surrogate is refused",
    arguments: [
      #""\ud800""#, #""\udc00""#, #""\udfff""#, #""\ud800x""#, #""\ud800\n""#, #""\ud800\ud800""#,
      #""\ud800\u0041""#, #""\udc00\ud800""#, #""\uDBFF""#,
    ])
  func surrogates(_ text: String) { #expect(reason(text) == "a lone surrogate is not text") }

  @Test("U+FEFF in a string is kept")
  func byteOrderMark() throws {
    let text = try #require(parse("\"\u{FEFF}a\"").text)
    #expect(Array(text.unicodeScalars) == ["\u{FEFF}", "a"])
  }

  @Test("Every escape is read")
  func escapes() throws {
    #expect(
      try parse(#""\"\\\/\b\f\n\r\t\u0041\u5e9f\ud842\udfb7\uD83D\uDE00\uffff""#)
        == .string("\"\\/\u{8}\u{c}\n\r\tA废𠮷😀\u{FFFF}"))
    for text in [#""\x41""#, #""\U0041""#, #""\u00g1""#, #""\u+041""#, #""\'""#, #""\u""#] {
      _ = reason(text)
    }
  }

  @Test("Objects and lists nest 32 levels deep and no deeper, empty or not")
  func depth() throws {
    func nested(_ levels: Int, _ inside: String) -> String {
      String(repeating: "[", count: levels) + inside + String(repeating: "]", count: levels)
    }
    for inside in ["", "1", "\"a\""] {
      #expect(throws: Never.self) { try parse(nested(32, inside)) }
      #expect(reason(nested(33, inside)) == "nested more than 32 levels deep")
    }
    #expect(reason(nested(32, "{}")) == "nested more than 32 levels deep")
    #expect(
      reason(String(repeating: "{\"a\":", count: 100_000)) == "nested more than 32 levels deep")
  }

  @Test("The failure names the byte where the text stops being JSON")
  func offset() {
    #expect(throws: JSONParser.Failure(offset: 8, reason: "a value was expected here")) {
      try parse(#"{"废":x}"#.replacing("x", with: " x"))
    }
    #expect(throws: JSONParser.Failure(offset: 2, reason: "there is more after the JSON value")) {
      try parse("1 2")
    }
  }

  @Test("Random values come back from their bytes, and Foundation reads the same")
  func roundTrip() throws {
    var random = Seeded()
    for _ in 0..<400 {
      let json = RandomJSON.value(&random, depth: 0)
      let bytes = json.bytes
      let parsed = try JSONParser.parse(bytes)
      #expect(RandomJSON.identical(parsed, json))
      #expect(parsed.bytes == bytes)
      let foundation = try JSONSerialization.jsonObject(
        with: Data(bytes), options: .fragmentsAllowed)
      #expect(RandomJSON.agrees(json, foundation), "\(String(decoding: bytes, as: UTF8.self))")
    }
  }

  @Test("Damaged bytes never trap, and what is accepted comes back from its bytes")
  func damaged() throws {
    var random = Seeded()
    for _ in 0..<3000 {
      var bytes = RandomJSON.value(&random, depth: 0).bytes
      for _ in 0..<random.int(1...3) where !bytes.isEmpty {
        let place = random.int(0...bytes.count - 1)
        switch random.int(0...2) {
        case 0: bytes[place] = UInt8(random.int(0...255))
        case 1: bytes.remove(at: place)
        default: bytes.insert(random.one(of: Array("{}[]\",:\\u0e.-".utf8)), at: place)
        }
      }
      guard let json = try? JSONParser.parse(bytes) else { continue }
      #expect(try RandomJSON.identical(JSONParser.parse(json.bytes), json))
    }
  }
}
