import Belt
import BeltStorage
import Leads
import Postgres

/// Webhooks of CRMs that the version before had begun: it took each for the change of the opportunity
/// itself, with the intent under the webhook's own id, and claimed that RD Station was told.
///
/// A message that follows from such a webhook would find nothing new to tell, so that the webhook itself
/// is ended as it was begun. All of this file goes with the next release, and what calls it.
extension RDUpdaterStage {
  /// Makes of each such webhook the change that it was taken for.
  func resumingHooks(_ taken: [Taken<RDUpdaterInput>]) async throws -> [Taken<RDUpdaterInput>] {
    let hooks = taken.map(\.message).filter { $0.type == CRMHookReceived.type }
    guard !hooks.isEmpty else { return taken }
    let load = Self.opportunities(ofBegun: hooks)
    let begun = try load.read(try await pool.run(load.statements))
    return taken.map { taken in
      begun[taken.message.id].map { Taken(taken.message, .changed($0)) } ?? taken
    }
  }

  private static func opportunities(ofBegun hooks: [Message]) -> Load<[Identifier: Identifier]> {
    Load(
      """
      select e.id, e.subject_id
      from unnest(\(hooks.map(\.integration))::text[], \(hooks.map(\.id))::uuid[]) as k (i, m)
      join effect e on e.integration_id = k.i and e.id = k.m
      where e.kind = 'rd.events'
      """,
      entry: { row in (try row.identifier("id"), try row.identifier("subject_id")) }
    )
  }

  /// What follows from such a webhook when RD Station was told: the change also concerns the tags.
  static func follows(of hook: Message, about opportunity: Identifier) -> [Message] {
    guard hook.type == CRMHookReceived.type else { return [] }
    return [hook.following(to: .tagSync, OpportunityChanged(opportunity: opportunity, version: 0))]
  }
}
