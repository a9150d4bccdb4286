import Journal
import Models
import Storage

/// What is a service's own about its reports: which are acceptable, what is told beside them, and
/// how a row of a file reads.
package protocol Rulebook: Sendable {
  associatedtype Report: MonthlyReport

  /// The report as it is recorded.
  /// - Throws: ``Problem`` with every wrong field.
  func accept(
    _ report: Report, of facility: StoredFacility, after previousClosing: Mass?, today: Day,
    on connection: Connection
  ) throws -> Report

  /// Demands that what a report may have only once in the whole ledger is no other report's.
  /// - Parameter id: the report that is revised; nil for a new one.
  /// - Throws: ``Problem`` `conflict`.
  func demandFree(_ report: Report, for id: ID?, on connection: Connection) throws

  /// Keeps for a report what it has only once, and lets go of what its old figures had.
  /// - Parameter report: nil where it counts no more.
  func claim(_ report: Report?, for id: ID, on connection: Connection) throws

  /// What is worth a look and no reason to refuse.
  func warnings(_ report: Report) -> [String]

  /// What is computed from a report and shown with it.
  func derived(_ report: Report, of facility: StoredFacility?, on connection: Connection) throws
    -> [JSON.Member]

  /// The wire form of a CSV row's columns.
  func row(_ columns: [String: String]) -> JSON
}

extension Rulebook {
  package func demandFree(_ report: Report, for id: ID?, on connection: Connection) throws {}
  package func claim(_ report: Report?, for id: ID, on connection: Connection) throws {}
  package func warnings(_ report: Report) -> [String] { [] }
}

/// The rules that every monthly report is under.
package struct CommonRules<Report: MonthlyReport>: Sendable {
  package private(set) var report: Report
  package private(set) var faults: [Problem.Field] = []

  /// Judges a report; a nil return without a stock carries the one that lay there.
  /// - Parameters:
  ///   - previousClosing: the closing stock of the report before, where there is one.
  ///   - today: the day in China on which it arrives.
  package init(
    _ draft: Report, of facility: Facility, previousClosing: Mass?, today: Day
  ) {
    report = draft
    let (period, member) = (draft.period, "/\(Report.periodMember)")
    if period.last.lastDay >= today {
      add(
        member, "\(period) is not over yet: report it from \(period.last.next.firstDay) on")
    }
    if !facility.roles.contains(Report.type.role) {
      let role = Report.type.role.rawValue.replacing("_", with: " ")
      add("/facility_id", "this facility is not registered as a \(role)")
    }
    if let closed = facility.closedOn, closed < period.first.firstDay {
      add(member, "the facility closed on \(closed)")
    }
    if let opened = facility.openedOn, opened > period.last.lastDay {
      add(member, "the facility opened on \(opened)")
    }
    if let stock = previousClosing {
      if draft.isNil, draft.opening == .zero, draft.openingReason == nil {
        report = draft.carrying(stock)
      }
      if report.opening != stock, report.openingReason == nil {
        add(
          "/opening",
          "last month closed with \(stock.tonnes) t: open with that, or give opening_reason")
      }
    }
  }

  package mutating func add(_ pointer: String, _ detail: String) {
    faults.append(.init(pointer, detail))
  }

  package mutating func add(_ more: [Problem.Field]) { faults += more }

  /// Sums of many reports must stay sums: what one may bring is limited as a whole, too.
  package mutating func limit(_ sums: KeyValuePairs<String, Mass>) {
    for (name, sum) in sums where sum > Mass.maximum {
      add("/\(name)", "are more than 100 Mt together, the most that is accepted")
    }
  }

  /// Demands that the suppliers and recipients named are in the ledger, and others than itself.
  package mutating func demand(
    _ ids: [ID?], in list: String, own: ID, _ facilities: Facilities, on connection: Connection
  ) throws {
    for (index, id) in ids.enumerated() {
      guard let id else { continue }
      let known = try facilities.facility(id, on: connection)?.id
      if known == nil {
        add("/\(list)/\(index)/facility_id", "there is no facility with this id")
      } else if known == own {
        add("/\(list)/\(index)/facility_id", "a facility does not trade with itself")
      }
    }
  }

  /// - Throws: ``Problem`` `invalid` with every wrong field.
  package func accepted() throws(Problem) -> Report {
    guard faults.isEmpty else { throw Problem.fields(faults) }
    return report
  }
}

/// A stock that must add up: what there was and came in equals what went out and is left.
package struct StockBalance: Sendable, Equatable {
  /// What is missing on the right-hand side, in grams; negative where there is too much.
  package let difference: Int64
  /// The most it may be off: `permille` of what there was and came in, rounded down.
  package let allowance: Int64

  package init(available: Mass, left: Mass, permille: Int) {
    difference = available.grams - left.grams
    allowance = Int64(Int128(available.grams) * Int128(permille) / 1000)
  }

  package var holds: Bool { abs(difference) <= allowance }

  package func sentence(_ available: String, _ left: String) -> String {
    let tonnes = { (grams: Int64) in Mass.tonnes(Int128(grams)) }
    return
      "\(available) exceeds \(left) by \(tonnes(difference)) t; at most \(tonnes(allowance)) t either way are accepted"
  }
}
