import BeltStorage
package import Leads
package import Postgres
package import StrictJSON

/// The settings of all integrations, each a versioned document.
package struct SettingsVersions: Sendable {
  /// What became of a document.
  package struct Applied: Sendable, Hashable {
    package enum Change: String, Sendable {
      case created, changed, unchanged
    }

    package let change: Change
    /// In force from now on.
    package let version: Int
    /// What was in force before; nil for a new integration, and where it cannot be read any more.
    package let previous: Settings?
  }

  /// The settings in force.
  package struct Current: Sendable {
    package let version: Int
    package let settings: Settings
    /// The document as it was written.
    package let source: String
    /// The generation of the webhook addresses, from 1.
    package let hookGeneration: Int
  }

  /// One version of the settings, without what it says.
  package struct Version: Sendable, Hashable {
    /// From 1.
    package let number: Int
    /// Universal time, such as `2026-11-30T12:00:00Z`.
    package let appliedAt: String
    /// Who applied it, from the audit.
    package let actor: String?
    package let isInForce: Bool
  }

  /// One version of the settings as it was stored.
  package struct Stored: Sendable, Hashable {
    package let version: Int
    /// Nil where this program cannot read them any more.
    package let settings: Settings?
    /// The document as it was written.
    package let source: String
  }

  private let pool: PostgresPool

  package init(pool: PostgresPool) { self.pool = pool }

  /// Puts settings into force, in one transaction: workers see the old or the new version.
  ///
  /// Idempotent: equal settings make no new version; only the document's text is kept anew. The actor
  /// is who did it, for the audit. On an error nothing is changed.
  ///
  /// `writes`: what takes effect with it, such as a login.
  package func apply(
    _ settings: Settings,
    source: String,
    actor: String,
    with writes: [SQL] = []
  ) async throws -> Applied {
    try await pool.transaction { connection in
      let integration = settings.integration
      let rows = try connection.run([
        Lock.taking(["settings:\(integration)"]),
        """
        select i.config_version, c.document, c.source
        from integration i join integration_config c
          on c.integration_id = i.id and c.version = i.config_version
        where i.id = \(integration)
        """,
      ])
      guard let row = rows[1].first else {
        try connection.commit(Self.writing(settings, as: 1, source, actor) + writes)
        return Applied(change: .created, version: 1, previous: nil)
      }
      let version = try row.int(0)
      let previous = Self.readable(try row.json(1))
      // By meaning: an earlier program stored less, and what it left out has its first value.
      if previous == settings {
        var others = writes
        if try row.string(2) != source {
          others.append(
            """
            update integration_config set source = \(source)
            where integration_id = \(integration) and version = \(version)
            """
          )
        }
        if !others.isEmpty { try connection.commit(others) }
        return Applied(change: .unchanged, version: version, previous: previous)
      }
      try connection.commit(Self.writing(settings, as: version + 1, source, actor) + writes)
      return Applied(change: .changed, version: version + 1, previous: previous)
    }
  }

  /// Nil when there is no such integration.
  package func current(_ integration: String) async throws -> Current? {
    try await row(integration, version: nil).map { row in
      Current(
        version: try row.int(0),
        settings: try Settings(json: try row.json(1)),
        source: try row.string(2),
        hookGeneration: try row.int(3)
      )
    }
  }

  /// All versions of an integration, newest first; none when there is no such integration.
  package func versions(of integration: String) async throws -> [Version] {
    try await pool.run(
      """
      select c.version, to_char(c.applied_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"'),
        (select min(a.actor) from audit a
         where a.integration_id = c.integration_id and a.action like 'settings.%'
           and a.detail ->> 'version' = c.version::text),
        c.version = i.config_version
      from integration_config c join integration i on i.id = c.integration_id
      where c.integration_id = \(integration) order by c.version desc
      """
    ).map { row in
      Version(
        number: try row.int(0),
        appliedAt: try row.string(1),
        actor: try row.optionalString(2),
        isInForce: try row.bool(3)
      )
    }
  }

  /// A version of the settings, or the one in force; nil when there is none.
  package func stored(_ integration: String, version: Int? = nil) async throws -> Stored? {
    try await row(integration, version: version).map { row in
      Stored(
        version: try row.int(0),
        settings: Self.readable(try row.json(1)),
        source: try row.string(2)
      )
    }
  }

  private func row(_ integration: String, version: Int?) async throws -> Row? {
    try await pool.run(
      """
      select c.version, c.document, c.source, i.hook_generation
      from integration i join integration_config c on c.integration_id = i.id
      where i.id = \(integration) and c.version = coalesce(\(version)::int, i.config_version)
      """
    ).first
  }

  /// A version of the settings, or the one in force.
  ///
  /// - Throws: ``Refusal`` that says which versions there are, when there is no such one.
  package func required(_ integration: String, version: Int? = nil) async throws -> Stored {
    if let stored = try await stored(integration, version: version) { return stored }
    guard let version, let newest = try await versions(of: integration).first else {
      throw try await refusal(ofUnknown: integration)
    }
    throw Refusal(
      .notFound,
      "version_unknown",
      "\(integration) has no version \(version); it has 1 to \(newest.number)",
      remedy: "Run: esteira settings ls \(integration)"
    )
  }

  /// The names of all active integrations, in order.
  package func integrations() async throws -> [String] {
    try await pool.run("select id from integration where state = 'active' order by id")
      .map { try $0.string(0) }
  }

  /// Which integrations have a login at a system, which is `rd` or a CRM's name.
  package func integrations(withLoginAt system: String) async throws -> Set<String> {
    Set(
      try await pool.run("select integration_id from credential where system = \(system)")
        .map { try $0.string(0) }
    )
  }

  private static func writing(
    _ settings: Settings,
    as version: Int,
    _ source: String,
    _ actor: String
  ) -> [SQL] {
    let (integration, action) = (settings.integration, version == 1 ? "created" : "changed")
    let detail: JSON = ["version": .number(version)]
    return [
      """
      insert into integration (id, rd_account, crm, config_version)
      values (\(integration), \(settings.rdAccount), \(settings.crm.rawValue), \(version))
      on conflict (id) do update set rd_account = excluded.rd_account, crm = excluded.crm,
        config_version = excluded.config_version, state = 'active'
      """,
      """
      insert into integration_config (integration_id, version, document, source)
      values (\(integration), \(version), \(settings.json.text)::jsonb, \(source))
      """,
      audit(integration, "settings.\(action)", detail, actor: actor),
    ]
  }

  /// That somebody has given an integration another login, for the audit.
  package static func connecting(_ integration: String, actor: String) -> SQL {
    audit(integration, "login.replaced", [:], actor: actor)
  }

  private static func audit(
    _ integration: String,
    _ action: String,
    _ detail: JSON,
    actor: String
  ) -> SQL {
    """
    insert into audit (actor, integration_id, action, detail)
    values (\(actor), \(integration), \(action), \(detail.text)::jsonb)
    """
  }

  private static func readable(_ document: JSON) -> Settings? {
    do {
      return try Settings(json: document)
    } catch {
      // Written by a newer program; the callers say so.
      return nil
    }
  }
}

extension SettingsVersions.Version: JSONForm {
  package var json: JSON {
    [
      "version": .number(number), "applied_at": .string(appliedAt), "actor": .optional(actor),
      "in_force": .bool(isInForce),
    ]
  }
}
