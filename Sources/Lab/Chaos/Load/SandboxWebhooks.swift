import StrictJSON

/// The webhooks of the accounts at the sandbox, as a customer makes them: one for conversions and one
/// for marks.
extension Sandbox {
  /// Who makes them in RD Station's screen gets the older body.
  func register(_ urls: [HookTrigger: String], inScreenOf account: String) async throws {
    for (trigger, url) in urls {
      try await call(
        "POST",
        "/rd/screen/webhooks",
        body: [
          "account": .string(account), "trigger": .string(trigger.rawValue), "url": .string(url),
        ]
      )
    }
  }

  /// Who makes them through its API gets the current body; ingress must answer RD Station's probe.
  func register(_ urls: [HookTrigger: String], throughAPIOf account: String) async throws {
    let login: JSON = [
      "client_id": "sandbox-client", "client_secret": "sandbox-secret",
      "refresh_token": .string("sandbox-refresh-\(account)"),
    ]
    let grant = try JSON(parsing: try await call("POST", "/rd/auth/token", body: login))
    for (trigger, url) in urls {
      try await call(
        "POST",
        "/rd/integrations/webhooks",
        body: [
          "event_type": .string(trigger.eventType), "entity_type": "CONTACT",
          "http_method": "POST", "url": .string(url),
          "include_relations": ["COMPANY", "CONTACT_FUNNEL"],
        ],
        token: grant["access_token"]?.string ?? ""
      )
    }
  }

  /// It tries each webhook until it is taken, and delivers some of them twice.
  func beStubborn() async throws {
    try await call(
      "PUT",
      "/rd/settings",
      body: [
        "webhook_retries": 1_000_000, "webhook_pause_milliseconds": 300,
        "webhook_pause_max_milliseconds": 300, "webhook_repeat_percent": 5,
      ]
    )
  }
}

/// Why RD Station calls an address.
enum HookTrigger: String, CaseIterable, Sendable {
  case conversion, opportunity

  var eventType: String {
    switch self {
    case .conversion: "WEBHOOK.CONVERTED"
    case .opportunity: "WEBHOOK.MARKED_OPPORTUNITY"
    }
  }
}
