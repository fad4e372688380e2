import StrictJSON
import TestKit
import Belt

extension ChaosTest {
  /// Deaths at the few places between taking a delivery and acknowledging it.
  static func deathsBetween(_ lane: Lane) -> ChaosTest {
    ChaosTest(id: "T1-ack", title: "SIGKILL between the delivery and its acknowledgement") {
      trial in
      let worker = [
        "received:kill", "received:kill", "committed:kill", "committed:kill", "committed:kill",
        "publishing:kill", "publishing:kill", "publishing:hold", "publishing:hold",
        "publishing:hold",
      ]
      let dying = [
        ("esteira-ingress", ["publishing:kill"] + Array(repeating: "publishing:hold", count: 4)),
        ("esteira-lead-importer", worker), ("esteira-centralizer", worker),
        ("esteira-opportunity-creator", worker),
      ].flatMap { name, places in trial.fleet.replicas(of: name).map { ($0, places) } }
      try await trial.under(rate: 25) { trial in
        for (program, places) in dying {
          var deaths: [String] = []
          for place in places { deaths.append("\(place):\(await trial.number(1...3))") }
          await trial.countStrike(deaths.count)
          await program.die(at: trial.shuffled(deaths))
        }
        for (program, _) in dying {
          try await ChaosFleet.await(seconds: 90, "\(program.name)'s death") {
            await program.isDoneDying
          }
        }
        await trial.recover(within: 30)
      }
      // What was in hand at three deaths is put aside as poison, and a person sends it again.
      _ = try await trial.waitUntilQuiet()
      try await trial.fleet.retryDeadLetters()
    }
  }

  /// The broker lives and says no: who does not wait for its answer loses what it refused.
  static func fullQueues(_ lane: Lane) -> ChaosTest {
    ChaosTest(id: "T8", title: "full queues refuse what is published") { trial in
      // Without two of them their queues fill, so that each program that publishes is refused.
      let names = [
        ["esteira-centralizer", "esteira-rd-updater"],
        ["esteira-lead-importer", "esteira-opportunity-creator"],
      ]
      try await trial.under(rate: 20) { trial in
        for round in 0..<lane.dose(2, 20) {
          let slow = names[round % 2].flatMap { trial.fleet.replicas(of: $0) }
          try await trial.fleet.broker.control([
            "set_policy", "--priority", "200", "--apply-to", "queues", "chaos-full",
            #"^esteira\.q\.[a-z-]+$"#,
            #"{"overflow":"reject-publish","max-length":1,"delivery-limit":50}"#,
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
