/// The network between them fails.
extension ChaosTest {
  private static let faults: [LinkFault] = [
    .reset, .blackHole, .deafServer, .deafClient, .latency(milliseconds: 250, jitter: 200),
    .slow(bytesPerSecond: 8192), .slices, .cut, .slowClose(milliseconds: 1000),
  ]

  static func networks(_ lane: Lane) -> ChaosTest {
    ChaosTest(id: "T16", title: "network faults on every link, sampled") { trial in
      let rounds = faults.flatMap { fault in ChaosFleet.Link.allCases.map { (fault, $0) } }
      let sample = await trial.shuffled(rounds).prefix(lane.dose(12, 36))
      try await trial.under(rate: lane.dose(10, 50)) { trial in
        for (fault, link) in sample {
          let proxy = try trial.fleet.link(link)
          proxy.set(fault)
          try await Task.sleep(for: .seconds(3))
          proxy.set(.none)
          await trial.countStrike()
          await trial.recover(within: 15)
        }
      }
    }
  }
}
