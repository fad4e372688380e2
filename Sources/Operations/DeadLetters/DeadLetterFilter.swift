package import Leads
package import Postgres
package import StrictJSON

/// Which dead letters are meant; everything that is given has to hold.
package struct DeadLetterFilter: Sendable, Hashable {
  package var fingerprint: String?
  package var integration: String?
  package var stage: String?
  package var code: String?
  /// When it was given up last, from this moment on.
  package var since: Timestamp?
  /// When it was given up last, before this moment.
  package var until: Timestamp?
  /// A text that the body holds, in any case, such as part of an e-mail address.
  package var holding: String?

  package init(
    fingerprint: String? = nil,
    integration: String? = nil,
    stage: String? = nil,
    code: String? = nil,
    since: Timestamp? = nil,
    until: Timestamp? = nil,
    holding: String? = nil
  ) {
    self.fingerprint = fingerprint
    self.integration = integration
    self.stage = stage
    self.code = code
    self.since = since
    self.until = until
    self.holding = holding
  }

  /// Whether it means all there are.
  package var isEmpty: Bool { self == DeadLetterFilter() }

  /// As an operation keeps it, without what was not given.
  package var json: JSON {
    var members = JSON.Members()
    members["group"] = fingerprint.map(JSON.string)
    members["integration"] = integration.map(JSON.string)
    members["stage"] = stage.map(JSON.string)
    members["code"] = code.map(JSON.string)
    members["since_ms"] = since.map { .number(String($0.milliseconds)) }
    members["holding"] = holding.map(JSON.string)
    members["until_ms"] = until.map { .number(String($0.milliseconds)) }
    return .object(members)
  }

  /// A condition on the table `dead_letter`, without the state.
  package var condition: SQL {
    """
    dead_letter.integration_id = coalesce(\(integration), dead_letter.integration_id)
      and dead_letter.fingerprint = coalesce(\(fingerprint), dead_letter.fingerprint)
      and dead_letter.stage = coalesce(\(stage), dead_letter.stage)
      and dead_letter.code = coalesce(\(code), dead_letter.code)
      and dead_letter.last_at >= coalesce(to_timestamp(\(since?.milliseconds)::bigint / 1000.0),
        dead_letter.last_at)
      and (\(until?.milliseconds)::bigint is null
        or dead_letter.last_at < to_timestamp(\(until?.milliseconds)::bigint / 1000.0))
      and \(Self.holds(holding))
    """
  }

  /// Whether a row of `dead_letter` holds a text, as it is or with JSON's escapes; nil is in all.
  ///
  /// Bodies are bytes, and need not be text: both are compared in PostgreSQL's own escapes.
  static func holds(_ text: String?) -> SQL {
    guard let text else { return "true" }
    let escaped = text.lowercased().utf16.map { unit -> String in
      guard unit >= 0x80 else { return String(UnicodeScalar(UInt8(unit))) }
      let digits = String(unit, radix: 16)
      return "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
    }.joined()
    return """
      exists (select from unnest(\([text, text.lowercased(), escaped])::text[]) as w (word)
        where position(lower(encode(convert_to(w.word, 'UTF8'), 'escape'))
          in lower(encode(dead_letter.body, 'escape'))) > 0)
      """
  }
}
