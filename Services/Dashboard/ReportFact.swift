import Models
import Storage

/// A report as the read model keeps it, as it was known at a moment.
struct ReportFact: Sendable, Equatable {
  let report: ID
  let facility: ID
  let series: Series
  let period: Period
  let isNil: Bool
  let revision: Int64
  /// When the first revision was recorded, which says whether it was on time.
  let first: Instant
  var isLocked = false
  let amounts: Amounts

  private init<Report: MonthlyReport>(
    _ id: ID, _ report: Report, _ amounts: Amounts, revision: Int64, first: Instant
  ) {
    self.report = id
    facility = report.facility
    series = Series(Report.type, report.series)
    period = report.period
    isNil = report.isNil
    self.revision = revision
    self.first = first
    self.amounts = amounts
  }

  /// Reads the data of a journal's event.
  init(_ id: ID, _ type: ReportType, event data: JSON, revision: Int64, first: Instant) throws {
    let head = ["id", "revision", "reason"]
    switch type {
    case .throughput:
      let report = try Fields.read(data, besides: head, as: Throughput.init)
      self.init(id, report, report.amounts, revision: revision, first: first)
    case .recycledInput:
      let report = try Fields.read(data, besides: head, as: RecycledInputReport.init)
      self.init(id, report, report.amounts, revision: revision, first: first)
    case .hydrogenUse:
      let report = try Fields.read(data, besides: head, as: HydrogenReport.init)
      self.init(id, report, report.amounts, revision: revision, first: first)
    }
  }

  /// - Parameter moment: when it was known so; nil stands for now.
  init(_ row: Row, asOf moment: Instant? = nil) throws {
    guard let report = ID(try row.text("report_id")),
      let facility = ID(try row.text("facility_id")),
      let type = ReportType(rawValue: try row.text("type")),
      let amounts = Amounts(text: try row.text("amounts"))
    else { throw StorageFailure.misuse("a stored report cannot be read") }
    self.report = report
    self.facility = facility
    series = Series(type, Metal(rawValue: try row.text("metal")))
    period = Period(
      first: Month(number: Int(try row.int("first_month"))),
      last: Month(number: Int(try row.int("month"))))
    isNil = try row.flag("nil")
    revision = try row.int("revision")
    first = Instant(milliseconds: try row.int("first_recorded_at"))
    isLocked = try row.int("locked_at") <= (moment?.milliseconds ?? ReadModelStore.never - 1)
    self.amounts = amounts
  }

  var isLate: Bool { series.type.isLate(period, recordedAt: first) }

  /// What it adds to the cells of its facility: its masses to that of its period, which is never
  /// split, and to each month that it was owed for that it has come.
  /// - Parameter isShortProcess: whether the enterprise has no blast furnace in the period.
  func share(of facility: Facility, isShortProcess: () throws -> Bool) rethrows
    -> [(CellKey, Cell)]
  {
    let place = facility.place
    var cell = amounts
    if series == Series(.recycledInput, .steel), crudeSteel > 0, try isShortProcess() {
      cell[Sum.shortProcessOutput] = crudeSteel
    }
    cell[Sum.nils] = isNil ? 1 : 0
    cell[Sum.reports] = 1
    cell[Sum.revised] = revision > 1 ? 1 : 0
    cell[Sum.locked] = isLocked ? 1 : 0
    var shares: [(CellKey, Cell)] = []
    let owed = period.months.filter { facility.owes(series.type, series.metal, $0) }
    if !owed.isEmpty {
      let capacities = facility.reportingCapacities(series.type, series.metal)
      for month in owed {
        let received = received(month, capacities)
        if period.isCombined {
          let key = CellKey(series: series, period: Period(month), place: place)
          shares.append((key, received))
        } else {
          cell += received
        }
      }
    }
    return shares + [(CellKey(series: series, period: period, place: place), cell)]
  }

  private func received(_ month: Month, _ capacities: [Capacity]) -> Cell {
    var cell = Cell.zero
    cell[Sum.received] = 1
    cell[Sum.late] = isLate ? 1 : 0
    cell[Sum.capacityReceived] = capacities.reduce(0) {
      $0 + Int128($1.perYear.grams / 1000) * Int128($1.days(in: month))
    }
    return cell
  }

  /// Of the reports of a facility and of those merged into it, the ones that count: of two of one
  /// month the survivor's own, else the first by id. So no tonne of one site counts twice.
  static func counting(_ facts: [ReportFact], of root: String) -> [ReportFact] {
    guard Set(facts.map(\.facility)).count > 1 else { return facts }
    func rank(_ fact: ReportFact) -> (Int, String) {
      (fact.facility.text == root ? 0 : 1, fact.report.text)
    }
    var taken: [Series: Set<Month>] = [:]
    return facts.sorted { rank($0) < rank($1) }.filter { fact in
      let isFree = taken[fact.series, default: []].isDisjoint(with: fact.period.months)
      if isFree { taken[fact.series, default: []].formUnion(fact.period.months) }
      return isFree
    }
  }

  private var crudeSteel: Int128 { amounts.sum(Self.crudeSteel) }

  private static let crudeSteel = Definition.metalOutput.terms(.steel).numerator
}
