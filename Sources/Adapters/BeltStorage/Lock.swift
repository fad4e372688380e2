package import Postgres

/// Locks on names, held until the end of the transaction.
///
/// Workers that meet at one person take turns instead of running into each other's unique keys. The
/// names are locked in one order by everybody, so two batches cannot wait for each other.
package enum Lock {
  package static func taking(_ names: [String]) -> SQL { taking(names, sharing: []) }

  /// `sharing`: names that several may hold at once, as long as nobody has taken them for himself; none
  /// of them stands among the others.
  package static func taking(_ names: [String], sharing shared: [String]) -> SQL {
    """
    select case when is_shared then pg_advisory_xact_lock_shared(key)
      else pg_advisory_xact_lock(key) end
    from (
      select distinct hashtextextended(name, 0) as key, is_shared
      from unnest(\(names + shared)::text[],
        \(names.map { _ in false } + shared.map { _ in true })::boolean[]) as k (name, is_shared)
      order by 1
    ) as sorted
    """
  }
}
