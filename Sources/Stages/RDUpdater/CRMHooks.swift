import Belt
package import BeltStorage
import Leads
import Postgres

/// What a webhook of a CRM speaks of, where it is ours.
struct HookSubject: Sendable {
  let opportunity: Identifier
  let journey: Identifier
}

/// Webhooks of CRMs: each becomes messages about our own records, on the journeys of their events, so
/// that what a CRM says of an opportunity is told after what made it.
///
/// What changed is read back by whoever gets these messages; the webhook is believed in nothing.
extension RDUpdaterStage {
  package func load(_ items: [Item<RDUpdaterInput>], having found: RDUpdaterKnown) -> Load<
    RDUpdaterKnown
  > {
    var changes: [Identifier: Result<[CRMChange], CRMError>] = [:]
    var named: [(hook: Identifier, integration: String, change: CRMChange)] = []
    for item in items {
      guard case .hook(let body) = item.input else { continue }
      let said = self.changes(in: body, of: item)
      changes[item.message.id] = said
      if case .success(let said) = said {
        named += said.map { (item.message.id, item.integration, $0) }
      }
    }
    guard !changes.isEmpty else { return .known(found) }
    let hooks = items.filter { changes[$0.message.id] != nil }
    return Load(
      Self.ours(named),
      Self.awaiting(hooks)
    ) { [changes] ours, awaiting in
      var known = found
      for (hook, said) in changes { known.hooks[hook] = said.map { _ in ours[hook] ?? [] } }
      known.awaitingHooks = awaiting
      return known
    }
  }

  private func changes(in body: [UInt8], of item: Item<RDUpdaterInput>) -> Result<
    [CRMChange], CRMError
  > {
    Result { () throws(CRMError) in
      try crms.crm(of: item.settings).changes(in: body)
        .filter { $0.kind == .opportunity }
    }
  }

  func hook(_ item: Item<RDUpdaterInput>, _ known: RDUpdaterKnown) -> Answer {
    let hook = item.message
    switch known.hooks[hook.id] ?? .success([]) {
    case .failure(let error): return .ended(error.outcome(of: hook))
    case .success(let ours):
      guard let first = ours.first else {
        return known.awaitingHooks.contains(hook.id)
          ? .wait(hook.waitBeforeAnotherLook, .opportunityAwaited) : .done(.opportunityUnknown)
      }
      let follows = ours.flatMap { one in
        Flow.afterOpportunity.map { stage in
          hook.following(
            to: stage,
            OpportunityChanged(opportunity: one.opportunity, version: 0),
            journey: one.journey,
            part: "\(one.opportunity)"
          )
        }
      }
      return .done(.opportunityChanged, subject: first.opportunity, follows: follows)
    }
  }

  /// The webhooks that may speak of an opportunity whose create has no known outcome yet: it began before
  /// they came, by clocks that differ by some seconds, and its CRM may still be about to show it.
  ///
  /// The id of one that is created is kept with the end of its intent: what is awaited by nobody is foreign.
  private static func awaiting(_ hooks: [Item<RDUpdaterInput>]) -> Load<Set<Identifier>> {
    Load(
      """
      select k.m as message
      from unnest(\(hooks.map(\.integration))::text[], \(hooks.map(\.message.id))::uuid[],
        \(hooks.map { Int($0.message.arrivedAt / 1000) })::bigint[],
        \(hooks.map { Int($0.settings.crm.traits.settlesWithin.components.seconds) })::int[])
        as k (i, m, a, w)
      where exists (
        select from effect e
        where e.integration_id = k.i and e.kind = 'crm.opportunity.create'
          and e.state in ('sent', 'unknown')
          and e.begun_at <= to_timestamp(k.a) + interval '5 s'
          and e.sent_at > now() - make_interval(secs => k.w + 60)
        offset 0)
      """,
      element: { try $0.identifier("message") }
    )
  }

  /// Our opportunities, with the journeys of their events, by the webhook that speaks of them.
  private static func ours(
    _ changes: [(hook: Identifier, integration: String, change: CRMChange)]
  ) -> Load<[Identifier: [HookSubject]]> {
    guard !changes.isEmpty else { return .known([:]) }
    return Load(
      """
      select k.h as hook, o.id, c.journey_id
      from unnest(\(changes.map(\.hook))::uuid[], \(changes.map(\.integration))::text[],
        \(changes.map(\.change.record.id))::text[], \(changes.map(\.change.marker))::uuid[])
        with ordinality as k (h, i, r, m, n)
      cross join lateral (
        select o.id, o.event_id from opportunity o where o.integration_id = k.i and o.crm_id = k.r
        union
        select o.id, o.event_id from opportunity o where o.integration_id = k.i and o.id = k.m
      ) as o
      join conversion c on c.integration_id = k.i and c.id = o.event_id
      order by k.n
      """
    ) { rows in
      var ours: [Identifier: [HookSubject]] = [:]
      for row in rows {
        ours[try row.identifier("hook"), default: []].append(
          HookSubject(
            opportunity: try row.identifier("id"),
            journey: try row.identifier("journey_id")
          )
        )
      }
      return ours
    }
  }
}

extension Reason {
  static let opportunityUnknown = Reason(
    "opportunity_unknown",
    "The CRM spoke of an opportunity that is not from a lead."
  )

  static let opportunityAwaited = Reason(
    "opportunity_awaited",
    "The CRM spoke of an opportunity that is not recorded here; it is looked for again shortly."
  )

  fileprivate static let opportunityChanged = Reason(
    "opportunity_changed",
    "The CRM spoke of an opportunity that is from a lead; what it shows now is read there."
  )
}
