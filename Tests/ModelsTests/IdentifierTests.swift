import TestSupport
import Testing

@testable import Models

struct IdentifierTests {
  @Test(
    "An identifier is normalised before it is verified",
    arguments: [
      "91130000MAXDEMA17J", "91130000maxdema17j", " 91130000MAXDEMA17J\n",
      "\u{3000}91130000MAXDEMA17J",
      "９１１３００００ＭＡＸＤＥＭＡ１７Ｊ", "９１１３００００ｍａｘｄｅｍａ１７ｊ\u{A0}",
    ])
  func normalised(_ value: String) throws {
    #expect(try Identifier(scheme: "uscc", value: value).value == "91130000MAXDEMA17J")
  }

  @Test("Any one mistyped character of a USCC is found, and of an LEI a digit or a letter")
  func mistyped() throws {
    for (scheme, value) in [("uscc", "91130000MAXDEMA17J"), ("lei", "DEMX00RECYCLEDMTL008")] {
      for place in value.indices {
        for character in "0123456789ABCDEFGHJKLMNPQRTUWXY" where character != value[place] {
          // A letter counts as two digits: MOD 97-10 need not find one in a digit's place.
          if scheme == "lei", character.isNumber != value[place].isNumber { continue }
          var mistyped = value
          mistyped.replaceSubrange(place...place, with: [character])
          #expect(throws: Identifier.Refusal.self) {
            try Identifier(scheme: scheme, value: mistyped)
          }
        }
      }
    }
  }

  @Test("Any two neighbours of a USCC that changed places are found")
  func transposed() throws {
    var random = Seeded()
    let alphabet = Array("0123456789ABCDEFGHJKLMNPQRTUWXY")
    for _ in 0..<200 {
      let base = (0..<17).map { _ in random.one(of: alphabet) }
      let valid = alphabet.compactMap {
        try? Identifier(scheme: "uscc", value: String(base + [$0])).value
      }
      #expect(valid.count == 1)
      var characters = Array(try #require(valid.first))
      let place = random.int(0...16)
      guard characters[place] != characters[place + 1] else { continue }
      characters.swapAt(place, place + 1)
      #expect(throws: Identifier.Refusal.checkDigit) {
        try Identifier(scheme: "uscc", value: String(characters))
      }
    }
  }

  @Test("The value of another scheme is kept as given, trimmed and marked unchecked")
  func otherScheme() throws {
    let identifier = try Identifier(scheme: "gem_plant", value: " p1-ａ ")
    #expect(identifier.value == "p1-ａ")
    #expect(!identifier.isChecked)
    #expect(
      String(decoding: identifier.json.bytes, as: UTF8.self)
        == #"{"scheme":"gem_plant","value":"p1-ａ","checked":false}"#)
  }

  @Test(
    "A wrong identifier is refused at its member",
    arguments: [
      (#"{"scheme": "uscc", "value": "91130000MAXDEMA178"}"#, ["/value"]),
      (#"{"scheme": "USCC", "value": "91130000MAXDEMA17J"}"#, ["/scheme"]),
      (#"{"scheme": "uscc"}"#, ["/value"]), (#"{"scheme": "lei", "value": 7}"#, ["/value"]),
      (#"{"scheme": "", "value": " "}"#, ["/scheme", "/value"]), ("{}", ["/scheme", "/value"]),
      (#"{"scheme": "x", "value": "1", "checked": "yes", "note": 1}"#, ["/checked", "/note"]),
    ] as [(String, [String])])
  func wire(_ text: String, _ expected: [String]) {
    #expect(pointers(text, as: Identifier.init) == expected)
  }

  @Test("That a value was checked is not believed but checked")
  func checkedIsNotBelieved() throws {
    let identifier = try read(
      #"{"scheme": "other", "value": "1", "checked": true}"#, as: Identifier.init)
    #expect(!identifier.isChecked)
    #expect(
      pointers(
        #"{"scheme": "lei", "value": "969500KSV493XWY0PS34", "checked": true}"#,
        as: Identifier.init) == ["/value"])
  }

  @Test("Scheme and value come back from what is written")
  func roundTrip() throws {
    for text in [
      #"{"scheme":"lei","value":"969500ksv493xwy0ps33"}"#, #"{"scheme":"local","value":"废 1"}"#,
    ] {
      let identifier = try read(text, as: Identifier.init)
      #expect(try Fields.read(identifier.json, as: Identifier.init) == identifier)
    }
  }
}
