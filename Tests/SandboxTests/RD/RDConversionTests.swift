import NIOHTTP1
import SandboxLeads
import StrictJSON
import Testing

@testable import Sandbox

/// People of the script convert at RD, and the account's webhooks tell of it.
@Suite(.timeLimit(.minutes(1)))
struct RDConversionTests {
  private let script = LeadScript(seed: 5, markPercent: 50, repeatPercent: 30, people: 8)

  private func run(_ rd: SandboxClient, leads: Int) async throws -> JSON {
    let started = try await rd.call(
      .POST,
      "/rd/simulate",
      [
        "account": "acme", "convert": true, "leads": .number(leads), "seed": 5, "people": 8,
        "mark_percent": 50, "repeat_percent": 30,
      ]
    )
    let run = try started.json["run"]?.string ?? ""
    return try await rd.eventually {
      let progress = try await rd.call(.GET, "/rd/simulate/\(run)").json
      return progress["state"] == "done" ? progress : Optional.none
    }
  }

  private func listen(_ rd: SandboxClient, _ url: String) async throws {
    for trigger in ["conversion", "opportunity"] {
      let made = try await rd.call(
        .POST,
        "/rd/screen/webhooks",
        [
          "account": "acme", "url": .string("\(url)/legacy/\(trigger)"),
          "trigger": .string(trigger),
        ]
      )
      #expect(made.status == 201)
    }
    let token = try await rd.token()
    for type in ["WEBHOOK.CONVERTED", "WEBHOOK.MARKED_OPPORTUNITY"] {
      let made = try await rd.call(
        .POST,
        "/rd/integrations/webhooks",
        [
          "event_type": .string(type), "entity_type": "CONTACT", "http_method": "POST",
          "url": .string("\(url)/current/\(type)"),
        ],
        token: token
      )
      #expect(made.status == 201)
    }
  }

  @Test func `what people do fires every webhook that hears it, and some come twice`() async throws
  {
    let receiver = WebhookReceiver()
    try await receiver.run { url async throws in
      try await withSandbox { rd async throws in
        try await listen(rd, url)
        _ = await receiver.next(2)
        let leads = (0..<16).map(script.lead)
        let marked = leads.filter(\.isMarked)
        let repeated = leads.filter(\.isRepeated).reduce(0) { $0 + ($1.isMarked ? 2 : 1) } * 2
        let bodies = (16 + marked.count) * 2
        let progress = try await run(rd, leads: 16)
        #expect(progress["conversions"] == 16)
        #expect(progress["marks"] == .number(marked.count))
        #expect(progress["delivered"] == .number(bodies))
        #expect(progress["repeats"] == .number(repeated))
        #expect(progress["failed"] == 0)
        let got = await receiver.next(bodies + repeated)
        let forms = got.filter { $0.path == "/legacy/conversion" }
        #expect(forms.count >= 16)
        let leadsOfForms = try forms.compactMap { try $0.json["leads"]?.array?.first }
        let newcomers = leadsOfForms.filter { $0["number_conversions"] == "1" }
        #expect(newcomers.count >= 8)
        // The mark had happened when the conversion's webhook came, and is not told by it.
        #expect(newcomers.allSatisfy { $0["opportunity"] == "false" })
        #expect(got.contains { $0.path == "/current/WEBHOOK.MARKED_OPPORTUNITY" })
        let count = try await rd.call(.GET, "/rd/deliveries/count?account=acme").json
        #expect(count["delivered"] == .number(bodies + repeated))
        #expect(count["pending"] == 0)
      }
    }
  }

