import LeadStorage
import Leads
import RDStation
import StrictJSON
import Workers

/// The RD updater's way to RD Station: sends what is planned, and finds out about what was sent with an
/// unknown outcome.
///
/// The integrations of a batch are served beside each other, each in its own order. What is not begun by
/// the batch's end waits: an API that hangs holds nobody else's messages, and never a worker.
struct RDDesk: Sendable {
  typealias Item = (message: Message, plan: RDPlan)

  /// Integrations served at once.
  static let sideBySide = 16

  let client: RDStationClient
  let database: LeadDatabase
  var patience = RDPatience.standard
  /// No call for a batch begins later after its start; one takes 10 s, and two minutes without an end of
  /// anything count as stuck.
  var length = Duration.seconds(20)

  /// Tells RD Station everything of a batch: one call for the events of an integration, or one for
  /// each message when RD refuses one of them; what may be repeated without harm comes last.
  ///
  /// `lease`: that of the intents; where it wears out it is renewed.
  func tell(_ planned: [Item], _ lease: Lease) async -> [Identifier: RDTold] {
    let end = ContinuousClock.now + length
    let byIntegration = Dictionary(grouping: planned, by: \.message.integration)
    var results = await each(byIntegration) { integration, items in
      await tell(items, in: integration, lease, before: end)
    }
    let told = planned.filter { results[$0.message.id]?.isTold == true }
    let failures = await each(Dictionary(grouping: told, by: \.message.integration)) {
      integration,
      items in
      var failures: [Identifier: RDTold] = [:]
      for (message, plan) in items {
        failures[message.id] = await finish(plan, in: integration, before: end)
      }
      return failures
    }
    results.merge(failures) { _, failure in failure }
    return results
  }

  /// Serves integrations beside each other, a bounded number at once.
  private func each(
    _ items: [String: [Item]],
    _ serve: @escaping @Sendable (String, [Item]) async -> [Identifier: RDTold]
  ) async -> [Identifier: RDTold] {
    await withTaskGroup(of: [Identifier: RDTold].self) { group in
      var results: [Identifier: RDTold] = [:]
      var running = 0
      for (integration, items) in items {
        if running >= Self.sideBySide, let served = await group.next() {
          results.merge(served) { _, last in last }
          running -= 1
        }
        group.addTask { await serve(integration, items) }
        running += 1
      }
      for await served in group { results.merge(served) { _, last in last } }
      return results
    }
  }

  /// Tells the events of one integration.
  private func tell(
    _ items: [Item],
    in integration: String,
    _ lease: Lease,
    before end: ContinuousClock.Instant
  ) async -> [Identifier: RDTold] {
    var sending = RDSending(lease: lease, end: end)
    for item in items {
      switch item.plan.progress {
      case .toSend: sending.left.append(item)
      case .eventsConfirmed: sending.results[item.message.id] = .told(item.plan.update)
      case .unknown where Saboteur.blindRetry.isOn: sending.left.append(item)
      case .unknown where ContinuousClock.now >= end:
        sending.results[item.message.id] = .tooLate(item.plan)
      case .unknown(let age, let reads):
        switch await lookFor(item.message, item.plan, age: age, reads: reads) {
        case .ended(let told): sending.results[item.message.id] = told
        case .missing(let owed):
          var plan = item.plan
          plan.owed = owed
          sending.left.append((item.message, plan))
        }
      }
    }
    await send(&sending, in: integration)
    return sending.results
  }

  /// What may be repeated without harm: lifecycle stage and loss reason.
  ///
  /// Nil when all is done.
  private func finish(
    _ plan: RDPlan,
    in integration: String,
    before end: ContinuousClock.Instant
  ) async -> RDTold? {
    do throws(RDStationError) {
      for contact in plan.people.compactMap(\.contact) {
        if plan.update.hasRest, ContinuousClock.now >= end {
          throw RDStationError(.heldBack(.seconds(5)))
        }
        if let stage = plan.update.lifecycleStage {
          try await client.setFunnel(
            of: contact,
            lifecycleStage: RDLifecycleStage(rawValue: stage.rawValue),
            for: integration
          )
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
