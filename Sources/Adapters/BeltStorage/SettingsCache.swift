import Leads
package import Postgres
import StrictJSON
import Synchronization

/// The settings of each integration, read anew when their version has changed.
///
/// The version is read with every batch, in a round trip that happens anyway, so a worker follows
/// `esteira apply` without a restart.
package final class SettingsCache: Sendable {
  private let stored = Mutex<[String: StoredSettings]>([:])

  package init() {}

  /// The settings of these versions; asks the database for those that are not known.
  package func settings(
    of versions: [(integration: String, version: Int)],
    on connection: isolated PostgresConnection
  ) throws -> [String: StoredSettings] {
    let cached = stored.withLock { $0 }
    var found: [String: StoredSettings] = [:]
    var missing: [(integration: String, version: Int)] = []
    for wanted in versions {
      if let hit = cached[wanted.integration], hit.version == wanted.version {
        found[wanted.integration] = hit
      } else {
        missing.append(wanted)
      }
    }
    guard !missing.isEmpty else { return found }
    let rows = try connection.run(
      """
      select c.integration_id, c.version, c.document
      from unnest(\(missing.map(\.integration))::text[], \(missing.map(\.version))::int[]) as k (i, v)
      join integration_config c on c.integration_id = k.i and c.version = k.v
      """
    )
    for row in rows {
      let integration = try row.string(0)
      let entry = StoredSettings(
        version: try row.int(1),
        settings: try Settings(json: try row.json(2))
      )
      found[integration] = entry
      stored.withLock { $0[integration] = entry }
    }
    return found
  }
}
