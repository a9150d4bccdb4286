import Models

/// What reports are of: a type, and a metal where each metal is reported by itself.
struct Series: Hashable, Sendable {
  let type: ReportType
  let metal: Metal?

  init(_ type: ReportType, _ metal: Metal? = nil) {
    self.type = type
    self.metal = metal
  }
}

/// Where a figure stands: what it is of, a period, and the reporting authority (or the country
/// abroad).
struct CellKey: Hashable, Sendable {
  let series: Series
  let period: Period
  let place: String
}

/// What is added up. Masses in grams; `capacity` in kilogram-days per year, so that a capacity that
/// changes in mid-month counts by the day. Ninety thousand of the largest masses, and three million
/// of the largest capacities, still sum within 64 bits; the named amounts have no such bound.
///
/// The four masses are those of throughput, in columns that a store adds up by itself; what mills
/// and hydrogen users report has many names and is sparse.
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
  var amounts = Amounts.zero

  static let zero = Cell()

  static func + (one: Cell, other: Cell) -> Cell {
    Cell(
      throughput: one.throughput + other.throughput,
      fromProcessors: one.fromProcessors + other.fromProcessors,
      purchased: one.purchased + other.purchased, shipped: one.shipped + other.shipped,
      capacity: one.capacity + other.capacity, owed: one.owed + other.owed,
      received: one.received + other.received, nils: one.nils + other.nils,
      reports: one.reports + other.reports,
      amounts: other.amounts.isEmpty ? one.amounts : one.amounts + other.amounts)
  }

  static func += (one: inout Cell, other: Cell) { one = one + other }

  static prefix func - (cell: Cell) -> Cell {
    Cell(
      throughput: -cell.throughput, fromProcessors: -cell.fromProcessors,
      purchased: -cell.purchased, shipped: -cell.shipped, capacity: -cell.capacity,
      owed: -cell.owed, received: -cell.received, nils: -cell.nils, reports: -cell.reports,
      amounts: cell.amounts.isEmpty ? .zero : -cell.amounts)
  }
}

/// What a facility brings into the cells without any report: capacity and obligations.
enum FacilityShare {
  /// The place its figures belong to.
  static func place(_ facility: Facility) -> String {
    facility.location.authority ?? facility.location.country
  }

  /// - Parameter wanted: nil stands for all.
  static func cells(
    _ facility: Facility, of wanted: Series? = nil, in months: ClosedRange<Month>
  ) -> [CellKey: Cell] {
    let place = place(facility)
    var cells: [CellKey: Cell] = [:]
    for series in series(facility) where wanted == nil || wanted == series {
      for number in months.lowerBound.number...months.upperBound.number {
        let month = Month(number: number)
        var cell = Cell()
        if series.type == .throughput, let metal = series.metal {
          // A capacity is whole kilograms a year, so nothing is rounded here.
          cell.capacity = facility.processingGramDays(metal, in: month) / 1000
        }
        cell.owed = facility.owes(series.type, series.metal, month) ? 1 : 0
        if cell != .zero {
          cells[CellKey(series: series, period: Period(month), place: place)] = cell
        }
      }
    }
    return cells
  }

  private static func series(_ facility: Facility) -> Set<Series> {
    Set(
      facility.capacities.filter { $0.process == .scrapProcessing }.map {
        Series(.throughput, $0.metal)
      } + facility.obligations.map { Series($0.report, $0.metal) })
  }
}
