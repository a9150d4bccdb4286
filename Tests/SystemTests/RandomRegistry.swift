import Foundation
import Journal
import Logging
import Models
import Reporting
import TestSupport
import ServiceKit
import Storage
import Synchronization

@testable import ProcessorRegistry

/// A clock that a test sets.
final class Time: Sendable {
  private let milliseconds: Mutex<Int64>

  init(_ text: String) { milliseconds = Mutex(Instant(text)?.milliseconds ?? 0) }

  var clock: Clock { Clock { Instant(milliseconds: self.milliseconds.withLock { $0 }) } }

  func advance(_ more: Int64) { milliseconds.withLock { $0 += more } }
}

/// Random bytes that come again with the same seed.
final class Dice: Sendable {
  private let state: Mutex<Seeded>

  init(_ seeded: Seeded) { state = Mutex(seeded) }

  var random: Randomness {
    Randomness { count in
      self.state.withLock { seeded in
        (0..<count).map { _ in UInt8(truncatingIfNeeded: seeded.next()) }
      }
    }
  }
}

/// A registry in this process, on real SQLite, to which random things happen. What its rules refuse
/// leaves no trace and is part of the randomness.
final class RandomRegistry {
  private struct Open {
    let store: RegistryStore
    let reporting: Reporting<ThroughputRules>
    let keeper: JournalKeeper
  }

  static let origin = "registry.test/registry"
  private static let places: [(country: String, province: String?, authority: String?)] = [
    ("CN", "110000", nil), ("CN", "130000", nil), ("CN", "130000", "130000"),
    ("CN", "210000", nil), ("CN", "210000", "210200"), ("CN", "310000", nil),
    ("CN", "330000", "330200"), ("CN", "440000", nil), ("CN", "440000", "440300"),
    ("CN", "650000", nil), ("CN", "650000", "XPCC"), ("CN", "710000", nil), ("JP", nil, nil),
    ("DE", nil, nil),
  ]

  var random: Seeded
  let time = Time("2026-03-02T01:00:00.000Z")
  private let dice: Dice
  private let url: String
  private var open: Open?
  private let actor: Actor
  private var organisations: [ID] = []
  private(set) var facilities: [ID] = []
  private var reports: [ID] = []
  /// By kind, how many steps were taken in and how many were refused.
  private(set) var taken: [String: Int] = [:]
  private(set) var refused: [String: Int] = [:]

  init(in folder: URL, random: Seeded) async throws {
    self.random = random
    dice = Dice(random)
    url = try TestStorage.url("\(folder.path())registry.sqlite")
    actor = Actor(
      credential: dice.random.id(at: time.clock.now()),
      grants: Set(
        [Role.reporter, .operator, .verifier, .analyst].map { Grant($0, .all) }))
    try await start()
  }

