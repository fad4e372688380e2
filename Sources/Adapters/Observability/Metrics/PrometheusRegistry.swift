package import CoreMetrics
private import Synchronization

/// Keeps the metrics of one process and writes them in Prometheus' text format (0.0.4).
///
/// Counters and gauges are one atomic each; a histogram takes a short lock. A name keeps at most
/// ``seriesMax`` label sets, and what comes after that is counted in `metrics_dropped_total` instead
/// of growing the process: a label with free values is a fault, and must not become an outage.
package final class PrometheusRegistry: MetricsFactory, Sendable {
  package static let seriesMax = 200

  private struct Family {
    let kind: MetricKind
    var series: [MetricLabels: any MetricSeries] = [:]
  }

  private let families = Mutex<[String: Family]>([:])
  private let dropped = Atomic<Int64>(0)

  package init() {}

  package func makeCounter(label: String, dimensions: [(String, String)]) -> any CounterHandler {
    series(label, dimensions, .counter) { CounterSeries() } ?? CounterSeries()
  }

  package func makeMeter(label: String, dimensions: [(String, String)]) -> any MeterHandler {
    series(label, dimensions, .gauge) { GaugeSeries() } ?? GaugeSeries()
  }

  package func makeRecorder(
    label: String,
    dimensions: [(String, String)],
    aggregate: Bool
  ) -> any RecorderHandler {
    guard aggregate else {
      return series(label, dimensions, .gauge) { GaugeSeries() } ?? GaugeSeries()
    }
    let bounds = label.hasSuffix("_seconds") ? HistogramSeries.seconds : HistogramSeries.counts
    return series(label, dimensions, .histogram) { HistogramSeries(bounds: bounds) }
      ?? HistogramSeries(bounds: [])
  }

  package func makeTimer(label: String, dimensions: [(String, String)]) -> any TimerHandler {
    let name = label.hasSuffix("_seconds") ? label : label + "_seconds"
    return series(name, dimensions, .histogram) { HistogramSeries(bounds: HistogramSeries.seconds) }
      ?? HistogramSeries(bounds: [])
  }

  // A series outlives the object that made it: a counter that vanished would look like a restart.
  package func destroyCounter(_ handler: any CounterHandler) {}
  package func destroyMeter(_ handler: any MeterHandler) {}
  package func destroyRecorder(_ handler: any RecorderHandler) {}
  package func destroyTimer(_ handler: any TimerHandler) {}

  /// The series of that name and those labels, made at the first call; nil when it is one too many or
  /// the name already stands for another kind.
  private func series<Series: MetricSeries>(
    _ label: String,
    _ dimensions: [(String, String)],
    _ kind: MetricKind,
    _ make: () -> Series
  ) -> Series? {
    let labels = MetricLabels(dimensions)
    let name = metricName(label)
    let found = families.withLock { families -> Series? in
      var family = families[name] ?? Family(kind: kind)
      if let known = family.series[labels] { return known as? Series }
      guard family.kind == kind, family.series.count < Self.seriesMax else { return nil }
      let made = make()
      family.series[labels] = made
      families[name] = family
      return made
    }
    if found == nil { dropped.add(1, ordering: .relaxed) }
    return found
  }

  /// All metrics, sorted by name and labels, each consistent in itself.
  package func text() -> String {
    let snapshot = families.withLock { families in
      families.map { name, family in (name, family.kind, Array(family.series)) }
    }
    var text = ""
    for (name, kind, series) in snapshot.sorted(by: { $0.0 < $1.0 }) {
      text += "# TYPE \(name) \(kind.rawValue)\n"
      for (labels, one) in series.sorted(by: { $0.key.text < $1.key.text }) {
        one.write(name, labels, to: &text)
      }
    }
    let count = dropped.load(ordering: .relaxed)
    text += "# TYPE metrics_dropped_total counter\nmetrics_dropped_total \(count)\n"
    return text
  }
}

enum MetricKind: String, Sendable {
  case counter, gauge, histogram
}

/// One name with one set of labels.
protocol MetricSeries: AnyObject, Sendable {
  func write(_ name: String, _ labels: MetricLabels, to text: inout String)
}
