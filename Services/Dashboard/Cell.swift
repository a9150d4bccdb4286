import Models

/// Where a figure stands: a metal, a month, and the reporting authority (or the country abroad).
struct CellKey: Hashable, Sendable {
  let metal: Metal
  let month: Month
  let place: String
}

/// What is added up. Masses in grams; `capacity` in kilogram-days per year, so that a capacity that
/// changes in mid-month counts by the day. Ninety thousand of the largest masses, and three million
/// of the largest capacities, still sum within 64 bits.
struct Cell: Equatable, Sendable {
  var throughput: Int64 = 0
  var fromProcessors: Int64 = 0
  var purchased: Int64 = 0
  var shipped: Int64 = 0
  var capacity: Int64 = 0
  /// Reports owed, and of those how many are there.
  var owed: Int64 = 0
  var received: Int64 = 0
  /// Nil returns among all reports.
  var nils: Int64 = 0
  var reports: Int64 = 0

  static let zero = Cell()

  static func + (one: Cell, other: Cell) -> Cell {
    Cell(
      throughput: one.throughput + other.throughput,
      fromProcessors: one.fromProcessors + other.fromProcessors,
      purchased: one.purchased + other.purchased, shipped: one.shipped + other.shipped,
      capacity: one.capacity + other.capacity, owed: one.owed + other.owed,
      received: one.received + other.received, nils: one.nils + other.nils,
      reports: one.reports + other.reports)
  }

  static func += (one: inout Cell, other: Cell) { one = one + other }

  static prefix func - (cell: Cell) -> Cell {
    Cell(
      throughput: -cell.throughput, fromProcessors: -cell.fromProcessors,
      purchased: -cell.purchased, shipped: -cell.shipped, capacity: -cell.capacity,
      owed: -cell.owed, received: -cell.received, nils: -cell.nils, reports: -cell.reports)
  }
}

/// What a facility brings into the cells without any report: capacity and obligations.
enum FacilityShare {
  /// The place its figures belong to.
  static func place(_ facility: Facility) -> String {
    facility.location.authority ?? facility.location.country
  }

  static func cells(_ facility: Facility, in months: ClosedRange<Month>) -> [CellKey: Cell] {
    let place = place(facility)
    var cells: [CellKey: Cell] = [:]
    for metal in metals(facility) {
      for number in months.lowerBound.number...months.upperBound.number {
        let month = Month(number: number)
        var cell = Cell()
        // A capacity is whole kilograms a year, so nothing is rounded here.
        cell.capacity = facility.processingGramDays(metal, in: month) / 1000
        cell.owed = facility.owes(.throughput, metal, month) ? 1 : 0
        if cell != .zero { cells[CellKey(metal: metal, month: month, place: place)] = cell }
      }
    }
    return cells
  }

  private static func metals(_ facility: Facility) -> Set<Metal> {
    Set(
      facility.capacities.filter { $0.process == .scrapProcessing }.map(\.metal)
        + facility.obligations.filter { $0.report == .throughput }.compactMap(\.metal))
  }
}

/// A throughput report as the read model keeps it.
struct ReportFact: Sendable, Equatable {
  let report: ID
  let facility: ID
  let metal: Metal
  let month: Month
  let isNil: Bool
  let throughput: Int64
  let fromProcessors: Int64
  let purchased: Int64
  let shipped: Int64

  init(_ id: ID, _ report: Throughput) {
    self.report = id
    facility = report.facility
    metal = report.metal
    month = report.month
    isNil = report.isNil
    throughput = report.input.grams
    fromProcessors = report.fromProcessors.grams
    purchased = report.purchased.grams
    shipped = report.shipped.grams
  }

  init(
    report: ID, facility: ID, metal: Metal, month: Month, isNil: Bool, throughput: Int64,
    fromProcessors: Int64, purchased: Int64, shipped: Int64
  ) {
    self.report = report
    self.facility = facility
    self.metal = metal
    self.month = month
    self.isNil = isNil
    self.throughput = throughput
    self.fromProcessors = fromProcessors
    self.purchased = purchased
    self.shipped = shipped
  }

  /// What it adds to the cell of its facility.
  func share(of facility: Facility) -> (CellKey, Cell) {
    var cell = Cell()
    cell.throughput = throughput
    cell.fromProcessors = fromProcessors
    cell.purchased = purchased
    cell.shipped = shipped
    cell.received = facility.owes(.throughput, metal, month) ? 1 : 0
    cell.nils = isNil ? 1 : 0
    cell.reports = 1
    return (CellKey(metal: metal, month: month, place: FacilityShare.place(facility)), cell)
  }
}
