import Models
import Testing

@Suite("Registering organisations and facilities", .registry)
struct RegisteringTests {
  @Test("An organisation is registered, read back and changed under its entity tag")
  func organisation() async throws {
    let caller = try await RunningRegistry.current.operator
    let uscc = Sample.uscc()
    let body = Sample.organisation(uscc.lowercased(), name: " 唐山废钢有限公司 ")
    let made = try await caller.post("organisations", body)
    #expect(made.status == 201, "\(made.text)")
    let id = try #require(made["id"]?.text)
    #expect(made.header("Location") == "/registry/v1/organisations/\(id)")
    #expect(made.etag == "\"1\"")
    #expect(made["version"]?.int == 1)
    #expect(made["name"]?.text == "唐山废钢有限公司")
    #expect(made["identifier"]?["value"]?.text == uscc)
    #expect(made["identifier"]?["checked"] == true)
    let read = try await caller.get("organisations/\(id)")
    #expect(read.body == made.body)
    #expect(read.etag == "\"1\"")
    let found = try await caller.get("organisations?identifier=uscc:\(uscc)")
    #expect(found["items"]?.elements.map { $0["id"]?.text } == [id])
    let new = Sample.organisation(uscc, name: "New Name").with("ownership_group", "A Group")
    #expect(try await caller.put("organisations/\(id)", new, ifMatch: nil).status == 428)
    #expect(try await caller.put("organisations/\(id)", new, ifMatch: "\"2\"").status == 412)
    #expect(try await caller.put("organisations/\(id)", new, ifMatch: "1").status == 412)
    #expect(try await caller.put("organisations/\(id)", new, ifMatch: "W/\"1\"").status == 412)
    let changed = try await caller.put("organisations/\(id)", new, ifMatch: "\"1\"")
    #expect(changed.status == 200)
    #expect(changed.etag == "\"2\"")
    #expect(try await caller.put("organisations/\(id)", new, ifMatch: "\"1\"").status == 412)
    #expect(try await caller.get("organisations/\(id)")["ownership_group"]?.text == "A Group")
  }

  @Test("The same identifier is refused, naming the one that has it, in any notation")
  func duplicateOrganisation() async throws {
    let caller = try await RunningRegistry.current.operator
    let uscc = Sample.uscc()
    let first = try await caller.post("organisations", Sample.organisation(uscc, name: "First"))
    let second = try await caller.post(
      "organisations", Sample.organisation(" \(uscc.lowercased())"))
    #expect(second.status == 409)
    #expect(second.problem == "duplicate")
    #expect(second["candidates"]?.elements.first?["id"] == first["id"])
    #expect(second["candidates"]?.elements.first?["name"]?.text == "First")
    let other = try await caller.post("organisations", Sample.organisation())
    let taken = try await caller.put(
      "organisations/\(other["id"]?.text ?? "")", Sample.organisation(uscc), ifMatch: other.etag)
    #expect(taken.status == 409)
  }

  @Test(
    "A wrong identifier is refused at its field",
    arguments: [
      ("uscc", "91130000MAXDEMA17X"), ("uscc", "9113"), ("uscc", "91130000MAIDEMA17J"),
      ("uscc", ""),
      ("lei", "5493001KJTIIGC8Y1R13"), ("LEI", "x"), ("a b", "x"),
    ])
  func wrongIdentifier(scheme: String, value: String) async throws {
    let caller = try await RunningRegistry.current.operator
    let body = Sample.organisation().with("identifier/scheme", .string(scheme))
      .with("identifier/value", .string(value))
    let reply = try await caller.post("organisations", body)
    #expect(reply.status == 422)
    #expect(reply.pointers.allSatisfy { $0.hasPrefix("/identifier/") }, "\(reply.text)")
  }

  @Test("Another scheme's identifier is kept as given and marked unchecked")
  func unchecked() async throws {
    let caller = try await RunningRegistry.current.operator
    let body = Sample.organisation().with("identifier/scheme", "gem_entity")
      .with("identifier/value", .string("E\(Caller.fresh())"))
    let reply = try await caller.post("organisations", body)
    #expect(reply.status == 201)
    #expect(reply["identifier"]?["checked"] == false)
  }

