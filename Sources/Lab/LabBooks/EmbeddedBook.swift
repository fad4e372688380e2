package import Belt
import BeltStorage
import EmbeddedCRM
import Leads
import Operations
package import Postgres
import StrictJSON

/// The book of the CRM that lives in our own database, where a seller works with the operator's program.
///
/// Counted by the CRM's own records, and by no key of ours.
package struct EmbeddedBook: CRMBook {
  package typealias Publish = @Sendable ([Outgoing]) async throws -> Void

  private let pool: PostgresPool
  private let integration: String
  private let since: String
  private let publish: Publish

  /// - Parameters:
  ///   - pool: The database.
  ///   - integration: Whose CRM it is.
  ///   - since: A time of the database; what is older was made by others.
  ///   - publish: Tells the fleet of what a seller does.
  package init(
    pool: PostgresPool,
    integration: String,
    since: String,
    publish: @escaping Publish
  ) {
    self.pool = pool
    self.integration = integration
    self.since = since
    self.publish = publish
  }

  package func holdings() async throws -> CRMHoldings {
    let opportunities = try await pool.run(
      """
      select e.id::text, lower(coalesce(c.email, '')), e.pipeline, e.stage, e.tags::text
      from embedded_opportunity e
      left join contact c on c.integration_id = e.integration_id and c.id = e.contact_id
      where e.integration_id = \(integration) and e.created_at >= \(since)::timestamptz
      """
    ).map { row in
      CRMHoldings.Opportunity(
        id: try row.string(0),
        email: try row.string(1),
        pipeline: try row.string(2),
        stage: try row.string(3),
        tags: (try row.json(4).array ?? []).compactMap(\.string)
      )
    }
    let people = try await pool.run(
      """
      select lower(email), count(*) from contact
      where integration_id = \(integration) and email is not null
        and created_at >= \(since)::timestamptz
      group by lower(email)
      """
    ).map { (CRMHoldings.Party(.contact, try $0.string(0)), try $0.int(1)) }
    return CRMHoldings(
      opportunities: opportunities,
      parties: Dictionary(uniqueKeysWithValues: people)
    )
  }

  package func act(_ act: SellerAct, on opportunity: CRMHoldings.Opportunity) async throws {
    guard let id = Identifier(opportunity.id) else { return }
    let action: SalesDesk.Action =
      switch act {
      case .win(let value): .win(value: value)
      case .lose(let reason): .lose(reason: reason)
      case .reopen: .move(stage: opportunity.stage)
      case .tag(let tag): .tag(opportunity.tags + [tag])
      }
    let sales = Sales(pool: pool)
    try await sales.announce([try await sales.act(action, on: id)], publish: publish)
  }

  /// It tells the fleet by itself.
  package func callOnChanges(_: String) async throws -> Bool { true }
}
