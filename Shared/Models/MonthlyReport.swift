/// What every monthly report is, whatever it tells of: one facility, at most one metal, one period,
/// and a stock that goes on from report to report.
package protocol MonthlyReport: Sendable, Equatable {
  static var type: ReportType { get }
  /// The member of the wire form that holds the period.
  static var periodMember: String { get }

  var facility: ID { get set }
  /// The metal it is of, where a facility reports each metal by itself.
  var series: Metal? { get }
  var period: Period { get }
  /// A nil return (零报告): nothing moved, the stock lies as it lay.
  var isNil: Bool { get }
  var opening: Mass { get set }
  var openingReason: String? { get }
  var closing: Mass { get set }

  init?(_ fields: Fields)
  /// The wire form; what is absent is left out.
  var members: [JSON.Member] { get }
}

extension MonthlyReport {
  package var json: JSON { .object(members) }

  /// The same report after its facility was merged into another.
  package func moved(to facility: ID) -> Self {
    var copy = self
    copy.facility = facility
    return copy
  }

  /// A nil return that carries the stock of the report before through the month.
  package func carrying(_ stock: Mass) -> Self {
    var copy = self
    copy.opening = stock
    copy.closing = stock
    return copy
  }
}

extension ReportType {
  /// Who may be asked for it.
  package var role: FacilityRole {
    switch self {
    case .throughput: .scrapProcessor
    case .recycledInput: .mill
    case .hydrogenUse: .hydrogenUser
    }
  }

  /// The journal's events of a report of this type.
  package var reported: EventType {
    switch self {
    case .throughput: .throughputReported
    case .recycledInput: .recycledInputReported
    case .hydrogenUse: .hydrogenUseReported
    }
  }

  package var revised: EventType {
    switch self {
    case .throughput: .throughputRevised
    case .recycledInput: .recycledInputRevised
    case .hydrogenUse: .hydrogenUseRevised
    }
  }

  package var withdrawn: EventType {
    switch self {
    case .throughput: .throughputWithdrawn
    case .recycledInput: .recycledInputWithdrawn
    case .hydrogenUse: .hydrogenUseWithdrawn
    }
  }

  /// Whether a report that was recorded at a moment came after its due day (China).
  package func isLate(_ period: Period, recordedAt: Instant) -> Bool {
    guard let due = Reference.shared.due(self, period.last) else { return false }
    return recordedAt.dayInChina > due
  }
}
