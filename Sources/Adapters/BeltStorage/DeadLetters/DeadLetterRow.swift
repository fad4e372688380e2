package import Postgres
import Belt

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
    guard let state = State(rawValue: try row.string(10)) else {
      throw PostgresError.decoding(column: "state", expected: "a state of a dead letter")
    }
    var form = try row.stored(MessageForm.self, 9)
    // What the database knows by columns of their own.
    form.values[.integration] = .text(try row.string(0))
    form.values[.id] = .text(try row.string(1))
    form.values[.stage] = .text(try row.string(2))
    form.values[.type] = .text(try row.string(3))
    form.values[.journey] = .text(try row.string(4))
    form.values[.round] = .number(Int64(try row.int(16)))
    self.init(
      message: try form.message(body: try row.bytes(8)),
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
