import Models
import ServiceKit

/// Whose reports are asked for: all, or a group's.
struct ReportsQuestion: Sendable {
  let metal: Metal
  let month: Month
  let group: (grouping: Grouping, code: String)?
  let asOf: Instant?

  init(_ query: Query, today: Day) throws(Problem) {
    metal = try query.word("metal") ?? .steel
    month = try query.month("month") ?? max(Month.first, today.month.previous)
    asOf = try query.instant("as_of")
    var groups: [(Grouping, String)] = []
    if let code = try query.province() { groups.append((.province, code)) }
    if let code = try Self.code(query, .region, "BTH, YRD or OTHER", ["BTH", "YRD", "OTHER"]) {
      groups.append((.region, code))
    }
    let authorities = Reference.shared.authorities.keys
    if let code = try Self.code(query, .authority, "an authority's id", Set(authorities)) {
      groups.append((.authority, code))
    }
    let countries = Reference.shared.countries.keys
    if let code = try Self.code(query, .country, "a country's code", Set(countries + ["CN"])) {
      groups.append((.country, code))
    }
    guard groups.count < 2 else {
      throw Problem.field("?\(groups[1].0.rawValue)", "one group at most can be asked for")
    }
    group = groups.first
  }

  private static func code(
    _ query: Query, _ grouping: Grouping, _ expected: String, _ codes: Set<String>
  ) throws(Problem) -> String? {
    try query.value(grouping.rawValue, expected) { codes.contains($0) ? $0 : nil }
  }

  func counts(_ place: String) -> Bool {
    group.map { $0.grouping.code(of: place) == $0.code } ?? true
  }

  private var asOfPart: String { asOf.map { "&as_of=\($0)" } ?? "" }

  /// The main page of the same month.
  var back: String { "metal=\(metal.rawValue)&to=\(month)\(asOfPart)" }

  func next(_ cursor: String) -> String {
    let place = group.map { "&\($0.grouping.rawValue)=\($0.code)" } ?? ""
    return "\(DashboardApplication.prefix)/reports?metal=\(metal.rawValue)&month=\(month)\(place)"
      + "\(asOfPart)&cursor=\(cursor)"
  }
}

/// The page of the reports behind a figure, and of those that are missing.
struct ReportsPage: Sendable {
  struct Report: Sendable {
    let id: String
    let facility: String
    let localName: String?
    let province: String
    let demonstration: Bool
    let throughput: String
    let isNil: Bool
    let late: Bool
    let revision: String
    let position: String
    let recordedAt: String

    init(_ behind: Figures.Behind) {
      let json = behind.json
      id = behind.fact.report.text
      facility = behind.facility.name
      localName = behind.facility.localName
      province = Grouping.authority.name(of: behind.facility.place)
      demonstration = behind.facility.demonstration
      throughput = Shown.grouped(Mass.tonnes(behind.fact.amounts[Sum.throughput]))
      isNil = behind.fact.isNil
      late = json["late"] == .bool(true)
      revision = Shown.count(behind.revision)
      position = Shown.count(behind.position)
      recordedAt = Shown.time(behind.recordedAt).replacing(" (UTC+8)", with: "")
    }
  }

  struct Owing: Sendable {
    let id: String
    let facility: String
    let localName: String?
    let province: String
    let demonstration: Bool

    init(_ owing: Figures.Owing) {
      let facility = owing.facility
      id = owing.facilityID
      self.facility = facility.name
      localName = facility.localName
      province = Grouping.authority.name(of: facility.place)
      demonstration = facility.demonstration
    }
  }

  struct Missing: Sendable {
    let facilities: [Owing]
    /// How many are listed, where there are more.
    let cut: String?
  }

  let metal: String
  let month: String
  let place: String
  let asOf: String?
  let back: String
  let continued: Bool
  let reports: [Report]
  let missing: Missing?
  let next: String?

  /// - Parameters:
  ///   - found: one more than the page takes, where there are more.
  ///   - owing: one more than ``Page/maximum``, where there are more.
  init(
    _ question: ReportsQuestion, _ page: Page, _ found: [Figures.Behind],
    _ owing: [Figures.Owing]
  ) {
    metal = question.metal.rawValue
    month = question.month.description
    place = question.group.map { $0.grouping.name(of: $0.code) } ?? "all"
    asOf = question.asOf.map(Shown.time)
    back = question.back
    continued = page.after != nil
    reports = found.prefix(page.limit).map(Report.init)
    missing =
      owing.isEmpty
      ? nil
      : Missing(
        facilities: owing.prefix(Page.maximum).map(Owing.init),
        cut: owing.count > Page.maximum ? Shown.count(Page.maximum) : nil)
    next =
      found.count > page.limit
      ? reports.last.map { question.next(Self.cursor(after: $0.id)) } : nil
  }

  /// As the API's own lists make it.
  private static func cursor(after id: String) -> String {
    Base64URL.encode(JSON.array([.string(id)]).bytes)
  }
}
