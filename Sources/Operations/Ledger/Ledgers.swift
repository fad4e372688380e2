import BeltStorage
private import Leads
package import Postgres
private import StrictJSON

/// Counts the ledgers.
package struct Ledgers: Sendable {
  private let pool: PostgresPool

  package init(pool: PostgresPool) { self.pool = pool }

  /// One ledger an integration, by name.
  ///
  /// One statement, so all figures are of one moment. No integration means all; a name that does not
  /// exist gives none.
  package func list(of integration: String? = nil) async throws -> [Ledger] {
    try await pool.run(Self.statement(integration)).map { row in
      Ledger(
        integration: try row.string(0),
        received: try row.int(1),
        done: try row.int(2),
        ignored: try row.int(3),
        ignoredByReason: try (row.json(4).members ?? []).map {
          Ledger.Reasoned(code: $0.key, count: $0.value.int ?? 0)
        }.sorted { ($1.count, $0.code) < ($0.count, $1.code) },
        dead: try row.int(5),
        parked: try row.int(6),
        inFlight: try row.int(7),
        opportunities: try row.int(8),
        rdUpdates: try row.int(9),
        unknownEffects: try row.int(10),
        held: try row.int(11),
        otherDead: try row.int(12)
      )
    }
  }

  // A journey is dead before it is parked, parked before it is in flight, in flight before it is
  // discarded: the worst state counts. What was received is counted apart from what became of it, so
  // that a join that loses or doubles a journey shows.
  private static func statement(_ integration: String?) -> SQL {
    """
    with chosen as (
      select id from integration where id = coalesce(\(integration), id)
      union select integration_id from dead_letter
      where \(DeadLetter.isOpen) and integration_id = coalesce(\(integration), integration_id)
    ), dead as (
      select distinct integration_id, journey_id from dead_letter
      where \(DeadLetter.isOpen)
    ), again as (
      select integration_id, id, journey_id, stage, state from dead_letter d
      where state <> 'open' and not exists (select from receipt r
        where r.integration_id = d.integration_id and r.message_id = d.id)
    ), retried as (
      select distinct integration_id, journey_id from again where state = 'retried'
    ), discarded as (
      -- Where an update is discarded that follows from an opportunity, the lead has got it all the same.
      select distinct integration_id, journey_id from again where state = 'discarded'
        and stage <> all(\(Flow.afterOpportunity.map(\.stage))::text[])
    ), unread as (
      select integration_id, id, state from dead_letter l
      where stage = \(Flow.entry.stage) and not exists (select from arrival a
        where a.integration_id = l.integration_id and a.message_id = l.id)
      -- A lead that was put aside has arrived with the others of its body.
      and not exists (select from arrival a
        where a.integration_id = l.integration_id and a.journey_id = l.journey_id)
      -- A body without leads is handled and arrives nowhere.
      and not exists (select from receipt r
        where r.integration_id = l.integration_id and r.message_id = l.id)
    ), parked as (
      select integration_id, journey_id from effect e where state = 'parked'
        and not exists (select from again g where g.state = 'discarded'
          and g.integration_id = e.integration_id and g.id = e.id)
      union select integration_id, journey_id from held
    ), centralized as (
      select distinct integration_id, journey_id from receipt
      where stage = \(Flow.afterEntry.stage)
    ), waiting as (
      select distinct r.integration_id, r.journey_id
      from receipt r cross join unnest(r.follow_ids) as f (id)
      where not exists (select from receipt g
        where g.integration_id = r.integration_id and g.message_id = f.id)
      and not exists (select from again g where g.state = 'discarded'
        and g.integration_id = r.integration_id and g.id = f.id)
    ), fate as (
      select a.integration_id,
        case when a.state = 'accepted' or x.journey_id is not null then 'discarded'
          else a.reason end as reason, case
        -- A lead that was put aside is a dead letter until it is sent again or discarded.
        when a.state = 'invalid' and d.journey_id is not null then 'dead'
        when a.state = 'invalid' and t.journey_id is not null then 'in_flight'
        when a.state <> 'accepted' then 'ignored'
        when d.journey_id is not null then 'dead'
        when p.journey_id is not null then 'parked'
        when t.journey_id is not null or w.journey_id is not null then 'in_flight'
        when x.journey_id is not null then 'ignored'
        when c.journey_id is null then 'in_flight'
        else 'done' end as fate
      from arrival a
      left join dead d using (integration_id, journey_id)
      left join parked p using (integration_id, journey_id)
      left join centralized c using (integration_id, journey_id)
      left join waiting w using (integration_id, journey_id)
      left join retried t using (integration_id, journey_id)
      left join discarded x using (integration_id, journey_id)
      union all
      select integration_id, case state when 'discarded' then state end,
        case state when 'open' then 'dead' when 'retried' then 'in_flight' else 'ignored' end
      from unread
    ), received as (
      select integration_id, count(*) as received from (
        select integration_id from arrival union all select integration_id from unread
      ) as each group by integration_id
    ), counted as (
      select integration_id,
        count(*) filter (where fate = 'done') as done,
        count(*) filter (where fate = 'ignored') as ignored,
        count(*) filter (where fate = 'dead') as dead,
        count(*) filter (where fate = 'parked') as parked,
        count(*) filter (where fate = 'in_flight') as in_flight
      from fate group by integration_id
    ), reasons as (
      select integration_id, jsonb_object_agg(code, number) as codes from (
        select integration_id, coalesce(reason, 'unknown') as code, count(*) as number
        from fate where fate = 'ignored' group by 1, 2
      ) as each group by integration_id
    ), effects as (
      select integration_id,
        count(*) filter (where state = 'confirmed' and kind like 'rd.%') as confirmed,
        count(*) filter (where state = 'unknown') as unknown
      from effect group by integration_id
    )
    select i.id, coalesce(v.received, 0), coalesce(n.done, 0), coalesce(n.ignored, 0),
      coalesce(r.codes, '{}'), coalesce(n.dead, 0), coalesce(n.parked, 0),
      coalesce(n.in_flight, 0),
      (select count(*) from opportunity o where o.integration_id = i.id and o.crm_id is not null),
      coalesce(e.confirmed, 0), coalesce(e.unknown, 0),
      (select count(*) from held h where h.integration_id = i.id),
      (select count(*) from dead_letter where dead_letter.integration_id = i.id
        and dead_letter.stage <> \(Flow.entry.stage) and \(DeadLetter.isOpen)
        and not exists (select from arrival a where a.integration_id = i.id
          and a.journey_id = dead_letter.journey_id))
    from chosen i
    left join received v on v.integration_id = i.id
    left join counted n on n.integration_id = i.id
    left join reasons r on r.integration_id = i.id
    left join effects e on e.integration_id = i.id
    order by i.id
    """
  }
}
