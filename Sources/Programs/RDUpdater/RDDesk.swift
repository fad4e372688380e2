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

  /// Tells RD Station everything of a batch: one call for the events of an integration, or one for
  /// each message when RD refuses one of them.
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
      results.merge(await send(toSend, in: integration, lease)) { _, sent in sent }
      for item in items where results[item.message.id]?.isTold == true {
        if let failure = await finish(item.plan, in: integration) {
          results[item.message.id] = failure
        }
      }
    }
    return results
  }

  private func send(_ items: [Item], in integration: String, _ lease: Lease) async
    -> [Identifier: RDTold]
  {
    guard !items.isEmpty else { return [:] }
    guard lease.isOurs else {
      return Dictionary(uniqueKeysWithValues: items.map { ($0.message.id, .tooLate) })
    }
    do throws(RDStationError) {
      Failpoint.hit(.requestSent)
      try await client.send(items.flatMap { $0.plan.events(of: $0.message) }, for: integration)
      Failpoint.hit(.answered)
      return Dictionary(
        uniqueKeysWithValues: items.map { ($0.message.id, .told($0.plan.update)) }
      )
    } catch {
      // One bad event must not keep the others: certain that nothing was done, each goes alone.
      if error.remedy == .reject, items.count > 1 {
        var results: [Identifier: RDTold] = [:]
        for item in items {
          results.merge(await send([item], in: integration, lease)) { _, sent in sent }
        }
        return results
      }
      if Saboteur.unknownTakenForDone.isOn {
        return Dictionary(
          uniqueKeysWithValues: items.map { ($0.message.id, .told($0.plan.update)) }
        )
      }
      return Dictionary(uniqueKeysWithValues: items.map { ($0.message.id, RDTold(error)) })
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
      return .ended(.unknown(wait: patience[min(reads, patience.count - 1)]))
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
                .init(key: RDFieldName.identifier(of: field.name), value: .string(field.value))
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
