import Foundation

/// The figures computed a second time, straight from the bytes of the journal's entries, in the
/// simplest way there is: every entry is read again, every day of a capacity is counted, dates and
/// moments are compared as they are written. It shares nothing with the services.
struct SimpleLedger {
  /// Months are `202601`, days `20260131`.
  struct Key: Hashable, CustomStringConvertible {
    let type: String
    /// Empty for hydrogen.
    let metal: String
    /// Of a period of two months, the first.
    let first: Int
    let month: Int
    let place: String

    var description: String { "\(type) \(metal) \(first)-\(month) \(place)" }
  }

  /// Grams, kilogram-days and counts.
  struct Sums: Equatable {
    var throughput = 0
    var fromProcessors = 0
    var purchased = 0
    var shipped = 0
    var capacity = 0
    var owed = 0
    var received = 0
    var nils = 0
    var reports = 0
    var amounts: [String: Int] = [:]

    static func += (one: inout Sums, other: Sums) {
      one.throughput += other.throughput
      one.fromProcessors += other.fromProcessors
      one.purchased += other.purchased
      one.shipped += other.shipped
      one.capacity += other.capacity
      one.owed += other.owed
      one.received += other.received
      one.nils += other.nils
      one.reports += other.reports
      one.amounts.merge(other.amounts, uniquingKeysWith: +)
    }
  }

  struct Qualified: Equatable {
    var number = 0
    var grams = 0
  }

  struct Unreadable: Error {
    let what: String
  }

  private struct Site {
    let place: String
    let organisation: String
    let opened: Int
    let closed: Int
    let capacities: [(metal: String, kilograms: Int, from: Int, to: Int)]
    let furnaces: [(from: Int, to: Int)]
    let obligations: [(report: String, metal: String, from: Int, to: Int)]
    /// What it brings without any report.
    var brings: [Key: Sums] = [:]

    func owes(_ report: String, _ metal: String, _ month: Int) -> Bool {
      closed >= month * 100 + 1
        && obligations.contains {
          $0.report == report && $0.metal == metal && $0.from <= month && month <= $0.to
        }
    }

    /// Whether it has a blast furnace on some day of the months.
    func hasFurnace(_ months: [Int]) -> Bool {
      !furnaces.isEmpty
        && SimpleLedger.days.contains { day, month in
          months.contains(month) && opened <= day && day <= closed
            && furnaces.contains { $0.from <= day && day <= $0.to }
        }
    }
  }

  private struct Report {
    let site: String
    let type: String
    let metal: String
    /// One month, or January and February.
    let months: [Int]
    var sums = Sums()
  }

  private enum Change {
    case site(String, Site)
    case merged(String, into: String)
    case qualified(site: String, metal: String, event: String, effective: Int)
    case report(String, Report)
    case withdrawn(String)
  }

  private let changes: [(moment: String, change: Change)]

  init(_ events: [[UInt8]]) throws {
    changes = try events.compactMap { bytes in
      guard let event = try JSONSerialization.jsonObject(with: Data(bytes)) as? [String: Any],
        let type = event["type"] as? String, let moment = event["time"] as? String,
        let subject = event["subject"] as? String, let data = event["data"] as? [String: Any]
      else { throw Unreadable(what: String(decoding: bytes, as: UTF8.self)) }
      return try Self.change(type, subject, data).map { (moment, $0) }
    }
  }

  private static func change(_ type: String, _ subject: String, _ data: [String: Any]) throws
    -> Change?
  {
    switch type {
    case "remelt.facility.registered.v1", "remelt.facility.changed.v1":
      return .site(subject, try site(data))
    case "remelt.facility.merged.v1":
      return .merged(try text(data, "absorbed"), into: try text(data, "survivor"))
    case "remelt.qualification.recorded.v1":
      return .qualified(
        site: try text(data, "facility_id"), metal: try text(data, "metal"),
        event: try text(data, "event"), effective: try digits(text(data, "effective")))
    case "remelt.throughput.reported.v1", "remelt.throughput.revised.v1":
      return .report(subject, try report(data))
    case "remelt.recycled-input.reported.v1", "remelt.recycled-input.revised.v1":
      return .report(subject, try mill(data))
    case "remelt.hydrogen-use.reported.v1", "remelt.hydrogen-use.revised.v1":
      return .report(subject, try hydrogen(data))
    case "remelt.throughput.withdrawn.v1", "remelt.recycled-input.withdrawn.v1",
      "remelt.hydrogen-use.withdrawn.v1":
      return .withdrawn(subject)
    default: return nil
    }
  }

  // MARK: Reading

  private static func text(_ data: [String: Any], _ name: String) throws -> String {
    guard let text = data[name] as? String else { throw Unreadable(what: "\(name) of \(data)") }
    return text
  }

  /// `2026-01-31` as 20260131.
  private static func digits(_ date: String) throws -> Int {
    guard let number = Int(date.filter { $0 != "-" }) else { throw Unreadable(what: date) }
    return number
  }

