package import Leads
package import Postgres
package import Belt

/// What the importer loads and commits.
package enum ImportStore {
  /// Needs nothing but the bodies: locks their leads, then reads which events and leads are known.
  package static func loading(_ contents: [WebhookContent]) -> [SQL] {
    let keyed = contents.flatMap { content in
      content.events.map { (content.message, $0) }
    }
    // Each once: a body may name one lead a thousand times, and its whole profile comes with it.
    let events = Array(
      Set(keyed.map { IntegrationKey($0.0.integration, $0.1.id(in: $0.0.integration)) })
    )
    let leads = Array(
      Set(
        keyed.compactMap { message, event in
          let integration = message.integration
          return event.leadID(in: integration).map { IntegrationKey(integration, $0) }
        }
      )
    )
    let anyTenant: SQL = Saboteur.tenantLeftOut.isOn ? "true" : "false"
    return [
      ImportLocks.taking(
        leads + OwnMarkStore.persons(of: keyed.map { ($0.0.integration, $0.1) })
      ),
      """
      select k.i, k.e, c.journey_id from unnest(\(events.map(\.integration))::text[], \(events.map(\.id))::uuid[])
        as k (i, e)
      join conversion c on (\(anyTenant) or c.integration_id = k.i) and c.id = k.e
      """,
      """
      select k.i, k.l, (extract(epoch from l.source_at) * 1000)::bigint,
        l.source_at > now() + interval '5 minutes', l.profile, l.custom_fields
      from unnest(\(leads.map(\.integration))::text[], \(leads.map(\.id))::uuid[]) as k (i, l)
      join lead l on l.integration_id = k.i and l.id = k.l
      """,
      Occurrences.reading(keyed.map { ($0.0.integration, $0.1) }),
      Occurrences.repeats(keyed),
    ] + OwnMarkStore.reading(keyed.map { ($0.0.integration, $0.1) })
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
      profiles: try profiles(in: rows[2]),
      ownMarks: rows.count > 5 ? try OwnMarkStore.marks(in: rows[5]) : .none
    )
  }

  package static func standing(in rows: [Rows]) throws -> ImportStanding {
    try ImportStanding(events: rows[1], leads: rows[2])
  }

  private static func profiles(in rows: Rows) throws -> [IntegrationKey: KnownLead] {
    var profiles: [IntegrationKey: KnownLead] = [:]
    for row in rows {
      profiles[IntegrationKey(try row.string(0), try row.identifier(1))] = KnownLead(
        profile: LeadProfile(json: try row.json(4), customFields: try row.json(5)),
        // What is dated ahead of now is as old as can be: anything true is newer.
        sourceAt: try row.bool(3) ? .min : Int64(try row.int(2))
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
    /// Whether an earlier piece of the webhook has stored it; only what follows from it is wanted.
    package let isStored: Bool

    package init(
      message: Message,
      lead: WebhookContent.Lead,
      decision: Result<ImportDecision, Reason>,
      namesReplaced: [String] = [],
      isStored: Bool = false
    ) {
      self.message = message
      self.lead = lead
      self.decision = decision
      self.namesReplaced = namesReplaced
      self.isStored = isStored
    }

    fileprivate var state: (state: String, reason: String?) {
      switch decision {
      case .success(.accept): ("accepted", nil)
      case .success(.ignore(let reason)), .success(.hear(let reason, _)): ("ignored", reason.code)
      case .success(.duplicate): ("duplicate", "event_known")
      case .success(.renew): ("duplicate", "lead_renewed")
      case .failure(let reason), .success(.putAside(let reason)): ("invalid", reason.code)
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
    let heard = fresh.compactMap(Heard.init)
    return [arrival(fresh)]
      + OwnMarkStore.keeping(known.ownMarks.recognised)
      + LeadState.writing(LeadState.folding(heard, over: standing.sourceTimes))
      + history(heard) + putAside(fresh)
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

  /// An event of which something is taken in.
  struct Heard {
    let integration: String, lead: Identifier, event: LeadEvent
    /// Nil for an event that was stored before or is none, and says something newer of its lead.
    let first: Bool?
    let namesReplaced: [String]
    let journey: Identifier, arrivedAt: Int64, time: SourceTime

    var sourceAt: Int64 { time.at.milliseconds }

    init?(_ arrival: Arrival) {
      switch arrival.decision {
      case .success(.accept(let isFirst)): first = isFirst
      case .success(.renew), .success(.hear): first = nil
      case .success(.ignore), .success(.duplicate), .success(.putAside), .failure: return nil
      }
      guard let event = arrival.event, let lead = event.leadID(in: arrival.message.integration)
      else { return nil }
      integration = arrival.message.integration
      self.lead = lead
      self.event = event
      namesReplaced = arrival.namesReplaced
      journey = arrival.lead.journey
      arrivedAt = arrival.message.arrivedAt
      time = SourceTime(of: event, arrivedAt: arrivedAt)
    }
  }

  /// With the event's own time, also one that cannot be believed: by it the other form of the body is
  /// known again.
  ///
  /// In the order of the batch: the place of each event among those of its lead is drawn as it is
  /// written.
  private static func history(_ heard: [Heard]) -> [SQL] {
    let new = heard.filter { $0.first != nil }
    guard !new.isEmpty else { return [] }
    return [
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
