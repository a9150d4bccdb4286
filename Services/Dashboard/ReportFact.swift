import Models
import Storage

/// A report as the read model keeps it.
struct ReportFact: Sendable, Equatable {
  let report: ID
  let facility: ID
  let series: Series
  let period: Period
  let isNil: Bool
  var throughput: Int64 = 0
  var fromProcessors: Int64 = 0
  var purchased: Int64 = 0
  var shipped: Int64 = 0
  var amounts = Amounts.zero

  private init<Report: MonthlyReport>(bare report: Report, _ id: ID) {
    self.report = id
    facility = report.facility
    series = Series(Report.type, report.series)
    period = report.period
    isNil = report.isNil
  }

  init(_ id: ID, _ report: Throughput) {
    self.init(bare: report, id)
    throughput = report.input.grams
    fromProcessors = report.fromProcessors.grams
    purchased = report.purchased.grams
    shipped = report.shipped.grams
  }

  init(_ id: ID, _ report: RecycledInputReport) {
    self.init(bare: report, id)
    amounts = report.amounts
  }

  init(_ id: ID, _ report: HydrogenReport) {
    self.init(bare: report, id)
    amounts = report.amounts
  }

  /// Reads the data of a journal's event.
  init(_ id: ID, _ type: ReportType, event data: JSON) throws {
    let body = data.without("id", "revision", "reason")
    switch type {
    case .throughput: self.init(id, try Fields.read(body, as: Throughput.init))
    case .recycledInput: self.init(id, try Fields.read(body, as: RecycledInputReport.init))
    case .hydrogenUse: self.init(id, try Fields.read(body, as: HydrogenReport.init))
    }
  }

  init(_ row: Row) throws {
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
    throughput = try row.int("throughput")
    fromProcessors = try row.int("from_processors")
    purchased = try row.int("purchased")
    shipped = try row.int("shipped")
    self.amounts = amounts
  }

  /// What it adds to the cells of its facility: its masses to that of its period, which is never
  /// split, and to each month that it was owed for that it has come.
  /// - Parameter isShortProcess: whether the enterprise has no blast furnace in the period.
  func share(of facility: Facility, isShortProcess: () throws -> Bool) rethrows
    -> [(CellKey, Cell)]
  {
    let place = FacilityShare.place(facility)
    var cell = Cell()
    cell.throughput = throughput
    cell.fromProcessors = fromProcessors
    cell.purchased = purchased
    cell.shipped = shipped
    cell.amounts = amounts
    if series == Series(.recycledInput, .steel), crudeSteel > 0, try isShortProcess() {
      cell.amounts[Definition.shortProcessOutput] = crudeSteel
    }
    cell.nils = isNil ? 1 : 0
    cell.reports = 1
    var shares: [(CellKey, Cell)] = []
    for month in period.months where facility.owes(series.type, series.metal, month) {
      if period.isCombined {
        let key = CellKey(series: series, period: Period(month), place: place)
        shares.append((key, Cell(received: 1)))
      } else {
        cell.received = 1
      }
    }
    return shares + [(CellKey(series: series, period: period, place: place), cell)]
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

  private var crudeSteel: Int128 {
    OutputRoute.of(.steel).map { amounts["output.\($0.rawValue)"] }.reduce(0, +)
  }
}
