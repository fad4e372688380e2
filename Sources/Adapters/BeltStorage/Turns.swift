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

  /// Asks nothing for a stage whose messages are not of one lead.
  static func load(_ batch: [Message], at stage: Flow) -> Load<[Identifier: Standing]> {
    guard let before = stage.waitsFor, !batch.isEmpty else { return .known([:]) }
    return Load(reading(batch, at: stage, after: before)) { rows in
      var standings: [Identifier: Standing] = [:]
      for row in rows {
        standings[try row.identifier("message_id")] = Standing(
          isBlocked: try row.bool("is_blocked"),
          passesDead: try row.bool("passes_dead"),
          passesOpen: try row.bool("passes_open")
        )
      }
      return standings
    }
  }

  /// Each `offset 0` keeps the database from reading a whole integration at once and joining that: of
  /// tables that were empty when the statement was planned it thinks that this costs the same, and a
  /// new installation would crawl through its first minute, until they are analysed.
  private static func reading(_ batch: [Message], at stage: Flow, after before: [Flow]) -> SQL {
    """
    select waiting.message_id,
      coalesce(bool_or(earlier.is_pending), false) as is_blocked,
      coalesce(bool_or(earlier.dead > 0), false) as passes_dead,
      coalesce(bool_or(earlier.open > 0), false) as passes_open
    from unnest(\(batch.map(\.integration))::text[], \(batch.map(\.id))::uuid[],
      \(batch.map(\.journey))::uuid[], \(batch.map(\.type))::text[])
      as waiting (integration_id, message_id, journey_id, type)
    cross join lateral (
      select lead_id, coalesce(place, 0) as place, arrived_at, id from conversion
      where integration_id = waiting.integration_id and journey_id = waiting.journey_id offset 0
    ) as event
    cross join lateral (
      select given_up.dead, given_up.open, \(isPending(at: stage, after: before)) as is_pending
      from (
        \(earlierEvents(at: stage))
        union all
        -- A change is told after the making of what changed.
        select waiting.journey_id where waiting.type = \(OpportunityChanged.type)
      ) as earlier
      cross join lateral (\(givenUp(at: stage))) as given_up
      where not exists (select from held where held.integration_id = waiting.integration_id
        and held.journey_id = earlier.journey_id offset 0)
    ) as earlier
    group by waiting.message_id
    """
  }

  /// The earlier events of the lead that have not passed the stage.
  private static func earlierEvents(at stage: Flow) -> SQL {
    """
    select recent.journey_id from (
      select journey_id from conversion
      where integration_id = waiting.integration_id and lead_id = event.lead_id
        and (coalesce(place, 0), arrived_at, id) < (event.place, event.arrived_at, event.id)
        and (arrived_at > now() - interval '7 days'
          or exists (select from dead_letter where integration_id = waiting.integration_id
            and journey_id = conversion.journey_id and stage = \(stage.stage)
            and state = 'open' offset 0))
      -- As the index `conversion_turn` has them.
      order by coalesce(place, 0) desc, arrived_at desc, id desc limit \(eventsMax)
    ) as recent
    where not exists (select from receipt where integration_id = waiting.integration_id
      and journey_id = recent.journey_id and stage = \(stage.stage) offset 0)
    """
  }

  /// How many messages of the earlier event were given up at the stage, and how many wait for a person.
  private static func givenUp(at stage: Flow) -> SQL {
    """
    select count(*) as dead, count(*) filter (where letter.state = 'open') as open
    from dead_letter as letter
    where letter.integration_id = waiting.integration_id
      and letter.journey_id = earlier.journey_id and letter.id <> waiting.message_id
      and letter.stage = \(stage.stage) and letter.state in ('open', 'discarded')
      and not exists (select from receipt where integration_id = waiting.integration_id
        and message_id = letter.id offset 0)
    """
  }

  /// Whether the earlier event is on its way to the stage: it has not been given up before the first of
  /// the stages on that way, or a message that leads on from one of them is neither handled nor given up.
  ///
  /// What leads elsewhere, such as from the creator to the tags, is not waited for.
  private static func isPending(at stage: Flow, after before: [Flow]) -> SQL {
    let way = (before + [stage]).map(\.stage)
    return """
      case when not exists (select from receipt where integration_id = waiting.integration_id
          and journey_id = earlier.journey_id and stage = \(way[0]) offset 0)
        then not exists (select from dead_letter where integration_id = waiting.integration_id
          and journey_id = earlier.journey_id and stage = \(way[0])
          and state in ('open', 'discarded') offset 0)
        else exists (
          select from receipt as passed
          cross join jsonb_array_elements(passed.follows::jsonb) as next (message)
          where passed.integration_id = waiting.integration_id
            and passed.journey_id = earlier.journey_id
            and passed.stage = any(\(Array(way.dropLast()))::text[])
            and next.message ->> 'stage' = any(\(Array(way.dropFirst()))::text[])
            and (next.message ->> 'id')::uuid <> waiting.message_id
            and not exists (select from receipt where integration_id = waiting.integration_id
              and message_id = (next.message ->> 'id')::uuid offset 0)
            and not exists (select from dead_letter where integration_id = waiting.integration_id
              and id = (next.message ->> 'id')::uuid and state in ('open', 'discarded') offset 0)
          offset 0) end
      """
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
  static let earlierEventDead = Reason(
    "earlier_event_dead",
    "An earlier event of this lead was given up at this stage; this one goes on without it."
  )
}
