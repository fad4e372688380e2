import NIOHTTP1
@testable import Sandbox
import StrictJSON
import Testing

@Suite(.timeLimit(.minutes(1)))
struct RDWebhookTests {
  private func subscription(_ url: String, _ type: String = "WEBHOOK.CONVERTED") -> JSON {
    [
      "event_type": .string(type), "entity_type": "CONTACT", "url": .string(url),
      "http_method": "POST", "include_relations": ["COMPANY", "CONTACT_FUNNEL"],
    ]
  }

  @Test func `a conversion through the API comes back in both shapes`() async throws {
    let receiver = WebhookReceiver()
    try await receiver.run { url async throws in
      try await withSandbox { rd async throws in
        let token = try await rd.token()
        let made = try await rd.call(
          .POST,
          "/rd/integrations/webhooks",
          subscription("\(url)/current"),
          token: token
        )
        #expect(made.status == 201)
        let probe = await receiver.next(1)
        #expect(probe.first?.bytes == [])
        _ = try await rd.call(
          .POST,
          "/rd/screen/webhooks",
          ["account": "acme", "url": .string("\(url)/legacy")]
        )
        _ = try await rd.conversion("ana@exemplo.com.br", "pedido-de-orcamento", token: token)
        let got = await receiver.next(2)
        let current = try #require(got.first { $0.path == "/current" }).json
        #expect(current["event_type"] == "WEBHOOK.CONVERTED")
        #expect(current["event_identifier"] == "pedido-de-orcamento")
        #expect(current["contact"]?["email"] == "ana@exemplo.com.br")
        #expect(current["contact"]?["funnel"]?["opportunity"] == false)
        let legacy = try #require(got.first { $0.path == "/legacy" }).json
        let lead = legacy["leads"]?.array?.first
        #expect(lead?["email"] == "ana@exemplo.com.br")
        #expect(lead?["opportunity"] == "false")
        #expect(lead?["number_conversions"] == "1")
        #expect(lead?["last_conversion"]?["source"] == "pedido-de-orcamento")
        let event = lead?["last_conversion"]?["content"]?["__cdp__original_event"]
        #expect(event?["event_uuid"]?.string?.count == 36)
      }
    }
  }

  @Test(arguments: ["event", "funnel"])
  func `a new mark fires once, however it was made`(way: String) async throws {
    let receiver = WebhookReceiver()
    try await receiver.run { url async throws in
      try await withSandbox { rd async throws in
        let token = try await rd.token()
        _ = try await rd.conversion("ana@exemplo.com.br", token: token)
        _ = try await rd.call(
          .POST,
          "/rd/integrations/webhooks",
          subscription(url, "WEBHOOK.MARKED_OPPORTUNITY"),
          token: token
        )
        _ = await receiver.next(1)
        let contact = "/rd/platform/contacts/email:ana@exemplo.com.br"
        for _ in 0..<2 {
          if way == "event" {
            _ = try await rd.call(
              .POST,
              "/rd/platform/events",
              SandboxClient.qualification("OPPORTUNITY", "ana@exemplo.com.br"),
              token: token
            )
          } else {
            _ = try await rd.call(
              .PUT,
              "\(contact)/funnels/default",
              ["opportunity": true],
              token: token
            )
          }
        }
        // Clearing and marking again is a second mark; it shows that nothing came between.
        _ = try await rd.call(
          .PUT,
          "\(contact)/funnels/default",
          ["opportunity": false],
          token: token
        )
        rd.clock.advance(seconds: 60)
        _ = try await rd.call(
          .PUT,
          "\(contact)/funnels/default",
          ["opportunity": true],
          token: token
        )
        let got = try await receiver.next(2).map { try $0.json }
        #expect(Set(got.compactMap { $0["event_timestamp"]?.string }).count == 2)
        for body in got {
          #expect(body["event_type"] == "WEBHOOK.MARKED_OPPORTUNITY")
          #expect(body["event_identifier"] == "default")
          #expect(body["contact"]?["funnel"]?["opportunity"] == true)
        }
      }
    }
  }

  @Test func `only the chosen conversions are sent`() async throws {
    let receiver = WebhookReceiver()
    try await receiver.run { url async throws in
      try await withSandbox { rd async throws in
        let token = try await rd.token()
        _ = try await rd.call(
          .POST,
          "/rd/screen/webhooks",
          ["account": "acme", "url": .string(url), "identifiers": ["wanted"]]
        )
        _ = try await rd.conversion("ana@exemplo.com.br", "other", token: token)
        _ = try await rd.conversion("ana@exemplo.com.br", "wanted", token: token)
        let got = await receiver.next(1)
        let lead = try got.first?.json["leads"]?.array?.first
        #expect(lead?["last_conversion"]?["source"] == "wanted")
      }
    }
  }

