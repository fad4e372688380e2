import StrictJSON
import TestKit
import Workers

extension ChaosTest {
  /// Tests that run when they are asked for: too long for the lane, or made to catch a saboteur.
  static func byName(_ lane: Lane) -> [ChaosTest] {
    (lane == .quick ? [zombies(lane)] : []) + [fullQueues(lane), deathsBetween(lane)]
  }

  /// Deaths at the few places between taking a delivery and acknowledging it.
  private static func deathsBetween(_ lane: Lane) -> ChaosTest {
    ChaosTest(id: "T1-ack", title: "SIGKILL between the delivery and its acknowledgement") {
      trial in
      // What was in hand at three deaths is put aside as poison.
      await trial.allowDead()
      let sending = Task {
        for round in 0..<(10 * lane.times) {
          let dose = LeadLoad.Dose(leads: 100, rate: 25)
          try await trial.load.send(dose, seed: trial.seed + UInt64(round))
          // A cancelled task would also break off what it is owed.
          if await trial.isOver { return }
        }
      }
      let names = ["esteira-lead-importer", "esteira-centralizer", "esteira-opportunity-creator"]
      let places = [
        "received:kill", "received:kill", "committed:kill", "committed:kill", "committed:kill",
        "publishing:kill", "publishing:kill", "publishing:hold", "publishing:hold",
        "publishing:hold",
      ]
      for name in names {
        var deaths: [String] = []
        for place in places { deaths.append("\(place):\(await trial.number(1...3))") }
        await trial.countStrike(deaths.count)
        try await trial.fleet[name].die(at: trial.shuffled(deaths))
      }
      for name in names {
        let program = try trial.fleet[name]
        try await ChaosFleet.await(seconds: 90, "\(name)'s death") { await program.isDoneDying }
      }
      await trial.end()
      await trial.recover(within: 30)
      try await sending.value
    }
  }

  /// The broker lives and says no: who does not wait for its answer loses what it refused.
  private static func fullQueues(_ lane: Lane) -> ChaosTest {
    ChaosTest(id: "T8", title: "full queues refuse what is published") { trial in
      // Without two of them their queues fill, so that each program that publishes is refused.
      let names = [
        ["esteira-centralizer", "esteira-rd-updater"],
        ["esteira-lead-importer", "esteira-opportunity-creator"],
      ]
      try await trial.under(LeadLoad.Dose(leads: 500 * lane.times, rate: 20)) { trial in
        for round in 0..<(2 * lane.times) {
          let slow = try names[round % 2].map { try trial.fleet[$0] }
          try await trial.fleet.broker.control([
            "set_policy", "--priority", "200", "--apply-to", "queues", "chaos-full",
            #"^esteira\.q\.[a-z-]+$"#,
            #"{"overflow":"reject-publish","max-length":1,"delivery-limit":10}"#,
          ])
          for program in slow { await program.stop() }
          await trial.countStrike()
          try await Task.sleep(for: .seconds(2))
          try await trial.fleet.broker.control(["clear_policy", "chaos-full"])
          for program in slow { try await program.start() }
          await trial.recover(within: 20)
        }
      }
    }
  }
}
