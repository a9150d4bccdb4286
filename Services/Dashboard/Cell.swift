import Models
import Storage

/// What reports are of: a type, and a metal where each metal is reported by itself.
struct Series: Hashable, Sendable {
  let type: ReportType
  let metal: Metal?

  init(_ type: ReportType, _ metal: Metal? = nil) {
    self.type = type
    self.metal = metal
  }

  /// As tables have it.
  var values: [Value] { [.text(type.rawValue), .text(metal?.rawValue ?? "")] }
}

/// Where a figure stands: what it is of, a period, and the reporting authority (or the country
/// abroad).
struct CellKey: Hashable, Sendable {
  let series: Series
  let period: Period
  let place: String
}

/// What is added up, by name (``Sum``, ``Term``). Counts of reports and masses stand in the cell of
/// the report's own period; what is owed and received in the cells of single months.
typealias Cell = Amounts

extension Cell {
  var owed: Int128 { self[Sum.owed] }
  var received: Int128 { self[Sum.received] }
  var missing: Int128 { owed - received }
  var nils: Int128 { self[Sum.nils] }
  var late: Int128 { self[Sum.late] }
  var reports: Int128 { self[Sum.reports] }

  /// Without what is owed and not there, and without capacity.
  var onlyReceived: Cell {
    var cell = self
    cell[Sum.owed] = received
    cell[Sum.capacityOwed] = self[Sum.capacityReceived]
    cell[Sum.capacity] = 0
    return cell
  }
}
