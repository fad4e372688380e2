import Operations
import Testing

@testable import Lab

@Suite struct BenchFigureTests {
  @Test(arguments: [(50.0, 50.0), (99, 99), (100, 100), (0.5, 1), (1.5, 2)])
  func `a percentile is the smallest value that so many per cent do not exceed`(
    _ percent: Double,
    _ value: Double
  ) {
    #expect(Percentiles((1...100).reversed().map(Double.init))[percent] == value)
  }

  @Test func `percentiles of few values are values that occurred`() {
    let values = Percentiles([30.0, 10, 20])
    #expect([values[1], values[50], values[99], values.max] == [10, 20, 30, 30])
    #expect(Percentiles([7.0])[50] == 7)
    #expect(Percentiles([])[50] == 0)
  }

  @Test(arguments: [
    (0.0, "0.00"), (1.005, "1.00"), (1.994, "1.99"), (9.994, "9.99"), (9.996, "10.0"),
    (99.94, "99.9"), (99.96, "100"), (1234.5, "1235"), (-0.25, "-0.25"), (0.05, "0.05"),
    (.infinity, "–"), (.nan, "–"),
  ])
  func `a figure has as many decimals as help`(_ value: Double, _ text: String) {
    #expect(figure(value) == text)
  }

  @Test func `a metrics page is summed by name and label, and what it lacks is not zero`() throws {
    let page = MetricPage(
      """
      # TYPE deliveries_total counter
      deliveries_total{outcome="done",queue="tag-sync"} 40
      deliveries_total{outcome="done",queue="rd-updater"} 2
      deliveries_total{outcome="retry",queue="tag-sync"} 5
      deliveries_total_extra{outcome="done"} 1000
      process_cpu_seconds_total 1.25
      broken
      """
    )
    #expect(try page.sum(of: "deliveries_total", with: #"outcome="done""#) == 42)
    #expect(try page.sum(of: "deliveries_total") == 47)
    #expect(try page.sum(of: "process_cpu_seconds_total") == 1.25)
    for (name, label) in [("absent", ""), ("deliveries_total", #"outcome="snooze""#)] {
      let error = #expect(throws: Refusal.self) { try page.sum(of: name, with: label) }
      #expect(error?.code == "metric_missing")
      #expect(error?.sentence.contains(name) == true)
    }
  }
}
