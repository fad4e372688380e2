import Foundation
import SandboxLeads
import StrictJSON

/// People of a seed who convert at the sandbox, which calls ingress until it is answered 2xx; and what
/// the fleet is owed for it.
struct LeadLoad: Sendable {
  let fleet: ChaosFleet
  let owed: OwedBook

  struct Dose: Sendable {
    var leads = 100
    /// Spread over so many people; 0 makes each lead another person.
    var people = 0
    /// Leads a second; the dose goes out evenly.
    var rate = 40
    /// How many of a hundred are marked by hand after their conversion.
    var markPercent = 25
    /// Deliveries of each body, all at once; only where they are posted.
    var copies = 1
    /// Only where they are posted.
    var isShuffled = false
    var integrations = ["acme"]

    func script(seed: UInt64) -> LeadScript {
      LeadScript(
        seed: seed,
        markPercent: markPercent,
        people: people == 0 ? leads : people
      )
    }
  }

  /// Lets all convert, and returns when every webhook of it was answered 2xx.
  func convert(_ dose: Dose, seed: UInt64) async throws {
    let script = dose.script(seed: seed)
    await owed.remember((0..<min(30, dose.leads)).map { script.lead($0).facts.email })
    let sandbox = Sandbox(url: fleet.sandboxURL)
    var runs: [String] = []
    for integration in dose.integrations {
      let run = try await sandbox.call(
        "POST",
        "/rd/simulate",
        body: [
          "account": .string(integration), "convert": true, "leads": .number(dose.leads),
          "seed": .number(Int(seed)), "people": .number(dose.people),
          "rate": .number(dose.rate), "mark_percent": .number(dose.markPercent),
          "repeat_percent": 5, "concurrency": 1024,
        ]
      )
      runs.append(try JSON(parsing: run)["run"]?.string ?? "")
    }
    for run in runs { try await finish(run, at: sandbox) }
  }

  private func finish(_ run: String, at sandbox: Sandbox) async throws {
    var taken = -1
    var changed = ContinuousClock.now
    while true {
      let json = try JSON(parsing: try await sandbox.call("GET", "/rd/simulate/\(run)"))
      try await owed.collect(from: sandbox)
      if json["state"]?.string == "done" {
        await owed.count((json["conversions"]?.int ?? 0) + (json["marks"]?.int ?? 0))
        return
      }
      let now = json["delivered"]?.int ?? 0
      if now != taken { (taken, changed) = (now, .now) }
      guard .now - changed < .seconds(150) else {
        throw ChaosFleet.Failure(description: "a lead was not taken for 150 s")
      }
      try await Task.sleep(for: .milliseconds(200))
    }
  }
}