  private static func grams(_ any: Any?) throws -> Int {
    guard let any else { return 0 }
    guard let mass = any as? [String: Any], mass["unit"] as? String == "t",
      let value = mass["value"] as? String
    else { throw Unreadable(what: "\(any)") }
    let parts = value.split(separator: ".").map(String.init)
    let decimals = parts.count == 2 ? parts[1] : ""
    let padded = decimals + String(repeating: "0", count: 6 - decimals.count)
    guard let whole = Int(parts[0]), let rest = Int(padded) else { throw Unreadable(what: value) }
    return whole * 1_000_000 + rest
  }

  private static func list(_ data: [String: Any], _ name: String) -> [[String: Any]] {
    data[name] as? [[String: Any]] ?? []
  }

  private static func site(_ data: [String: Any]) throws -> Site {
    guard let location = data["location"] as? [String: Any] else {
      throw Unreadable(what: "\(data)")
    }
    let place = try location["authority"] as? String ?? text(location, "country")
    let capacities = try list(data, "capacities").compactMap { line in
      guard line["process"] as? String == "scrap_processing" else {
        return nil as (metal: String, kilograms: Int, from: Int, to: Int)?
      }
      return (
        try text(line, "metal"), try grams(line["per_year"]) / 1000,
        try (line["from"] as? String).map(digits) ?? 0,
        try (line["to"] as? String).map(digits) ?? 99_999_999
      )
    }
    let furnaces = try list(data, "capacities").compactMap { line in
      guard line["process"] as? String == "blast_furnace", try grams(line["per_year"]) > 0 else {
        return nil as (from: Int, to: Int)?
      }
      return (
        try (line["from"] as? String).map(digits) ?? 0,
        try (line["to"] as? String).map(digits) ?? 99_999_999
      )
    }
    let obligations = try list(data, "obligations").map { line in
      let report = try text(line, "report")
      return (
        report: report,
        metal: report == "hydrogen_use" ? "" : line["metal"] as? String ?? "steel",
        from: try digits(text(line, "from")), to: try (line["to"] as? String).map(digits) ?? 999_999
      )
    }
    var site = Site(
      place: place, organisation: try text(data, "organisation_id"),
      opened: try (data["opened_on"] as? String).map(digits) ?? 0,
      closed: try (data["closed_on"] as? String).map(digits) ?? 99_999_999,
      capacities: capacities, furnaces: furnaces, obligations: obligations)
    site.brings = brings(site)
    return site
  }

