import ArgumentParser
import Foundation
import Journal
import Models
import Reporting
import Storage
import Synchronization

/// Gives a service's database a past, through the product's own journal and stores with a clock that
/// goes from month to month: first what its journal says already, then the reports.
struct Past: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Enter years of reports into the database of a service that was stopped.")

  @Option(help: "The service's database, such as sqlite:processor-registry.sqlite.")
  var database: String

  @Option(help: "A file with the ids of the facilities that report.")
  var facilities: String

  @Option(help: "Months that are reported, up to the one before the last.")
  var months = 125

  @Flag(help: "The reports are those of mills, and the service is recycled-input.")
  var mills = false

  func run() async throws {
    let database = try Database(url: database)
    let ids = try String(contentsOfFile: facilities, encoding: .utf8)
      .split(separator: "\n").compactMap { ID(String($0)) }
    // A month's reports come all through the next one, and that is over.
    let last = Clock.system.now().dayInChina.month.previous.previous
    let span = (last.number - months + 1...last.number).map { Month(number: $0) }
    let clock = StandingClock()
    clock.set(Month(number: last.number - months + 1).firstDay.startInChina)
    try await Self.enterAnew(database, Journal(clock: clock.clock, random: .system))
    let revisions: Int
    if mills {
      revisions = try await PastReports(database, ids, clock, draft: PastMonth.mill).enter(span)
    } else {
      revisions = try await PastReports(database, ids, clock, draft: PastMonth.throughput)
        .enter(span)
    }
    let made = JSON.members([
      "reports": .int(ids.count * months), "revisions": .int(revisions),
      "last_month": .int(last.number), "last_ms": .int(clock.clock.now().milliseconds),
    ])
    print(String(decoding: made.bytes, as: UTF8.self))
    try database.close()
  }

  /// Enters what the journal says already as if it had been said in the beginning. The order stays,
  /// and so do the positions that rows name.
  private static func enterAnew(_ database: Database, _ journal: Journal) async throws {
    let entries = try await database.write { connection in
      let entries = try Journal.entries(after: 0, limit: .max, end: .max, on: connection)
      for table in ["journal", "journal_tile", "journal_checkpoint"] {
        try connection.execute("DELETE FROM \(table)")
      }
      try connection.execute("UPDATE journal_head SET size = 0, recorded_at = 0")
      return entries
    }
    try await database.write { connection in
      for entry in entries {
        let old = try Followed(position: entry.position, event: entry.event, salt: entry.salt)
        guard let type = old.type else { throw StorageFailure.misuse("an entry has no type") }
        try journal.append(
          Event(type, subject: old.subject, actor: old.actor, data: old.data), on: connection)
      }
    }
  }
}

/// A clock that stands until it is set.
final class StandingClock: Sendable {
  private let moment = Mutex(Instant(milliseconds: 0))

  func set(_ moment: Instant) { self.moment.withLock { $0 = moment } }

  var clock: Clock { Clock { self.moment.withLock { $0 } } }
}

/// The reports of some facilities, each recorded at its moment of the month after.
struct PastReports<Report: MonthlyReport>: Sendable {
  private let facilities: [ID]
  private let clock: StandingClock
  private let draft: @Sendable (ID, Month, Int) throws -> Report
  private let reporting: Reporting<PastRules<Report>>
  private let reporter: Actor

  /// - Parameter draft: a facility's month; the number makes its figures others.
  init(
    _ database: Database, _ facilities: [ID], _ clock: StandingClock,
    draft: @escaping @Sendable (ID, Month, Int) throws -> Report
  ) {
    self.facilities = facilities
    self.clock = clock
    self.draft = draft
    let random = Randomness.system
    let store = ReportStore<Report>(
      database: database, journal: Journal(clock: clock.clock, random: random),
      facilities: Facilities(), source: "bench")
    reporting = Reporting(store: store, rules: PastRules())
    reporter = Actor(
      credential: random.id(at: clock.clock.now()), grants: [Grant(.reporter, .all)])
  }

  /// - Returns: how many revisions there are beside the reports.
  func enter(_ months: [Month]) async throws -> Int {
    var revisions = 0
    for month in months {
      for start in stride(from: 0, to: facilities.count, by: 1000) {
        let batch = start..<min(start + 1000, facilities.count)
        revisions += try await reporting.store.database.write { connection in
          try batch.reduce(0) { try $0 + enter($1, month, on: connection) }
        }
      }
    }
    return revisions
  }

