private import CoreMetrics
private import Synchronization

final class CounterSeries: CounterHandler, MetricSeries {
  private let value = Atomic<Int64>(0)

  func increment(by amount: Int64) { value.wrappingAdd(amount, ordering: .relaxed) }
  func reset() { value.store(0, ordering: .relaxed) }

  func write(_ name: String, _ labels: MetricLabels, to text: inout String) {
    text += "\(name)\(labels.braced()) \(value.load(ordering: .relaxed))\n"
  }
}

/// The last value, or one moved up and down.
final class GaugeSeries: MeterHandler, RecorderHandler, MetricSeries {
  private let bits = Atomic<UInt64>(0)

  func set(_ value: Int64) { set(Double(value)) }
  func set(_ value: Double) { bits.store(value.bitPattern, ordering: .relaxed) }
  func record(_ value: Int64) { set(Double(value)) }
  func record(_ value: Double) { set(value) }
  func decrement(by amount: Double) { increment(by: -amount) }

  func increment(by amount: Double) {
    var old = bits.load(ordering: .relaxed)
    while true {
      let new = (Double(bitPattern: old) + amount).bitPattern
      let (exchanged, current) = bits.weakCompareExchange(
        expected: old,
        desired: new,
        ordering: .relaxed
      )
      if exchanged { return }
      old = current
    }
  }

  func write(_ name: String, _ labels: MetricLabels, to text: inout String) {
    let value = Double(bitPattern: bits.load(ordering: .relaxed))
    text += "\(name)\(labels.braced()) \(metricNumber(value))\n"
  }
}

/// How many values lay at or below each bound, and their sum.
final class HistogramSeries: RecorderHandler, TimerHandler, MetricSeries {
  /// From a fast round trip to a delay queue's wait.
  static let seconds = [
    0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300,
  ]
  /// For batch sizes, which end at 64.
  static let counts: [Double] = [1, 2, 4, 8, 16, 32, 64]

  private struct Values {
    /// One a bound, and the rest above the last.
    var counts: [UInt64]
    var sum = 0.0
  }

  private let bounds: [Double]
  private let values: Mutex<Values>

  init(bounds: [Double]) {
    self.bounds = bounds
    values = Mutex(Values(counts: Array(repeating: 0, count: bounds.count + 1)))
  }

  func record(_ value: Int64) { record(Double(value)) }
  func recordNanoseconds(_ duration: Int64) { record(Double(duration) / 1e9) }

  func record(_ value: Double) {
    // Not a number would poison the sum for ever.
    guard value.isFinite else { return }
    let place = bounds.firstIndex { value <= $0 } ?? bounds.count
    values.withLock {
      $0.counts[place] += 1
      $0.sum += value
    }
  }

  func write(_ name: String, _ labels: MetricLabels, to text: inout String) {
    let (counts, sum) = values.withLock { ($0.counts, $0.sum) }
    var total: UInt64 = 0
    for (index, count) in counts.enumerated() {
      total += count
      let bound = index < bounds.count ? metricNumber(bounds[index]) : "+Inf"
      text += "\(name)_bucket\(labels.braced(adding: "le=\"\(bound)\"")) \(total)\n"
    }
    text += "\(name)_sum\(labels.braced()) \(metricNumber(sum))\n"
    text += "\(name)_count\(labels.braced()) \(total)\n"
  }
}
