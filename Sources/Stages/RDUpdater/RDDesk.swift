package import BeltStorage
import Leads
package import RDStation
import StrictJSON
import Belt

/// The RD updater's way to RD Station: sends what is planned, and finds out about what was sent with an
/// unknown outcome.
///
/// The integrations of a batch are served beside each other, each in its own order. What is not begun by
/// the batch's end waits: an API that hangs holds nobody else's messages, and never a worker.
package struct RDDesk: Sendable {
  typealias Item = (message: Message, plan: RDPlan)

  let client: RDStationClient
  let database: LeadDatabase
  var patience: RDPatience
  /// No call for a batch begins later after its start; one takes 10 s, and two minutes without an end of
  /// anything count as stuck.
  var length: Duration

  package init(
    client: RDStationClient,
    database: LeadDatabase,
    patience: RDPatience = .standard,
    length: Duration = .seconds(20)
  ) {
    self.client = client
    self.database = database
    self.patience = patience
    self.length = length
  }

  /// Tells RD Station everything of a batch: one call for the events of an integration, or one for
  /// each message when RD refuses one of them; what may be repeated without harm comes last.
  ///
  /// `lease`: that of the intents; where it wears out it is renewed.
  func tell(_ planned: [Item], _ lease: Lease) async -> [Identifier: RDTold] {
    let end = ContinuousClock.now + length
    var results: [Identifier: RDTold] = [:]
    for told in await sideBySide(
      Dictionary(grouping: planned, by: \.message.integration),
      { integration, items in await tell(items, in: integration, lease, before: end) }
    ) {
      results.merge(told) { _, last in last }
    }
    let told = planned.filter { results[$0.message.id]?.isTold == true }
    for failed in await sideBySide(
      Dictionary(grouping: told, by: \.message.integration),
      { integration, items in await finish(items, in: integration, before: end) }
    ) {
      results.merge(failed) { _, failure in failure }
    }
    return results
  }

  /// Tells the events of one integration.
  ///
  /// What is new goes out before anything is looked for: the looks may take all the time that there is.
  private func tell(
    _ items: [Item],
    in integration: String,
    _ lease: Lease,
    before end: ContinuousClock.Instant
  ) async -> [Identifier: RDTold] {
    var sending = RDSending(lease: lease, end: end)
    var sought: [(item: Item, age: Duration, reads: Int)] = []
    for item in items {
      switch item.plan.progress {
      case .toSend: sending.left.append(item)
      case .eventsConfirmed: sending.results[item.message.id] = .told(item.plan.update)
      case .unknown where Saboteur.blindRetry.isOn: sending.left.append(item)
      case .unknown(let age, let reads): sought.append((item, age, reads))
      }
    }
    await send(&sending, in: integration)
    for (item, age, reads) in sought {
      switch await lookFor(item, age: age, reads: reads, before: end) {
      case .ended(let told): sending.results[item.message.id] = told
      case .missing(let owed):
        var plan = item.plan
        plan.owed = owed
        sending.left.append((item.message, plan))
      }
    }
    await send(&sending, in: integration)
    return sending.results
  }

  /// What is left of those that were told, as far as it fails.
  private func finish(
    _ items: [Item],
    in integration: String,
    before end: ContinuousClock.Instant
  ) async -> [Identifier: RDTold] {
    var failures: [Identifier: RDTold] = [:]
    for (message, plan) in items {
      failures[message.id] = await finish(plan, in: integration, before: end)
    }
    return failures
  }

  /// What may be repeated without harm: lifecycle stage and loss reason.
  ///
  /// Nil when all is done.
  private func finish(
    _ plan: RDPlan,
    in integration: String,
    before end: ContinuousClock.Instant
  ) async -> RDTold? {
    do throws(CallError) {
      for contact in plan.people.compactMap(\.contact) {
        if plan.update.hasRest, ContinuousClock.now >= end { return .unbegun }
        if let stage = plan.update.lifecycleStage {
          try await client.setLifecycleStage(stage, of: contact, for: integration)
        }
        if let field = plan.update.field {
          try await client.updateContact(
            contact,
            fields: .object(
              JSON.Members([
                .init(key: RDFieldName.identifier(of: field.name), value: field.valueAtRD)
              ])
            ),
            for: integration
          )
        }
      }
      return nil
    } catch {
      return .unfinished(error)
    }
  }
}

extension RDUpdate {
  /// Whether there is something beside the events.
  fileprivate var hasRest: Bool { lifecycleStage != nil || field != nil }
}
