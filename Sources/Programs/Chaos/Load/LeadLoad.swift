import AsyncHTTPClient
import Foundation
import NIOCore
import NIOHTTP1
import SandboxLeads
import StrictJSON

/// Sends seeded leads through the hooks, as stubbornly as RD Station, and keeps what it is owed.
struct LeadLoad: Sendable {
  let fleet: ChaosFleet
  let owed: OwedBook

  struct Dose: Sendable {
    var leads = 100
    /// Spread over so many people; 0 makes each lead another person.
    var people = 0
    /// Leads a second; the dose goes out evenly.
    var rate = 40
    /// Deliveries of each body, all at once.
    var copies = 1
    var isShuffled = false
    var integrations = ["acme"]
  }

  /// Sends all and returns when each was answered 2xx at least once.
  func send(_ dose: Dose, seed: UInt64) async throws {
    let script = LeadScript(
      seed: seed,
      markPercent: 25,
      people: dose.people == 0 ? dose.leads : dose.people
    )
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
    await owed.expect(1, of: integration)
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
    let deadline = ContinuousClock.now + .seconds(150)
    while true {
      if let answer = await attempt(body, to: integration), (200..<300).contains(answer.status) {
        try await owed.note(answer.body, of: integration)
        return
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

/// The simulators' own API.
struct Sandbox: Sendable {
  let url: String

  @discardableResult
  func call(_ method: String, _ path: String, body: JSON? = nil) async throws -> [UInt8] {
    var request = HTTPClientRequest(url: url + path)
    request.method = .RAW(value: method)
    if let body {
      request.headers.add(name: "content-type", value: "application/json")
      request.body = .bytes(body.encoded)
    }
    let response = try await HTTPClient.shared.execute(request, timeout: .seconds(20))
    let bytes = Array(buffer: try await response.body.collect(upTo: 1 << 28))
    guard (200..<300).contains(response.status.code) else {
      throw ChaosFleet.Failure(description: "the sandbox answered \(response.status.code): \(path)")
    }
    return bytes
  }

  /// Everything that was ever done to the outside, one object a line, as it comes in.
  func ledger(_ take: (JSON) -> Void) async throws {
    let response = try await HTTPClient.shared.execute(
      HTTPClientRequest(url: url + "/ledger?after=0"),
      timeout: .seconds(300)
    )
    var rest: [UInt8] = []
    for try await chunk in response.body {
      rest += chunk.readableBytesView
      let lines = rest.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
      for line in lines.dropLast() { take(try JSON(parsing: Array(line))) }
      rest = lines.last.map(Array.init) ?? []
    }
  }
}
