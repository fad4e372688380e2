import SandboxLeads
import StrictJSON

/// What is written to RD Station comes back.
extension ChaosTest {
  static func ownMarks(_ lane: Lane) -> ChaosTest {
    ChaosTest(id: "T47", title: "our own mark comes back, by both webhooks; a person's counts") {
      trial in
      let sandbox = Sandbox(url: trial.fleet.sandboxURL)
      // The mark is back before we know whether RD Station took it.
      try await sandbox.call(
        "PUT",
        "/faults?seed=\(trial.seed)",
        body: [
          ["route": "POST /platform/events*", "kind": "drop_after_commit", "percent": 20]
        ]
      )
      var dose = LeadLoad.Dose(leads: lane.dose(40, 5000), rate: lane.dose(20, 50))
      dose.integrations = trial.fleet.integrations
      // Who is marked by hand first hears no mark of ours.
      dose.markPercent = 0
      try await trial.load.convert(dose, seed: trial.seed)
      try await sandbox.call("DELETE", "/faults")
      _ = try await trial.waitUntilQuiet()
      // People look at what came in, and mark some of it themselves.
      let script = dose.script(seed: trial.seed)
      let emails = (0..<dose.leads / 4).map { script.lead($0).facts.email }
      for account in dose.integrations {
        try await sandbox.call(
          "POST",
          "/rd/screen/marks",
          body: ["account": .string(account), "emails": .array(emails.map(JSON.string))]
        )
      }
      await trial.owed.count(emails.count * dose.integrations.count)
      await trial.countStrike((dose.leads + emails.count) * dose.integrations.count)
    }
  }
}
