import Foundation
import Models

/// How a long submission goes: one line, overwritten, on a terminal; else a line now and then.
struct Progress {
  private let what: String
  private let total: Int?
  private let clock: Clock
  private let began: Instant
  private let onTerminal: Bool
  private var lastShown: Instant

  /// - Parameter total: the bytes there are, where known.
  init(_ what: String, totalBytes total: Int?, clock: Clock = .system) {
    self.what = what
    self.total = total
    self.clock = clock
    began = clock.now()
    lastShown = began
    onTerminal = Terminal.errorIsTerminal
  }

  mutating func show(bytes: Int, rows: Int, refused: Int) {
    let now = clock.now()
    let pause: Int64 = onTerminal ? 100 : 3000
    guard now.milliseconds - lastShown.milliseconds >= pause else { return }
    lastShown = now
    let line = line(bytes: bytes, rows: rows, refused: refused, at: now)
    if onTerminal { Terminal.status(line) } else { Terminal.error(line) }
  }

  /// Makes room for a line of its own.
  func interrupt() { if onTerminal { Terminal.status("") } }

  func finish(bytes: Int, rows: Int, refused: Int) {
    interrupt()
    Terminal.error(line(bytes: bytes, rows: rows, refused: refused, at: clock.now()))
  }

  private func line(bytes: Int, rows: Int, refused: Int, at now: Instant) -> String {
    let elapsed = max(1, now.milliseconds - began.milliseconds)
    let rate = Int64(rows) * 1000 / elapsed
    var size = Progress.size(bytes)
    if let total, total > 0 {
      size += " of \(Progress.size(total)) (\(min(100, bytes * 100 / total)) %)"
    }
    return "\(what): \(size), \(rows) rows, \(rate) rows/s, \(refused) refused"
  }

  /// Bytes in the largest unit that leaves a whole number in front of the point.
  static func size(_ bytes: Int) -> String {
    switch bytes {
    case ..<10_000: "\(bytes) B"
    case ..<10_000_000: "\(bytes / 1000) kB"
    default: "\(bytes / 1_000_000) MB"
    }
  }
}