  /// Every day from 2010 to 2049.
  fileprivate static let days: [(day: Int, month: Int)] = (2010...2049).flatMap { year in
    (1...12).flatMap { month in
      let isLeap = year % 4 == 0 && year % 100 != 0 || year % 400 == 0
      let lengths = [31, isLeap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
      return (1...lengths[month - 1]).map { (year * 10_000 + month * 100 + $0, year * 100 + month) }
    }
  }
  private static let months = Set(days.map(\.month))

  private static func brings(_ site: Site) -> [Key: Sums] {
    var found: [Key: Sums] = [:]
    for capacity in site.capacities {
      var months: [Int: Int] = [:]
      for (day, month) in days
      where capacity.from <= day && day <= capacity.to && site.opened <= day && day <= site.closed {
        months[month, default: 0] += capacity.kilograms
      }
      for (month, sum) in months {
        let key = Key(
          type: "throughput", metal: capacity.metal, first: month, month: month, place: site.place)
        found[key, default: Sums()].capacity += sum
      }
    }
    for name in Set(site.obligations.map { "\($0.report) \($0.metal)" }) {
      let parts = name.split(separator: " ", omittingEmptySubsequences: false).map(String.init)
      for month in months where site.owes(parts[0], parts[1], month) {
        let key = Key(
          type: parts[0], metal: parts[1], first: month, month: month, place: site.place)
        found[key, default: Sums()].owed += 1
      }
    }
    return found
  }

  private static func report(_ data: [String: Any]) throws -> Report {
    var report = Report(
      site: try text(data, "facility_id"), type: "throughput", metal: try text(data, "metal"),
      months: [try digits(text(data, "month"))])
    report.sums.throughput = try grams(data["input"])
    for line in list(data, "purchases") {
      let mass = try grams(line["mass"])
      report.sums.purchased += mass
      if line["source"] as? String == "other_processor" { report.sums.fromProcessors += mass }
    }
    for line in list(data, "shipments") { report.sums.shipped += try grams(line["mass"]) }
    report.sums.nils = (data["nil"] as? NSNumber)?.boolValue == true ? 1 : 0
    report.sums.reports = 1
    return report
  }

  private static func mill(_ data: [String: Any]) throws -> Report {
    let period = try text(data, "period")
    let first = try digits(String(period.prefix(7)))
    var report = Report(
      site: try text(data, "facility_id"), type: "recycled_input", metal: try text(data, "metal"),
      months: period.hasSuffix("..02") ? [first, first + 1] : [first])
    report.sums = bare(data, try SimpleAmounts.mill(data))
    return report
  }

  private static func hydrogen(_ data: [String: Any]) throws -> Report {
    var report = Report(
      site: try text(data, "facility_id"), type: "hydrogen_use", metal: "",
      months: [try digits(text(data, "month"))])
    report.sums = bare(data, try SimpleAmounts.hydrogen(data))
    return report
  }

  private static func bare(_ data: [String: Any], _ amounts: [String: Int]) -> Sums {
    Sums(
      nils: (data["nil"] as? NSNumber)?.boolValue == true ? 1 : 0, reports: 1, amounts: amounts)
  }

  // MARK: Figures

  private struct Known {
    var sites: [String: Site] = [:]
    var merges: [String: String] = [:]
    var reports: [String: Report] = [:]
    var qualified: [(site: String, metal: String, event: String, effective: Int)] = []

    func root(_ id: String) -> String { merges[id].map(root) ?? id }

    /// Of reports of one site, metal and month one counts: made for the site itself, or the first.
    var counting: [String: Report] {
      var taken: Set<String> = []
      var counting: [String: Report] = [:]
      let own = reports.filter { root($0.value.site) == $0.value.site }
      let others = reports.filter { root($0.value.site) != $0.value.site }
      for group in [own, others] {
        for (id, report) in group.sorted(by: { $0.key < $1.key }) {
          let places = report.months.map {
            "\(root(report.site)) \(report.type) \(report.metal) \($0)"
          }
          guard taken.isDisjoint(with: places) else { continue }
          taken.formUnion(places)
          counting[id] = report
        }
      }
      return counting
    }
  }

  /// - Parameter moment: as it stands in an event; nil stands for now.
  private func known(asOf moment: String?) -> Known {
    var known = Known()
    for (time, change) in changes where moment.map({ time <= $0 }) ?? true {
      switch change {
      case .site(let id, let site): known.sites[id] = site
      case .merged(let absorbed, let survivor): known.merges[absorbed] = survivor
      case .qualified(let site, let metal, let event, let effective):
        known.qualified.append((site, metal, event, effective))
      case .report(let id, let report): known.reports[id] = report
      case .withdrawn(let id): known.reports[id] = nil
      }
    }
    return known
  }

  /// Every cell that is not zero.
  func cells(asOf moment: String? = nil) -> [Key: Sums] {
    let known = known(asOf: moment)
    var cells: [Key: Sums] = [:]
    for (id, site) in known.sites where known.merges[id] == nil {
      for (key, sums) in site.brings { cells[key, default: Sums()] += sums }
    }
    for report in known.counting.values {
      guard let site = known.sites[known.root(report.site)] else { continue }
      var sums = report.sums
      let crude = ["eaf", "bof", "induction"].map { sums.amounts["output.\($0)"] ?? 0 }
        .reduce(0, +)
      let isLong = known.sites.contains { id, other in
        known.merges[id] == nil && other.organisation == site.organisation
          && other.hasFurnace(report.months)
      }
      if crude > 0, !isLong { sums.amounts["output.short_process_enterprise"] = crude }
      let at = { (first: Int, last: Int) in
        Key(type: report.type, metal: report.metal, first: first, month: last, place: site.place)
      }
      for month in report.months where site.owes(report.type, report.metal, month) {
        cells[at(month, month), default: Sums()] += Sums(received: 1)
      }
      cells[at(report.months[0], report.months[report.months.count - 1]), default: Sums()] += sums
    }
    return cells.filter { $0.value != Sums() }
  }

  /// By place, what is qualified on a day.
  func qualified(_ metal: String, on day: Int, asOf moment: String? = nil) -> [String: Qualified] {
    let known = known(asOf: moment)
    var states: [String: String] = [:]
    for record in known.qualified where record.metal == metal && record.effective <= day {
      states[known.root(record.site)] = record.event
    }
    var found: [String: Qualified] = [:]
    for (id, event) in states
    where ["announced", "changed", "rectifying", "resumed"].contains(event) {
      guard let site = known.sites[id], day <= site.closed else { continue }
      found[site.place, default: Qualified()].number += 1
      for capacity in site.capacities
      where capacity.metal == metal && capacity.from <= day && day <= capacity.to
        && site.opened <= day
      {
        found[site.place, default: Qualified()].grams += capacity.kilograms * 1000
      }
    }
    return found
  }

  /// The ids of the reports behind a month of a metal.
  func reports(_ type: String, _ metal: String, _ month: Int, asOf moment: String? = nil)
    -> Set<String>
  {
    Set(
      known(asOf: moment).counting.filter {
        $0.value.type == type && $0.value.metal == metal && $0.value.months.contains(month)
      }.map(\.key))
  }

  /// The moments of all entries, as written.
  var moments: [String] { changes.map(\.moment).sorted() }
}
