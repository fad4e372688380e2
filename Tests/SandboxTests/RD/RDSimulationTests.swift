import NIOHTTP1
@testable import Sandbox
import SandboxLeads
import StrictJSON
import Testing

@Suite(.timeLimit(.minutes(1)))
struct RDSimulationTests {
  private func run(_ rd: SandboxClient, _ body: JSON) async throws -> JSON {
    let started = try await rd.call(.POST, "/rd/simulate", body)
    let run = try started.json["run"]?.string ?? ""
    let deadline = ContinuousClock.now + .seconds(30)
    while ContinuousClock.now < deadline {
      let progress = try await rd.call(.GET, "/rd/simulate/\(run)").json
      if progress["state"] == "done" { return progress }
      await Task.yield()
    }
    return .null
  }

  @Test func `a run counts what it planned and what was delivered`() async throws {
    let receiver = WebhookReceiver()
    try await receiver.run { url async throws in
      try await withSandbox { rd async throws in
        let progress = try await run(
          rd,
          [
            "account": "acme", "url": .string(url), "leads": 60, "seed": 5, "repeat_percent": 20,
            "mark_percent": 25, "people": 20, "concurrency": 4,
          ]
        )
        let script = LeadScript(seed: 5, markPercent: 25, repeatPercent: 20, people: 20)
        let leads = (0..<60).map(script.lead)
        let marks = leads.filter(\.isMarked).count
        let repeats = leads.filter(\.isRepeated).map { $0.isMarked ? 2 : 1 }.reduce(0, +)
        #expect(progress["planned"] == .number(60 + marks))
        #expect(progress["delivered"] == .number(60 + marks))
        #expect(progress["conversions"] == 60)
        #expect(progress["marks"] == .number(marks))
        #expect(progress["repeats"] == .number(repeats))
        #expect(progress["attempts"] == .number(60 + marks + repeats))
        #expect(progress["failed"] == 0)
        let bodies = await receiver.next(60 + marks + repeats).map(\.bytes)
        let expected = leads.flatMap { $0.deliveries.map { $0.body() } }
        #expect(Set(bodies).isSuperset(of: expected))
        #expect(Set(expected).count == expected.count)
      }
    }
  }

  @Test func `the leads of a run are contacts that the API finds`() async throws {
    let receiver = WebhookReceiver()
    try await receiver.run { url async throws in
      try await withSandbox { rd async throws in
        _ = try await run(
          rd,
          [
            "account": "acme", "url": .string(url), "leads": 3, "seed": 5, "mark_percent": 100,
          ]
        )
        let token = try await rd.token()
        let lead = LeadScript(seed: 5, markPercent: 100, people: 3).lead(2)
        let contact = try await rd.call(
          .GET,
          "/rd/platform/contacts/email:\(lead.facts.email)",
          token: token
        )
        #expect(try contact.json["uuid"] == .string(lead.facts.uuid))
        let funnel = try await rd.call(
          .GET,
          "/rd/platform/contacts/\(lead.facts.uuid)/funnels/default",
          token: token
        )
        #expect(try funnel.json["opportunity"] == true)
        let history = try await rd.call(
          .GET,
          "/rd/platform/contacts/\(lead.facts.uuid)/events?event_type=CONVERSION",
          token: token
        )
        #expect(try history.json.array?.count == 1)
      }
    }
  }

  @Test func `a body that is never taken is counted as failed`() async throws {
    try await withSandbox { rd async throws in
      _ = try await rd.call(
        .PUT,
        "/rd/settings",
        ["webhook_retries": 1, "webhook_pause_milliseconds": 1]
      )
      let progress = try await run(
        rd,
        ["account": "acme", "url": "http://127.0.0.1:1/", "leads": 2, "repeat_percent": 100]
      )
      #expect(progress["failed"] == 2)
      #expect(progress["delivered"] == 0)
      #expect(progress["attempts"] == 4)
      #expect(progress["repeats"] == 0)
    }
  }

  @Test(arguments: [
    #"{"url":"http://x","leads":1}"#, #"{"account":"a","url":"http://x","leads":-1}"#,
    #"{"account":"a","url":"http://x","shape":"new"}"#,
    #"{"account":"a","url":"http://x","mark_percent":101}"#,
  ])
  func `a plan that makes no sense is refused`(body: String) async throws {
    try await withSandbox { rd async throws in
      let json = try JSON(parsing: Array(body.utf8))
      #expect(try await rd.call(.POST, "/rd/simulate", json).status == 400)
    }
  }
}
