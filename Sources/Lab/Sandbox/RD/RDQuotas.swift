private import HTTPTypes
internal import SandboxLeads
private import StrictJSON

/// RD's published quotas; off until `PUT /rd/settings` turns them on.
///
/// Windows are fixed.
struct RDQuotas: Sendable {
  enum ContactKind: String, Sendable {
    case patch, tag, funnel, event

    /// In 24 h.
    var max: Int { self == .event ? 120 : 24 }
  }

  enum AccountKind: String, Sendable {
    case contacts, events
  }

  struct Window: Sendable {
    var start: Timestamp
    var usage: Int

    /// Counts one call; the seconds left when it is one too many.
    mutating func count(max: Int, seconds: Int64, now: Timestamp) -> Int64? {
      let end = start.adding(seconds: seconds)
      if now >= end { self = Window(start: now, usage: 0) }
      usage += 1
      guard usage > max else { return nil }
      return Swift.max(1, (start.adding(seconds: seconds).milliseconds - now.milliseconds) / 1000)
    }
  }

  private var windows: [AccountKind: Window] = [:]

  mutating func count(_ kind: AccountKind, max: Int, now: Timestamp) throws(Refusal) {
    let left = windows[kind, default: Window(start: now, usage: 0)]
      .count(max: max, seconds: 60, now: now)
    if let left { throw Self.accountRefusal(max: max, seconds: left) }
  }

  /// The application's limiter: the key is the lead's address.
  static func contactRefusal(key: String, max: Int, usage: Int, seconds: Int64) -> Refusal {
    let text = "'lead_limiter' rate limit exceeded for 86400 second(s) period for key '\(key)'"
    return Refusal(
      status: .tooManyRequests,
      body: [
        "error": .string(text), "max": .number(max), "usage": .number(usage),
        "remaining_time": .number(Int(seconds)),
      ]
    )
  }

  /// The gateway's limiter, which tells the wait in a header.
  static func accountRefusal(max: Int, seconds: Int64) -> Refusal {
    Refusal(
      status: .tooManyRequests,
      headers: headers([
        ("RateLimit-Limit-Quotas", "\(max)"), ("Retry-After-Quotas", "\(seconds)"),
      ]),
      body: ["message": "API rate limit exceeded"]
    )
  }

  private static func headers(_ list: [(String, String)]) -> HTTPFields {
    var fields = HTTPFields()
    for (name, value) in list {
      if let name = HTTPField.Name(name) { fields[name] = value }
    }
    return fields
  }
}

extension RDAccountState {
  mutating func countContact(
    _ kind: RDQuotas.ContactKind,
    uuid: String,
    rd settings: RDSettings,
    now: Timestamp
  ) throws(Refusal) {
    guard settings.contactQuotas, var record = self[uuid: uuid] else { return }
    let left = record.quotas[kind, default: .init(start: now, usage: 0)]
      .count(max: kind.max, seconds: 86_400, now: now)
    let usage = record.quotas[kind]?.usage ?? 0
    self[uuid: uuid] = record
    guard let left else { return }
    throw RDQuotas.contactRefusal(
      key: record.facts.email,
      max: kind.max,
      usage: usage,
      seconds: left
    )
  }
}
