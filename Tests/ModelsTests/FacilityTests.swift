import TestSupport
import Testing

@testable import Models

struct FacilityTests {
  static let organisation = "0192f0c1-0000-7000-8000-000000000001"

  func text(_ members: String = "", location: String = #"{"country": "CN", "province": "130000"}"#)
    -> String
  {
    """
    {"organisation_id": "\(Self.organisation)", "name": "Yard", "roles": ["scrap_processor"],
     "location": \(location)\(members.isEmpty ? "" : ", " + members)}
    """
  }

  func facility(_ members: String = "") throws -> Facility {
    try read(text(members), as: Facility.init)
  }

  func capacity(_ tonnes: Int, _ rest: String = "", process: String = "scrap_processing") -> String
  {
    #"{"process": "\#(process)", "per_year": {"value": "\#(tonnes)", "unit": "t"}\#(rest)}"#
  }

  @Test("A facility and everything in it come back from what is written")
  func roundTrip() throws {
    let full = try facility(
      """
      "local_name": "示范废钢加工厂", "identifier": {"scheme": "uscc", "value": "91130000maxdema17j"},
      "opened_on": "2012-01-01", "closed_on": "2030-06-30", "demonstration": true,
      "capacities": [\(capacity(150_000, #", "to": "2025-12-31""#)),
        \(capacity(200_000, #", "from": "2026-01-01", "metal": "steel""#)),
        \(capacity(9, process: "eaf"))],
      "designations": [{"kind": "green_factory", "from": "2024-01-01", "reference": "No. 1"},
        {"kind": "performance_class_a", "from": "2024-01-01", "to": "2024-01-01"}],
      "obligations": [{"report": "throughput", "metal": "steel", "from": "2026-01"},
        {"report": "recycled_input", "from": "2026-01", "to": "2026-12"}]
      """)
    #expect(try Fields.read(full.json, as: Facility.init) == full)
    #expect(try Fields.read(JSONParser.parse(full.json.bytes), as: Facility.init) == full)
    #expect(try Fields.read(facility().json, as: Facility.init) == facility())
    for one in full.capacities { #expect(try Fields.read(one.json, as: Capacity.init) == one) }
    for one in full.designations {
      #expect(try Fields.read(one.json, as: Designation.init) == one)
    }
    for one in full.obligations { #expect(try Fields.read(one.json, as: Obligation.init) == one) }
  }

  @Test(
    "A location comes back from what is written",
    arguments: [
      #"{"country": "CN", "province": "650000", "authority": "XPCC", "municipality": "石河子"}"#,
      #"{"country": "CN", "province": "130000", "latitude": 38.0428, "longitude": -114.5149}"#,
      #"{"country": "CN", "province": "130000", "latitude": -90, "longitude": 180.0}"#,
      #"{"country": "DE", "subdivision": "Nordrhein-Westfalen", "latitude": 0, "longitude": 1e-7}"#,
      #"{"country": "CN", "province": "130000", "latitude": null, "longitude": null}"#,
    ])
  func locations(_ text: String) throws {
    let location = try read(text, as: Location.init)
    #expect(try Fields.read(JSONParser.parse(location.json.bytes), as: Location.init) == location)
  }

  @Test("In China the province is the authority unless another is named")
  func authority() throws {
    #expect(try facility().location.authority == "130000")
    let dalian = try read(
      #"{"country": "CN", "province": "210000", "authority": "210200"}"#, as: Location.init)
    #expect(dalian.authority == "210200")
    #expect(try read(#"{"country": "DE"}"#, as: Location.init).authority == nil)
  }

  @Test(
    "A wrong location is refused at the members that are wrong and at no other",
    arguments: [
      (#"{"country": "CN"}"#, ["/province"]), (#"{"province": "130000"}"#, ["/country"]),
      (#"{"country": "CN", "province": "130100"}"#, ["/province"]),
      (#"{"country": "CN", "province": "13"}"#, ["/province"]),
      (#"{"country": "CN", "province": "130000", "authority": "210200"}"#, ["/authority"]),
      (#"{"country": "CN", "province": "130000", "authority": "nobody"}"#, ["/authority"]),
      (#"{"country": "cn", "province": "130000"}"#, ["/country"]),
      (#"{"country": "XX"}"#, ["/country"]), (#"{"country": "CHN"}"#, ["/country"]),
      (#"{"country": "DE", "province": "130000", "authority": "x"}"#, ["/province", "/authority"]),
      (#"{"country": "DE", "latitude": 1}"#, ["/longitude"]),
      (#"{"country": "DE", "longitude": 1}"#, ["/longitude"]),
      (#"{"country": "DE", "latitude": 90.5, "longitude": 1}"#, ["/latitude"]),
      (#"{"country": "DE", "latitude": "1", "longitude": 181}"#, ["/latitude", "/longitude"]),
      (#"{"country": "DE", "postcode": "1"}"#, ["/postcode"]),
    ] as [(String, [String])])
  func wrongLocations(_ text: String, _ expected: [String]) {
    #expect(pointers(text, as: Location.init) == expected)
  }

  @Test("Mistakes all over a facility are reported at once, each at its pointer")
  func mistakesAtOnce() {
    #expect(
      pointers(
        """
        {"organisation_id": "x", "name": " ", "roles": ["scrap_processor", "scrap_processor"],
         "location": {"country": "CN", "province": "1"}, "identifier": {"scheme": "lei", "value": "1"},
         "opened_on": "2026-02-01", "closed_on": "2026-01-31",
         "capacities": [\(capacity(1, #", "from": "2026-01-02", "to": "2026-01-01""#))],
         "designations": [{"kind": "green_factory", "from": "2026-01-02", "to": "2026-01-01"}],
         "obligations": [{"report": "throughput", "from": "2026-02", "to": "2026-01"}], "size": 1}
        """, as: Facility.init) == [
          "/organisation_id", "/name", "/identifier/value", "/location/province",
          "/capacities/0/to", "/designations/0/to", "/obligations/0/to", "/obligations/0/metal",
          "/size", "/roles", "/closed_on",
        ])
  }

  @Test(
    "A facility without a role, or with an unknown one, is told so once",
    arguments: [
      ("null", ["/roles"]), ("[]", ["/roles"]), ("\"mill\"", ["/roles"]), ("{}", ["/roles"]),
      ("[\"smelter\"]", ["/roles/0"]), ("[\"mill\", 1, \"mill\"]", ["/roles/1", "/roles"]),
    ] as [(String, [String])])
  func roles(_ roles: String, _ expected: [String]) {
    let wrong = text().replacing("[\"scrap_processor\"]", with: roles)
    #expect(pointers(wrong, as: Facility.init) == expected)
  }

  @Test("Two capacities of one process and metal may follow each other but not overlap")
  func overlaps() throws {
    let first = capacity(1, #", "to": "2025-12-31""#)
    let next = capacity(2, #", "from": "2026-01-01""#)
    let copper = capacity(3, #", "metal": "copper""#)
    #expect(throws: Never.self) { try facility("\"capacities\": [\(next), \(first), \(copper)]") }
    for late in [capacity(2, #", "from": "2025-12-31""#), capacity(2)] {
      #expect(
        pointers(text("\"capacities\": [\(first), \(late)]"), as: Facility.init) == ["/capacities"])
      #expect(
        pointers(text("\"capacities\": [\(late), \(first)]"), as: Facility.init) == ["/capacities"])
    }
  }

  @Test("Kilogram-days of a month are the sum over its days, whatever opens, ends and closes in it")
  func kilogramDays() throws {
    var random = Seeded()
    let start = try #require(Day("2024-01-01"))
    for _ in 0..<300 {
      let facility = try randomFacility(&random, start)
      for metal in Metal.allCases {
        let month = Month(number: start.month.number + random.int(-2...16))
        let naive = (month.firstDay.number...month.lastDay.number).reduce(Int64(0)) { sum, day in
          sum + facility.processingCapacity(metal, on: Day(number: day)).grams / 1000
        }
        let found = facility.reportingCapacities(.throughput, metal).reduce(Int64(0)) {
          $0 + $1.perYear.grams / 1000 * Int64($1.days(in: month))
        }
        #expect(found == naive, "\(facility) \(month)")
      }
    }
  }

  /// Capacities that follow each other with gaps, and perhaps a closing day.
  private func randomFacility(_ random: inout Seeded, _ start: Day) throws -> Facility {
    var capacities: [String] = []
    for metal in Metal.allCases {
      var day = start.adding(days: random.int(-40...200))
      for _ in 0..<random.int(0...4) {
        let end = day.adding(days: random.int(0...90))
        let from = capacities.isEmpty && random.chance(30) ? "" : #", "from": "\#(day)""#
        capacities.append(
          capacity(
            random.int(0...1_000_000), #"\#(from), "to": "\#(end)", "metal": "\#(metal.rawValue)""#)
        )
        day = end.adding(days: random.int(1...30))
      }
      if random.chance(30) {
        capacities.append(
          capacity(random.int(0...9999), #", "from": "\#(day)", "metal": "\#(metal.rawValue)""#))
      }
    }
    capacities.append(capacity(5, process: "eaf"))
    let closed =
      random.chance(50) ? #", "closed_on": "\#(start.adding(days: random.int(0...400)))""# : ""
    return try facility("\"capacities\": [\(capacities.joined(separator: ","))]\(closed)")
  }

  @Test("A mill's steel is reported for by its crude steel capacity, or else by its furnaces'")
  func mills() throws {
    let furnaces = "\(capacity(3, process: "bof")),\(capacity(2, process: "eaf"))"
    let sum = { (facility: Facility) in
      facility.reportingCapacities(.recycledInput, .steel).map(\.perYear).sum
    }
    let both = try facility("\"capacities\": [\(capacity(4, process: "crude_steel")),\(furnaces)]")
    let known = try facility("\"capacities\": [\(furnaces)]")
    #expect(sum(both).tonnes == "4" && sum(known).tonnes == "5")
    #expect(both.reportingCapacities(.recycledInput, .copper).isEmpty)
    #expect(both.reportingCapacities(.hydrogenUse, nil).isEmpty)
  }

  @Test("A report is owed within the obligation's months and until the month of closing")
  func owes() throws {
    let facility = try facility(
      """
      "closed_on": "2026-06-01", "obligations": [
        {"report": "throughput", "metal": "steel", "from": "2026-02"},
        {"report": "recycled_input", "from": "2026-01", "to": "2026-03"}]
      """)
    func months(_ report: ReportType, _ metal: Metal?) -> [Int] {
      (1...12).filter { facility.owes(report, metal, Month(year: 2026, month: $0)) }
    }
    #expect(months(.throughput, .steel) == [2, 3, 4, 5, 6])
    #expect(months(.throughput, .copper) == [])
    #expect(months(.recycledInput, .steel) == [1, 2, 3], "steel is meant where no metal is said")
    #expect(months(.hydrogenUse, nil) == [])
  }

  @Test("An organisation comes back from what is written")
  func organisations() throws {
    for text in [
      #"{"identifier": {"scheme": "uscc", "value": "91320000MAXDEMA17U"}, "name": "示范"}"#,
      #"{"identifier": {"scheme": "x", "value": "1"}, "name": "A", "ownership_group": "B"}"#,
    ] {
      let organisation = try read(text, as: Organisation.init)
      #expect(
        try Fields.read(.object(organisation.members), as: Organisation.init) == organisation)
    }
    #expect(
      pointers(#"{"name": "A", "owner": "B"}"#, as: Organisation.init) == ["/identifier", "/owner"])
  }

  @Test("A qualification record comes back from what is written, with its figures")
  func qualification() throws {
    let id = try #require(ID(Self.organisation))
    let record = try read(
      """
      {"metal": "steel", "event": "applied", "effective": "2026-01-31", "announcement": "公告 1",
       "criteria_set": "SCRAP_STEEL_2016", "note": "n",
       "facts": {"category": "new", "capacity_t_y": "150000.0", "water_t_t": "0.19"}}
      """
    ) { fields in QualificationRecord(fields, facility: id) }
    let body = record.members.filter { $0.name != "facility_id" }
    #expect(try Fields.read(.object(body)) { QualificationRecord($0, facility: id) } == record)
    #expect(record.members.first == .init("facility_id", id.json))
    let facts = try #require(record.facts)
    #expect(try Fields.read(facts.json, as: ApplicationFacts.init) == facts)
    #expect(
      pointers(#"{"metal": "steel", "event": "won", "facts": {"height": "1", "water_t_t": 1}}"#) {
        QualificationRecord($0, facility: id)
      }.sorted() == ["/effective", "/event", "/facts/height", "/facts/water_t_t"])
  }
}
