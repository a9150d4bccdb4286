import Foundation

/// How the second implementation reads an event, and what a facility brings without any report.
extension SimpleLedger {
  struct Unreadable: Error {
    let what: String
  }

  struct Capacity {
    let process: String
    let metal: String
    let kilograms: Int
    let from: Int
    let to: Int
  }

  struct Site {
    let place: String
    let organisation: String
    let opened: Int
    let closed: Int
    let capacities: [Capacity]
    let obligations: [(report: String, metal: String, from: Int, to: Int)]
    /// By what is reported (`throughput steel`) and month, the sum of each day's capacity.
    var capacityDays: [String: [Int: Int]] = [:]
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
      let furnaces = capacities.filter { $0.process == "blast_furnace" && $0.kilograms > 0 }
      return !furnaces.isEmpty
        && SimpleLedger.days.contains { day, month in
          months.contains(month) && opened <= day && day <= closed
            && furnaces.contains { $0.from <= day && day <= $0.to }
        }
    }
  }

  struct Report {
    let site: String
    let type: String
    let metal: String
    /// One month, or January and February.
    let months: [Int]
    var sums = Sums()
    /// When it was first recorded.
    var recorded = ""
    var isLocked = false

    /// Whether it came after the day it was due: the tenth for processors, the fifteenth for all
    /// others, of the month after its last, by China's calendar.
    var isLate: Bool {
      guard let last = months.last else { return false }
      let next = last % 100 == 12 ? last + 89 : last + 1
      return SimpleLedger.dayInChina(recorded) > next * 100 + (type == "throughput" ? 10 : 15)
    }
  }

  enum Change {
    case organisation(String, group: String)
    case site(String, Site)
    case merged(String, into: String)
    case qualified(site: String, metal: String, event: String, effective: Int)
    case report(String, Report)
    case locked(String, Bool)
    case withdrawn(String)
  }

  static func change(_ type: String, _ subject: String, _ data: [String: Any]) throws -> Change? {
    switch type {
    case "remelt.organisation.registered.v1", "remelt.organisation.changed.v1":
      return .organisation(
        subject, group: try data["ownership_group"] as? String ?? text(data, "name"))
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
    case "remelt.report.reviewed.v1":
      return .locked(subject, try text(data, "state") == "locked")
    case "remelt.throughput.withdrawn.v1", "remelt.recycled-input.withdrawn.v1",
      "remelt.hydrogen-use.withdrawn.v1":
      return .withdrawn(subject)
    default: return nil
    }
  }

  // MARK: Values

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

  /// The day of a moment in China, where it is eight hours later.
  static func dayInChina(_ moment: String) -> Int {
    let numbers = moment.split { !$0.isNumber }.compactMap { Int($0) }
    guard numbers.count >= 4 else { return 0 }
    let day = numbers[0] * 10_000 + numbers[1] * 100 + numbers[2]
    if numbers[3] < 16 { return day }
    if numbers[2] < length(numbers[0], numbers[1]) { return day + 1 }
    return numbers[1] == 12 ? (numbers[0] + 1) * 10_000 + 101 : day - numbers[2] + 101
  }

  // MARK: Facilities

  private static func length(_ year: Int, _ month: Int) -> Int {
    let isLeap = year % 4 == 0 && year % 100 != 0 || year % 400 == 0
    return [31, isLeap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31][month - 1]
  }

  /// Every day from 2010 to 2049.
  static let days: [(day: Int, month: Int)] = (2010...2049).flatMap { year in
    (1...12).flatMap { month in
      (1...length(year, month)).map { (year * 10_000 + month * 100 + $0, year * 100 + month) }
    }
  }
  private static let months = Set(days.map(\.month))

  private static func site(_ data: [String: Any]) throws -> Site {
    guard let location = data["location"] as? [String: Any] else {
      throw Unreadable(what: "\(data)")
    }
    let place = try location["authority"] as? String ?? text(location, "country")
    let capacities = try list(data, "capacities").map { line in
      Capacity(
        process: try text(line, "process"), metal: line["metal"] as? String ?? "steel",
        kilograms: try grams(line["per_year"]) / 1000,
        from: try (line["from"] as? String).map(digits) ?? 0,
        to: try (line["to"] as? String).map(digits) ?? 99_999_999)
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
      capacities: capacities, obligations: obligations)
    site.capacityDays = capacityDays(site)
    site.brings = brings(site)
    return site
  }

  private static func capacityDays(_ site: Site) -> [String: [Int: Int]] {
    let crude = site.capacities.filter { $0.process == "crude_steel" }
    let furnaces = site.capacities.filter { ["bof", "eaf", "other_steel"].contains($0.process) }
    let isMill = site.obligations.contains { $0.report == "recycled_input" && $0.metal == "steel" }
    var lines = site.capacities.filter { $0.process == "scrap_processing" }
      .map { ("throughput \($0.metal)", $0) }
    if isMill {
      lines += (crude.isEmpty ? furnaces : crude).map { ("recycled_input steel", $0) }
    }
    var found: [String: [Int: Int]] = [:]
    for (name, capacity) in lines {
      var months: [Int: Int] = [:]
      for (day, month) in days
      where capacity.from <= day && day <= capacity.to && site.opened <= day && day <= site.closed {
        months[month, default: 0] += capacity.kilograms
      }
      found[name, default: [:]].merge(months, uniquingKeysWith: +)
    }
    return found
  }

  private static func brings(_ site: Site) -> [Key: Sums] {
    var found: [Key: Sums] = [:]
    let add = { (name: String, month: Int, sums: Sums) -> Void in
      let parts = name.split(separator: " ", omittingEmptySubsequences: false).map(String.init)
      let key = Key(
        type: parts[0], metal: parts[1], first: month, month: month, place: site.place)
      found[key, default: Sums()] += sums
    }
    for (name, months) in site.capacityDays where name.hasPrefix("throughput ") {
      for (month, sum) in months { add(name, month, Sums(["days.capacity": sum])) }
    }
    for name in Set(site.obligations.map { "\($0.report) \($0.metal)" }) {
      let parts = name.split(separator: " ", omittingEmptySubsequences: false).map(String.init)
      for month in months where site.owes(parts[0], parts[1], month) {
        let days = site.capacityDays[name]?[month] ?? 0
        add(name, month, Sums(["count.owed": 1, "days.owed": days]))
      }
    }
    return found
  }

  // MARK: Reports

  private static func report(_ data: [String: Any]) throws -> Report {
    var report = Report(
      site: try text(data, "facility_id"), type: "throughput", metal: try text(data, "metal"),
      months: [try digits(text(data, "month"))])
    report.sums = counts(data)
    report.sums["throughput"] = try grams(data["input"])
    for line in list(data, "purchases") {
      let mass = try grams(line["mass"])
      report.sums["purchased"] += mass
      if line["source"] as? String == "other_processor" { report.sums["from_processors"] += mass }
    }
    for line in list(data, "shipments") {
      let mass = try grams(line["mass"])
      report.sums["shipped"] += mass
      if line["destination"] as? String == "mill" { report.sums["shipped_to_mills"] += mass }
    }
    return report
  }

  private static func mill(_ data: [String: Any]) throws -> Report {
    let period = try text(data, "period")
    let first = try digits(String(period.prefix(7)))
    var report = Report(
      site: try text(data, "facility_id"), type: "recycled_input", metal: try text(data, "metal"),
      months: period.hasSuffix("..02") ? [first, first + 1] : [first])
    report.sums = counts(data)
    report.sums += Sums(try SimpleAmounts.mill(data))
    return report
  }

  private static func hydrogen(_ data: [String: Any]) throws -> Report {
    var report = Report(
      site: try text(data, "facility_id"), type: "hydrogen_use", metal: "",
      months: [try digits(text(data, "month"))])
    report.sums = counts(data)
    report.sums += Sums(try SimpleAmounts.hydrogen(data))
    return report
  }

  private static func counts(_ data: [String: Any]) -> Sums {
    let revision = (data["revision"] as? NSNumber)?.intValue ?? 1
    return Sums([
      "count.reports": 1, "count.revised": revision > 1 ? 1 : 0,
      "count.nil": (data["nil"] as? NSNumber)?.boolValue == true ? 1 : 0,
    ])
  }
}
