import Postgres

/// Locks on names, held until the end of the transaction.
///
/// Workers that meet at one person take turns instead of running into each other's unique keys. The
/// names are locked in one order by everybody, so two batches cannot wait for each other.
enum Lock {
  static func taking(_ names: [String]) -> SQL {
    """
    select pg_advisory_xact_lock(key) from (
      select distinct hashtextextended(name, 0) as key
      from unnest(\(names)::text[]) as k (name) order by 1
    ) as sorted
    """
  }
}
