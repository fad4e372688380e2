package import BeltStorage
package import Leads
import Postgres
import Belt

/// What the importer reads and writes.
extension LeadImporterStage {
  /// Locks the leads of all bodies, then reads which events and leads are known.
  package func load(_ taken: [Taken<WebhookContent>]) -> Load<ImportKnown> {
    let keyed = taken.flatMap { taken in taken.input.events.map { (taken.message, $0) } }
    let events = keyed.map { (integration: $0.0.integration, event: $0.1) }
    // Each once: a body may name one lead a thousand times, and its whole profile comes with it.
    let leads = Set(
      events.compactMap { integration, event in
        event.leadID.map { IntegrationKey(integration, $0) }
      }
    ).sorted { ($0.integration, $0.id.description) < ($1.integration, $1.id.description) }
    return Load(
      Load(locking: ImportLocks.taking(leads + OwnMarkStore.persons(of: events))),
      Self.stored(events),
      Self.stored(leads),
      Occurrences.load(events),
      Occurrences.repeats(keyed),
      OwnMarkStore.load(events)
    ) { _, journeys, leads, occurrences, repeated, marks in
      ImportKnown(
        imports: ImportKnowledge(
          events: Set(journeys.keys),
          leads: Set(leads.keys),
          occurrences: occurrences,
          profiles: leads.mapValues(\.known),
          ownMarks: marks
        ),
        standing: ImportStanding(journeys: journeys, leads: leads),
        repeated: repeated
      )
    }
  }

  /// The journey on which each known event was imported.
  private static func stored(_ all: [(integration: String, event: LeadEvent)]) -> Load<
    [IntegrationKey: Identifier]
  > {
    let events = Set(all.map { IntegrationKey($0.integration, $0.event.id) })
    return Load(
      """
      select k.i as integration_id, k.e as id, c.journey_id
      from unnest(\(events.map(\.integration))::text[], \(events.map(\.id))::uuid[]) as k (i, e)
      join conversion c on c.integration_id = k.i and c.id = k.e
      """,
      entry: { row in
        (
          IntegrationKey(try row.string("integration_id"), try row.identifier("id")),
          try row.identifier("journey_id")
        )
      }
    )
  }

  private static func stored(_ leads: [IntegrationKey]) -> Load<[IntegrationKey: StoredLead]> {
    Load(
      """
      select l.integration_id, l.id, (extract(epoch from l.source_at) * 1000)::bigint as source_at,
        l.source_at > now() + interval '5 minutes' as is_ahead, l.profile, l.custom_fields
      from unnest(\(leads.map(\.integration))::text[], \(leads.map(\.id))::uuid[]) as k (i, l)
      join lead l on l.integration_id = k.i and l.id = k.l
      """,
      entry: { row in
        (
          IntegrationKey(try row.string("integration_id"), try row.identifier("id")),
          StoredLead(
            profile: LeadProfile(
              json: try row.json("profile"),
              customFields: try row.json("custom_fields")
            ),
            sourceAt: Int64(try row.int("source_at")),
            isAhead: try row.bool("is_ahead")
          )
        )
      }
    )
  }

  package func writes(_ webhooks: [ImportedWebhook], _ known: ImportKnown) -> [Write] {
    let fresh = webhooks.flatMap(\.arrivals).filter { !$0.isStored }
    let archive = WebhookArchive.writing(
      webhooks.map(\.content).filter(\.isWhole).map(\.message)
    )
    guard !fresh.isEmpty else { return archive }
    let heard = fresh.compactMap(Heard.init)
    return archive + [Self.arrival(fresh)]
      + OwnMarkStore.keeping(known.imports.ownMarks.recognised).map(Write.own)
      + LeadState.writing(LeadState.folding(heard, over: known.standing.sourceTimes))
      + Self.history(heard) + PutAside.writing(fresh)
  }

  private static func arrival(_ arrivals: [Arrival]) -> Write {
    .own(
      """
      insert into arrival
        (integration_id, journey_id, message_id, position, arrived_at, state, reason, event_id)
      select i, j, m, p, to_timestamp(at / 1000.0), s, r, e
      from unnest(\(arrivals.map(\.message.integration))::text[],
        \(arrivals.map(\.lead.journey))::uuid[], \(arrivals.map(\.message.id))::uuid[],
        \(arrivals.map(\.lead.position))::int[], \(arrivals.map(\.message.arrivedAt))::bigint[],
        \(arrivals.map { $0.state.state })::text[], \(arrivals.map { $0.state.reason })::text[],
        \(arrivals.map { $0.event?.id })::uuid[])
        as k (i, j, m, p, at, s, r, e)
      order by i, j
      -- What was put aside and is sent again goes on in its journey.
      on conflict (integration_id, journey_id) do update set state = excluded.state,
        reason = excluded.reason, event_id = excluded.event_id where arrival.state = 'invalid'
      """
    )
  }

  /// With the event's own time, also one that cannot be believed: by it the other form of the body is
  /// known again.
  ///
  /// In the order of the batch: the place of each event among those of its lead is drawn as it is
  /// written.
  private static func history(_ heard: [Heard]) -> [Write] {
    let new = heard.filter { $0.first != nil }
    guard !new.isEmpty else { return [] }
    return [
      Write(.conversion) { after in
        """
        insert into conversion (integration_id, id, lead_id, journey_id, kind, identifier, origin,
          number, occurred_at, arrived_at, first_import)
        select i, e, l, j, k, d, o, n, to_timestamp(t / 1000.0), to_timestamp(a / 1000.0), f
        from unnest(\(new.map(\.integration))::text[],
          \(new.map { $0.event.id })::uuid[], \(new.map(\.lead))::uuid[],
          \(new.map(\.journey))::uuid[], \(new.map(\.event.kind.rawValue))::text[],
          \(new.map(\.event.identifier))::text[], \(new.map(\.event.origin))::text[],
          \(new.map(\.event.number))::int[],
          \(new.map { $0.event.occurredAt?.milliseconds })::bigint[],
          \(new.map(\.arrivedAt))::bigint[], \(new.map { $0.first == true })::boolean[])
          with ordinality as k (i, e, l, j, k, d, o, n, t, a, f, place)
        where \(after) order by place
        """
      }
    ]
  }
}
