package import Leads
package import Postgres
import StrictJSON
package import Belt

/// What a salesperson does with an opportunity of the embedded CRM.
///
/// Each action is idempotent: doing it again changes nothing and gives the same version, so that the
/// announcement of the change, which carries the version, has the same identifier.
package struct SalesDesk: Sendable {
  package enum Action: Sendable {
    /// Also makes the opportunity's contact a client.
    ///
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
    /// The contact of a won opportunity, where it is a client; nil otherwise.
    package let client: Client?
  }

  /// A contact that is a client.
  package struct Client: Sendable {
    package let contact: Identifier
    /// Of the contact; rises with each change of its standing.
    package let version: Int

    package init(contact: Identifier, version: Int) {
      self.contact = contact
      self.version = version
    }
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
    let isSale: Bool
    if case .win = action { isSale = true } else { isSale = false }
    let own: SQL =
      """
      integration_id = \(integration)
      and (marker = \(id.description)::uuid or id = \(id.description)::uuid)
      """
    let rows = try await pool.run([
      // The contact first, as everybody locks them.
      """
      select from contact c join embedded_opportunity o
        on o.integration_id = c.integration_id and o.contact_id = c.id
      where \(isSale) and o.integration_id = \(integration)
        and (o.marker = \(id.description)::uuid or o.id = \(id.description)::uuid)
      for update of c
      """,
      // Only a sale that is new makes a client: repeating it does not undo what people decided since.
      """
      with changed as (
        update embedded_opportunity set version = version + 1, updated_at = now(), \(change) \(own)
        returning integration_id, marker, contact_id, status
      )
      update contact c set standing = 'client', version = c.version + 1, client_by = k.marker
      from changed k
      where k.status = 'won' and c.integration_id = k.integration_id and c.id = k.contact_id
        and c.standing <> 'client' and \(isSale)
      """,
      """
      select marker, status, stage, value::text, loss_reason, tags::text, version, contact_id,
        (select c.version from contact c where c.integration_id = o.integration_id
          and c.id = o.contact_id and c.standing = 'client')
      from embedded_opportunity o where \(own)
      """,
    ])
    guard let row = rows[2].first, let marker = Identifier(try row.string(0)) else { return nil }
    return Changed(
      opportunity: marker,
      state: OpportunityState(
        status: OpportunityState.Status(rawValue: try row.string(1)) ?? .open,
        stage: try row.string(2),
        value: try row.optionalString(3),
        lossReason: try row.optionalString(4),
        tags: EmbeddedCRM.tags(in: try row.string(5)),
        version: try row.int(6)
      ),
      client: isSale ? try Client(contact: row.optionalString(7), version: row.optionalInt(8)) : nil
    )
  }
}

extension SalesDesk.Client {
  fileprivate init?(contact: String?, version: Int?) {
    guard let contact = contact.flatMap({ Identifier($0) }), let version else { return nil }
    self.init(contact: contact, version: version)
  }
}
