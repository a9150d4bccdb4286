import CoreMetrics
import Testing

@testable import ServiceKit

struct PrometheusMetricsTests {
  private let metrics = PrometheusMetrics()

  private func lines(_ prefix: String) -> [String] {
    metrics.render().split(separator: "\n").map(String.init).filter { $0.hasPrefix(prefix) }
  }

  @Test("The same label and dimensions share one value, in whatever order they are named")
  func shared() {
    let one = Counter(label: "hb.requests", dimensions: [("a", "1"), ("b", "2")], factory: metrics)
    one.increment(by: 2)
    one.destroy()
    Counter(label: "hb.requests", dimensions: [("b", "2"), ("a", "1")], factory: metrics)
      .increment()
    FloatingPointCounter(
      label: "hb.requests", dimensions: [("a", "1"), ("b", "2")], factory: metrics
    ).increment(by: 0.5)
    #expect(lines("hb_requests") == ["hb_requests_total{a=\"1\",b=\"2\"} 3.5"])
  }

  @Test("Counters stay exact and do not overflow")
  func exact() {
    let counter = metrics.makeCounter(label: "exact_total", dimensions: [])
    counter.increment(by: 9_007_199_254_740_993)
    #expect(lines("exact") == ["exact_total 9007199254740993"])
    counter.increment(by: Int64.max)
    #expect(lines("exact") == ["exact_total 9223372036854775807"])
    counter.reset()
    #expect(lines("exact") == ["exact_total 0"])
  }

  @Test("A meter and a recorder that does not aggregate are gauges")
  func gauges() {
    let meter = Meter(label: "active", factory: metrics)
    meter.increment(by: 3)
    meter.decrement(by: 1)
    Gauge(label: "depth", factory: metrics).record(7.25)
    #expect(lines("active") == ["active 2"])
    #expect(lines("depth") == ["depth 7.25"])
    #expect(lines("# TYPE depth") == ["# TYPE depth gauge"])
  }

  @Test("A timer is a histogram in seconds whose buckets add up")
  func timer() {
    let timer = metrics.makeTimer(label: "wait", dimensions: [("path", "/a")])
    for nanoseconds: Int64 in [500_000, 1_000_000, 3_000_000, 20_000_000_000] {
      timer.recordNanoseconds(nanoseconds)
    }
    let text = lines("wait_seconds")
    #expect(text.count == 16)
    #expect(text.first == "wait_seconds_bucket{path=\"/a\",le=\"0.001\"} 2")
    #expect(text[1] == "wait_seconds_bucket{path=\"/a\",le=\"0.0025\"} 2")
    #expect(text[2] == "wait_seconds_bucket{path=\"/a\",le=\"0.005\"} 3")
    #expect(text[12] == "wait_seconds_bucket{path=\"/a\",le=\"10\"} 3")
    #expect(text[13] == "wait_seconds_bucket{path=\"/a\",le=\"+Inf\"} 4")
    #expect(text[14] == "wait_seconds_sum{path=\"/a\"} 20.0045")
    #expect(text[15] == "wait_seconds_count{path=\"/a\"} 4")
  }

  @Test("A recorder that aggregates is a histogram under its own name")
  func recorder() {
    Recorder(label: "batch", factory: metrics).record(2)
    #expect(lines("batch_bucket{le=\"1\"}") == ["batch_bucket{le=\"1\"} 0"])
    #expect(lines("batch_bucket{le=\"2.5\"}") == ["batch_bucket{le=\"2.5\"} 1"])
    #expect(lines("batch_count") == ["batch_count 1"])
  }

  @Test("Names are made lawful and label values are escaped")
  func escaping() {
    let dimensions = [
      ("le", "x"), ("__own", "y"), ("a-b", "1"), ("a.b", "2"), ("v", "\\ \" \n 钢"),
    ]
    metrics.makeCounter(label: "9 lives.of-钢", dimensions: dimensions).increment(by: Int64(1))
    let expected =
      #"_9_lives_of___total{a_b="1",exported___own="y",exported_le="x",v="\\ \" \n 钢"} 1"#
    #expect(lines("_9") == [expected])
  }

  @Test("A name has one type: a second type under it is dropped and counted")
  func oneType() {
    metrics.makeMeter(label: "x_total", dimensions: []).set(Int64(5))
    metrics.makeCounter(label: "x", dimensions: []).increment(by: Int64(1))
    #expect(lines("x_total") == ["x_total 5"])
    #expect(lines("remelt_metrics") == ["remelt_metrics_dropped_series_total 1"])
  }

  @Test("The 2,001st series is dropped and counted; those before it go on")
  func seriesLimit() {
    for number in 0..<2_003 {
      metrics.makeCounter(label: "many", dimensions: [("n", "\(number)")]).increment(by: Int64(1))
    }
    metrics.makeCounter(label: "many", dimensions: [("n", "1999")]).increment(by: Int64(1))
    #expect(lines("many_total").count == 2_000)
    #expect(lines("many_total{n=\"1999\"}") == ["many_total{n=\"1999\"} 2"])
    #expect(lines("remelt_metrics") == ["remelt_metrics_dropped_series_total 3"])
  }

  @Test("The text is sorted, whatever came first, and ends with a line's end")
  func sorted() {
    for name in ["b", "z", "a"] { metrics.makeCounter(label: name, dimensions: []).reset() }
    let text = """
      # TYPE a_total counter
      a_total 0
      # TYPE b_total counter
      b_total 0
      # TYPE remelt_metrics_dropped_series_total counter
      remelt_metrics_dropped_series_total 0
      # TYPE z_total counter
      z_total 0

      """
    #expect(metrics.render() == text)
    #expect(metrics.render() == text)
  }

  @Test("Many tasks at once lose nothing")
  func concurrent() async {
    await withTaskGroup(of: Void.self) { group in
      for _ in 0..<8 {
        group.addTask { [metrics] in
          for _ in 0..<1_000 {
            metrics.makeCounter(label: "c", dimensions: []).increment(by: Int64(1))
          }
        }
      }
    }
    #expect(lines("c_total") == ["c_total 8000"])
  }
}
