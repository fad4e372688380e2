package import Leads
package import Postgres
package import Workers

/// What the importer loads and commits.
package enum ImportStore {
  /// Needs nothing but the bodies: locks their leads, then reads which events and leads are known.
  package static func loading(_ contents: [WebhookContent]) -> [SQL] {
    let keyed = contents.flatMap { content in
      content.events.map { (content.message.integration, $0) }
    }
    let events = keyed.map { IntegrationKey($0.0, $0.1.id(in: $0.0)) }
    let leads = keyed.compactMap { integration, event in
      event.leadID(in: integration).map { IntegrationKey(integration, $0) }
    }
    let anyTenant: SQL = Saboteur.tenantLeftOut.isOn ? "true" : "false"
    return [
      ImportLocks.taking(leads + OwnMarkStore.persons(of: keyed)),
      """
      select k.i, k.e, c.journey_id from unnest(\(events.map(\.integration))::text[], \(events.map(\.id))::uuid[])
        as k (i, e)
      join conversion c on (\(anyTenant) or c.integration_id = k.i) and c.id = k.e
      """,
      """
      select k.i, k.l, (extract(epoch from l.source_at) * 1000)::bigint,
        l.source_at > now() + interval '5 minutes'
      from unnest(\(leads.map(\.integration))::text[], \(leads.map(\.id))::uuid[])
        as k (i, l)
      join lead l on l.integration_id = k.i and l.id = k.l
      """,
      Occurrences.reading(keyed),
    ] + OwnMarkStore.reading(keyed)
  }

  package static func knowledge(in rows: [Rows]) throws -> ImportKnowledge {
    func keys(_ rows: Rows) throws -> Set<IntegrationKey> {
      Set(try rows.map { IntegrationKey(try $0.string(0), try $0.identifier(1)) })
    }
    return ImportKnowledge(
      events: try keys(rows[1]),
      leads: try keys(rows[2]),
      occurrences: try Occurrences.read(rows[3]),
      ownMarks: rows.count > 4 ? try OwnMarkStore.marks(in: rows[4]) : .none
    )
  }

  package static func standing(in rows: [Rows]) throws -> ImportStanding {
    try ImportStanding(events: rows[1], leads: rows[2])
  }

  /// One lead of one webhook, decided.
  package struct Arrival: Sendable {
    package let message: Message
    package let lead: WebhookContent.Lead
    package let decision: Result<ImportDecision, Reason>
    /// Whether an earlier piece of the webhook has stored it; only what follows from it is wanted.
    package let isStored: Bool

    package init(
      message: Message,
      lead: WebhookContent.Lead,
      decision: Result<ImportDecision, Reason>,
      isStored: Bool = false
    ) {
      self.message = message
      self.lead = lead
      self.decision = decision
      self.isStored = isStored
    }

    fileprivate var state: (state: String, reason: String?) {
      switch decision {
      case .success(.accept): ("accepted", nil)
      case .success(.ignore(let reason)): ("ignored", reason.code)
      case .success(.duplicate): ("duplicate", "event_known")
      case .failure(let reason): ("invalid", reason.code)
      }
    }
  }

  /// What the leads change; their webhooks are put into the archive apart.
  package static func writes(
    _ arrivals: [Arrival],
    _ known: ImportKnowledge,
    over standing: ImportStanding
  ) -> [SQL] {
    let fresh = arrivals.filter { !$0.isStored }
    guard !fresh.isEmpty else { return [] }
    let accepted = fresh.compactMap(Accepted.init)
    return [arrival(fresh)]
      + OwnMarkStore.keeping(known.ownMarks.recognised)
      + LeadState.writing(LeadState.folding(accepted, over: standing.sourceTimes))
      + history(accepted)
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
    on conflict do nothing
    """
  }

  /// An event that enters.
  struct Accepted {
    let integration: String, lead: Identifier, event: LeadEvent, first: Bool
    let journey: Identifier, arrivedAt: Int64, time: SourceTime

    var sourceAt: Int64 { time.at.milliseconds }

    init?(_ arrival: Arrival) {
      guard case .success(.accept(let first)) = arrival.decision, let event = arrival.event,
        let lead = event.leadID(in: arrival.message.integration)
      else { return nil }
      integration = arrival.message.integration
      self.lead = lead
      self.event = event
      self.first = first
      journey = arrival.lead.journey
      arrivedAt = arrival.message.arrivedAt
      time = SourceTime(of: event, arrivedAt: arrivedAt)
    }
  }

  /// In the order of the batch: the place of each event among those of its lead is drawn as it is
  /// written.
  private static func history(_ accepted: [Accepted]) -> [SQL] {
    guard !accepted.isEmpty else { return [] }
    return [
      """
      insert into conversion (integration_id, id, lead_id, journey_id, kind, identifier, origin,
        number, occurred_at, arrived_at, first_import)
      select i, e, l, j, k, d, o, n, to_timestamp(t / 1000.0), to_timestamp(a / 1000.0), f
      from unnest(\(accepted.map(\.integration))::text[],
        \(accepted.map { $0.event.id(in: $0.integration) })::uuid[],
        \(accepted.map(\.lead))::uuid[],
        \(accepted.map(\.journey))::uuid[], \(accepted.map(\.event.kind.rawValue))::text[],
        \(accepted.map(\.event.identifier))::text[], \(accepted.map(\.event.origin))::text[],
        \(accepted.map(\.event.number))::int[],
        \(accepted.map { $0.event.occurredAt == nil ? nil : $0.sourceAt })::bigint[],
        \(accepted.map(\.arrivedAt))::bigint[], \(accepted.map(\.first))::boolean[])
        with ordinality as k (i, e, l, j, k, d, o, n, t, a, f, place)
      order by place
      """
    ]
  }
}

extension ImportStore.Arrival {
  package var event: LeadEvent? {
    guard case .success(let event) = lead.item else { return nil }
    return event
  }

  /// The line that tells that the event's own time is not believed; nil when it is.
  package var doubt: Reason? {
    event.flatMap { .sourceTimeAhead(SourceTime(of: $0, arrivedAt: message.arrivedAt)) }
  }
}
