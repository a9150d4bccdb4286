import CoreMetrics
import Synchronization

/// Keeps what swift-metrics measures and writes it as Prometheus text (exposition format 0.0.4).
///
/// Counters end in `_total`; timers are histograms in seconds and end in `_seconds`; aggregating
/// recorders are histograms over the same bounds; meters and gauges are gauges. The same label and
/// dimensions always share one value, which stays when a handler is destroyed.
package final class PrometheusMetrics: MetricsFactory, Sendable {
  /// The `Content-Type` of what `render` gives.
  package static let contentType = "text/plain; version=0.0.4; charset=utf-8"

  private static let seriesLimit = 2_000
  private static let droppedName = "remelt_metrics_dropped_series_total"

  private struct State {
    var families: [String: Family] = [:]
    var seriesCount = 0
  }

  private struct Family {
    let kind: MetricKind
    var series: [String: any MetricSeries] = [:]
  }

  private let state = Mutex(State())
  private let dropped = CounterSeries()

  package init() {}

  /// Every value, sorted by name and labels. At most 2,000 series: each attempt to make a further
  /// one (or one of another type under a taken name) counts in
  /// `remelt_metrics_dropped_series_total`, and what it measures is lost.
  package func render() -> String {
    var families = state.withLock { $0.families }
    families[PrometheusMetrics.droppedName] = Family(kind: .counter, series: ["": dropped])
    var text = ""
    for (name, family) in families.sorted(by: { $0.key < $1.key }) {
      text += "# TYPE \(name) \(family.kind.rawValue)\n"
      for (labels, series) in family.series.sorted(by: { $0.key < $1.key }) {
        series.write(name, labels, to: &text)
      }
    }
    return text
  }

  package func makeCounter(
    label: String, dimensions: [(String, String)]
  ) -> any CounterHandler {
    series(label, "_total", dimensions, .counter, CounterSeries.init)
      ?? NOOPMetricsHandler.instance
  }

  package func makeFloatingPointCounter(
    label: String, dimensions: [(String, String)]
  ) -> any FloatingPointCounterHandler {
    series(label, "_total", dimensions, .counter, CounterSeries.init)
      ?? NOOPMetricsHandler.instance
  }

  package func makeMeter(label: String, dimensions: [(String, String)]) -> any MeterHandler {
    series(label, "", dimensions, .gauge, GaugeSeries.init) ?? NOOPMetricsHandler.instance
  }

  package func makeRecorder(
    label: String, dimensions: [(String, String)], aggregate: Bool
  ) -> any RecorderHandler {
    if aggregate {
      return series(label, "", dimensions, .histogram, HistogramSeries.init)
        ?? NOOPMetricsHandler.instance
    }
    return series(label, "", dimensions, .gauge, GaugeSeries.init) ?? NOOPMetricsHandler.instance
  }

  package func makeTimer(label: String, dimensions: [(String, String)]) -> any TimerHandler {
    series(label, "_seconds", dimensions, .histogram, HistogramSeries.init)
      ?? NOOPMetricsHandler.instance
  }

  // Handlers are made anew for every measurement, so a destroyed one says nothing about its value.
  package func destroyCounter(_ handler: any CounterHandler) {}
  package func destroyFloatingPointCounter(_ handler: any FloatingPointCounterHandler) {}
  package func destroyMeter(_ handler: any MeterHandler) {}
  package func destroyRecorder(_ handler: any RecorderHandler) {}
  package func destroyTimer(_ handler: any TimerHandler) {}

  /// The value under that name and those labels, made when it is the first; nil when it may not be.
  private func series<Value: MetricSeries>(
    _ label: String, _ suffix: String, _ dimensions: [(String, String)], _ kind: MetricKind,
    _ make: () -> Value
  ) -> Value? {
    let name = metricName(label, suffix)
    let labels = labelText(dimensions)
    let found = state.withLock { state -> Value? in
      if let known = state.families[name]?.series[labels] { return known as? Value }
      guard state.seriesCount < PrometheusMetrics.seriesLimit,
        name != PrometheusMetrics.droppedName,
        state.families[name, default: Family(kind: kind)].kind == kind
      else { return nil }
      let value = make()
      state.families[name, default: Family(kind: kind)].series[labels] = value
      state.seriesCount += 1
      return value
    }
    if found == nil { dropped.increment(by: Int64(1)) }
    return found
  }
}

private enum MetricKind: String { case counter, gauge, histogram }

private protocol MetricSeries: Sendable {
  /// Writes the value's lines; `labels` are without their braces.
  func write(_ name: String, _ labels: String, to text: inout String)
}

private final class CounterSeries: MetricSeries, CounterHandler, FloatingPointCounterHandler {
  // Whole increments apart, so that they stay exact past 2^53.
  private let value = Mutex((whole: Int64(0), fraction: 0.0))

