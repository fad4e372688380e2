import Glibc
import Bootstrap
import Leads
import StrictJSON

/// The fleet's own processes die.
extension ChaosTest {
  /// The places at which each program can die.
  static func places(_ crm: CRMKind) -> [(program: String, places: [Failpoint])] {
    [("esteira-ingress", [.received, .publishing, .confirmed])]
      + Flow.allCases.map { ($0.program, places(of: $0, crm)) }
  }

  private static func places(of stage: Flow, _ crm: CRMKind) -> [Failpoint] {
    [.received, .beforeCommit, .committed, .confirmed]
      + (stage.gives.isEmpty ? [] : [.publishing])
      // The embedded CRM writes in the stage's own transaction, and tags are merged by calls that may be
      // repeated: nobody else plans a call or makes one.
      + (stage == .rdUpdater || stage == .opportunityCreator && !crm.traits.isColocated
        ? [.planned, .requestSent, .answered] : [])
  }

  static func kills(_ lane: Lane) -> ChaosTest {
    ChaosTest(id: "T1", title: "SIGKILL at each failpoint of each program") { trial in
      // The RD updater publishes only what has to wait: here calls whose answer was lost.
      let sandbox = Sandbox(url: trial.fleet.sandboxURL)
      try await sandbox.call(
        "PUT",
        "/faults?seed=\(trial.seed)",
        body: [["route": "POST /platform/events*", "kind": "drop_after_commit", "percent": 10]]
      )
      try await trial.under(rate: lane.dose(20, 120), leads: lane.dose(400, 100_000)) { trial in
        var dying: [ChildProgram] = []
        for (name, places) in places(trial.fleet.crm) {
          let replicas = trial.fleet.replicas(of: name)
          for (index, replica) in replicas.enumerated() {
            var deaths: [String] = []
            for place in places {
              for _ in 0..<(lane.dose(2, 38) / replicas.count) {
                // Those that two replicas share come to each of them half as often.
                deaths.append("\(place.rawValue):kill:\(await trial.number(1...(3 - index)))")
              }
            }
            await trial.countStrike(deaths.count)
            await replica.die(at: trial.shuffled(deaths))
            dying.append(replica)
          }
        }
        for program in dying {
          do {
            try await ChaosFleet.await(seconds: lane.dose(60, 900), "\(program.name)'s death") {
              await program.isDoneDying
            }
          } catch {
            await trial.complain("\(error): it never came to one of its failpoints")
            await program.forgetFailpoints()
          }
        }
        await trial.recover(within: 30)
      }
      try await sandbox.call("DELETE", "/faults")
      // What was in hand at three deaths is put aside as poison, and a person sends it again.
      _ = try await trial.waitUntilQuiet()
      try await trial.fleet.retryDeadLetters()
    }
  }

  static func randomKills(_ lane: Lane) -> ChaosTest {
    ChaosTest(id: "T2", title: "SIGKILL of any program, every 2 to 5 s") { trial in
      try await trial.under(rate: lane.dose(20, 100)) { trial in
        let end = ContinuousClock.now + .seconds(lane.dose(30, 1800))
        while .now < end {
          let pause = Duration.milliseconds(await trial.number(2000...5000))
          let next = ContinuousClock.now + pause
          await trial.shuffled(Array(trial.fleet.programs.dropFirst()))[0].kill(SIGKILL)
          await trial.countStrike()
          await trial.recover(within: 10)
          try await Task.sleep(until: next, clock: .continuous)
        }
      }
      _ = try await trial.waitUntilQuiet()
      try await trial.fleet.retryDeadLetters()
    }
  }

  static func stops(_ lane: Lane) -> ChaosTest {
    ChaosTest(id: "T4", title: "SIGTERM under load: exit within 25 s") { trial in
      try await trial.under(rate: lane.dose(25, 100)) { trial in
        for _ in 0..<lane.dose(1, 40) {
          for program in await trial.shuffled(Array(trial.fleet.programs.dropFirst())) {
            let took = try await program.drain(patience: .seconds(27))
            await trial.countStrike()
            if took > .seconds(25) {
              await trial.complain("\(program.name) took \(took.seconds) s to stop")
            }
          }
          await trial.recover(within: 20)
        }
      }
    }
  }
}
