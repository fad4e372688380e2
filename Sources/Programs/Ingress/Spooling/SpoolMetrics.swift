import Belt
import Metrics
import ServiceLifecycle

/// Shows every second what the spools hold.
///
/// | metric | kind | labels | says |
/// | --- | --- | --- | --- |
/// | `ingress_spool_bodies` | gauge | stage | bodies that wait on the disk for the broker |
/// | `ingress_spool_bytes` | gauge | stage | what their segments take |
/// | `ingress_spool_oldest_age_seconds` | gauge | stage | how long the oldest waits; 0 without one |
struct SpoolMetrics: Service {
  private struct Gauges: Sendable {
    let lane: SpoolLane
    let bodies: Gauge
    let bytes: Gauge
    let age: Gauge
  }

  private let gauges: [Gauges]
  /// Milliseconds since 1970.
  private let now: @Sendable () -> Int64

  init(_ lanes: [SpoolLane], now: @escaping @Sendable () -> Int64) {
    self.now = now
    gauges = lanes.map { lane in
      let labels = [("stage", lane.stage)]
      return Gauges(
        lane: lane,
        bodies: Gauge(label: "ingress_spool_bodies", dimensions: labels),
        bytes: Gauge(label: "ingress_spool_bytes", dimensions: labels),
        age: Gauge(label: "ingress_spool_oldest_age_seconds", dimensions: labels)
      )
    }
  }

  func run() async throws {
    await cancelWhenGracefulShutdown {
      repeat { show() } while await Pause.real.pause(for: .seconds(1))
    }
  }

  func show() {
    for gauge in gauges {
      let state = gauge.lane.spool.gauge.state
      gauge.bodies.record(state.bodies)
      gauge.bytes.record(state.bytes)
      gauge.age.record(state.oldestArrivedAt.map { max(0, Double(now() - $0) / 1000) } ?? 0)
    }
  }
}