  @Test(arguments: [3, 5])
  func `a failing receiver is tried again so often, and then no more`(retries: Int) async throws {
    let receiver = WebhookReceiver(statuses: Array(repeating: 500, count: 100))
    try await receiver.run { url async throws in
      try await withSandbox { rd async throws in
        _ = try await rd.call(
          .PUT,
          "/rd/settings",
          ["webhook_retries": .number(retries), "webhook_pause_milliseconds": 1]
        )
        let token = try await rd.token()
        _ = try await rd.call(
          .POST,
          "/rd/screen/webhooks",
          ["account": "acme", "url": .string(url)]
        )
        _ = try await rd.conversion("ana@exemplo.com.br", token: token)
        let got = await receiver.next(retries + 1)
        #expect(Set(got.map(\.bytes)).count == 1)
        let last = try await webhookLine(rd)
        #expect(last["status"] == "failed")
        #expect(last["value"] == .number(retries + 1))
      }
    }
  }

  @Test func `a receiver that recovers gets the same event later`() async throws {
    let receiver = WebhookReceiver(statuses: [503, 500])
    try await receiver.run { url async throws in
      try await withSandbox { rd async throws in
        _ = try await rd.call(.PUT, "/rd/settings", ["webhook_pause_milliseconds": 1])
        let token = try await rd.token()
        _ = try await rd.call(
          .POST,
          "/rd/screen/webhooks",
          ["account": "acme", "url": .string(url)]
        )
        _ = try await rd.conversion("ana@exemplo.com.br", token: token)
        _ = await receiver.next(3)
        let last = try await webhookLine(rd)
        #expect(last["status"] == "delivered")
        #expect(last["value"] == 3)
      }
    }
  }

  /// The ledger's line about a webhook.
  ///
  /// It is written after the receiver has answered, so a poll waits for it.
  private func webhookLine(_ rd: SandboxClient) async throws -> JSON {
    let deadline = ContinuousClock.now + .seconds(20)
    while ContinuousClock.now < deadline {
      if let line = try await rd.ledger().last(where: { $0["effect"] == "webhook" }) {
        return line
      }
      await Task.yield()
    }
    return .null
  }

  @Test func `a URL that does not answer the probe is not subscribed`() async throws {
    let receiver = WebhookReceiver(statuses: [404])
    try await receiver.run { url async throws in
      try await withSandbox { rd async throws in
        let token = try await rd.token()
        let path = "/rd/integrations/webhooks"
        let refused = try await rd.call(.POST, path, subscription(url), token: token)
        #expect(refused.status == 401)
        let closed = try await rd.call(
          .POST,
          path,
          subscription("http://127.0.0.1:1/"),
          token: token
        )
        #expect(closed.status == 401)
        let list = try await rd.call(.GET, path, token: token)
        #expect(try list.json["webhooks"] == [])
      }
    }
  }

  @Test func `a URL is subscribed once per event, and lists write the event small`() async throws {
    let receiver = WebhookReceiver()
    try await receiver.run { url async throws in
      try await withSandbox { rd async throws in
        let token = try await rd.token()
        let path = "/rd/integrations/webhooks"
        let made = try await rd.call(.POST, "\(path)/", subscription(url), token: token)
        let again = try await rd.call(.POST, path, subscription(url), token: token)
        #expect(again.status == 400)
        #expect(try again.errorType == "TAKEN")
        let list = try await rd.call(.GET, path, token: token)
        let first = try list.json["webhooks"]?.array?.first
        #expect(first?["event_type"] == "webhook.converted")
        let uuid = try made.json["uuid"]?.string ?? ""
        #expect(try made.json["event_type"] == "WEBHOOK.CONVERTED")
        let changed = try await rd.call(
          .PUT,
          "\(path)/\(uuid)",
          subscription("\(url)/b"),
          token: token
        )
        #expect(try changed.json["url"] == .string("\(url)/b"))
        #expect(try await rd.call(.DELETE, "\(path)/\(uuid)", token: token).status == 204)
        #expect(try await rd.call(.GET, "\(path)/\(uuid)", token: token).status == 404)
      }
    }
  }

  static let undocumented: [(String, JSON)] = [
    ("entity_type", "LEADS"), ("include_relations", ["TAGS"]), ("event_type", "crm"),
    ("http_method", "GET"), ("url", "ftp"),
  ]

  @Test(arguments: undocumented)
  func `values seen in the wild but not documented are refused`(key: String, value: JSON)
    async throws
  {
    try await withSandbox { rd async throws in
      let token = try await rd.token()
      guard case .object(var body) = subscription("http://127.0.0.1:1/") else { return }
      body[key] = value
      let answer = try await rd.call(
        .POST,
        "/rd/integrations/webhooks",
        .object(body),
        token: token
      )
      #expect(answer.status == 400)
    }
  }
}
