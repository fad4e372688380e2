internal import Hummingbird
internal import StrictJSON

/// Switches of the simulator, where nothing public says which it is.
struct TenantSettings: SimulatorSettings, Hashable {
  /// `GET` answers `{"items", "hasNext"}` and not a bare list.
  var answersItems = false
  /// A create is answered with 201.
  var answersCreated = false
  /// The most rows of one answer; further ones cannot be asked for.
  var rowsMax = 1000
  var sessionSeconds = 1800
  /// How many of a hundred webhooks are delivered once more after they were taken.
  var webhookRepeatPercent = 0
  /// Webhooks of one change are sent in the other order.
  var webhooksReversed = false
  var webhookRetries = 3
  var webhookPauseMilliseconds = 200
  var webhookTimeoutMilliseconds = 5000

  var webhookPolicy: WebhookPoster.Policy {
    WebhookPoster.Policy(
      timeout: .milliseconds(webhookTimeoutMilliseconds),
      retries: webhookRetries,
      pause: .milliseconds(webhookPauseMilliseconds)
    )
  }

  var json: JSON {
    [
      "answers_items": .bool(answersItems), "answers_created": .bool(answersCreated),
      "rows_max": .number(rowsMax), "session_seconds": .number(sessionSeconds),
      "webhook_repeat_percent": .number(webhookRepeatPercent),
      "webhooks_reversed": .bool(webhooksReversed), "webhook_retries": .number(webhookRetries),
      "webhook_pause_milliseconds": .number(webhookPauseMilliseconds),
      "webhook_timeout_milliseconds": .number(webhookTimeoutMilliseconds),
    ]
  }

  /// Takes over what is named; an unknown name or a wrong type is refused.
  mutating func merge(_ json: JSON) throws(Refusal) {
    for member in json.members ?? [] {
      switch (member.key, member.value.bool, member.value.int) {
      case ("answers_items", let on?, _): answersItems = on
      case ("answers_created", let on?, _): answersCreated = on
      case ("webhooks_reversed", let on?, _): webhooksReversed = on
      case ("rows_max", _, let number?) where number > 0: rowsMax = number
      case ("session_seconds", _, let number?) where number >= 0: sessionSeconds = number
      case ("webhook_repeat_percent", _, let number?) where (0...100).contains(number):
        webhookRepeatPercent = number
      case ("webhook_retries", _, let number?) where number >= 0: webhookRetries = number
      case ("webhook_pause_milliseconds", _, let number?) where number >= 0:
        webhookPauseMilliseconds = number
      case ("webhook_timeout_milliseconds", _, let number?) where number >= 0:
        webhookTimeoutMilliseconds = number
      default:
        throw TenantErrors.refusal(
          .badRequest,
          "invalidSetting",
          "unknown setting or wrong type: \(member.key)"
        )
      }
    }
  }
}
