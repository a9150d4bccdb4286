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

  /// Grams, kilogram-days and counts, each under its name; what is zero has none.
  struct Sums: Equatable {
    private(set) var values: [String: Int] = [:]

    init(_ values: [String: Int] = [:]) { self.values = values.filter { $0.value != 0 } }

    subscript(name: String) -> Int {
      get { values[name] ?? 0 }
      set { values[name] = newValue == 0 ? nil : newValue }
    }

    static func += (one: inout Sums, other: Sums) {
      for (name, value) in other.values { one[name] += value }
    }
  }

  /// What one facility brings into a cell: without any report, or by one.
  struct Fact {
    let facility: String
    let group: String
    let key: Key
    /// Whether these are the sums of a report, in the cell of its own period.
    let isReport: Bool
    var sums: Sums
  }

  struct Qualified: Equatable {
    var number = 0
    var grams = 0
  }

  struct QualifiedSite {
    let place: String
    let group: String
    let grams: Int
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

  // MARK: What is known

  private struct Known {
    /// By organisation, its group: itself, where it belongs to none.
    var groups: [String: String] = [:]
    var sites: [String: Site] = [:]
    var merges: [String: String] = [:]
    var reports: [String: Report] = [:]
    var qualified: [(site: String, metal: String, event: String, effective: Int)] = []

    func root(_ id: String) -> String { merges[id].map(root) ?? id }

    func group(_ site: Site) -> String { groups[site.organisation] ?? "" }

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

    /// Whether some site of the organisation has a blast furnace then.
    func isLongProcess(_ organisation: String, _ months: [Int]) -> Bool {
      sites.contains { id, other in
        merges[id] == nil && other.organisation == organisation && other.hasFurnace(months)
      }
    }
  }

  /// - Parameter moment: as it stands in an event; nil stands for now.
  private func known(asOf moment: String?) -> Known {
    var known = Known()
    for (time, change) in changes where moment.map({ time <= $0 }) ?? true {
      switch change {
      case .organisation(let id, let group): known.groups[id] = group
      case .site(let id, let site): known.sites[id] = site
      case .merged(let absorbed, let survivor): known.merges[absorbed] = survivor
      case .qualified(let site, let metal, let event, let effective):
        known.qualified.append((site, metal, event, effective))
      case .report(let id, var report):
        // Neither its first day nor who wrote it changes with a revision; a lock ends with it.
        report.recorded = known.reports[id]?.recorded ?? time
        known.reports[id] = report
      case .locked(let id, let isLocked): known.reports[id]?.isLocked = isLocked
      case .withdrawn(let id): known.reports[id] = nil
      }
    }
    return known
  }

  // MARK: Figures

  /// What each facility brings into each cell.
  func facts(asOf moment: String? = nil, in span: ClosedRange<Int> = 0...999_999) -> [Fact] {
    let known = known(asOf: moment)
    var facts: [Fact] = []
    for (id, site) in known.sites where known.merges[id] == nil {
      let group = known.group(site)
      for (key, sums) in site.brings where span.contains(key.month) {
        facts.append(Fact(facility: id, group: group, key: key, isReport: false, sums: sums))
      }
    }
    for report in known.counting.values {
      let root = known.root(report.site)
      guard let site = known.sites[root], let first = report.months.first,
        let last = report.months.last
      else { continue }
      let add = { (first: Int, last: Int, isReport: Bool, sums: Sums) -> Void in
        guard span.contains(last) else { return }
        let key = Key(
          type: report.type, metal: report.metal, first: first, month: last, place: site.place)
        facts.append(
          Fact(
            facility: root, group: known.group(site), key: key, isReport: isReport, sums: sums))
      }
      for month in report.months where site.owes(report.type, report.metal, month) {
        let days = site.capacityDays["\(report.type) \(report.metal)"]?[month] ?? 0
        add(
          month, month, false,
          Sums([
            "count.received": 1, "count.late": report.isLate ? 1 : 0, "days.received": days,
          ]))
      }
      var sums = report.sums
      let crude = ["eaf", "bof", "induction"].map { sums["output.\($0)"] }.reduce(0, +)
      if crude > 0, !known.isLongProcess(site.organisation, report.months) {
        sums["output.short_process_enterprise"] = crude
      }
      sums["count.locked"] = report.isLocked ? 1 : 0
      add(first, last, true, sums)
    }
    return facts
  }

  /// Every cell that is not zero.
  func cells(asOf moment: String? = nil, in span: ClosedRange<Int> = 0...999_999) -> [Key: Sums] {
    var cells: [Key: Sums] = [:]
    for fact in facts(asOf: moment, in: span) { cells[fact.key, default: Sums()] += fact.sums }
    return cells.filter { $0.value != Sums() }
  }

  /// What is qualified on a day, each with its capacity then.
  func qualifiedSites(_ metal: String, on day: Int, asOf moment: String? = nil) -> [QualifiedSite] {
    let known = known(asOf: moment)
    var states: [String: String] = [:]
    for record in known.qualified where record.metal == metal && record.effective <= day {
      states[known.root(record.site)] = record.event
    }
    var found: [QualifiedSite] = []
    for (id, event) in states
    where ["announced", "changed", "rectifying", "resumed"].contains(event) {
      guard let site = known.sites[id], day <= site.closed else { continue }
      let valid = site.capacities.filter {
        $0.process == "scrap_processing" && $0.metal == metal && $0.from <= day && day <= $0.to
          && site.opened <= day
      }
      found.append(
        QualifiedSite(
          place: site.place, group: known.group(site),
          grams: valid.map { $0.kilograms * 1000 }.reduce(0, +)))
    }
    return found
  }

  /// By place, what is qualified on a day.
  func qualified(_ metal: String, on day: Int, asOf moment: String? = nil) -> [String: Qualified] {
    var found: [String: Qualified] = [:]
    for one in qualifiedSites(metal, on: day, asOf: moment) {
      found[one.place, default: Qualified()].number += 1
      found[one.place, default: Qualified()].grams += one.grams
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
