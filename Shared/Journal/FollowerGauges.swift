import Metrics
import Models

/// What an operator sees of a follower.
struct FollowerGauges: Sendable {
  private let entries: Gauge
  private let seconds: Gauge
  private let states: [(state: Follower.State, gauge: Gauge)]

  init(source: String) {
    let source = ("source", source)
    entries = Gauge(label: "remelt_follower_lag_entries", dimensions: [source])
    seconds = Gauge(label: "remelt_follower_lag_seconds", dimensions: [source])
    states = Follower.State.allCases.map { state in
      (
        state,
        Gauge(label: "remelt_follower_state", dimensions: [source, ("state", state.rawValue)])
      )
    }
  }

  /// Entries behind are counted from what the source last said; seconds from when it last answered.
  func record(_ progress: Follower.Progress, at now: Instant) {
    entries.record(max(0, progress.sourceSize - progress.size))
    if let heard = progress.heardAt {
      seconds.record(Double(max(0, now.milliseconds - heard.milliseconds)) / 1000)
    }
    for (state, gauge) in states { gauge.record(state == progress.state ? 1 : 0) }
  }
}