  @Test("A facility is registered, read back and changed under its entity tag")
  func facility() async throws {
    let caller = try await RunningRegistry.current.operator
    let enrolled = try await Enrolled(by: caller)
    let read = try await caller.get("facilities/\(enrolled.facility)")
    #expect(read.status == 200)
    #expect(read.header("Content-Location") == "/registry/v1/facilities/\(enrolled.facility)")
    #expect(read["merged_ids"] == [])
    #expect(read["location"]?["authority"]?.text == "130000", "the province is the authority")
    #expect(read["capacities"]?.elements.first?["per_year"] == Sample.mass("300000"))
    var body = read.json
    for name in ["id", "version", "merged_ids"] { body = body.with(name, nil) }
    body = body.with(
      "obligations",
      [
        .members(["report": "throughput", "metal": "steel", "from": "2025-01"])
      ])
    let path = "facilities/\(enrolled.facility)"
    #expect(try await caller.put(path, body, ifMatch: nil).status == 428)
    #expect(try await caller.put(path, body, ifMatch: "\"7\"").status == 412)
    #expect(try await enrolled.reporter.put(path, body, ifMatch: "\"1\"").status == 403)
    let changed = try await caller.put(path, body, ifMatch: "\"1\"")
    #expect(changed.status == 200, "\(changed.text)")
    #expect(changed["version"]?.int == 2)
    #expect(changed["obligations"]?.elements.count == 1)
    #expect(try await caller.put(path, body, ifMatch: "\"1\"").status == 412)
  }

  @Test(
    "A like name near by, or the same identifier, is refused with the candidates until confirmed")
  func duplicateFacility() async throws {
    let caller = try await RunningRegistry.current.operator
    let name = "废钢加工基地" + String(Caller.fresh().prefix(6))
    let enrolled = try await Enrolled(by: caller, name: name)
    let body = Sample.facility(enrolled.organisation, name: "（\(name)）")
      .with("location/latitude", .number("39.601"))
    let refused = try await caller.post("facilities", body)
    #expect(refused.status == 409, "\(refused.text)")
    let candidate = try #require(refused["candidates"]?.elements.first)
    #expect(candidate["id"]?.text == enrolled.facility)
    #expect(candidate["reason"]?.text == "like_name_nearby")
    #expect(candidate["distance_m"]?.int == 111)
    let far = body.with("location/latitude", .number("39.7"))
    #expect(try await caller.post("facilities", far).status == 201)
    let confirmed = try await caller.post("facilities?confirm_duplicate=true", body)
    #expect(confirmed.status == 201)
    let identified = Sample.facility(enrolled.organisation)
      .with("identifier", .members(["scheme": "gem_plant", "value": .string("P\(name)")]))
    #expect(try await caller.post("facilities", identified).status == 201)
    let same = try await caller.post("facilities", identified.with("name", "Quite another"))
    #expect(same["candidates"]?.elements.first?["reason"]?.text == "same_identifier")
  }

  @Test("A wrong place, role, capacity or date is refused at its field")
  func wrongFacility() async throws {
    let caller = try await RunningRegistry.current.operator
    let enrolled = try await Enrolled(by: caller)
    let capacity = JSON.members([
      "process": "eaf", "per_year": Sample.mass("1", "kt"), "from": "2025-01-01",
    ])
    let cases: [(String, JSON?, String)] = [
      ("location/country", "cn", "/location/country"),
      ("location/country", "XX", "/location/country"),
      ("location/province", nil, "/location/province"),
      ("location/province", "13", "/location/province"),
      ("location/authority", "210200", "/location/authority"),
      ("location/country", "DE", "/location/province"),
      ("location/latitude", .number("90.5"), "/location/latitude"),
      ("location/latitude", "39", "/location/latitude"),
      ("location/latitude", nil, "/location/longitude"),
      ("location", nil, "/location"), ("location", [], "/location"),
      ("roles", [], "/roles"), ("roles", nil, "/roles"), ("roles", ["boss"], "/roles/0"),
      ("roles", ["mill", "mill"], "/roles"), ("name", nil, "/name"), ("name", "", "/name"),
      ("organisation_id", "01890000-0000-7000-8000-00000000dead", "/organisation_id"),
      ("closed_on", "2025-02-29", "/closed_on"),
      ("capacities", [capacity, capacity], "/capacities"),
      ("capacities", [capacity.with("to", "2024-12-31")], "/capacities/0/to"),
      ("capacities", [capacity.with("per_year", nil)], "/capacities/0/per_year"),
      ("designations", [.members(["kind": "gold", "from": "2025-01-01"])], "/designations/0/kind"),
      (
        "obligations", [.members(["report": "throughput", "from": "2025-01"])],
        "/obligations/0/metal"
      ),
      ("demonstration", "true", "/demonstration"),
    ]
    for (path, value, pointer) in cases {
      let body = Sample.facility(enrolled.organisation).with(path, value)
      let reply = try await caller.post("facilities", body)
      #expect(reply.status == 422, "\(path): \(reply.text)")
      #expect(reply.pointers.contains { $0.hasPrefix(pointer) }, "\(path): \(reply.text)")
    }
  }

