import BeltStorage
package import Postgres

/// What the database holds of people, by their e-mail address in small letters: to be compared with what
/// people did.
///
/// Nothing is counted by a key of ours, of which there cannot be two.
package struct PeopleReader: Sendable {
  /// An event that was let in.
  package struct Event: Sendable, Hashable {
    package let email: String
    /// conversion or opportunity_mark.
    package let kind: String
    package let identifier: String?

    package init(email: String, kind: String, identifier: String?) {
      self.email = email
      self.kind = kind
      self.identifier = identifier
    }
  }

  /// An opportunity, ours or the CRM's.
  package struct Deal: Sendable, Hashable {
    package let email: String
    package let pipeline: String

    package init(email: String, pipeline: String) {
      self.email = email
      self.pipeline = pipeline
    }
  }

  private let pool: PostgresPool

  package init(pool: PostgresPool) { self.pool = pool }

  /// How many webhooks arrived since then, by what became of them: accepted, ignored, duplicate or invalid.
  package func arrivals(of integration: String, since: String) async throws -> [String: Int] {
    try await pool.run(
      """
      select state, count(*) from arrival where integration_id = \(integration)
        and arrived_at >= date_trunc('milliseconds', \(since)::timestamptz)
      group by state
      """
    ).reduce(into: [:]) { $0[try $1.string(0)] = try $1.int(1) }
  }

  /// The events that were let in since then, and how often.
  package func events(of integration: String, since: String) async throws -> [Event: Int] {
    try await events(
      """
      select l.email_key, c.kind, c.identifier, count(*)
      from conversion c join lead l on l.integration_id = c.integration_id and l.id = c.lead_id
      where c.integration_id = \(integration) and l.email_key is not null
        and c.arrived_at >= date_trunc('milliseconds', \(since)::timestamptz)
      group by l.email_key, c.kind, c.identifier
      """
    )
  }

  /// Of these, those that wait for other settings.
  package func heldEvents(of integration: String, since: String) async throws -> [Event: Int] {
    try await events(
      """
      select l.email_key, c.kind, c.identifier, count(*)
      from held h
      join conversion c on c.integration_id = h.integration_id and c.id = h.event_id
      join lead l on l.integration_id = c.integration_id and l.id = c.lead_id
      where h.integration_id = \(integration) and l.email_key is not null
        and c.arrived_at >= date_trunc('milliseconds', \(since)::timestamptz)
      group by l.email_key, c.kind, c.identifier
      """
    )
  }

  /// Our opportunities.
  package func opportunities(of integration: String, since: String) async throws -> [Deal: Int] {
    try await deals(
      """
      select l.email_key, o.pipeline, count(*)
      from opportunity o join lead l on l.integration_id = o.integration_id and l.id = o.lead_id
      where o.integration_id = \(integration) and o.crm_id is not null
        and l.email_key is not null and o.created_at >= \(since)::timestamptz
      group by l.email_key, o.pipeline
      """
    )
  }

  private func events(_ statement: SQL) async throws -> [Event: Int] {
    try await pool.run(statement).reduce(into: [:]) { events, row in
      let event = Event(
        email: try row.string(0),
        kind: try row.string(1),
        identifier: try row.optionalString(2)
      )
      events[event, default: 0] += try row.int(3)
    }
  }

  private func deals(_ statement: SQL) async throws -> [Deal: Int] {
    try await pool.run(statement).reduce(into: [:]) { deals, row in
      let deal = Deal(email: try row.string(0), pipeline: try row.string(1))
      deals[deal, default: 0] += try row.int(2)
    }
  }
}
