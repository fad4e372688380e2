import SystemPackage
import Testing

@testable import Ingress

struct SpoolGaugeTests {
  private let gauge = SpoolGauge()
  private let start = ContinuousClock.now

  @Test func `a failure of a while ago says nothing of the next attempt`() {
    #expect(gauge.failed(.storage(.noSpace), at: start))
    #expect(gauge.state(at: start + .seconds(10)).failure == .storage(.noSpace))
    #expect(gauge.state(at: start + .milliseconds(10_001)).failure == nil)
    #expect(!gauge.failed(.storage(.noSpace), at: start + .seconds(9)), "told once")
    #expect(gauge.state(at: start + .seconds(19)).failure == .storage(.noSpace))
    #expect(gauge.failed(.storage(.noSpace), at: start + .seconds(30)), "told again after a while")
    gauge.recovered()
    #expect(gauge.state(at: start + .seconds(30)).failure == nil)
  }

  @Test func `who waits for the end is told of it, or of the deadline`() async {
    #expect(await gauge.isEmpty(by: .now))
    gauge.show(bodies: 2, bytes: 200, oldestArrivedAt: 1)
    #expect(await !gauge.isEmpty(by: .now + .milliseconds(5)))
    async let isEmpty = gauge.isEmpty(by: .now + .seconds(30))
    gauge.show(bodies: 1, bytes: 100, oldestArrivedAt: 2)
    gauge.show(bodies: 0, bytes: 0, oldestArrivedAt: nil)
    #expect(await isEmpty)
  }

  @Test func `a line that gets shorter is joined, and one that does not is passed`() {
    var pace = DrainPace()
    let asked = [
      (0, 6100, true), (9, 9000, true),  // a window is judged at its end
      (10, 6000, true),  // 1 in 60 each 10 s is just enough
      (20, 5950, false), (40, 1, false),  // too slow, and so until the end
      (41, 0, true), (42, 500, true), (52, 500, false),
    ].map { (second, bodies, expected) in
      (expected, pace.keepsUp(bodies: bodies, at: start + .seconds(second)))
    }
    #expect(asked.map(\.1) == asked.map(\.0))
  }
}