  /// - Returns: the number of revisions.
  private func enter(_ index: Int, _ month: Month, on connection: Connection) throws -> Int {
    let facility = facilities[index]
    clock.set(moment(index, after: month))
    _ = try reporting.report(draft(facility, month, index), by: reporter, on: connection)
    // One of fifty is revised two months later.
    guard (index + month.number) % 50 == 0 else { return 0 }
    let old = month.previous.previous
    let found = try reporting.store.neighbours(facility, .steel, Period(old), on: connection)
    guard let first = found.overlapping.last else { return 0 }
    _ = try reporting.revise(
      first, to: draft(facility, old, index + 1), reason: "Weighed again.", by: reporter,
      on: connection)
    return 1
  }

  private func moment(_ index: Int, after month: Month) -> Instant {
    let start = month.next.firstDay.startInChina.milliseconds
    let end = month.next.next.firstDay.startInChina.milliseconds
    return Instant(milliseconds: start + (end - start) * Int64(index) / Int64(facilities.count))
  }
}

/// The rules that reports of every type are under.
struct PastRules<Report: MonthlyReport>: Rulebook {
  func accept(
    _ report: Report, of facility: StoredFacility, after previousClosing: Mass?, today: Day,
    on connection: Connection
  ) throws -> Report {
    try CommonRules(
      report, of: facility.facility, previousClosing: previousClosing, today: today
    ).accepted()
  }

  func derived(_ report: Report, of facility: StoredFacility?, on connection: Connection)
    -> [JSON.Member]
  { [] }

  func row(_ columns: [String: String]) -> JSON { .object([]) }
}

/// Months whose figures add up, as `load.lua` posts them; masses in kilograms.
enum PastMonth {
  @Sendable static func throughput(_ facility: ID, _ month: Month, _ number: Int) throws
    -> Throughput
  {
    let seed = seed(month, number)
    let (old, new) = (100_000 + seed, 50_000 + seed % 70_001)
    let (residue, loss, foundry) = (1000 + seed % 999, 500 + seed % 499, 9000 + seed % 999)
    let made = old + new - residue - loss
    let report = JSON.members([
      "facility_id": facility.json, "metal": "steel", "month": month.json, "opening": mass(0),
      "purchases": lines("source", ["obsolete": old, "manufacturing": new]),
      "shipments": lines("destination", ["mill": made - foundry, "foundry": foundry]),
      "input": mass(old + new), "products": lines("grade", ["GB/T 39733:SRS401": made]),
      "residue": mass(residue), "loss": mass(loss), "closing": mass(0),
    ])
    return try Fields.read(report, as: Throughput.init)
  }

  @Sendable static func mill(_ facility: ID, _ month: Month, _ number: Int) throws
    -> RecycledInputReport
  {
    let seed = seed(month, number)
    var inputs: [JSON] = []
    var clean: Int64 = 0
    for (index, origin) in Origin.allCases.enumerated() {
      let gross = 100_000 + seed * (index + 1) % 900_000
      // 2 % of moisture leave 980 g of a kilogram.
      clean += Int64(gross) * 980
      inputs.append(
        .members([
          "material": "scrap_steel", "origin": .string(origin.rawValue), "gross": mass(gross),
          "moisture": "0.02",
        ]))
    }
    for (index, material) in ["hot_metal", "pig_iron", "dri_hbi", "ferroalloy"].enumerated() {
      let gross = 200_000 + seed * (index + 1) % 700_000
      inputs.append(.members(["material": .string(material), "gross": mass(gross)]))
    }
    let report = JSON.members([
      "facility_id": facility.json, "metal": "steel", "period": month.json,
      "inputs": .array(inputs), "opening": mass(0), "received": Mass(grams: clean).json,
      "closing": mass(0), "outputs": lines("route", ["eaf": 2_000_000, "bof": 1_000_000]),
    ])
    return try Fields.read(report, as: RecycledInputReport.init)
  }

  private static func seed(_ month: Month, _ number: Int) -> Int {
    (number * 7919 + month.number * 104_729) % 900_001
  }

  private static func mass(_ kilograms: Int) -> JSON {
    Mass(grams: Int64(kilograms) * 1000).json
  }

  private static func lines(_ member: String, _ lines: KeyValuePairs<String, Int>) -> JSON {
    .array(
      lines.map { word, kilograms in
        JSON.object([
          JSON.Member(member, .string(word)), JSON.Member("mass", mass(kilograms)),
        ])
      })
  }
}
