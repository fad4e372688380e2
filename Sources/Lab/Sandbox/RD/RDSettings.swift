internal import Hummingbird
internal import StrictJSON

/// Switches of the simulator, where RD's plans or documents differ.
struct RDSettings: SimulatorSettings, Hashable {
  var contactQuotas = false
  var accountQuotas = false
  /// Calls a minute for contacts and for events; 120, or 500 on the Advanced plan.
  var accountCallsPerMinute = 120
  /// 3 in the newest page, 5 in older ones.
  var webhookRetries = 3
  /// Before the first retry; doubled for each further one.
  var webhookPauseMilliseconds = 200
  /// No pause between two attempts is longer.
  var webhookPauseMaxMilliseconds = 60_000
  var webhookTimeoutMilliseconds = 5000
  /// How many of a hundred webhooks are delivered once more after they were taken.
  var webhookRepeatPercent = 0
  /// Whether a refresh replaces the refresh token.
  var rotatesRefreshTokens = false
  /// Whether the second use of a refresh token that was replaced ends the whole login.
  var detectsReuse = false
  /// Of an access token.
  var tokenSeconds = 86_400
  /// The users of the account; nil takes any address as an owner.
  var users: [String]?

  var webhookPolicy: WebhookPoster.Policy {
    WebhookPoster.Policy(
      timeout: .milliseconds(webhookTimeoutMilliseconds),
      retries: webhookRetries,
      pause: .milliseconds(webhookPauseMilliseconds),
      longestPause: .milliseconds(webhookPauseMaxMilliseconds)
    )
  }

  var json: JSON {
    [
      "contact_quotas": .bool(contactQuotas), "account_quotas": .bool(accountQuotas),
      "account_calls_per_minute": .number(accountCallsPerMinute),
      "webhook_retries": .number(webhookRetries),
      "webhook_pause_milliseconds": .number(webhookPauseMilliseconds),
      "webhook_pause_max_milliseconds": .number(webhookPauseMaxMilliseconds),
      "webhook_timeout_milliseconds": .number(webhookTimeoutMilliseconds),
      "webhook_repeat_percent": .number(webhookRepeatPercent),
      "rotates_refresh_tokens": .bool(rotatesRefreshTokens), "detects_reuse": .bool(detectsReuse),
      "token_seconds": .number(tokenSeconds),
      "users": users.map { .array($0.map(JSON.string)) } ?? .null,
    ]
  }

  /// Takes over what is named; an unknown name or a wrong type is refused.
  mutating func merge(_ json: JSON) throws(Refusal) {
    for member in json.members ?? [] {
      switch (member.key, member.value) {
      case ("contact_quotas", .bool(let on)): contactQuotas = on
      case ("account_quotas", .bool(let on)): accountQuotas = on
      case ("rotates_refresh_tokens", .bool(let on)): rotatesRefreshTokens = on
      case ("detects_reuse", .bool(let on)): detectsReuse = on
      case ("users", .null): users = nil
      case ("users", .array(let list)): users = list.compactMap(\.string)
      default:
        guard let number = member.value.int, number >= 0, set(member.key, to: number) else {
          throw Refusal(
            status: .badRequest,
            body: ["message": .string("unknown setting or wrong type: \(member.key)")]
          )
        }
      }
    }
  }

  private mutating func set(_ key: String, to number: Int) -> Bool {
    switch key {
    case "account_calls_per_minute": accountCallsPerMinute = number
    case "webhook_retries": webhookRetries = number
    case "webhook_pause_milliseconds": webhookPauseMilliseconds = number
    case "webhook_pause_max_milliseconds": webhookPauseMaxMilliseconds = number
    case "webhook_timeout_milliseconds": webhookTimeoutMilliseconds = number
    case "webhook_repeat_percent": webhookRepeatPercent = number
    case "token_seconds": tokenSeconds = number
    default: return false
    }
    return true
  }
}