  private func start() async throws {
    let database = try await openDatabase()
    let keeper = try await JournalKeeper(
      origin: Self.origin, database: database, clock: time.clock, random: dice.random,
      logger: Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() }))
    let store = try await RegistryStore(
      database: database, journal: Journal(clock: time.clock, random: dice.random))
    open = Open(
      store: store,
      reporting: Reporting(
        store: ReportStore(
          database: database, journal: store.journal, facilities: store.facilities,
          source: "registry"),
        rules: ThroughputRules(permille: 5, facilities: store.facilities)), keeper: keeper)
  }

  /// The lock of the one that was closed goes with its last reference, which the writer's thread
  /// may hold for some microseconds more: tried again, a bounded number of times.
  private func openDatabase() async throws -> Database {
    for _ in 0..<10_000 {
      if let database = try? Database(url: url) { return database }
      await Task.yield()
    }
    return try Database(url: url)
  }

  func restart() async throws {
    try open?.store.database.close()
    open = nil
    try await start()
  }

  var store: RegistryStore {
    get throws {
      guard let open else { throw StorageFailure.misuse("the registry is closed") }
      return open.store
    }
  }

  /// Signs what is new.
  /// - Returns: the signed size and root.
  func sign() async throws -> Checkpoint? {
    try await open?.keeper.keep()
    return open?.keeper.published?.checkpoint
  }

  func entries(from first: Int64 = 0) async throws -> [Entry] {
    try await store.database.read {
      try Journal.entries(after: first, limit: .max, end: .max, on: $0)
    }
  }

  // MARK: Steps

  func step() async throws {
    // The clock stands still now and then, runs backwards rarely, and at times leaps.
    switch random.int(1...100) {
    case ...35: break
    case ...60: time.advance(Int64(random.int(1...3)))
    case ...97: time.advance(Int64(random.int(1...4 * 86_400_000)))
    default: time.advance(-Int64(random.int(1...7_200_000)))
    }
    if facilities.count < 3 { return try await attempt("facility", registerFacility) }
    switch random.int(1...100) {
    case ...3: try await attempt("organisation", registerOrganisation)
    case ...5: try await attempt("organisation change", changeOrganisation)
    case ...14: try await attempt("facility", registerFacility)
    case ...30: try await attempt("facility change", changeFacility)
    case ...46: try await attempt("qualification", qualify)
    case ...68: try await attempt("report", report)
    case ...74: try await attempt("bulk", bulk)
    case ...84: try await attempt("revision", revise)
    case ...90: try await attempt("withdrawal", withdraw)
    case ...97: try await attempt("merge", merge)
    default: try await attempt("restart", restart)
    }
  }

  private func attempt(_ kind: String, _ step: () async throws -> Void) async throws {
    do {
      try await step()
      taken[kind, default: 0] += 1
    } catch is Problem {
      refused[kind, default: 0] += 1
    }
  }

  private func registerOrganisation() async throws {
    let organisation = try Fields.read(organisation(), as: Organisation.init)
    let (store, actor) = (try store, actor)
    organisations.append(
      try await store.database.write {
        try store.register(organisation, by: actor.name, on: $0).0.id
      })
  }

  private func changeOrganisation() async throws {
    guard let id = random.maybe(organisations) else { return }
    let organisation = try Fields.read(organisation(), as: Organisation.init)
    let (store, actor) = (try store, actor)
    _ = try await store.database.write { connection in
      let version = try store.organisation(id, on: connection)?.version ?? 1
      return try store.change(
        id, to: organisation, ifMatch: ETag.text(version), by: actor.name, on: connection)
    }
  }

  private func organisation() -> JSON {
    .members([
      "identifier": .members([
        "scheme": "test", "value": .string(String(random.int(1...9999))),
      ]), "name": .string("组织 \(random.int(1...99)) \"Scrap\""),
    ])
  }

  private func registerFacility() async throws {
    if organisations.isEmpty || random.chance(30) { try await registerOrganisation() }
    let facility = try Fields.read(facility(), as: Facility.init)
    let (store, actor, confirmed) = (try store, actor, random.chance(90))
    facilities.append(
      try await store.database.write {
        try store.register(facility, confirmed: confirmed, by: actor.name, on: $0).0.id
      })
  }

  private func changeFacility() async throws {
    let id = random.one(facilities)
    let draft = facility()
    let (store, actor, keepsPlace) = (try store, actor, random.chance(60))
    _ = try await store.database.write { connection in
      guard let old = try store.facilities.facility(id, on: connection) else { return }
      // Mostly the place stays and the rest changes.
      let location = keepsPlace ? old.facility.location.json : draft["location"]
      let facility = try Fields.read(
        draft.replacing("location", location), as: Facility.init)
      _ = try store.change(old, to: facility, confirmed: true, by: actor.name, on: connection)
    }
  }

  private func facility() -> JSON {
    let place = random.one(Self.places)
    let hasCoordinates = random.chance(50)
    return .members([
      "organisation_id": random.maybe(organisations)?.json,
      "name": .string("示范 \(random.int(1...500))"),
      "identifier": random.chance(30)
        ? .members(["scheme": "gem", "value": .string("P\(random.int(1...200))")]) : nil,
      "roles": .array(roles()),
      "location": .members([
        "country": .string(place.country), "province": .text(place.province),
        "authority": .text(place.authority),
        "latitude": hasCoordinates ? .number("\(random.int(20...50)).5") : nil,
        "longitude": hasCoordinates ? .number("\(random.int(80...120)).25") : nil,
      ]),
      "opened_on": random.chance(15) ? day(2025...2026) : nil,
      "closed_on": random.chance(12) ? day(2026...2027) : nil,
      "capacities": .array(Metal.allCases.flatMap { capacities($0) }),
      "obligations": .array(obligations()),
      "demonstration": .bool(random.chance(50)),
    ])
  }

  private func roles() -> [JSON] {
    let roles = ["scrap_processor", "mill", "hydrogen_user"].filter {
      random.chance($0 == "scrap_processor" ? 92 : 60)
    }
    return (roles.isEmpty ? ["trader"] : roles).map { .string($0) }
  }

  private func day(_ years: ClosedRange<Int>) -> JSON {
    Day(year: random.int(years), month: random.int(1...12), day: random.int(1...28)).json
  }

  /// One after the other, changing in mid-month; sometimes since ever and for ever.
  private func capacities(_ metal: Metal) -> [JSON] {
    guard random.chance(metal == .steel ? 85 : 35) else { return [] }
    let first = Day(year: 2025, month: 6, day: 1)
    let cuts = Set((0..<random.int(0...3)).map { _ in first.adding(days: random.int(0...700)) })
      .sorted()
    var starts: [Day?] = [random.chance(25) ? nil : first] + cuts
    if starts.count > 1, random.chance(20) { starts.remove(at: random.int(0...starts.count - 1)) }
    let isOpen = random.chance(25)
    var lines = starts.enumerated().map { index, start in
      let next = index + 1 < starts.count ? starts[index + 1] : nil
      let end = next?.adding(days: -1) ?? (isOpen ? nil : first.adding(days: 760))
      return JSON.members([
        "process": "scrap_processing", "metal": .string(metal.rawValue),
        "per_year": mass(Int64(random.int(0...900_000_000)) * 1000), "from": start?.json,
        "to": end?.json,
      ])
    }
    if metal == .steel, random.chance(25) {
      lines.append(
        .members([
          "process": "blast_furnace", "per_year": mass(random.chance(85) ? 9_000_000_000 : 0),
          "from": random.chance(50) ? day(2025...2026) : nil,
        ]))
    }
    if random.chance(15) {
      lines.append(
        .members([
          "process": "eaf", "metal": .string(metal.rawValue), "per_year": mass(5_000_000_000),
        ]))
    }
    return lines
  }

  private func obligations() -> [JSON] {
    (0..<random.int(0...3)).map { _ in
      .members([
        "report": .string(
          random.chance(60) ? "throughput" : random.one(["recycled_input", "hydrogen_use"])),
        "metal": .string(random.one(Metal.allCases).rawValue), "from": month().json,
        "to": random.chance(70) ? Month(year: 2026, month: random.int(6...12)).json : nil,
      ])
    }
  }

  /// Among few months, so that reports meet.
  private func month() -> Month {
    Month(number: Month(year: 2025, month: 9).number + random.int(0...7))
  }

  /// A mass in a random unit.
  private func mass(_ grams: Int64) -> JSON {
    switch random.int(0...3) {
    case 0: .members(["value": .string(decimal(grams, 3)), "unit": "kg"])
    case 1: .members(["value": .string(decimal(grams, 9)), "unit": "kt"])
    case 2: .members(["value": .string(decimal(grams, 10)), "unit": "万吨"])
    default: .members(["value": .string(decimal(grams, 6)), "unit": "t"])
    }
  }

  private func decimal(_ value: Int64, _ places: Int) -> String {
    let digits = String(value)
    let padded = String(repeating: "0", count: max(0, places + 1 - digits.count)) + digits
    return "\(padded.dropLast(places)).\(padded.suffix(places))"
  }

  private func qualify() async throws {
    let id = random.one(facilities)
    let metal = random.chance(70) ? Metal.steel : random.one(Metal.allCases)
    let (store, actor) = (try store, actor)
    let (facility, last) = try await store.database.read { connection in
      let facility = try store.facilities.facility(id, on: connection)?.id ?? id
      return (facility, try store.lastQualification(facility, metal, on: connection))
    }
    let next = QualificationOrder.next(after: last?.event)
    let event = random.chance(95) ? random.one(next) : random.one(QualificationEvent.allCases)
    let start = last?.effective ?? Day(year: 2025, month: random.int(1...12), day: 15)
    let set = Reference.shared.criteriaSets.first { $0.metal == metal }
    let draft = JSON.members([
      "metal": .string(metal.rawValue), "event": .string(event.rawValue),
      "effective": start.adding(days: random.int(0...60)).json,
      "announcement": .string("公告 \(random.int(1...99)) 号"),
      "criteria_set": .text(event == .applied ? set?.id : nil),
      "facts": event == .applied
        ? .members(["capacity_t_y": .string(String(random.int(1...500_000)))]) : nil,
    ])
    let record = try Fields.read(draft) { QualificationRecord($0, facility: facility) }
    _ = try await store.database.write { connection in
      try QualificationOrder.check(
        record,
        after: try store.lastQualification(facility, metal, on: connection))
      _ = try store.record(record, by: actor.name, on: connection)
    }
  }

  private func report() async throws {
    let draft = try await throughput(of: random.one(facilities), metal(), month())
    let (store, actor) = (try store, actor)
    guard let reporting = open?.reporting else { return }
    let report = try Fields.read(draft, as: Throughput.init)
    reports.append(
      try await store.database.write {
        try reporting.report(report, by: actor, on: $0).report.id
      })
  }

  private func metal() -> Metal { random.chance(70) ? .steel : random.one(Metal.allCases) }

  /// Rows of few facilities and months, so that some revise and some are unchanged.
  private func bulk() async throws {
    var rows: [BulkRow] = []
    let id = random.one(facilities)
    for number in 0..<random.int(1...6) {
      if let last = rows.last, random.chance(20) {
        rows.append(last)
        continue
      }
      let draft = try await throughput(of: id, metal(), month())
      let row = random.chance(80) ? draft.replacing("reason", "weighed again") : draft
      rows.append(BulkRow(number: number, content: .success(row)))
    }
    for outcome in try await open?.reporting.take(rows, by: actor) ?? [] {
      switch outcome {
      case .created(let id): reports.append(id)
      case .revised: taken["bulk revision", default: 0] += 1
      case .unchanged: taken["bulk unchanged", default: 0] += 1
      case .refused: refused["bulk row", default: 0] += 1
      }
    }
  }

  private func throughput(of facility: ID, _ metal: Metal, _ month: Month) async throws -> JSON {
    guard let reports = open?.reporting.store else { return .null }
    let before = try await reports.database.read { connection in
      let root = try reports.facilities.facility(facility, on: connection)?.id ?? facility
      return try reports.neighbours(root, metal, Period(month), on: connection).previousClosing?
        .grams
    }
    let head: KeyValuePairs<String, JSON?> = [
      "facility_id": facility.json, "metal": .string(metal.rawValue), "month": month.json,
    ]
    guard case .object(let members) = JSON.members(head) else { return .null }
    if random.chance(20) {
      let stock = random.chance(50) ? nil : mass(before ?? Int64(random.int(0...9_999_999)))
      return .object(
        members + [.init("nil", true)] + (stock.map { [.init("opening", $0)] } ?? []))
    }
    return .object(members + figures(opening: before ?? Int64(random.int(0...50_000_000_000))))
  }

  /// A month that balances to the gram, or nearly.
  private func figures(opening: Int64) -> [JSON.Member] {
    let purchases = (0..<random.int(0...3)).map { _ in
      (random.one(PurchaseSource.allCases), Int64(random.int(0...90_000_000_000)))
    }
    let available = opening + purchases.map(\.1).reduce(0, +)
    let residue = available / Int64(random.int(20...200))
    let loss = available / Int64(random.int(100...900))
    let product = available * Int64(random.int(10...80)) / 100
    let shipped = (available - residue - loss) * Int64(random.int(0...100)) / 100
    // Within the tolerance of 5 per mille, mostly.
    let slack = random.chance(80) ? 0 : available * Int64(random.int(0...7)) / 1000
    let shipments = [shipped / 3, shipped - shipped / 3].map {
      (random.one(ShipmentDestination.allCases), $0)
    }
    let object = JSON.members([
      "opening": mass(opening),
      "opening_reason": random.chance(85) ? "counted anew" : nil,
      "purchases": .array(
        purchases.map { .members(["source": .string($0.0.rawValue), "mass": mass($0.1)]) }),
      "shipments": .array(
        shipments.map { .members(["destination": .string($0.0.rawValue), "mass": mass($0.1)]) }),
      "input": mass(product + residue + loss + slack),
      "products": [.members(["grade": "GB/T 39733:SRS", "mass": mass(product)])],
      "residue": mass(residue), "loss": mass(loss),
      "closing": mass(available - shipped - residue - loss),
      "note": random.chance(20) ? "更正 \\ \"n\"\n" : nil,
    ])
    guard case .object(let members) = object else { return [] }
    return members
  }

  private func revise() async throws {
    guard let id = random.maybe(reports), let reporting = open?.reporting else { return }
    let (store, actor) = (reporting.store, actor)
    guard let old = try await store.database.read({ try store.report(id, on: $0) }) else {
      return
    }
    // Sometimes under an id that was merged since.
    let draft = try await throughput(of: old.report.facility, old.report.metal, old.report.month)
    let report = try Fields.read(draft, as: Throughput.init)
    _ = try await store.database.write { connection in
      guard let old = try store.report(id, on: connection) else { return }
      _ = try reporting.revise(old, to: report, reason: "weighed again", by: actor, on: connection)
    }
  }

  private func withdraw() async throws {
    guard let id = random.maybe(reports), let reporting = open?.reporting else { return }
    let (store, actor) = (reporting.store, actor)
    _ = try await store.database.write { connection in
      guard let old = try store.report(id, on: connection) else { return }
      _ = try reporting.withdraw(old, reason: "wrong site", by: actor, on: connection)
    }
  }

  /// Of any two ids: chains come about when a survivor is absorbed later.
  private func merge() async throws {
    let (one, other) = (random.one(facilities), random.one(facilities))
    let (store, actor) = (try store, actor)
    _ = try await store.database.write { connection in
      guard let survivor = try store.facilities.facility(one, on: connection),
        let absorbed = try store.facilities.facility(other, on: connection),
        survivor.id != absorbed.id
      else { throw Problem(.conflict, "one facility") }
      _ = try store.merge(
        absorbed, into: survivor, reason: "entered twice", by: actor.name, on: connection)
    }
  }
}

extension JSON {
  /// The same object with another value of a member, or without it.
  func replacing(_ name: String, _ value: JSON?) -> JSON {
    guard case .object(var members) = self else { return self }
    members.removeAll { $0.name == name }
    return .object(members + (value.map { [.init(name, $0)] } ?? []))
  }
}
