import Leads
import Postgres
import Belt

/// Whose turn it is: the events of one lead pass each stage one at a time, in the order of their import, also
/// while one of them waits for a retry; other leads are not held up.
///
/// The order is the one in which the database gave out their places, under the lead's lock: the clocks of
/// the machines that took them in differ. Events of before there were places come first, by arrival.
///
/// An event waits for the earlier ones of its lead that are still on their way to the stage, by what the
/// database holds: not by the broker's order, which retries and replicas change. An earlier event that
/// was given up at this stage or before it, or is held for other settings, frees the turn.
enum Turns {
  /// How many earlier events of a lead are looked at: the newest of 7 days, and any older ones that
  /// are open dead letters of the stage.
  ///
  /// Those before them are waited for by the ones that are looked at.
  private static let eventsMax = 20

  /// What stands before one message.
  struct Standing: Sendable, Hashable {
    /// An earlier event is on its way to this stage.
    var isBlocked: Bool
    /// An earlier event was given up at this stage.
    var passesDead: Bool
    /// One of those waits for a person: it is neither sent again nor discarded.
    var passesOpen: Bool
  }

  /// Empty for a stage whose messages are not of one lead.
  ///
  /// Each `offset 0` keeps the database from reading a whole integration at once and joining that: of
  /// tables that were empty when the statement was planned it thinks that this costs the same, and a
  /// new installation would crawl through its first minute, until they are analysed.
  static func reading(_ batch: [Message], at stage: Flow) -> SQL {
    """
    select k.m, coalesce(bool_or(e.is_pending), false), coalesce(bool_or(e.dead > 0), false),
      coalesce(bool_or(e.open > 0), false)
    from unnest(\(batch.map(\.integration))::text[], \(batch.map(\.id))::uuid[],
      \(batch.map(\.journey))::uuid[], \(batch.map(\.type))::text[]) as k (i, m, j, t)
    cross join lateral (
      select integration_id, lead_id, coalesce(place, 0) as place, arrived_at, id from conversion
      where integration_id = k.i and journey_id = k.j offset 0
    ) as c
    cross join lateral (
      select d.dead, d.open,
        case when not exists (select from receipt r where r.integration_id = k.i
            and r.journey_id = p.journey_id and r.stage = \(Flow.centralizer.stage) offset 0)
          then not exists (select from dead_letter g where g.integration_id = k.i
            and g.journey_id = p.journey_id and g.stage = \(Flow.centralizer.stage)
            and g.state in ('open', 'discarded') offset 0)
          else exists (
            select from receipt r cross join jsonb_array_elements(r.follows::jsonb) as f (message)
            where r.integration_id = k.i and r.journey_id = p.journey_id
              and r.stage in (\(Flow.centralizer.stage), \(Flow.opportunityCreator.stage))
              -- What leads elsewhere, such as from here to the tags, is not waited for.
              and f.message ->> 'stage' in (\(stage.stage), \(Flow.opportunityCreator.stage))
              and (f.message ->> 'id')::uuid <> k.m
              and not exists (select from receipt g where g.integration_id = k.i
                and g.message_id = (f.message ->> 'id')::uuid offset 0)
              and not exists (select from dead_letter g where g.integration_id = k.i
                and g.id = (f.message ->> 'id')::uuid and g.state in ('open', 'discarded')
                offset 0)
            offset 0) end as is_pending
      from (
        select p.journey_id from (
          select journey_id from conversion
          where integration_id = c.integration_id and lead_id = c.lead_id
            and (coalesce(place, 0), arrived_at, id) < (c.place, c.arrived_at, c.id)
            and (arrived_at > now() - interval '7 days'
              or exists (select from dead_letter d where d.integration_id = k.i
                and d.journey_id = conversion.journey_id and d.stage = \(stage.stage)
                and d.state = 'open' offset 0))
          -- As the index `conversion_turn` has them.
          order by coalesce(place, 0) desc, arrived_at desc, id desc limit \(eventsMax)
        ) as p
        where not exists (select from receipt r where r.integration_id = k.i
          and r.journey_id = p.journey_id and r.stage = \(stage.stage) offset 0)
        union all
        -- A change is told after the making of what changed.
        select k.j where k.t = \(OpportunityChanged.type)
      ) as p
      cross join lateral (
        select count(*) as dead, count(*) filter (where d.state = 'open') as open
        from dead_letter d
        where d.integration_id = k.i and d.journey_id = p.journey_id and d.id <> k.m
          and d.stage = \(stage.stage) and d.state in ('open', 'discarded')
          and not exists (select from receipt r where r.integration_id = k.i
            and r.message_id = d.id offset 0)
      ) as d
      where not exists (select from held h
          where h.integration_id = k.i and h.journey_id = p.journey_id offset 0)
    ) as e
    group by k.m
    """
  }

  static func load(_ batch: [Message], at stage: Flow) -> Load<[Identifier: Standing]> {
    let ordered = stage.waitsFor == nil ? [] : batch
    return Load(reading(ordered, at: stage)) { rows in
      Saboteur.turnsOff.isOn ? [:] : try standings(in: rows)
    }
  }

  static func standings(in rows: Rows) throws -> [Identifier: Standing] {
    var standings: [Identifier: Standing] = [:]
    for row in rows {
      standings[try row.identifier(0)] = Standing(
        isBlocked: try row.bool(1),
        passesDead: try row.bool(2),
        passesOpen: try row.bool(3)
      )
    }
    return standings
  }
}

extension Message {
  /// Whether the events before it are looked at for the first time since its turn came: what is
  /// passed then is written into its journey, and not again with each attempt.
  var isNewInTurn: Bool {
    attempt == 1 && deferrals == 0 || cause == Reason.earlierEventFirst.code
  }
}

extension Reason {
  /// The message of an event whose turn has not come.
  static let earlierEventFirst = Reason(
    "earlier_event_first",
    "An earlier event of this lead is still on its way to this stage."
  )

  static let earlierEventDead = Reason(
    "earlier_event_dead",
    "An earlier event of this lead was given up at this stage; this one goes on without it."
  )
}
