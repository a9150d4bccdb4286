import Models

/// A change taken apart. First what became known of the earlier period, report by report: revisions,
/// and reports that came or went. Then the step from that period to the other, facility by facility:
/// those that report in both are the same panel. The parts add up to the change exactly.
struct ChangeParts {
  struct Part {
    private(set) var sum = SumPair()
    fileprivate(set) var facilities: Set<String> = []

    fileprivate mutating func add(_ pair: SumPair, of facility: String) {
      sum = sum + pair
      facilities.insert(facility)
    }
  }

  private(set) var revisions = Part()
  private(set) var new = Part()
  private(set) var gone = Part()
  private(set) var samePanel = Part()

  /// - Parameters:
  ///   - first: the earlier period as it was known first.
  ///   - later: the same period as it was known later.
  ///   - last: the other period as it was known later.
  init(_ first: ReportedSums, _ later: ReportedSums, _ last: ReportedSums, isOnePeriod: Bool) {
    become(first, later)
    if isOnePeriod {
      samePanel.facilities = Set(later.units.keys.map(\.facility))
        .intersection(first.units.keys.map(\.facility))
    } else {
      step(later.panel, last.panel)
    }
  }

  private mutating func become(_ first: ReportedSums, _ later: ReportedSums) {
    for (unit, sums) in later.units {
      if let old = first.units[unit] {
        if sums != old { revisions.add(sums - old, of: unit.facility) }
      } else {
        new.add(sums, of: unit.facility)
      }
    }
    for (unit, sums) in first.units where later.units[unit] == nil {
      gone.add(SumPair() - sums, of: unit.facility)
    }
  }

  private mutating func step(_ before: [String: SumPair], _ after: [String: SumPair]) {
    for (facility, sums) in after {
      if let old = before[facility] {
        samePanel.add(sums - old, of: facility)
      } else {
        new.add(sums, of: facility)
      }
    }
    for (facility, sums) in before where after[facility] == nil {
      gone.add(SumPair() - sums, of: facility)
    }
  }
}
