import Belt
import BeltStorage
import Leads
import Postgres

/// Webhooks of CRMs: each becomes messages about our own records, on the journeys of their events, so
/// that what a CRM says of an opportunity is told after what made it.
///
/// What changed is read back by whoever gets these messages; the webhook is believed in nothing.
struct CRMHooks {
  /// Looks for an opportunity that is not ours, in case that we are just recording it.
  static let foreignLooks = 3

  let database: LeadDatabase
  let crms: CRMs

  func outcomes(of hooks: [Message]) async throws -> [Identifier: Outcome] {
    let outcomes = try await database.settle(.rdUpdater, hooks) { connection, unit in
      let read = unit.fresh.map { hook in
        (hook: hook, settings: unit.settings(of: hook), changes: changes(in: hook, unit))
      }
      let ours = try Self.load(
        read.flatMap { item in (item.changes.value ?? []).map { (item.hook.integration, $0) } }
      ).read(on: connection)
      return StageWork<Never>(
        settled: read.map { item in
          switch item.changes {
          case .failure(let error):
            Settled(item.hook, error.outcome(of: item.hook), journey: [])
          case .success(let changes):
            Self.settled(
              item.hook,
              changes.compactMap { ours[item.hook.integration]?[$0] },
              item.settings
            )
          }
        }
      )
    }
    return Dictionary(uniqueKeysWithValues: zip(hooks.map(\.id), outcomes))
  }

  private func changes(in hook: Message, _ unit: Unit) -> Result<[CRMChange], CRMError> {
    Result { () throws(CRMError) in
      try crms.crm(unit.settings(of: hook).crm, of: hook.integration).changes(in: hook.body)
        .filter { $0.kind == .opportunity }
    }
  }

  private struct Ours {
    let opportunity: Identifier
    let journey: Identifier
  }

  private static func settled(_ hook: Message, _ ours: [Ours], _ settings: Settings) -> Settled {
    guard !ours.isEmpty else {
      return hook.deferrals < foreignLooks
        ? Settled(hook, .snooze(hook.waitBeforeAnotherLook, .opportunityAwaited), journey: [])
        : .done(hook, .opportunityUnknown)
    }
    let stages: [Flow] = settings.tags == .off ? [.rdUpdater] : [.rdUpdater, .tagSync]
    let follows = ours.flatMap { one in
      stages.map { stage in
        hook.following(
          to: stage,
          OpportunityChanged(opportunity: one.opportunity, version: 0),
          journey: one.journey,
          part: "\(one.opportunity)"
        )
      }
    }
    return .done(hook, follows: follows, .opportunityChanged, subject: ours[0].opportunity)
  }

  /// Our opportunities, with the journeys of their events, by what a CRM calls them.
  private static func load(_ changes: [(integration: String, change: CRMChange)])
    -> Load<[String: [CRMChange: Ours]]>
  {
    guard !changes.isEmpty else { return .known([:]) }
    return Load(
      """
      select k.i, k.n, o.id, c.journey_id
      from unnest(\(changes.map(\.integration))::text[], \(changes.map(\.change.record.id))::text[],
        \(changes.map(\.change.marker))::uuid[]) with ordinality as k (i, r, m, n)
      cross join lateral (
        select o.id, o.event_id from opportunity o where o.integration_id = k.i and o.crm_id = k.r
        union
        select o.id, o.event_id from opportunity o where o.integration_id = k.i and o.id = k.m
      ) as o
      join conversion c on c.integration_id = k.i and c.id = o.event_id
      """
    ) { rows in
      var ours: [String: [CRMChange: Ours]] = [:]
      for row in rows {
        let (integration, change) = changes[try row.int("n") - 1]
        ours[integration, default: [:]][change] = Ours(
          opportunity: try row.identifier("id"),
          journey: try row.identifier("journey_id")
        )
      }
      return ours
    }
  }
}

extension Result {
  fileprivate var value: Success? {
    guard case .success(let value) = self else { return nil }
    return value
  }
}

extension Reason {
  static let opportunityUnknown = Reason(
    "opportunity_unknown",
    "The CRM spoke of an opportunity that is not from a lead."
  )

  fileprivate static let opportunityChanged = Reason(
    "opportunity_changed",
    "The CRM spoke of an opportunity that is from a lead; what it shows now is read there."
  )
}
