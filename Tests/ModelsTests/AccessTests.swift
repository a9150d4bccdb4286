import Testing

@testable import Models

struct AccessTests {
  static let one = "0192f0c1-0000-7000-8000-000000000001"
  static let other = "0192f0c1-0000-7000-8000-000000000002"

  @Test(
    "A grant is written as it is read",
    arguments: [
      "operator@all", "analyst@authority:130000", "verifier@authority:XPCC",
      "reporter@organisation:\(one)", "service@all",
    ])
  func roundTrip(_ text: String) { #expect(Grant(text)?.text == text) }

  @Test(
    "A grant with anything missing, unknown or left over is refused",
    arguments: [
      "", "@", "all", "reporter", "reporter@", "@all", "@reporter@all", "reporter@@all",
      "reporter@all@all", "reporter@all:", "reporter@:all", "reporter@all:130000", "owner@all",
      "reporter@authority", "reporter@authority:", "reporter@organisation:",
      "reporter@organisation:1", "reporter@province:130000", "Reporter@all", " reporter@all",
    ])
  func refused(_ text: String) { #expect(Grant(text) == nil) }

  func actor(_ grants: String...) throws -> Actor {
    Actor(
      credential: try #require(ID(Self.other)),
      grants: Set(try grants.map { try #require(Grant($0)) }))
  }

  @Test("An organisation's reporter may act for it and for no other")
  func organisation() throws {
    let actor = try actor("reporter@organisation:\(Self.one)")
    let own = try #require(ID(Self.one))
    let foreign = try #require(ID(Self.other))
    #expect(actor.may([.reporter], organisation: own, authority: "130000"))
    #expect(actor.may([.operator, .reporter], organisation: own, authority: nil))
    #expect(!actor.may([.operator], organisation: own, authority: "130000"))
    #expect(!actor.may([], organisation: own, authority: "130000"))
    #expect(!actor.may([.reporter], organisation: foreign, authority: "130000"))
    #expect(!actor.mayAll([.reporter]))
  }

  @Test("An authority's role reaches what reports to it, and nothing without an authority")
  func authority() throws {
    let actor = try actor("verifier@authority:130000")
    let organisation = try #require(ID(Self.one))
    #expect(actor.may([.verifier], organisation: organisation, authority: "130000"))
    #expect(!actor.may([.verifier], organisation: organisation, authority: "110000"))
    #expect(!actor.may([.verifier], organisation: organisation, authority: nil))
    #expect(!actor.mayAll([.verifier]))
  }

  @Test("A role over everything reaches everything; roles and scopes of two grants do not mix")
  func everything() throws {
    let actor = try actor("analyst@all", "operator@authority:130000")
    let organisation = try #require(ID(Self.one))
    #expect(actor.may([.analyst], organisation: organisation, authority: nil))
    #expect(actor.mayAll([.analyst]))
    #expect(!actor.mayAll([.operator]))
    #expect(!actor.may([.operator], organisation: organisation, authority: "110000"))
    #expect(actor.has(.operator))
    #expect(!actor.has(.reporter))
    #expect(actor.name == "credential:\(Self.other)")
  }
}
