import LeadStorage
import Leads
import RDStation
import StrictJSON
import Workers

/// The RD updater's way to RD Station: sends what is planned, and finds out about what was sent with an
/// unknown outcome.
struct RDDesk: Sendable {
  typealias Item = (message: Message, plan: RDPlan)

  let client: RDStationClient
  let database: LeadDatabase

  /// Tells RD Station everything of a batch: one call for the events of an integration, or one for
  /// each message when RD refuses one of them; what may be repeated without harm comes last.
  ///
  /// `lease`: that of the intents; where it wears out it is renewed.
  func tell(_ planned: [Item], _ lease: Lease) async -> [Identifier: RDTold] {
    var results: [Identifier: RDTold] = [:]
    for (integration, items) in Dictionary(grouping: planned, by: \.message.integration) {
      var toSend: [Item] = []
      for item in items {
        switch item.plan.progress {
        case .toSend: toSend.append(item)
        case .eventsConfirmed: results[item.message.id] = .told(item.plan.update)
        case .unknown where Saboteur.blindRetry.isOn: toSend.append(item)
        case .unknown(let age, let reads):
          switch await lookFor(item.message, item.plan, age: age, reads: reads) {
          case .ended(let told): results[item.message.id] = told
          case .missing(let people):
            var plan = item.plan
            plan.people = people
            toSend.append((item.message, plan))
          }
        }
      }
      var sending = Sending(left: toSend, lease: lease)
      await send(&sending, in: integration)
      results.merge(sending.results) { _, sent in sent }
    }
    for (message, plan) in planned where results[message.id]?.isTold == true {
      if let failure = await finish(plan, in: message.integration) {
        results[message.id] = failure
      }
    }
    return results
  }

  /// What is still to be sent, how long it is ours to send, and what became of the rest.
  private struct Sending {
    var left: [Item]
    var lease: Lease
    var results: [Identifier: RDTold] = [:]

    mutating func end(_ items: [Item], _ told: (RDPlan) -> RDTold) {
      for item in items { results[item.message.id] = told(item.plan) }
      let ended = Set(items.map(\.message.id))
      left.removeAll { ended.contains($0.message.id) }
    }
  }

  private func send(_ sending: inout Sending, in integration: String) async {
    // A look takes time and gives no lease: what it found missing is nobody's to send yet.
    if sending.lease.isWorn || sending.left.contains(where: \.plan.progress.isUnknown) {
      await renew(&sending)
    }
    let all = sending.left
    let lease = sending.lease
    guard !all.isEmpty else { return }
    guard let error = await call(all, in: integration, lease) else {
      return sending.end(all) { .told($0.update) }
    }
    guard all.count > 1, error.remedy == .reject || error.limitsOneContact else {
      return sending.end(all) { told($0, error, lease) }
    }
    // One bad event, or one person's quota, must not keep the others: certain that nothing was done,
    // each goes alone.
    while !sending.left.isEmpty {
      if sending.lease.isWorn { await renew(&sending) }
      let next = Array(sending.left.prefix(1))
      guard !next.isEmpty else { return }
      let lease = sending.lease
      let error = await call(next, in: integration, lease)
      sending.end(next) { plan in
        error.map { told(plan, $0, lease) } ?? .told(plan.update)
      }
    }
  }

  /// Makes one call; nil when RD Station took all of it.
  private func call(_ items: [Item], in integration: String, _ lease: Lease) async
    -> RDStationError?
  {
    do throws(RDStationError) {
      Failpoint.hit(.requestSent)
      try await client.send(
        items.flatMap { $0.plan.events(of: $0.message) },
        for: integration,
        before: lease.end
      )
      Failpoint.hit(.answered)
      return nil
    } catch {
      return error
    }
  }

  private func told(_ plan: RDPlan, _ error: RDStationError, _ lease: Lease) -> RDTold {
    if Saboteur.unknownTakenForDone.isOn { return .told(plan.update) }
    if error.code == .notSent, !lease.isOurs { return .tooLate(plan) }
    return RDTold(error, unsent: plan.unsent)
  }

  /// Takes what is left in hand for a whole lease, as far as nobody else has.
  private func renew(_ sending: inout Sending) async {
    sending.lease = Lease()
    let all = sending.left
    do {
      let ours = try await database.renew(all.map { ($0.message, $0.plan.generation) })
      sending.end(all.filter { !ours.contains($0.message.id) }) { _ in .takenOver }
    } catch {
      // Without the database the call would not be ours for sure; it is not made.
      sending.end(all) { .tooLate($0) }
    }
  }

  /// What a look for events of unknown outcome found.
  private enum Search {
    case ended(RDTold)
    /// Certainly not sent about these, and may be sent now.
    case missing([RDPerson])
  }

  /// Looks for what may have been sent, by its witness at RD Station.
  private func lookFor(_ message: Message, _ plan: RDPlan, age: Duration, reads: Int) async
    -> Search
  {
    // RD works on events later: an early look that finds nothing proves nothing.
    let patience: [Duration] = [.seconds(5), .seconds(30)]
    guard !plan.people.isEmpty else { return .ended(.undecidable) }
    var missing: [RDPerson] = []
    do throws(RDStationError) {
      for person in plan.people {
        guard let isThere = try await isThere(plan.witness, of: message, about: person) else {
          return .ended(.undecidable)
        }
        if !isThere { missing.append(person) }
      }
    } catch {
      return .ended(.unreadable(error))
    }
    if missing.isEmpty { return .ended(.told(plan.update)) }
    if reads < patience.count || age < .seconds(30) {
      let wait = patience[min(reads, patience.count - 1)]
      return .ended(.unknown(wait: wait, reads: reads + 1))
    }
    // A mark that is not there proves nothing: a person may have changed it meanwhile.
    guard case .conversion = plan.witness else { return .ended(.undecidable) }
    return .missing(missing)
  }

  /// Nil when nothing can show it.
  private func isThere(
    _ witness: RDPlan.Witness,
    of message: Message,
    about person: RDPerson
  ) async throws(RDStationError) -> Bool? {
    guard let contact = person.contact else { return nil }
    switch witness {
    case .conversion:
      return try await client.conversions(of: contact, for: message.integration)
        .contains { $0.marker == "\(message.id)" }
    case .mark(let isMarked):
      return try await client.funnel(of: contact, for: message.integration)?.opportunity == isMarked
    case .none: return nil
    }
  }

  /// What may be repeated without harm: lifecycle stage and loss reason.
  ///
  /// Nil when all is done.
  private func finish(_ plan: RDPlan, in integration: String) async -> RDTold? {
    do throws(RDStationError) {
      for contact in plan.people.compactMap(\.contact) {
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
