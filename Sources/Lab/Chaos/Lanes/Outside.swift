import BeltStorage
import LabBooks
import Leads
import StrictJSON
import Operations

/// The outside fails.
extension ChaosTest {
  static func lostAnswers(_ lane: Lane) -> ChaosTest {
    ChaosTest(
      id: "T19",
      title: "RD Station and the CRM act and the answer is lost, or late and shown late, or never"
    ) { trial in
      let sandbox = Sandbox(url: trial.fleet.sandboxURL)
      let routes =
        ["POST /platform/events*"]
        + (trial.fleet.crm.screens.map { ["POST /\($0.system)/*"] } ?? [])
      func fault(_ kind: String, _ percent: Int, _ status: Int? = nil) -> [JSON] {
        routes.map { route in
          [
            "route": .string(route), "kind": .string(kind), "percent": .number(percent),
            "milliseconds": .number(lane.lateCommitMilliseconds),
            "status": status.map(JSON.number) ?? .null,
          ]
        }
      }
      let lagging: [JSON] = ["events*", "funnels/*"].map {
        [
          "route": .string("GET /platform/contacts/*/\($0)"), "kind": "search_lag",
          "milliseconds": .number(lane.searchLagMilliseconds),
        ]
      }
      try await sandbox.call(
        "PUT",
        "/faults?seed=\(trial.seed)",
        body: .array(
          fault("late_commit", 6) + fault("late_commit", 6, 504) + fault("drop_after_commit", 20)
            + fault("drop_before", 15) + fault("cut_body", 8) + lagging
        )
      )
      try await trial.load.convert(
        LeadLoad.Dose(leads: lane.dose(120, 20_000), rate: lane.dose(20, 60)),
        seed: trial.seed
      )
      try await Task.sleep(for: .seconds(3))
      let struck = try JSON(parsing: try await sandbox.call("GET", "/faults")).array ?? []
      await trial.countStrike(struck.reduce(0) { $0 + ($1["fired"]?.int ?? 0) })
      // What was late is still to come, and readers go on lagging behind.
      try await sandbox.call("PUT", "/faults", body: .array(lagging))
      _ = try await trial.waitUntilQuiet()
      try await sandbox.call("DELETE", "/faults")
    }
  }

  static func refusals(_ lane: Lane) -> ChaosTest {
    ChaosTest(id: "T18", title: "RD Station refuses: a dead letter each, and all heal by a retry") {
      trial in
      let sandbox = Sandbox(url: trial.fleet.sandboxURL)
      let times = lane.dose(5, 50)
      try await sandbox.call(
        "PUT",
        "/faults?seed=\(trial.seed)",
        body: [
          [
            "route": "POST /platform/events*", "kind": "status", "status": 400,
            "times": .number(times),
          ]
        ]
      )
      try await trial.load.convert(LeadLoad.Dose(leads: lane.dose(20, 200)), seed: trial.seed)
      _ = try await trial.waitUntilQuiet()
      await trial.countStrike(times)
      try await sandbox.call("DELETE", "/faults")
      let dead = try await trial.fleet.ledgers().reduce(0) { $0 + $1.dead }
      if dead == 0 { await trial.complain("RD Station refused, and there is no dead letter (I7)") }
      try await trial.fleet.retryDeadLetters()
    }
  }
}