  @Test func `the book of acts names each person, form and mark, and nothing of the API`()
    async throws
  {
    try await withSandbox { rd async throws in
      _ = try await run(rd, leads: 16)
      let token = try await rd.token()
      let person = script.lead(0).facts
      _ = try await rd.conversion(person.email, "Cadastro criado no CRM", token: token)
      let acts = try await rd.lines("/rd/acts")
      let forms = acts.filter { $0["act"] == "conversion" }
      #expect(forms.count == 16)
      #expect(acts.count { $0["act"] == "mark" } == (0..<16).count { script.lead($0).isMarked })
      let own = forms.filter { $0["email"] == .string(person.email) }
      #expect(own.count == 2)
      #expect(Set(own.map { $0["uuid"] }) == [.string(person.uuid)])
      let identifiers = [0, 8].map { script.lead($0).facts.lastConversion?.identifier }
      #expect(Set(own.map { $0["form"]?.string }) == Set(identifiers))
    }
  }

  @Test func `a person marks by hand whom an integration has marked, and the webhook fires again`()
    async throws
  {
    let receiver = WebhookReceiver()
    try await receiver.run { url async throws in
      try await withSandbox { rd async throws in
        _ = try await rd.call(
          .POST,
          "/rd/screen/webhooks",
          ["account": "acme", "url": .string(url), "trigger": "opportunity"]
        )
        let token = try await rd.token()
        let email = "ana@exemplo.com.br"
        _ = try await rd.conversion(email, token: token)
        _ = try await rd.call(
          .POST,
          "/rd/platform/events",
          SandboxClient.qualification("OPPORTUNITY", email),
          token: token
        )
        let own = await receiver.next(1)
        rd.clock.advance(seconds: 60)
        let marked = try await rd.call(
          .POST,
          "/rd/screen/marks",
          ["account": "acme", "emails": [.string(email)]]
        )
        #expect(try marked.json["marked"] == 1)
        let byHand = await receiver.next(1)
        func time(_ deliveries: [WebhookReceiver.Delivery]) throws -> JSON? {
          try deliveries[0].json["leads"]?.array?.first?["last_marked_opportunity_date"]
        }
        #expect(try time(own) != time(byHand))
        let acts = try await rd.lines("/rd/acts")
        #expect(acts.map { $0["act"] } == ["mark"])
      }
    }
  }

  @Test func `a delivery keeps how it was answered`() async throws {
    let receiver = WebhookReceiver(statuses: [503])
    try await receiver.run { url async throws in
      try await withSandbox { rd async throws in
        let stubborn: JSON = [
          "webhook_retries": 1000, "webhook_pause_milliseconds": 1,
          "webhook_pause_max_milliseconds": 1,
        ]
        #expect(try await rd.call(.PUT, "/rd/settings", stubborn).status == 200)
        _ = try await rd.call(
          .POST,
          "/rd/screen/webhooks",
          ["account": "acme", "url": .string(url)]
        )
        _ = try await run(rd, leads: 1)
        let line = try #require(try await rd.lines("/rd/deliveries").first)
        #expect(line["status"] == "delivered")
        #expect(line["attempts"] == 2)
        #expect(line["answer"] == "")
        #expect(line["slowest_milliseconds"]?.int != nil)
      }
    }
  }

  @Test func `a run that both posts and converts is refused`() async throws {
    try await withSandbox { rd async throws in
      let answer = try await rd.call(
        .POST,
        "/rd/simulate",
        ["account": "acme", "url": "http://127.0.0.1:1/", "convert": true]
      )
      #expect(answer.status == 400)
    }
  }
}

extension SandboxClient {
  /// The objects of a log, one a line.
  func lines(_ path: String) async throws -> [JSON] {
    try await call(.GET, path).bytes.split(separator: UInt8(ascii: "\n")).map {
      try JSON(parsing: Array($0))
    }
  }

  /// Looks until there is an answer; null after 30 s.
  func eventually(_ look: () async throws -> JSON?) async throws -> JSON {
    let deadline = ContinuousClock.now + .seconds(30)
    while ContinuousClock.now < deadline {
      if let answer = try await look() { return answer }
      await Task.yield()
    }
    return .null
  }
}
