import ArgumentParser
import StrictJSON
import Testing
import Belt

@testable import Lab

@Suite struct BenchReportTests {
  private func id(_ name: String) -> Identifier { Identifier(derivedFrom: name) }

  private func accepted(_ names: String...) -> [HookLoad.Accepted] {
    names.map { HookLoad.Accepted(message: id($0), sentAt: 1000, latency: 2) }
  }

  private func fate(
    _ name: String,
    state: String = "accepted",
    ends: Int = LeadFate.lastStages.count,
    handledAt: Double? = 1500,
    isDead: Bool = false
  ) -> LeadFate {
    LeadFate(
      message: id(name),
      state: state,
      arrivedAt: 1001,
      ends: ends,
      handledAt: handledAt,
      isDead: isDead
    )
  }

  @Test func `leads that went through all stages give the rate and the latency`() {
    let fates = LeadFates(
      of: accepted("a", "b"),
      in: [fate("a", handledAt: 1101), fate("b", handledAt: 3001)]
    )
    #expect((fates.done, fates.lost, fates.dead, fates.keptOut) == (2, 0, 0, 0))
    #expect(fates.seconds == 2)
    #expect(fates.leadsPerSecond == 1)
    #expect(fates.latencies[50] == 101)
    #expect(fates.latencies.max == 2001)
  }

  @Test func `a lead that never arrived, or stays before a last stage, is lost`() {
    let fates = LeadFates(of: accepted("a", "b"), in: [fate("a", ends: 0)])
    #expect(fates.lost == 2)
    #expect(fates.done == 0)
    #expect(fates.leadsPerSecond == 0)
  }

  @Test func `a dead letter and a lead that was kept out are not lost, and not done`() {
    let fates = LeadFates(
      of: accepted("a", "b"),
      in: [
        fate("a", ends: 0, isDead: true), fate("b", state: "ignored", ends: 0, handledAt: nil),
      ]
    )
    #expect((fates.done, fates.lost, fates.dead, fates.keptOut) == (0, 0, 1, 1))
  }

  @Test func `leads that the bench did not send do not count as done`() {
    #expect(LeadFates(of: accepted("a"), in: [fate("a"), fate("stranger")]).done == 1)
  }

  /// 1000 leads in 2 s; the centralizer used 1.5 s of processor time.
  private var report: BenchReport {
    var report = BenchReport()
    report.ceilings = Ceilings(publishes: 5000, commits: 500, commitsOnFour: 1000)
    report.burst.accepted = accepted("a", "b", "c")
    report.burst.elapsed = .milliseconds(1)
    report.stagesFates.done = 1000
    report.stagesFates.seconds = 2
    report.stagesUsage = [
      "esteira-centralizer": .init(cpuSeconds: 1.5), "esteira-ingress": .init(cpuSeconds: 9),
    ]
    report.stagesCommits = CommitCount(all: 2500, writing: 1000)
    report.sparseFates.done = 50
    report.sparseCommits = CommitCount(all: 400, writing: 300)
    report.idle = [
      "esteira-centralizer": .init(residentBytes: 30_000_000),
      "esteira-tag-sync": .init(residentBytes: 40_000_000),
      "rabbitmq": .init(residentBytes: 200_000_000),
    ]
    report.loaded = report.idle
    report.steadyFates.latencies = Percentiles([10.0, 12, 29])
    return report
  }

  @Test func `figures are told by the lead`() {
    let report = report
    #expect(report.workersCPU == 1.5)
    #expect(report.cpu(of: "esteira-ingress") == 9)
    #expect(report.commitsUnderLoad == 2.5)
    #expect(report.writesUnderLoad == 1)
    #expect(report.commitsAlone == 8)
    #expect(report.writesAlone == 6)
    #expect(report.idleMemory == 40)
  }

  @Test func `a commit is added to the latency, for the receipt's own`() {
    #expect(report.latency(50) == 14)
    #expect(report.latency(99) == 31)
  }

  @Test func `each floor is judged by its own figure`() {
    let passed = Dictionary(uniqueKeysWithValues: report.floors.map { ($0.name, $0.isPassed) })
    #expect(
      passed == [
        "ingress": true, "all stages": true, "workers": true, "a lead alone": true,
        "under load": false, "largest program, idle": true, "latency p50": true,
        "latency p99": false,
      ]
    )
  }

  @Test func `what was not measured passes no floor`() {
    #expect(BenchReport().floors.allSatisfy { !$0.isPassed })
  }

  @Test func `lost leads of every phase are counted`() {
    var report = report
    report.burstFates.lost = 1
    report.stagesFates.lost = 2
    report.steadyFates.lost = 3
    report.sparseFates.lost = 4
    #expect(report.lost == 10)
    #expect(report.text.hasSuffix("lost 10"))
    #expect(report.json["lost"]?.int == 10)
  }

  @Test func `the report for machines has the floors and every program`() throws {
    let json = report.json
    #expect(json["all_stages"]?["leads_per_second"]?.double == 500)
    #expect(json["floors"]?.array?.count == 8)
    #expect(json["programs"]?["rabbitmq"]?["resident_bytes_idle"]?.int == 200_000_000)
    #expect(try JSON(parsing: json.encoded) == json)
  }

  @Test func `the report for people judges each floor in a line`() {
    let lines = report.text.split(separator: "\n")
    #expect(lines.contains { $0.hasPrefix("all stages ") && $0.hasSuffix("PASS") })
    #expect(lines.contains { $0.hasPrefix("latency p99 ") && $0.hasSuffix("below") })
    #expect(lines.contains { $0.hasPrefix("esteira-centralizer") && $0.contains("1.50") })
  }

  @Test(arguments: [
    ("http://127.0.0.1:8080", true), ("http://localhost:8080/x", true), ("http://[::1]:80", true),
    ("https://hooks.example.com", false), ("https://127.0.0.1.example.com", false),
    ("http://localhost@example.com", false), ("", false),
  ])
  func `only an address of this machine is loaded`(_ url: String, isLoopback: Bool) {
    #expect(BenchTarget.isLoopback(url) == isLoopback)
  }

  @Test func `made-up bodies are as many as asked, and each is another one`() {
    let bodies = BenchBodies.make(50, seed: 7)
    #expect(Set(bodies).count == 50)
    #expect(Set(bodies).isDisjoint(with: BenchBodies.make(50, seed: 8)))
  }

  @Test func `an acceptance names its message, and no other answer counts as one`() {
    func kind(_ status: UInt, _ body: String) -> String {
      switch HookLoad.Answer(status: status, body: Array(body.utf8)) {
      case .accepted(let message): "\(message)"
      case .postponed: "postponed"
      case .refused: "refused"
      case .strange: "strange"
      }
    }
    let message = id("a")
    #expect(kind(202, "{\"id\":\"\(message)\"}") == "\(message)")
    #expect(kind(202, "accepted") == "strange")
    #expect(kind(202, "{\"id\":\"7\"}") == "strange")
    #expect(kind(503, "") == "postponed")
    #expect(kind(429, "") == "refused")
    #expect(kind(401, "") == "refused")
    #expect(kind(500, "{\"id\":\"\(message)\"}") == "strange")
  }

  @Test(arguments: [["--leads", "0"], ["--seconds", "61"], ["--connections", "513"]])
  func `a bench out of bounds is refused as wrong usage`(_ words: [String]) {
    #expect(throws: (any Error).self) { try Bench.parse(words) }
  }
}