  func increment(by amount: Int64) {
    value.withLock {
      let sum = $0.whole.addingReportingOverflow(amount)
      $0.whole = sum.overflow ? .max : sum.partialValue
    }
  }

  func increment(by amount: Double) {
    guard amount.isFinite else { return }
    value.withLock { $0.fraction += amount }
  }

  func reset() { value.withLock { $0 = (0, 0) } }

  func write(_ name: String, _ labels: String, to text: inout String) {
    let now = value.withLock { $0 }
    let number = now.fraction == 0 ? "\(now.whole)" : numeral(Double(now.whole) + now.fraction)
    text += line(name, labels, number)
  }
}

private final class GaugeSeries: MetricSeries, MeterHandler, RecorderHandler {
  private let value = Mutex(0.0)

  func set(_ value: Int64) { set(Double(value)) }
  func set(_ value: Double) { self.value.withLock { $0 = value } }
  func increment(by amount: Double) { value.withLock { $0 += amount } }
  func decrement(by amount: Double) { value.withLock { $0 -= amount } }
  func record(_ value: Int64) { set(Double(value)) }
  func record(_ value: Double) { set(value) }

  func write(_ name: String, _ labels: String, to text: inout String) {
    text += line(name, labels, numeral(value.withLock { $0 }))
  }
}

private final class HistogramSeries: MetricSeries, RecorderHandler, TimerHandler {
  /// Upper bounds, in seconds for timers.
  private static let bounds = [
    0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10,
  ]

  /// How many values lie in each bucket alone; the last is past every bound.
  private let value = Mutex((counts: [Int](repeating: 0, count: bounds.count + 1), sum: 0.0))

  func recordNanoseconds(_ duration: Int64) { record(Double(duration) / 1_000_000_000) }
  func record(_ value: Int64) { record(Double(value)) }

  func record(_ value: Double) {
    guard value.isFinite else { return }
    let bounds = HistogramSeries.bounds
    let bucket = bounds.firstIndex { value <= $0 } ?? bounds.count
    self.value.withLock {
      $0.counts[bucket] += 1
      $0.sum += value
    }
  }

  func write(_ name: String, _ labels: String, to text: inout String) {
    let now = value.withLock { $0 }
    let before = labels.isEmpty ? "" : labels + ","
    var count = 0
    for (bound, inBucket) in zip(HistogramSeries.bounds + [.infinity], now.counts) {
      count += inBucket
      text += line(name + "_bucket", before + "le=\"\(numeral(bound))\"", "\(count)")
    }
    text += line(name + "_sum", labels, numeral(now.sum))
    text += line(name + "_count", labels, "\(count)")
  }
}

private func line(_ name: String, _ labels: String, _ number: String) -> String {
  labels.isEmpty ? "\(name) \(number)\n" : "\(name){\(labels)} \(number)\n"
}

/// A number as Prometheus reads it.
private func numeral(_ value: Double) -> String {
  if value.isNaN { return "NaN" }
  if value.isInfinite { return value < 0 ? "-Inf" : "+Inf" }
  let text = "\(value)"
  return text.hasSuffix(".0") ? String(text.dropLast(2)) : text
}

/// `[a-zA-Z_:][a-zA-Z0-9_:]*`, ending in `suffix` once.
private func metricName(_ label: String, _ suffix: String) -> String {
  let name = identifier(label, colon: true)
  return name.hasSuffix(suffix) ? name : name + suffix
}

private func identifier(_ text: String, colon: Bool) -> String {
  var name = text.isEmpty ? "_" : ""
  for character in text.unicodeScalars {
    let isDigit = ("0"..."9").contains(character)
    let isLetter = ("a"..."z").contains(character) || ("A"..."Z").contains(character)
    if isDigit, name.isEmpty { name = "_" }
    let isKept = isDigit || isLetter || (colon && character == ":")
    name.unicodeScalars.append(isKept ? character : "_")
  }
  return name
}

/// `a="1",b="2"`, sorted by name. A name may stand once, so the first dimension of a name wins.
private func labelText(_ dimensions: [(String, String)]) -> String {
  var values: [String: String] = [:]
  for (name, value) in dimensions {
    let plain = identifier(name, colon: false)
    // `le` is the bucket's bound, and names that begin with two underscores are Prometheus's own.
    let label = plain == "le" || plain.hasPrefix("__") ? "exported_" + plain : plain
    if values[label] == nil { values[label] = value }
  }
  return values.sorted { $0.key < $1.key }
    .map { "\($0.key)=\"\(escaped($0.value))\"" }.joined(separator: ",")
}

private func escaped(_ value: String) -> String {
  var text = ""
  for character in value.unicodeScalars {
    switch character {
    case "\\": text += "\\\\"
    case "\"": text += "\\\""
    case "\n": text += "\\n"
    default: text.unicodeScalars.append(character)
    }
  }
  return text
}
