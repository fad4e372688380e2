package import Leads
package import Postgres
import StrictJSON
package import Workers

/// What the importer loads and commits.
package enum ImportStore {
  /// Needs nothing but the bodies: locks their leads, then reads which events and leads are known.
  package static func loading(_ contents: [WebhookContent]) -> [SQL] {
    let keyed = contents.flatMap { content in
      content.events.map { (content.message, $0) }
    }
    let events = keyed.map { IntegrationKey($0.0.integration, $0.1.id(in: $0.0.integration)) }
    let leads = keyed.compactMap { message, event in
      let integration = message.integration
      return event.leadID(in: integration).map { IntegrationKey(integration, $0) }
    }
    let anyTenant: SQL = Saboteur.tenantLeftOut.isOn ? "true" : "false"
    return [
      Lock.taking(leads.map { "lead:\($0.integration):\($0.id)" }),
      """
      select k.i, k.e from unnest(\(events.map(\.integration))::text[], \(events.map(\.id))::uuid[])
        as k (i, e)
      join conversion c on (\(anyTenant) or c.integration_id = k.i) and c.id = k.e
      """,
      """
      select k.i, k.l, l.profile, l.custom_fields,
        (extract(epoch from l.source_at) * 1000)::bigint
      from unnest(\(leads.map(\.integration))::text[], \(leads.map(\.id))::uuid[]) as k (i, l)
      join lead l on l.integration_id = k.i and l.id = k.l
      """,
      Occurrences.reading(keyed.map { ($0.0.integration, $0.1) }),
      Occurrences.repeats(keyed),
    ]
  }

  /// The messages whose body has been here before.
  package static func repeated(in rows: [Rows]) throws -> Set<IntegrationKey> {
    Set(try rows[4].map { IntegrationKey(try $0.string(0), try $0.identifier(1)) })
  }

  package static func knowledge(in rows: [Rows]) throws -> ImportKnowledge {
    func keys(_ rows: Rows) throws -> Set<IntegrationKey> {
      Set(try rows.map { IntegrationKey(try $0.string(0), try $0.identifier(1)) })
    }
    return ImportKnowledge(
      events: try keys(rows[1]),
      leads: try keys(rows[2]),
      occurrences: try Occurrences.read(rows[3]),
      profiles: try profiles(in: rows[2])
    )
  }

  private static func profiles(in rows: Rows) throws -> [IntegrationKey: KnownLead] {
    var profiles: [IntegrationKey: KnownLead] = [:]
    for row in rows {
      profiles[IntegrationKey(try row.string(0), try row.identifier(1))] = KnownLead(
        profile: LeadProfile(json: try row.json(2), customFields: try row.json(3)),
        sourceAt: Int64(try row.int(4))
      )
    }
    return profiles
  }

  /// One lead of one webhook, decided.
  package struct Arrival: Sendable {
    package let message: Message
    package let lead: WebhookContent.Lead
    package let decision: Result<ImportDecision, Reason>
    /// The stored custom fields that the lead tells by another name.
    let namesReplaced: [String]

    package init(
      message: Message,
      lead: WebhookContent.Lead,
      decision: Result<ImportDecision, Reason>,
      namesReplaced: [String] = []
    ) {
      self.message = message
      self.lead = lead
      self.decision = decision
      self.namesReplaced = namesReplaced
    }

    fileprivate var state: (state: String, reason: String?) {
      switch decision {
      case .success(.accept): ("accepted", nil)
      case .success(.ignore(let reason)): ("ignored", reason.code)
      case .success(.duplicate): ("duplicate", "event_known")
      case .success(.renew): ("duplicate", "lead_renewed")
      case .failure(let reason), .success(.putAside(let reason)): ("invalid", reason.code)
      }
    }
  }

  package static func writes(_ contents: [WebhookContent], _ arrivals: [Arrival]) -> [SQL] {
    [archive(contents), arrival(arrivals)] + accepted(arrivals) + putAside(arrivals)
  }

  private static func archive(_ contents: [WebhookContent]) -> SQL {
    let messages = contents.map(\.message)
    return """
      insert into webhook_archive (integration_id, message_id, received_at, body_sha256, body)
      select i, m, to_timestamp(at / 1000.0), sha256(b), b
      from unnest(\(messages.map(\.integration))::text[], \(messages.map(\.id))::uuid[],
        \(messages.map(\.arrivedAt))::bigint[], \(messages.map(\.body))::bytea[]) as k (i, m, at, b)
      on conflict do nothing
      """
  }

  private static func arrival(_ arrivals: [Arrival]) -> SQL {
    """
    insert into arrival
      (integration_id, journey_id, message_id, position, arrived_at, state, reason, event_id)
    select i, j, m, p, to_timestamp(at / 1000.0), s, r, e
    from unnest(\(arrivals.map(\.message.integration))::text[],
      \(arrivals.map(\.lead.journey))::uuid[], \(arrivals.map(\.message.id))::uuid[],
      \(arrivals.map(\.lead.position))::int[], \(arrivals.map(\.message.arrivedAt))::bigint[],
      \(arrivals.map { $0.state.state })::text[], \(arrivals.map { $0.state.reason })::text[],
      \(arrivals.map { $0.event?.id(in: $0.message.integration) })::uuid[])
      as k (i, j, m, p, at, s, r, e)
    -- What was put aside and is sent again goes on in its journey.
    on conflict (integration_id, journey_id) do update set state = excluded.state,
      reason = excluded.reason, event_id = excluded.event_id where arrival.state = 'invalid'
    """
  }

  /// The lead's newest state, and its event.
  ///
  /// A batch may hold a lead twice; the newer one is written.
  private static func accepted(_ arrivals: [Arrival]) -> [SQL] {
    struct Stored {
      let integration: String, lead: Identifier, event: LeadEvent
      /// Nil for an event that was stored before.
      let first: Bool?
      let namesReplaced: [String]
      let journey: Identifier, arrivedAt: Int64

      var sourceAt: Int64 { event.occurredAt?.milliseconds ?? arrivedAt }
    }
    let stored = arrivals.compactMap { arrival -> Stored? in
      let first: Bool?
      switch arrival.decision {
      case .success(.accept(let isFirst)): first = isFirst
      case .success(.renew): first = nil
      case .success(.ignore), .success(.duplicate), .success(.putAside), .failure: return nil
      }
      guard let event = arrival.event, let lead = event.leadID(in: arrival.message.integration)
      else { return nil }
      return Stored(
        integration: arrival.message.integration,
        lead: lead,
        event: event,
        first: first,
        namesReplaced: arrival.namesReplaced,
        journey: arrival.lead.journey,
        arrivedAt: arrival.message.arrivedAt
      )
    }
    guard !stored.isEmpty else { return [] }
    var statements: [SQL] = []
    // One statement cannot write a row twice: the second event of a lead goes into a round of its own.
    var rounds: [[Stored]] = []
    var turn: [IntegrationKey: Int] = [:]
    for item in stored {
      let key = IntegrationKey(item.integration, item.lead)
      let round = turn[key, default: 0]
      turn[key] = round + 1
      if round == rounds.count { rounds.append([]) }
      rounds[round].append(item)
    }
    let newest: SQL =
      Saboteur.olderOverwritesNewer.isOn ? "" : "where lead.source_at <= excluded.source_at"
    for round in rounds {
      for item in round where !item.namesReplaced.isEmpty {
        statements.append(
          """
          update lead set custom_fields = custom_fields - \(item.namesReplaced)::text[]
          where integration_id = \(item.integration) and id = \(item.lead)
            and source_at <= to_timestamp(\(item.sourceAt)::bigint / 1000.0)
          """
        )
      }
      statements.append(
        """
        insert into lead
          (integration_id, id, rd_uuid, email_key, profile, custom_fields, source_at)
        select i, l, u, e, p::jsonb, c::jsonb, to_timestamp(s / 1000.0)
        from unnest(\(round.map(\.integration))::text[], \(round.map(\.lead))::uuid[],
          \(round.map(\.event.lead.rdUUID))::text[],
          \(round.map { $0.event.lead.email.flatMap(EmailAddress.init)?.address })::text[],
          \(round.map(\.event.lead.json.text))::text[],
          \(round.map { JSON.object(JSON.Members($0.event.lead.customFields)).text })::text[],
          \(round.map(\.sourceAt))::bigint[]) as k (i, l, u, e, p, c, s)
        on conflict (integration_id, id) do update set
          rd_uuid = coalesce(excluded.rd_uuid, lead.rd_uuid),
          email_key = coalesce(excluded.email_key, lead.email_key),
          profile = lead.profile || excluded.profile,
          custom_fields = lead.custom_fields || excluded.custom_fields,
          source_at = excluded.source_at
        \(newest)
        """
      )
    }
    let new = stored.filter { $0.first != nil }
    guard !new.isEmpty else { return statements }
    statements.append(
      """
      insert into conversion (integration_id, id, lead_id, journey_id, kind, identifier, origin,
        number, occurred_at, arrived_at, first_import)
      select i, e, l, j, k, d, o, n, to_timestamp(t / 1000.0), to_timestamp(a / 1000.0), f
      from unnest(\(new.map(\.integration))::text[],
        \(new.map { $0.event.id(in: $0.integration) })::uuid[], \(new.map(\.lead))::uuid[],
        \(new.map(\.journey))::uuid[], \(new.map(\.event.kind.rawValue))::text[],
        \(new.map(\.event.identifier))::text[], \(new.map(\.event.origin))::text[],
        \(new.map(\.event.number))::int[],
        \(new.map { $0.event.occurredAt?.milliseconds })::bigint[],
        \(new.map(\.arrivedAt))::bigint[], \(new.map { $0.first == true })::boolean[])
        as k (i, e, l, j, k, d, o, n, t, a, f)
      """
    )
    return statements
  }
}

extension ImportStore.Arrival {
  package var event: LeadEvent? {
    guard case .success(let event) = lead.item else { return nil }
    return event
  }
}
