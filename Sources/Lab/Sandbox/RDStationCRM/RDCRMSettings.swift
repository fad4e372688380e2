internal import HTTPTypes
internal import Hummingbird
internal import StrictJSON

/// Switches of the simulator, where the vendor's documents and those who call it disagree; the first
/// value is the default (reference 12.1).
struct RDCRMSettings: SimulatorSettings, Hashable {
  private var values: [String: JSON] = [
    // ignored, allowed, refused: what a PUT that reopens or moves a closed deal meets.
    "reopen": "ignored",
    "plan_limit_status": 403,
    "contact_name_unique": false,
    "organization_name_unique": true,
    // reuse, ignored: `organization: {"name"}` in a new deal.
    "organization_by_name": "reuse",
    // Whether `contacts: [{"_id"}]` in a new deal links them.
    "links_contacts_by_id": false,
    // kept, damaged: accents in notes.
    "accents_in_notes": "kept",
    "required_fields_block_put": true,
    "webhook_retries": 5,
    "webhook_timeout_milliseconds": 5000,
    "webhook_pause_milliseconds": 200,
    // 3: one change is told three times, each with a transaction of its own.
    "webhook_repeats": 1,
    "webhook_updated_on_creation": false,
    // 0 never suspends.
    "webhook_suspend_after": 0,
    // 120 at the vendor; 0 does not count.
    "calls_per_minute": 0,
    "tells_retry_after": false,
    "records_reachable": 10_000,
    // 20 or 25 in v2.
    "page_size": 20,
    "token_seconds": 7200,
  ]

  func flag(_ name: String) -> Bool { values[name]?.bool ?? false }
  func number(_ name: String) -> Int { values[name]?.int ?? 0 }
  func word(_ name: String) -> String { values[name]?.string ?? "" }

  var json: JSON {
    .object(
      JSON.Members(values.sorted { $0.key < $1.key }.map { .init(key: $0.key, value: $0.value) })
    )
  }

  /// Takes over what is named; an unknown name or a value of another type is refused.
  mutating func merge(_ json: JSON) throws(Refusal) {
    for member in json.members ?? [] {
      guard let known = values[member.key], known.kind == member.value.kind else {
        throw Refusal(
          status: .badRequest,
          body: ["message": .string("unknown setting or wrong type: \(member.key)")]
        )
      }
      values[member.key] = member.value
    }
  }

  var webhookPolicy: WebhookPoster.Policy {
    WebhookPoster.Policy(
      timeout: .milliseconds(number("webhook_timeout_milliseconds")),
      retries: number("webhook_retries"),
      pause: .milliseconds(number("webhook_pause_milliseconds"))
    )
  }
}

extension JSON {
  fileprivate var kind: Int {
    switch self {
    case .null: 0
    case .bool: 1
    case .number: 2
    case .string: 3
    case .array: 4
    case .object: 5
    }
  }
}
