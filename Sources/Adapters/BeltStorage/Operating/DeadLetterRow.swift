import Postgres
import Belt

extension DeadLetter {
  /// From ``DeadLetterDesk/columns``.
  init(_ row: Row) throws {
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
