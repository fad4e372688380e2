import AsyncHTTPClient
import Foundation
import BeltStorage
import LabBooks
import NIOCore
import NIOHTTP1
import SandboxLeads
import StrictJSON
import Belt
import Operations

/// Leads whose bodies the harness posts itself, where RD Station would not do what is tried: all copies
/// at once, out of order, or hostile.
extension LeadLoad {
  /// Posts all, as stubbornly as RD Station, and returns when each was answered 2xx at least once.
  func post(_ dose: Dose, seed: UInt64) async throws {
    let script = dose.script(seed: seed)
    for integration in dose.integrations { try await introduce(dose, seed, to: integration) }
    var order = Array(0..<dose.leads)
    if dose.isShuffled {
      var generator = SeededGenerator(seed: seed, stream: 77)
      order.shuffle(using: &generator)
    }
    await owed.remember(order.prefix(30).map { script.lead($0).facts.email })
    let begin = ContinuousClock.now
    try await withThrowingDiscardingTaskGroup { group in
      for (place, index) in order.enumerated() {
        let due = begin + .milliseconds(place * 1000 / max(1, dose.rate))
        try await Task.sleep(until: due, clock: .continuous)
        group.addTask {
          for delivery in script.lead(index).deliveries {
            for integration in dose.integrations {
              try await deliver(delivery, copies: dose.copies, to: integration)
            }
          }
        }
      }
    }
  }

  private func deliver(_ delivery: LeadDelivery, copies: Int, to integration: String) async throws {
    await owed.expect(
      PeopleOwed.Act(
        email: delivery.facts.email.lowercased(),
        contact: delivery.facts.uuid,
        form: delivery.kind == .mark ? nil : delivery.facts.lastConversion?.identifier
      ),
      of: integration
    )
    try await withThrowingTaskGroup(of: Void.self) { group in
      for copy in 0..<copies {
        group.addTask {
          try await post(delivery.body(repetition: copy), to: integration)
        }
      }
      try await group.waitForAll()
    }
  }

  /// Posts until it is answered 2xx.
  private func post(_ body: [UInt8], to integration: String) async throws {
    _ = try await deliver(body, to: integration)
  }

  /// Posts until it is answered 2xx, and says as which message it was taken.
  func deliver(_ body: [UInt8], to integration: String) async throws -> Identifier {
    let deadline = ContinuousClock.now + .seconds(150)
    while true {
      if let answer = await attempt(body, to: integration), (200..<300).contains(answer.status) {
        return try await owed.note(answer.body, of: integration)
      }
      await owed.countRefusal()
      guard .now < deadline else {
        throw ChaosFleet.Failure(description: "a lead was not taken for 150 s")
      }
      try await Task.sleep(for: .milliseconds(300))
    }
  }

  /// One delivery; nil when there was no answer.
  func attempt(_ body: [UInt8], to integration: String) async -> (status: Int, body: [UInt8])? {
    var request = HTTPClientRequest(url: fleet.hookURLs[integration] ?? "")
    request.method = .POST
    request.headers.add(name: "content-type", value: "application/json")
    request.body = .bytes(body)
    let begin = ContinuousClock.now
    do {
      let response = try await fleet.hooks.execute(request, timeout: .seconds(5))
      let bytes = Array(buffer: try await response.body.collect(upTo: 1 << 20))
      await owed.took(ContinuousClock.now - begin)
      return (Int(response.status.code), bytes)
    } catch {
      // Why there was no answer makes no difference to RD Station either.
      return nil
    }
  }

  /// Lets the simulator know the people.
  private func introduce(_ dose: Dose, _ seed: UInt64, to account: String) async throws {
    let sandbox = Sandbox(url: fleet.sandboxURL)
    let run = try await sandbox.call(
      "POST",
      "/rd/simulate",
      body: [
        "account": .string(account), "leads": .number(dose.leads), "seed": .number(Int(seed)),
        "people": .number(dose.people),
      ]
    )
    let name = try JSON(parsing: run)["run"]?.string ?? ""
    try await ChaosFleet.await(seconds: 60, "the simulator's run") {
      try JSON(parsing: try await sandbox.call("GET", "/rd/simulate/\(name)"))["state"]?.string
        == "done"
    }
  }
}
