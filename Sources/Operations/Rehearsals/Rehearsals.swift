import BeltStorage
package import Leads
package import Postgres
import StrictJSON
package import Belt

/// What would become of webhooks, by settings that are in force or might be; changes nothing.
package struct Rehearsals: Sendable {
  private let pool: PostgresPool

  package init(pool: PostgresPool) { self.pool = pool }

  /// The settings that a rehearsal decides by: the draft of a file where there is one, else those in force.
  ///
  /// - Throws: ``Refusal`` when there are none, or the document is for another integration.
  package func settings(of integration: String, draft: Settings? = nil, from file: String = "")
    async throws -> Settings
  {
    guard let draft else {
      let versions = SettingsVersions(pool: pool)
      guard let current = try await versions.current(integration) else {
        throw try await versions.refusal(ofUnknown: integration)
      }
      return current.settings
    }
    guard draft.integration == integration else {
      throw Refusal(
        .invalid,
        "document_of_another",
        "\(file) is for the integration \(draft.integration), not for \(integration)"
      )
    }
    return draft
  }

  /// What would become of each lead of a webhook's body, with what is known of the leads now.
  ///
  /// `trigger`: as the hook's address says it.
  package func rehearse(_ body: [UInt8], _ settings: Settings, trigger: HookTrigger? = nil)
    async throws -> [Result<Rehearsal, RDWebhookBody.Unreadable>]
  {
    let content = WebhookContent(body: body, integration: settings.integration, trigger: trigger)
    var state = try await state(for: content.events, settings)
    return content.leads.map { lead in lead.item.map { state.rehearse($0) } }
  }

  /// Decides every archived event of the last days twice, by the settings in force and by a draft, both
  /// beginning with no lead known.
  ///
  /// Tells at most so many examples of what differs; the progress is called every now and then with how many
  /// events there were.
  ///
  /// - Throws: ``Refusal`` when there is no such integration.
  package func compare(
    _ draft: Settings,
    days: Int,
    examples: Int,
    progress: (Int) -> Void = { _ in }
  ) async throws -> RehearsalComparison {
    let present = try await settings(of: draft.integration)
    var comparison = RehearsalComparison(present, draft, examples: examples)
    var told = 0
    try await archived(of: draft.integration, days: days) { page in
      for event in page.flatMap(\.events) { comparison.add(event) }
      if comparison.events - told >= 10_000 {
        told = comparison.events
        progress(told)
      }
    }
    return comparison
  }

  /// What the database knows of the leads of some events, as the stages would load it now.
  package func state(for raw: [LeadEvent], _ settings: Settings) async throws -> RehearsalState {
    let integration = settings.integration
    let events = raw.map { $0.understood(in: settings) }
    let leads = Array(Set(events.compactMap { $0.leadID }))
    let ids = events.map { $0.id }
    return try await pool.transaction { connection in
      var state = RehearsalState(settings)
      let keyed = events.map { (integration, $0) }
      let rows = try connection.run(Self.loading(integration, leads, ids))
      let (occurrences, marks) = try Load(Occurrences.load(keyed), OwnMarkStore.load(keyed)) {
        ($0, $1)
      }.read(on: connection)
      state.imports = ImportKnowledge(
        events: Set(try rows[0].map { IntegrationKey(integration, try $0.identifier(0)) }),
        leads: Set(try rows[1].map { IntegrationKey(integration, try $0.identifier(0)) }),
        occurrences: occurrences,
        ownMarks: marks
      )
      for row in rows[1] {
        state.leads[try row.identifier(0)] = RehearsalState.KnownLead(
          profile: LeadProfile(json: try row.json(1), customFields: try row.json(2)),
          open: try (row.json(3).array ?? []).compactMap(OpenOpportunity.init)
        )
      }
      for row in rows[2] {
        guard let item = HistoryItem(json: try row.json(1)) else { continue }
        state.leads[try row.identifier(0)]?.history.append(item)
      }
      state.rotations = try OpportunityRows.rotations(in: rows[3])[integration] ?? [:]
      state.created = try OpportunityRows.created(in: rows[4])[integration] ?? [:]
      try Self.identify(events, &state, on: connection)
      return state
    }
  }

  /// Whom the keys of the events' leads name, and who owns them.
  private static func identify(
    _ events: [LeadEvent],
    _ state: inout RehearsalState,
    on connection: isolated PostgresConnection
  ) throws {
    let integration = state.settings.integration
    let keys = events.map { event in
      let known = event.leadID.flatMap { state.leads[$0]?.profile }
      return LeadKeys(
        of: (known ?? LeadProfile()).joined(with: event.lead),
        settings: state.settings
      )
    }
    let known = try CentralKnowledge.load(of: keys.map { (integration, $0) })
      .read(on: connection)
    state.central = known[integration] ?? CentralKnowledge()
    let subjects =
      Array(Set(state.central.contacts.values)) + Array(Set(state.central.companies.values))
      + Array(Set(state.central.companyOfContact.values))
    let rows = try connection.run(
      """
      select id, owner, null from contact
      where integration_id = \(integration) and id = any(\(subjects)::uuid[])
      union all
      select id, owner, name from company
      where integration_id = \(integration) and id = any(\(subjects)::uuid[])
      """
    )
    for row in rows {
      let id = try row.identifier(0)
      state.owners[id] = try row.optionalString(1)
      if let name = try row.optionalString(2) { state.companyNames[id] = name }
    }
  }

  private static func loading(
    _ integration: String,
    _ leads: [Identifier],
    _ events: [Identifier]
  ) -> [SQL] {
    [
      """
      select id from conversion
      where integration_id = \(integration) and id = any(\(events)::uuid[])
      """,
      """
      select l.id, l.profile, l.custom_fields,
        (select coalesce(jsonb_agg(jsonb_build_object('id', o.id, 'record', o.crm_id,
            'pipeline', o.pipeline) order by o.created_at desc), '[]')
          from opportunity o where o.integration_id = l.integration_id
            and o.lead_id = l.id and o.told_status = 'open')
      from lead l where l.integration_id = \(integration) and l.id = any(\(leads)::uuid[])
      """,
      """
      select c.lead_id, jsonb_build_object('kind', c.kind, 'identifier', c.identifier,
        'origin', c.origin,
        'at', (extract(epoch from \(BelievedTime.sql)) * 1000)::bigint)
      from conversion c where c.integration_id = \(integration) and c.lead_id = any(\(leads)::uuid[])
      order by coalesce(c.place, 0), c.arrived_at
      """,
      """
      select integration_id, name, waiting, last from assignment_cursor
      where integration_id = \(integration)
      """,
      """
      select integration_id, record, field, option from created_option
      where integration_id = \(integration)
      """,
    ]
  }

  /// The archived webhooks of the last days, oldest first, in pages.
  ///
  /// `each` is called once a page; what it throws ends the reading.
  package func archived(
    of integration: String,
    days: Int,
    each: ([WebhookContent]) throws -> Void
  ) async throws {
    var last: (at: Int, id: Identifier)?
    repeat {
      let rows = try await pool.run(
        """
        select message_id, body, (extract(epoch from received_at) * 1000000)::bigint
        from webhook_archive
        where integration_id = \(integration)
          and received_at > now() - make_interval(days => \(days))
          and (\(last?.at)::bigint is null
            or ((extract(epoch from received_at) * 1000000)::bigint, message_id)
              > (\(last?.at)::bigint, \(last?.id)::uuid))
        order by (extract(epoch from received_at) * 1000000)::bigint, message_id limit 500
        """
      )
      let page = try rows.map { row in
        WebhookContent(
          of: Message(
            id: try row.identifier(0),
            type: WebhookReceived.type,
            stage: Flow.entry.stage,
            integration: integration,
            journey: try row.identifier(0),
            body: try row.bytes(1)
          )
        )
      }
      if !page.isEmpty { try each(page) }
      last = try rows.map { (at: try $0.int(2), id: try $0.identifier(0)) }.last
    } while last != nil
  }
}
