package import Postgres

/// When a stored event happened, as far as its source can be believed: what `SourceTime` says of it.
///
/// The row keeps the event's own time, by which the other form of the body is known again.
package enum BelievedTime {
  /// Of a row `c` of `conversion`.
  package static let sql: SQL = """
    case when c.occurred_at > c.arrived_at + interval '5 minutes' and c.arrived_at > to_timestamp(0)
      then c.arrived_at else coalesce(c.occurred_at, c.arrived_at) end
    """
}
