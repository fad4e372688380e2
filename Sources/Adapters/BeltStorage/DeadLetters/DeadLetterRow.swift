package import Postgres
import StrictJSON
package import Belt

extension DeadLetter {
  /// What ``init(_:)`` reads of a row of `dead_letter`.
  package static let columns: SQL = """
    integration_id, id, stage, type, journey_id, code, sentence, attempts, body, envelope, \(state),
    \(text(of: "first_at")), \(text(of: "last_at")), encode(sha256(body), 'hex'),
    \(text(of: "edited_at")), discard_reason, round
    """

  /// Whether the message of a row of `dead_letter` has been handled.
  package static let isHandled: SQL = """
    exists (select from receipt where receipt.integration_id = dead_letter.integration_id
      and receipt.message_id = dead_letter.id)
    """

  /// Whether a row of `dead_letter` waits for a person; not when its message was handled after all.
  package static let isOpen: SQL = "(dead_letter.state = 'open' and not \(isHandled))"

  /// How a row of `dead_letter` stands: one whose message was handled after all counts as sent again.
  package static let state: SQL = """
    case when dead_letter.state = 'open' and \(isHandled) then 'retried'
      else dead_letter.state end
    """

  /// A time as RFC 3339 in UTC, to the second.
  package static func text(of time: SQL) -> SQL {
    "to_char(\(time) at time zone 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS\"Z\"')"
  }

  /// From ``columns``.
  package init(_ row: Row) throws {
    let envelope = try row.json(9)
    guard let state = State(rawValue: try row.string(10)) else {
      throw PostgresError.decoding(column: "state", expected: "a state of a dead letter")
    }
    var notes: [String: String] = [:]
    for member in envelope["notes"]?.members ?? [] { notes[member.key] = member.value.string }
    let round = try row.int(16)
    if round > 0 { notes[Message.roundNote] = String(round) }
    self.init(
      message: Message(
        id: try row.identifier(1),
        type: try row.string(3),
        stage: try row.string(2),
        integration: try row.string(0),
        journey: try row.identifier(4),
        body: try row.bytes(8),
        attempt: envelope["attempt"]?.int ?? 1,
        deferrals: envelope["deferrals"]?.int ?? 0,
        arrivedAt: Int64(envelope["arrived_at"]?.int ?? 0),
        cause: envelope["cause"]?.string,
        notes: notes
      ),
      reason: Reason(try row.string(5), try row.string(6)),
      attempts: try row.int(7),
      firstAt: try row.string(11),
      lastAt: try row.string(12),
      state: state,
      bodySHA256: try row.string(13),
      editedAt: try row.optionalString(14),
      discardReason: try row.optionalString(15)
    )
  }
}

extension Message {
  /// How often people had settled its dead letter when it was sent.
  static let roundNote = "dead_letter_round"

  var round: Int {
    min(max(0, notes[Self.roundNote].flatMap { Int($0) } ?? 0), Int(Int32.max))
  }

  /// What is not a column of its own.
  var envelope: JSON {
    var kept = JSON.Members()
    for (key, value) in notes.sorted(by: { $0.key < $1.key }) { kept[key] = .string(value) }
    return [
      "attempt": .number(attempt), "deferrals": .number(deferrals),
      "arrived_at": .number(String(arrivedAt)), "cause": .optional(cause), "notes": .object(kept),
    ]
  }

  /// The same message before its first attempt.
  package var fresh: Message {
    var copy = self
    copy.attempt = 1
    copy.deferrals = 0
    copy.cause = nil
    copy.notes[Message.waitNote] = nil
    return copy
  }
}
