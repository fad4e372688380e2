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
  ///
  /// What cannot be read is a failure of its own integration, and is read again each time.
  package func settings(
    of versions: [(integration: String, version: Int)],
    on connection: isolated PostgresConnection
  ) throws -> [String: Result<StoredSettings, UnreadableSettings>] {
    let cached = stored.withLock { $0 }
    var found: [String: Result<StoredSettings, UnreadableSettings>] = [:]
    var missing: [(integration: String, version: Int)] = []
    for wanted in versions {
      if let hit = cached[wanted.integration], hit.version == wanted.version {
        found[wanted.integration] = .success(hit)
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
      let integration = try row.string("integration_id")
      let version = try row.int("version")
      do {
        let entry = StoredSettings(
          version: version,
          settings: try Settings(json: try row.json("document"))
        )
        found[integration] = .success(entry)
        stored.withLock { $0[integration] = entry }
      } catch {
        let member = (error as? SettingsFault)?.member
        found[integration] = .failure(
          UnreadableSettings(integration: integration, version: version, member: member)
        )
      }
    }
    return found
  }
}

/// Settings that were stored by a program of another version, which this one cannot read.
package struct UnreadableSettings: Error, Sendable, Hashable {
  package let integration: String
  package let version: Int
  /// What of them; nil when it is all.
  package let member: String?
}
