import CoreMetrics
import Testing

@testable import Observability

struct PrometheusTests {
  private let registry = PrometheusRegistry()

  private func counter(_ label: String, _ dimensions: [(String, String)] = []) -> Counter {
    Counter(label: label, dimensions: dimensions, factory: registry)
  }

  @Test func `the page is sorted, typed and escaped`() {
    counter("deliveries_total", [("queue", "b"), ("outcome", "done")]).increment(by: 3)
    counter("deliveries_total", [("queue", "a\"\\\n"), ("outcome", "done")]).increment()
    Gauge(label: "in.flight", dimensions: [], factory: registry).record(2.5)
    #expect(
      registry.text() == """
        # TYPE deliveries_total counter
        deliveries_total{outcome="done",queue="a\\"\\\\\\n"} 1
        deliveries_total{outcome="done",queue="b"} 3
        # TYPE in_flight gauge
        in_flight 2.5
        # TYPE metrics_dropped_total counter
        metrics_dropped_total 0

        """
    )
  }

  @Test func `a histogram counts each value in every bucket that holds it`() {
    let size = Recorder(label: "batch_size", dimensions: [], factory: registry)
    for value in [1, 2, 3, 64, 65] { size.record(value) }
    #expect(
      registry.text().hasPrefix(
        """
        # TYPE batch_size histogram
        batch_size_bucket{le="1"} 1
        batch_size_bucket{le="2"} 2
        batch_size_bucket{le="4"} 3
        batch_size_bucket{le="8"} 3
        batch_size_bucket{le="16"} 3
        batch_size_bucket{le="32"} 3
        batch_size_bucket{le="64"} 4
        batch_size_bucket{le="+Inf"} 5
        batch_size_sum 135
        batch_size_count 5

        """
      )
    )
  }

  @Test func `a timer is kept in seconds`() {
    Timer(label: "call_duration", dimensions: [("target", "rd")], factory: registry)
      .recordMilliseconds(20)
    let text = registry.text()
    #expect(text.contains("call_duration_seconds_bucket{target=\"rd\",le=\"0.01\"} 0\n"))
    #expect(text.contains("call_duration_seconds_bucket{target=\"rd\",le=\"0.025\"} 1\n"))
    #expect(text.contains("call_duration_seconds_sum{target=\"rd\"} 0.02\n"))
  }

  @Test func `what is no number does not spoil the sum`() {
    let age = Recorder(label: "age_seconds", dimensions: [], factory: registry)
    age.record(Double.nan)
    age.record(Double.infinity)
    age.record(1.5)
    #expect(registry.text().contains("age_seconds_sum 1.5\nage_seconds_count 1\n"))
  }

  @Test func `the same name and labels are the same series, in any order`() {
    counter("x_total", [("a", "1"), ("b", "2")]).increment()
    counter("x_total", [("b", "2"), ("a", "1")]).increment()
    #expect(registry.text().contains("x_total{a=\"1\",b=\"2\"} 2\n"))
  }

  @Test func `labels without bound do not grow the process, and are told`() {
    for index in 0..<(PrometheusRegistry.seriesMax + 50) {
      counter("leads_total", [("email", "\(index)")]).increment()
    }
    let lines = registry.text().split(separator: "\n").filter { $0.hasPrefix("leads_total{") }
    #expect(lines.count == PrometheusRegistry.seriesMax)
    #expect(registry.text().contains("metrics_dropped_total 50\n"))
  }

  @Test func `a name that stands for another kind is dropped, not mixed`() {
    counter("thing").increment()
    Gauge(label: "thing", dimensions: [], factory: registry).record(7)
    #expect(registry.text().contains("# TYPE thing counter\nthing 1\n"))
    #expect(registry.text().contains("metrics_dropped_total 1\n"))
  }

  @Test func `no increment is lost between threads`() async {
    let total = counter("total")
    let level = Meter(label: "level", dimensions: [], factory: registry)
    await withTaskGroup { group in
      for _ in 0..<8 {
        group.addTask {
          for _ in 0..<10_000 {
            total.increment()
            level.increment(by: 1.0)
          }
        }
      }
    }
    #expect(registry.text().contains("total 80000\n"))
    #expect(registry.text().contains("level 80000\n"))
  }

  @Test func `names are made fit for Prometheus`() {
    counter("9lives.été", [("a-b", "x")]).increment()
    #expect(registry.text().contains("_9lives__t_{a_b=\"x\"} 1\n"))
  }

  @Test func `the process tells its processor time, memory, start and descriptors`() throws {
    let process = try #require(ProcessMetrics.current())
    #expect(process.cpuSeconds > 0)
    #expect(process.residentBytes > 1_000_000)
    #expect(process.openDescriptors >= 3)
    #expect(process.startTime > 1_700_000_000)
    #expect(process.text.contains("# TYPE process_resident_memory_bytes gauge\n"))
  }
}
