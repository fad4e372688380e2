import StrictJSON

/// Input that repeats, overtakes itself or is hostile.
extension ChaosTest {
  static func everyWebhookTenTimes(_ lane: Lane) -> ChaosTest {
    ChaosTest(id: "T24", title: "each webhook ten times at once, in two integrations") { trial in
      var dose = LeadLoad.Dose(
        leads: lane.dose(40, 5000),
        rate: lane.dose(10, 25),
        copies: 10
      )
      dose.integrations = trial.fleet.integrations
      try await trial.load.post(dose, seed: trial.seed)
      await trial.countStrike(dose.leads * dose.copies * dose.integrations.count)
    }
  }

  static func shuffledEvents(_ lane: Lane) -> ChaosTest {
    ChaosTest(id: "T25", title: "events of one lead shuffled: the newest state stays") { trial in
      var dose = LeadLoad.Dose(
        leads: lane.dose(200, 10_000),
        people: lane.dose(20, 1000),
        rate: lane.dose(40, 100)
      )
      dose.isShuffled = true
      // Some answers take their time, so that a later event's call could overtake an earlier one's.
      let sandbox = Sandbox(url: trial.fleet.sandboxURL)
      try await sandbox.call(
        "PUT",
        "/faults?seed=\(trial.seed)",
        body: [
          [
            "route": "POST /platform/events*", "kind": "latency", "percent": 50,
            "milliseconds": 400,
          ]
        ]
      )
      try await trial.load.post(dose, seed: trial.seed)
      await trial.countStrike(dose.leads)
      _ = try await trial.waitUntilQuiet()
      try await sandbox.call("DELETE", "/faults")
    }
  }

  static func hostileText(_ lane: Lane) -> ChaosTest {
    ChaosTest(id: "T28", title: "hostile text is refused or stored, and kills nobody") { trial in
      await trial.allowDead()
      let before = await trial.fleet.deaths()
      for body in HostileText.bodies {
        guard let answer = await trial.load.attempt(body, to: "acme") else {
          await trial.complain("a hostile body was never answered")
          continue
        }
        await trial.countStrike()
        switch answer.status {
        case 200, 202: try await trial.owed.note(answer.body, of: "acme")
        case 204, 400, 413, 415, 422: continue
        default: await trial.complain("a hostile body was answered with \(answer.status)")
        }
      }
      try await trial.load.convert(LeadLoad.Dose(leads: 10), seed: trial.seed)
      let died = await trial.fleet.deaths() - before
      if died > 0 { await trial.complain("\(died) programs died of hostile text") }
    }
  }
}
