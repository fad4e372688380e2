package import Postgres

/// The one order in which everybody locks the rows of a table.
///
/// Two batches that name the same rows wait for each other one way round, and never in a circle.
package enum RowOrder {
  /// Updates many rows of a table, called `r` in what is given here, by those of `source`, called `k`.
  ///
  /// All of them are locked, in the order of their keys, before one is written; `condition` is asked of each
  /// as it stands then.
  ///
  /// `row`: what the table's rows are called, where it is not `r`. `match`: which rows are meant; without it
  /// those of the integration `k.i` and the id `k.id`. `order`: of the keys. `after`: see ``Write``.
  package static func updating(
    _ table: SQL,
    as row: SQL = "r",
    set changes: SQL,
    from source: SQL,
    on match: SQL = "r.integration_id = k.i and r.id = k.id",
    where condition: SQL = "true",
    order: SQL = "r.integration_id, r.id",
    after: SQL = "true"
  ) -> SQL {
    """
    with locked as materialized (
      select k.* from \(source) join \(table) \(row) on \(match)
      where \(condition) order by \(order) for no key update of \(row)
    )
    update \(table) \(row) set \(changes) from locked k where \(match) and \(after)
    """
  }
}
