import BeltStorage
import Leads
import Postgres
import StrictJSON
import Belt

/// The outside calls of a journey, as far as they matter to who asks what RD Station was told.
struct JourneyCalls {
  private(set) var told: [String] = []
  private(set) var unsettled: [LeadJourney.Unsettled] = []

  /// All calls of some journeys, oldest first.
  static func reading(_ integrations: [String], _ journeys: [Identifier]) -> SQL {
    """
    select e.integration_id, e.journey_id, e.kind, e.state, e.reason,
      case when e.kind like 'rd.%' then e.plan end
    from unnest(\(integrations)::text[], \(journeys)::uuid[]) as k (i, j)
    join effect e on e.integration_id = k.i and e.journey_id = k.j
    order by e.sent_at, e.id
    """
  }

  mutating func add(_ row: Row) throws {
    try add(
      kind: row.string(2),
      state: row.string(3),
      reason: row.optionalString(4),
      plan: row.json(5)
    )
  }

  mutating func add(kind: String, state: String, reason: String?, plan: JSON) {
    let isConfirmed = state == Effects.State.confirmed.rawValue
    guard isConfirmed, let update = RDUpdate(json: plan) else {
      let what = RDUpdate(json: plan)?.words
      if !isConfirmed {
        unsettled.append(.init(kind: kind, state: state, reason: reason, what: what))
      }
      return
    }
    guard let reason, reason != "rd_told" else {
      told.append(update.words)
      return
    }
    // The events are there, and another reason says that the rest is not.
    if !update.events.isEmpty { told.append(RDUpdate(events: update.events).words) }
    var rest = update
    rest.events = []
    guard !rest.isEmpty else { return }
    let failed = Effects.State.failed.rawValue
    unsettled.append(.init(kind: kind, state: failed, reason: reason, what: rest.words))
  }
}
