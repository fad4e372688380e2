package import Belt

/// Why the schema could not be brought up to date, in texts that are safe to show.
package enum MigrationError: Failure, Hashable {
  /// The file of an applied step has been edited since; the database was left as it is.
  case changed(label: String)
  /// The schema is older than this program needs.
  case outdated(applied: Int, needed: Int)

  package var disposition: Disposition { .stop }

  package var reason: Reason {
    switch self {
    case .changed(let label):
      Reason(
        "migration_changed",
        "The migration \(label) was applied with another content. An applied migration is never "
          + "edited: restore its file and add a new one."
      )
    case .outdated(let applied, let needed):
      Reason(
        "schema_outdated",
        "The database's schema is at migration \(applied), this program needs \(needed). "
          + "Run: esteira migrate"
      )
    }
  }
}

extension MigrationError: CustomStringConvertible {
  package var description: String { reason.sentence }
}