  @Test("A plant abroad has a country and no code that is made up")
  func abroad() async throws {
    let caller = try await RunningRegistry.current.operator
    let enrolled = try await Enrolled(by: caller)
    let body = Sample.facility(enrolled.organisation, roles: ["mill"])
      .with("location", .members(["country": "DE", "subdivision": "Saarland"]))
    let reply = try await caller.post("facilities", body)
    #expect(reply.status == 201, "\(reply.text)")
    #expect(reply["location"]?["province"] == nil)
    #expect(reply["location"]?["authority"] == nil)
  }

  @Test("Facilities come in bulk by identifier, twice without harm")
  func bulk() async throws {
    let caller = try await RunningRegistry.current.operator
    let columns =
      "organisation_scheme,organisation_value,organisation_name,name,identifier_scheme,identifier_value,roles,country,province,latitude,longitude,eaf_ktpa,scrap_steel_ktpa,demonstration"
    let tag = Caller.fresh()
    let row = { (index: Int, capacity: String) in
      "gem_entity,E\(tag),Steel Group,Plant \(tag) \(index),gem_plant,P\(tag)-\(index),mill|scrap_processor,CN,130000,39.\(index),118.1,\(capacity),100.5,true"
    }
    let text = ([columns] + (1...3).map { row($0, "1000") }).joined(separator: "\n")
    let first = try await caller.bulk("facilities/bulk", text)
    #expect(first.count("created") == 3, "\(first.text)")
    let again = try await caller.bulk("facilities/bulk", text)
    #expect(again.count("unchanged") == 3, "\(again.text)")
    let id = try #require(first.lines[0]["id"]?.text)
    let found = try await caller.get("facilities?identifier=gem_plant:P\(tag)-1")
    #expect(found["items"]?.elements.map { $0["id"]?.text } == [id])
    #expect(found["items"]?.elements.first?["capacities"]?.elements.count == 2)
    let third = try await caller.bulk(
      "facilities/bulk",
      [
        columns, row(1, "1001"), row(2, "x"), row(3, "1000").replacing("130000", with: "130001"),
        row(4, "").replacing("39.4", with: "abc"), row(5, "").replacing("P\(tag)-5", with: ""),
      ].joined(separator: "\n"))
    #expect(
      third.lines.dropLast().map { $0["outcome"]?.text }
        == ["revised", "refused", "refused", "refused", "refused"], "\(third.text)")
    #expect(try await caller.get("facilities/\(id)")["version"]?.int == 2)
    let organisations = try await caller.get("organisations?identifier=gem_entity:E\(tag)")
    #expect(organisations["items"]?.elements.count == 1)
  }

  @Test("Lists are filtered by province, role and organisation")
  func filters() async throws {
    let caller = try await RunningRegistry.current.operator
    let enrolled = try await Enrolled(by: caller, province: "620000")
    let mill = try await caller.register(
      Sample.facility(enrolled.organisation, province: "630000", roles: ["mill", "trader"]))
    let ids = { (query: String) in
      try await caller.get("facilities?organisation_id=\(enrolled.organisation)&\(query)")["items"]?
        .elements.compactMap { $0["id"]?.text }
    }
    #expect(try await ids("limit=10")?.count == 2)
    #expect(try await ids("province=630000") == [mill])
    #expect(try await ids("role=trader") == [mill])
    #expect(try await ids("role=scrap_processor") == [enrolled.facility])
    #expect(try await ids("role=hydrogen_user") == [])
  }
}
