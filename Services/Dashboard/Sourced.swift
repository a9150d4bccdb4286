import Journal
import Models

/// What was read, and how much of the sources it was read from.
struct Sourced<Value: Sendable>: Sendable {
  let value: Value
  let sources: [SourceLine]
  /// Milliseconds by which the standby lagged that it was read from; nil where that was none.
  let standbyLag: Int64?

  var sourcesJSON: JSON { .array(sources.map(\.json)) }
  var lagJSON: JSON? { standbyLag.map { .int($0) } }
}

/// How far behind a source the dashboard is.
struct SourceLine: Sendable {
  let source: String
  let progress: Follower.Progress
  let behindEntries: Int64
  /// Seconds since the source was last heard to have nothing new; nil before the first answer.
  let behindSeconds: Int64?

  init(_ source: String, _ progress: Follower.Progress, _ now: Instant) {
    self.source = source
    self.progress = progress
    behindEntries = max(0, progress.sourceSize - progress.size)
    behindSeconds = progress.heardAt.map { max(0, (now.milliseconds - $0.milliseconds) / 1000) }
  }

  var json: JSON {
    .members([
      "source": .string(source), "origin": .text(progress.origin), "size": .int(progress.size),
      "recorded_at": progress.recordedAt?.json, "behind_entries": .int(behindEntries),
      "behind_seconds": behindSeconds.map { .int($0) }, "state": .string(progress.state.rawValue),
      "detail": .text(progress.detail),
    ])
  }
}

extension Sourced {
  func with<Other: Sendable>(_ other: Other) -> Sourced<Other> {
    Sourced<Other>(value: other, sources: sources, standbyLag: standbyLag)
  }

  var lagMembers: [JSON.Member] { lagJSON.map { [.init("standby_lag_ms", $0)] } ?? [] }

  /// What went wrong with a source names addresses, and is for those who see all.
  func sourcesJSON(for sight: Sight) -> JSON {
    sight.places == nil ? sourcesJSON : .array(sources.map { $0.json.without("detail") })
  }
}
