import Models
import Testing

@testable import ProcessorRegistry

@Suite("Who may set what of a facility")
struct FacilityRightsTests {
  private static let own = "01890000-0000-7000-8000-000000000001"
  private static let other = "01890000-0000-7000-8000-000000000002"

  private func actor(_ grants: String...) throws -> Actor {
    let id = try #require(ID(Self.own))
    return Actor(credential: id, grants: Set(try grants.map { try #require(Grant($0)) }))
  }

  private func isAllowed(_ new: JSON, was old: JSON? = nil, by actor: Actor) throws -> Bool {
    do throws(Problem) {
      try FacilityRights.check(
        try read(new), was: try old.map(read), by: actor)
      return true
    } catch {
      #expect(error.kind == .forbidden)
      return false
    }
  }

  private func read(_ json: JSON) throws(Problem) -> Facility {
    do {
      return try facility(json)
    } catch {
      throw error as? Problem ?? Problem(.internalError, "\(error)")
    }
  }

  private static let plain = Sample.facility(own)
  private static let designated = plain.with(
    "designations", [.members(["kind": "green_factory", "from": "2025-01-01"])])
  private static let obliged = plain.with(
    "obligations", [.members(["report": "throughput", "metal": "steel", "from": "2025-01"])])

  @Test("An operator over all, the authority or the organisation may set everything")
  func operators() throws {
    for grant in ["operator@all", "operator@authority:130000", "operator@organisation:\(Self.own)"]
    {
      for site in [Self.plain, Self.designated, Self.obliged] {
        #expect(try isAllowed(site, by: actor(grant)), "\(grant)")
        #expect(try isAllowed(site, was: Self.plain, by: actor(grant)), "\(grant)")
      }
    }
  }

  @Test("An operator of another authority may set nothing, nor take a facility over")
  func otherAuthority() throws {
    let shanxi = try actor("operator@authority:140000")
    #expect(try !isAllowed(Self.plain, by: shanxi))
    let moved = Sample.facility(Self.own, province: "140000")
    #expect(try !isAllowed(moved, was: Self.plain, by: shanxi), "pulled over")
    #expect(
      try !isAllowed(moved, was: Self.plain, by: actor("operator@authority:130000")), "pushed")
  }

  @Test("A separately planned city reports to itself, not to its province")
  func city() throws {
    let dalian = Sample.facility(Self.own, province: "210000", authority: "210200")
    #expect(try isAllowed(dalian, by: actor("operator@authority:210200")))
    #expect(try !isAllowed(dalian, by: actor("operator@authority:210000")))
  }

  @Test("A reporter of the organisation sets everything but designations and obligations")
  func reporter() throws {
    let reporter = try actor("reporter@organisation:\(Self.own)")
    #expect(try isAllowed(Self.plain, by: reporter))
    #expect(try !isAllowed(Self.designated, by: reporter))
    #expect(try !isAllowed(Self.obliged, by: reporter))
    #expect(try isAllowed(Self.designated.with("name", "New"), was: Self.designated, by: reporter))
    #expect(try !isAllowed(Self.plain, was: Self.designated, by: reporter), "takes it away")
    #expect(try !isAllowed(Self.plain, was: Self.obliged, by: reporter), "takes it away")
  }

  @Test(
    "A reporter does not choose who reviews it, what it owes, or by which process its steel counts",
    arguments: [
      ("location/province", "110000"), ("location/authority", "XPCC"), ("closed_on", "2025-12-31"),
      ("opened_on", "2021-05-01"),
    ])
  func judged(member: String, value: String) throws {
    let site = Sample.facility(Self.own, province: "650000", authority: "650000")
    let reporter = try actor("reporter@organisation:\(Self.own)")
    var changed = site.with(member, .string(value))
    if member == "location/province" { changed = changed.with("location/authority", nil) }
    #expect(try isAllowed(changed, was: site, by: reporter) == (member == "opened_on"))
    #expect(try isAllowed(changed, was: site, by: actor("operator@all")))
    let furnace = site.with(
      "capacities",
      [.members(["process": "blast_furnace", "per_year": Sample.mass("900", "kt")])])
    #expect(try !isAllowed(furnace, was: site, by: reporter))
    #expect(try !isAllowed(site, was: furnace, by: reporter))
    #expect(try isAllowed(furnace, by: reporter), "it is told at the beginning")
  }

  @Test("A reporter gives no facility away and takes none")
  func givenAway() throws {
    let both = try actor(
      "reporter@organisation:\(Self.own)", "reporter@organisation:\(Self.other)")
    #expect(try !isAllowed(Self.plain, was: Sample.facility(Self.other), by: both))
    let reporter = try actor("reporter@organisation:\(Self.own)")
    #expect(try !isAllowed(Sample.facility(Self.other), by: reporter))
  }

  @Test(
    "Nobody else may",
    arguments: ["analyst@all", "verifier@all", "service@all", "reporter@authority:130000"])
  func others(grant: String) throws {
    #expect(try !isAllowed(Self.plain, by: actor(grant)))
  }
}
