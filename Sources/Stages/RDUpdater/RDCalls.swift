package import BeltStorage
import Leads
package import RDStation
import StrictJSON
package import Belt

/// The RD updater's calls: the events, the look for those of unknown outcome, and what may be repeated.
package struct RDCalls: OnceCalls {
  let client: RDStationClient

  package init(_ client: RDStationClient) { self.client = client }

  package var system: OutsideSystem { .rdStation }

  package var undecidable: Reason {
    Reason(
      "rd_outcome_undecidable",
      "It cannot be found out whether RD Station took the event; look at the lead there. Discard it when the event is there; when it is not, send it with: esteira dead-letters retry ID --not-there"
    )
  }

  package func told(_ plan: RDPlan) -> Reason {
    Reason("rd_told", "RD Station was told: \(plan.update.words).")
  }

  /// One call for all of them: it is taken or refused as a whole.
  package func send(
    _ calls: [OnceCall<RDPlan>],
    in integration: String,
    _ lease: Lease,
    before _: ContinuousClock.Instant
  ) async -> [CallError?] {
    var trouble: CallError?
    do throws(CallError) {
      try await client.send(calls.flatMap(\.events), for: integration, before: lease.end)
    } catch {
      trouble = error
    }
    return calls.map { _ in trouble }
  }

  /// Looks for what may have been sent, by its witness at RD Station.
  package func look(
    for call: OnceCall<RDPlan>,
    isLast: Bool,
    before end: ContinuousClock.Instant
  ) async throws(CallError) -> Sight<RDPlan> {
    var plan = call.plan
    var owed: [RDOwed] = []
    var isCertain = !plan.people.isEmpty
    var isInPart = false
    for person in plan.people {
      switch try await look(for: call, about: person, isLast: isLast, before: end) {
      case .all: continue
      case .part(let missing):
        isInPart = true
        owed.append(RDOwed(person: person, events: missing))
      case .nothing: owed.append(RDOwed(person: person, events: plan.update.events))
      case .undecidable: isCertain = false
      }
    }
    guard isCertain else { return .undecidable }
    plan.owed = owed
    return owed.isEmpty ? .all : .missing(plan, isInPart: isInPart)
  }

  private func look(
    for call: OnceCall<RDPlan>,
    about person: RDPerson,
    isLast: Bool,
    before end: ContinuousClock.Instant
  ) async throws(CallError) -> RDLook {
    let integration = call.message.integration
    guard let contact = person.contact else { return .undecidable }
    switch call.plan.witness {
    case .conversion:
      // A message that comes late may have many conversions before its own.
      let limit = isLast ? 200 : 50
      let history = try await client.conversions(
        of: contact,
        for: integration,
        limit: limit,
        before: end
      )
      return RDLook(
        for: call.plan.update.events,
        marker: "\(call.message.id)",
        among: history.events,
        isWhole: history.isWhole
      )
    case .mark(let isMarked):
      let funnel = try await client.funnel(of: contact, for: integration, before: end)
      // A mark that is not there proves nothing: a person may have changed it meanwhile.
      return funnel?.opportunity == isMarked ? .all : .undecidable
    case .none: return .undecidable
    }
  }

  package func records(_ plan: RDPlan) -> Set<String> {
    Set(plan.people.flatMap { [$0.uuid, $0.email].compactMap(\.self) })
  }

  /// Lifecycle stage and loss reason.
  package func finish(_ call: OnceCall<RDPlan>, before end: ContinuousClock.Instant)
    async throws(CallError)
  {
    let integration = call.message.integration
    let update = call.plan.update
    for contact in call.plan.people.compactMap(\.contact) {
      if let stage = update.lifecycleStage {
        try await client.setLifecycleStage(stage, of: contact, for: integration, before: end)
      }
      if let field = update.field {
        let name = RDFieldName.identifier(of: field.name)
        let fields = JSON.Members([.init(key: name, value: field.valueAtRD)])
        try await client.updateContact(
          contact,
          fields: .object(fields),
          for: integration,
          before: end
        )
      }
    }
  }
}

extension OnceCall<RDPlan> {
  /// The effect's id is the marker of its conversions.
  fileprivate var events: [RDEvent] {
    let owed = plan.owed ?? plan.people.map { RDOwed(person: $0, events: plan.update.events) }
    return owed.flatMap { owed -> [RDEvent] in
      guard let email = owed.person.email else { return [] }
      return owed.events.map { event in
        switch event {
        case .opportunity: .opportunity(email: email)
        case .sale(let value): .sale(email: email, value: value)
        case .lost(let reason): .lost(email: email, reason: reason)
        case .conversion(let conversion):
          .conversion(
            email: email,
            identifier: conversion.rawValue,
            marker: "\(message.id)",
            fields: [:],
            tags: plan.update.tags
          )
        }
      }
    }
  }
}

extension RDPerson {
  /// Nil when nothing of the person is known by which RD Station could find it.
  fileprivate var contact: RDContactID? {
    uuid.map(RDContactID.uuid) ?? email.map(RDContactID.email)
  }
}

extension FieldValue {
  /// RD's documents do not say how a field is emptied; null fits fields of every type.
  fileprivate var valueAtRD: JSON { values.isEmpty ? .null : .string(value) }
}
