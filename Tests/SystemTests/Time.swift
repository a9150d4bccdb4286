import Models
import Synchronization

/// A clock that a test sets.
final class Time: Sendable {
  private let milliseconds: Mutex<Int64>

  init(_ text: String) { milliseconds = Mutex(Instant(text)?.milliseconds ?? 0) }

  var clock: Clock { Clock { Instant(milliseconds: self.milliseconds.withLock { $0 }) } }

  func advance(_ more: Int64) { milliseconds.withLock { $0 += more } }

  /// The last month that is over in China, of which a first report may be on time or late. However
  /// long a test runs, it is one of few.
  var lastMonth: Month {
    min(clock.now().dayInChina.month.previous, Month(year: 2026, month: 12))
  }

  /// On to the next edge of a due day: the last millisecond at which reports of a type are on time,
  /// or the first at which they are late.
  func advanceToDueDay(of report: ReportType, isLate: Bool) {
    let now = clock.now().milliseconds
    for month in [lastMonth, lastMonth.next] {
      guard let due = Reference.shared.due(report, month) else { continue }
      let last = due.adding(days: 1).startInChina.milliseconds - 1
      if now <= last { return advance(last - now + (isLate ? 1 : 0)) }
    }
  }
}
