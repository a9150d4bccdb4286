import Models
import Storage

/// Who owes which report.
struct OwingQuestion: Sendable {
  private let series: Series
  private let months: ClosedRange<Month>
  private let filter: FigureQuestion
  private let date: Day

  static let names = [
    "report", "metal", "from", "to", "province", "region", "authority", "country", "group", "as_of",
    "date",
  ]

  init(_ texts: [String: String], today: Day) throws(Problem) {
    var question = texts
    question["definition"] = Definition.coverage.rawValue
    let read = try FigureQuestion(question, today: today)
    filter = read
    date = read.date
    months = read.months
    series = Series(read.report, read.metals.first ?? nil)
  }

  struct Line: Sendable {
    let owing: Figures.Owing
    let series: Series
    let due: Day?
    let date: Day

    /// Days since the due day; 0 until then.
    var overdue: Int { due.map { max(0, date.number - $0.number) } ?? 0 }

    var key: [String] { [owing.month.description, owing.facility.place, owing.facilityID] }

    var json: JSON {
      let facility = owing.facility
      let capacity = facility.reportingCapacities(series.type, series.metal)
        .filter { $0.covers(owing.month.lastDay) }.map(\.perYear).sum
      return .members([
        "authority": .text(facility.location.authority),
        "authority_name": .text(
          facility.location.authority.flatMap { Reference.shared.authorities[$0]?.name }),
        "facility_id": .string(owing.facilityID), "facility": .string(facility.name),
        "organisation_id": facility.organisation.json,
        "organisation": .string(owing.organisation),
        "province": .text(facility.location.province), "report": .string(series.type.rawValue),
        "metal": .text(series.metal?.rawValue), "month": owing.month.json, "due": due?.json,
        "days_overdue": .int(overdue), "capacity": capacity > .zero ? capacity.json : nil,
      ])
    }
  }

  /// By month, authority and facility, from after one on.
  func lines(sight: Sight, after: [String]?, limit: Int, on connection: Connection) throws -> [Line]
  {
    // A month is owed once it is over.
    guard months.lowerBound < date.month else { return [] }
    let over = months.lowerBound...min(months.upperBound, date.month.previous)
    let known = KnownFacilities(asOf: filter.asOf, on: connection)
    let counts = { (facility: Facility) throws in
      guard sight.sees(facility) else { return false }
      let group = filter.needsFacilities ? try known.owner(facility.organisation).group : ""
      return filter.codes(facility.place, group) != nil
    }
    let all = try Figures.missing(
      series, over, asOf: filter.asOf, counts: { try counts($1) }, on: connection)
    let lines = all.lazy.map {
      Line(
        owing: $0, series: series, due: Reference.shared.due(series.type, $0.month), date: date)
    }
    return Array(
      lines.filter { line in after.map { $0.lexicographicallyPrecedes(line.key) } ?? true }
        .prefix(limit))
  }
}
