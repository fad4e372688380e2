import ArgumentParser
import StrictJSON
import Operations

/// Where the webhooks of an account are made: in RD Station's screen, which sends the older body, or
/// through its API, which sends the current one.
enum WebhookPlaces: String, ExpressibleByArgument, CaseIterable, Sendable {
  case screen, api, both

  var inScreen: Bool { self != .api }
  var throughAPI: Bool { self != .screen }
}

/// Makes the webhooks of one account of the sandbox what a customer makes them.
struct SandboxWebhooks {
  /// The addresses of `esteira hook-url`, by trigger.
  struct Addresses: Sendable, Hashable {
    let conversion: String
    let opportunity: String
  }

  let sandbox: SandboxAccess
  let account: String
  let token: String

  private struct Webhook: Hashable {
    let trigger: String
    let url: String
  }

  private static let types = [
    "conversion": "WEBHOOK.CONVERTED", "opportunity": "WEBHOOK.MARKED_OPPORTUNITY",
  ]

  /// Leaves the account with a webhook for conversions and one for marks in each place, and no other.
  ///
  /// - Throws: ``Refusal`` when reading them back shows anything else.
  func register(_ addresses: Addresses, in places: WebhookPlaces) async throws {
    let wanted: Set = [
      Webhook(trigger: "conversion", url: addresses.conversion),
      Webhook(trigger: "opportunity", url: addresses.opportunity),
    ]
    try await settle(Screen(self), places.inScreen ? wanted : [])
    try await settle(API(self), places.throughAPI ? wanted : [])
  }

  private func settle(_ place: some Place, _ wanted: Set<Webhook>) async throws {
    let known = try await place.list()
    for (id, webhook) in known where !wanted.contains(webhook) { try await place.remove(id) }
    for webhook in wanted where !known.contains(where: { $0.1 == webhook }) {
      try await place.add(webhook)
    }
    let found = try await place.list().map(\.1)
    guard found.count == wanted.count, Set(found) == wanted else {
      throw Refusal(
        .failed,
        "sandbox_webhooks",
        "the sandbox has other webhooks than it was asked for: \(found.count) instead of "
          + "\(wanted.count). Restart it: deploy/down, then deploy/up"
      )
    }
  }

  private protocol Place {
    func list() async throws -> [(String, Webhook)]
    func add(_ webhook: Webhook) async throws
    func remove(_ id: String) async throws
  }

  private struct Screen: Place {
    let all: SandboxWebhooks

    init(_ all: SandboxWebhooks) { self.all = all }

    func list() async throws -> [(String, Webhook)] {
      let path = "/rd/screen/webhooks?account=\(all.account)"
      let json = try JSON(parsing: try await all.sandbox.call("GET", path))
      return (json["webhooks"]?.array ?? []).compactMap { one in
        guard let id = one["uuid"]?.string, let url = one["url"]?.string,
          let trigger = one["trigger"]?.string
        else { return nil }
        return (id, Webhook(trigger: trigger, url: url))
      }
    }

    func add(_ webhook: Webhook) async throws {
      try await all.sandbox.call(
        "POST",
        "/rd/screen/webhooks",
        body: [
          "account": .string(all.account), "trigger": .string(webhook.trigger),
          "url": .string(webhook.url),
        ]
      )
    }

    func remove(_ id: String) async throws {
      try await all.sandbox.call("DELETE", "/rd/screen/webhooks/\(id)?account=\(all.account)")
    }
  }

  private struct API: Place {
    private static let path = "/rd/integrations/webhooks"
    let all: SandboxWebhooks

    init(_ all: SandboxWebhooks) { self.all = all }

    func list() async throws -> [(String, Webhook)] {
      let json = try JSON(
        parsing: try await all.sandbox.call("GET", Self.path, token: all.token)
      )
      return (json["webhooks"]?.array ?? []).compactMap { one in
        guard let id = one["uuid"]?.string, let url = one["url"]?.string,
          let type = one["event_type"]?.string
        else { return nil }
        // Lists write the type in small letters.
        let trigger = SandboxWebhooks.types.first { $0.value == type.uppercased() }?.key
        return (id, Webhook(trigger: trigger ?? type, url: url))
      }
    }

    func add(_ webhook: Webhook) async throws {
      try await all.sandbox.call(
        "POST",
        Self.path,
        body: [
          "event_type": .optional(SandboxWebhooks.types[webhook.trigger]), "entity_type": "CONTACT",
          "http_method": "POST", "url": .string(webhook.url),
          "include_relations": ["COMPANY", "CONTACT_FUNNEL"],
        ],
        token: all.token
      )
    }

    func remove(_ id: String) async throws {
      try await all.sandbox.call("DELETE", "\(Self.path)/\(id)", token: all.token)
    }
  }
}
