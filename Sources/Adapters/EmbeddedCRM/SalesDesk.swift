package import Leads
package import Postgres
import StrictJSON
package import Workers

/// What a salesperson does with an opportunity of the embedded CRM.
///
/// Each action is idempotent: doing it again changes nothing and gives the same version, so that the
/// announcement of the change, which carries the version, has the same identifier.
package struct SalesDesk: Sendable {
  package enum Action: Sendable {
    /// - Parameter value: Decimal text; nil leaves the value.
    case win(value: String?)
    case lose(reason: String?)
    case move(stage: String)
    case tag([String])
  }

  /// An opportunity after an action.
  package struct Changed: Sendable {
    package let opportunity: Identifier
    package let state: OpportunityState
  }

  private let pool: PostgresPool

  package init(pool: PostgresPool) { self.pool = pool }

  /// Does it; the id may be the opportunity's, ours or the embedded CRM's.
  ///
  /// Answers nil when the integration holds no such opportunity.
  package func act(_ action: Action, on id: Identifier, in integration: String)
    async throws(PostgresError) -> Changed?
  {
    let change: SQL =
      switch action {
      case .win(let value):
        """
        status = 'won', value = coalesce(\(value)::numeric, value), loss_reason = null
        where (status, value) is distinct from ('won', coalesce(\(value)::numeric, value)) and
        """
      case .lose(let reason):
        """
        status = 'lost', loss_reason = \(reason)
        where (status, loss_reason) is distinct from ('lost', \(reason)::text) and
        """
      case .move(let stage):
        """
        status = 'open', stage = \(stage)
        where (status, stage) is distinct from ('open', \(stage)::text) and
        """
      case .tag(let tags):
        """
        tags = \(JSON.array(tags.map(JSON.string)).text)::jsonb
        where tags is distinct from \(JSON.array(tags.map(JSON.string)).text)::jsonb and
        """
      }
    let own: SQL =
      """
      integration_id = \(integration)
      and (marker = \(id.description)::uuid or id = \(id.description)::uuid)
      """
    let rows = try await pool.run([
      "update embedded_opportunity set version = version + 1, updated_at = now(), \(change) \(own)",
      """
      select marker, status, stage, value::text, loss_reason, tags::text, version
      from embedded_opportunity where \(own)
      """,
    ])
    guard let row = rows[1].first, let marker = Identifier(try row.string(0)) else { return nil }
    return Changed(
      opportunity: marker,
      state: OpportunityState(
        status: OpportunityState.Status(rawValue: try row.string(1)) ?? .open,
        stage: try row.string(2),
        value: try row.optionalString(3),
        lossReason: try row.optionalString(4),
        tags: EmbeddedCRM.tags(in: try row.string(5)),
        version: try row.int(6)
      )
    )
  }
}
