import Models

/// What makes a month's throughput acceptable, given what is recorded already.
struct ThroughputRules {
  /// Per mille of opening + purchased.
  let tolerancePermille: Int
  /// The day in China on which the report arrives.
  let today: Day

  /// The report as it is recorded: a nil return carries the stock that lay there.
  /// - Parameters:
  ///   - previousClosing: last month's closing stock, where that month is reported.
  /// - Throws: ``Problem`` `invalid` with every wrong field.
  func accept(_ report: Throughput, of facility: Facility, previousClosing: Mass?) throws(Problem)
    -> Throughput
  {
    var faults: [Problem.Field] = []
    if report.month.lastDay >= today {
      faults.append(
        .init(
          "/month",
          "\(report.month) is not over yet: report it from \(report.month.next.firstDay) on"))
    }
    if !facility.roles.contains(.scrapProcessor) {
      faults.append(.init("/facility_id", "this facility is not registered as a scrap processor"))
    }
    if let closed = facility.closedOn, closed < report.month.firstDay {
      faults.append(.init("/month", "the facility closed on \(closed)"))
    }
    if let opened = facility.openedOn, opened > report.month.lastDay {
      faults.append(.init("/month", "the facility opened on \(opened)"))
    }
    // Sums of many reports must stay sums: what one may bring is limited as a whole, too.
    let sums = [
      ("purchases", report.purchased), ("shipments", report.shipped), ("products", report.produced),
    ]
    for (name, sum) in sums where sum > Mass.maximum {
      faults.append(.init("/\(name)", "are more than 100 Mt together, the most that is accepted"))
    }
    let report = carried(report, previousClosing)
    if let previousClosing, report.opening != previousClosing, report.openingReason == nil {
      faults.append(
        .init(
          "/opening",
          "last month closed with \(previousClosing.tonnes) t: open with that, or give opening_reason"
        ))
    }
    faults += MaterialBalance(report, permille: tolerancePermille).faults
    guard faults.isEmpty else { throw Problem.fields(faults) }
    return report
  }

  private func carried(_ report: Throughput, _ previousClosing: Mass?) -> Throughput {
    guard report.isNil, report.opening == .zero, report.openingReason == nil,
      let stock = previousClosing
    else { return report }
    return Throughput(nilReturnOf: report, stock: stock)
  }

  /// Whether a report that arrives now is late.
  static func isLate(_ month: Month, recordedAt: Instant) -> Bool {
    guard let due = Reference.shared.due(.throughput, month) else { return false }
    return recordedAt.dayInChina > due
  }
}
