import Testing

@testable import Models

struct FieldsTests {
  /// A model of every kind of field, to read mistakes from.
  struct Sample: Equatable {
    let text: String
    let month: Month

    init?(_ fields: Fields) {
      let text = fields.text("text", maximum: 5)
      let month = fields.month("month")
      _ = fields.int("int", required: false, in: 1...10)
      _ = fields.day("day", required: false)
      _ = fields.id("id", required: false)
      _ = fields.decimal("decimal", required: false)
      _ = fields.flag("flag")
      _ = fields.degrees("degrees", limit: 90)
      _ = fields.word("word", required: false, as: Metal.self)
      _ = fields.words("words", as: Metal.self)
      _ = fields.list("list", maximum: 3, as: Purchase.init)
      _ = fields.object("object", required: false, as: Purchase.init)
      fields.end()
      guard let text, let month else { return nil }
      self.text = text
      self.month = month
    }
  }

  func sample(_ members: String) -> String { #"{"text": "abc", "month": "2026-01", \#(members)}"# }

  @Test("Several mistakes are reported at once, each at its pointer")
  func several() {
    #expect(
      mistakes(
        #"{"month": "2026-13", "int": 11, "day": "2026-02-30", "id": "x", "decimal": 1.5, "flag": 1, "degrees": 91, "word": "gold", "words": ["steel", "gold", 7], "list": [{"source": "obsolete"}, 7], "object": [], "other": 1}"#,
        as: Sample.init) == [
          "/text: is required: a text",
          "/month: a month such as 2026-01, from 2010-01 to 2049-12 is expected",
          "/int: a whole number from 1 to 10 is expected",
          "/day: a day such as 2026-01-31 is expected",
          "/id: an id (UUID) is expected",
          "/decimal: a decimal number as text, such as \"12.5\" is expected",
          "/flag: true or false is expected",
          "/degrees: a number of degrees from -90.0 to 90.0 is expected",
          "/word: one of steel, copper, aluminium is expected",
          "/words/1: one of steel, copper, aluminium is expected",
          "/words/2: one of steel, copper, aluminium is expected",
          "/list/0/mass: is required: a mass such as {\"value\": \"12.345\", \"unit\": \"t\"}",
          "/list/1: an object is expected here",
          "/object: an object is expected",
          "/other: there is no such field here",
        ])
  }

  @Test(
    "A value of the wrong type and one out of range are told what is expected",
    arguments: [
      ("int", "0"), ("int", "11"), ("int", "1.0"), ("int", "1e1"), ("int", "\"5\""),
      ("int", "99999999999999999999"), ("degrees", "90.0001"), ("degrees", "-1e400"),
      ("degrees", "\"12\""), ("day", "20260131"), ("day", "\"1899-12-31\""), ("flag", "\"true\""),
      ("flag", "0"), ("decimal", "\"-1\""), ("word", "\"Steel\""), ("word", "[\"steel\"]"),
      ("words", "\"steel\""), ("words", "{}"), ("list", "{}"), ("list", "[{},{},{},{}]"),
      ("text2", "1"), ("id", "[]"),
    ])
  func wrongValues(_ name: String, _ value: String) {
    #expect(pointers(sample("\"\(name)\": \(value)"), as: Sample.init) == ["/\(name)"])
  }

  @Test(
    "A text that is empty, too long, no text or with control characters is refused",
    arguments: [
      ("\"\"", "must not be empty"), ("\" \\n\u{3000}\"", "must not be empty"),
      ("\"123456\"", "may have 5 characters at most"),
      ("\"a\\u0007b\"", "must not hold control characters"),
      ("\"a\\nb\"", "must not hold control characters"), ("7", "a text is expected"),
      ("null", "is required: a text"),
    ])
  func texts(_ value: String, _ detail: String) {
    #expect(
      mistakes("{\"text\": \(value), \"month\": \"2026-01\"}", as: Sample.init)
        == ["/text: \(detail)"])
  }

  @Test("A text is trimmed, and its length is that of its characters, not of its bytes")
  func trims() throws {
    #expect(
      try read(#"{"text": "　 废钢加工厂 \n", "month": "2026-01"}"#, as: Sample.init).text == "废钢加工厂")
  }

  @Test("An absent member and a null one are the same")
  func absent() throws {
    #expect(
      try read(sample(#""int": null, "flag": null, "list": null, "object": null"#), as: Sample.init)
        == read(#"{"text": "abc", "month": "2026-01"}"#, as: Sample.init))
  }

  @Test(
    "An unknown member is refused with its pointer, escaped as RFC 6901 says",
    arguments: [
      ("x", "/x"), ("a/b", "/a~1b"), ("a~b", "/a~0b"), ("~1", "/~01"), ("", "/"), ("Text", "/Text"),
      ("废", "/废"),
    ])
  func unknown(_ name: String, _ pointer: String) {
    #expect(
      mistakes(sample("\"\(name)\": null"), as: Sample.init)
        == ["\(pointer): there is no such field here"])
  }

  @Test("An unknown member is found inside what is nested")
  func nestedUnknown() {
    #expect(
      pointers(
        sample(
          #""object": {"source": "other", "mass": {"value": "1", "unit": "t", "x": 1}, "": 2}"#),
        as: Sample.init) == ["/object/mass/x", "/object/"])
  }

  @Test("At most 50 mistakes are listed")
  func limit() {
    let many = (0..<80).map { "\"x\($0)\": 1" }.joined(separator: ",")
    #expect(mistakes(sample(many), as: Sample.init).count == Fields.Mistakes.limit)
  }

  @Test(
    "What is no object is refused, and what is no JSON is malformed",
    arguments: ["[]", "1", "null"])
  func noObject(_ text: String) {
    #expect(mistakes(text, as: Sample.init) == [": an object is expected here"])
    #expect(
      throws: Problem(.malformed, "The body is not JSON: at byte 1, the text ends too early.")
    ) { try read("[", as: Sample.init) }
  }

  @Test("One mistake stands in the sentence, several are counted")
  func sentences() {
    #expect(
      throws: Problem(
        .invalid, "One field is not acceptable: is required: a text",
        fields: [.init("/text", "is required: a text")])
    ) { try read(#"{"month": "2026-01"}"#, as: Sample.init) }
    #expect(Problem.fields([.init("/a", "x"), .init("/b", "y")]).detail.hasPrefix("2 fields"))
    #expect(
      String(decoding: Problem.field("/a", "x").json.bytes, as: UTF8.self)
        == #"{"type":"urn:remelt:problem:invalid","title":"The content is not acceptable","status":422,"detail":"One field is not acceptable: x","errors":[{"pointer":"/a","detail":"x"}]}"#
    )
  }
}
