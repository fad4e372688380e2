import LeadStorage
import Leads
import RDStation
import StrictJSON
import Workers

/// The RD updater's way to RD Station: sends what is planned, and finds out about what was sent with an
/// unknown outcome.
struct RDDesk: Sendable {
  /// What is to be told about one opportunity, and how far an earlier attempt came.
  struct Plan: Sendable {
    enum Progress: Sendable {
      case toSend
      /// Sent by an earlier attempt that never learned the outcome.
      case unknown(age: Duration, reads: Int)
      /// The events are at RD Station; what is left may be repeated without harm.
      case eventsConfirmed
    }

    let update: RDUpdate
    let subject: RDUpdateStore.Subject
    let follows: [Message]
    let progress: Progress

    init(_ update: RDUpdate, of subject: RDUpdateStore.Subject, follows: [Message]) {
      self.update = update
      self.subject = subject
      self.follows = follows
      progress = .toSend
    }

    /// Nil when the stored intent is not one of ours.
    init?(
      resuming effect: Effects.Found,
      of subject: RDUpdateStore.Subject,
      follows: [Message]
    ) {
      guard let update = RDUpdate(json: effect.plan) else { return nil }
      self.update = update
      self.subject = subject
      self.follows = follows
      switch effect.state {
      case .failed: progress = .toSend
      case .confirmed: progress = .eventsConfirmed
      case .sent, .unknown, .parked:
        progress = .unknown(age: .milliseconds(effect.age), reads: effect.reads)
      }
    }
  }

  /// What became of it.
  struct Told: Sendable {
    let state: Effects.State
    let reason: Reason
    /// How long to wait before another look; nil when there is nothing to wait for.
    var wait: Duration?
    /// The message is to be tried again, or given up.
    var disposition: Disposition?

    func outcome(follows: [Message]) -> Outcome {
      if let wait { return .snooze(wait, reason) }
      switch disposition {
      case .retry, .stop: return .retry(reason)
      case .reject: return .reject(reason)
      case nil: return .done(follows: follows)
      }
    }
  }

  let client: RDStationClient

  /// Tells RD Station everything of a batch: one call for the events of an integration, or one for
  /// each lead when RD refuses one of them.
  func tell(_ planned: [(message: Message, plan: Plan)]) async -> [Identifier: Told] {
    var results: [Identifier: Told] = [:]
    for (integration, items) in Dictionary(grouping: planned, by: \.message.integration) {
      var toSend: [(message: Message, plan: Plan)] = []
      for item in items {
        switch item.plan.progress {
        case .toSend: toSend.append(item)
        case .eventsConfirmed: results[item.message.id] = .told(item.plan.update)
        case .unknown(let age, let reads):
          let found = await lookFor(item.message, item.plan, age: age, reads: reads)
          if let found { results[item.message.id] = found } else { toSend.append(item) }
        }
      }
      results.merge(await send(toSend, in: integration)) { _, sent in sent }
      for item in items where results[item.message.id]?.isTold == true {
        if let failure = await finish(item.plan, in: integration) {
          results[item.message.id] = failure
        }
      }
    }
    return results
  }

  private func send(_ items: [(message: Message, plan: Plan)], in integration: String) async
    -> [Identifier: Told]
  {
    guard !items.isEmpty else { return [:] }
    do throws(RDStationError) {
      try await client.send(items.flatMap { $0.plan.events(of: $0.message) }, for: integration)
      return Dictionary(
        uniqueKeysWithValues: items.map { ($0.message.id, .told($0.plan.update)) }
      )
    } catch {
      // One bad event must not keep the others: certain that nothing was done, each goes alone.
      if error.remedy == .reject, items.count > 1 {
        var results: [Identifier: Told] = [:]
        for item in items {
          results.merge(await send([item], in: integration)) { _, sent in sent }
        }
        return results
      }
      return Dictionary(uniqueKeysWithValues: items.map { ($0.message.id, Told(error)) })
    }
  }

  /// Looks for what may have been sent, by our marker in the contact's history.
  ///
  /// - Returns: Nil when it was certainly not sent and may be sent now.
  private func lookFor(_ message: Message, _ plan: Plan, age: Duration, reads: Int) async -> Told? {
    // RD works on events later: an early look that finds nothing proves nothing.
    let patience: [Duration] = [.seconds(5), .seconds(30)]
    guard let contact = plan.contact else { return .undecidable }
    do throws(RDStationError) {
      if plan.hasWitness {
        let history = try await client.conversions(of: contact, for: message.integration)
        if history.contains(where: { $0.marker == "\(message.id)" }) { return .told(plan.update) }
      } else if try await client.funnel(of: contact, for: message.integration)?.opportunity == false
      {
        // A loss without a conversion: RD has taken the mark away.
        return .told(plan.update)
      }
    } catch {
      return Told(
        state: .unknown,
        reason: Reason("rd_read_back_failed", "The outcome could not be read back: \(error)."),
        wait: error.retryAfter ?? .seconds(30)
      )
    }
    if reads < patience.count || age < .seconds(30) {
      return Told(
        state: .unknown,
        reason: Reason(
          "rd_outcome_unknown",
          "It is unknown whether RD Station took the events; they are looked for again."
        ),
        wait: patience[min(reads, patience.count - 1)]
      )
    }
    return plan.hasWitness ? nil : .undecidable
  }

  /// What may be repeated without harm: lifecycle stage and loss reason.
  ///
  /// Nil when all is done.
  private func finish(_ plan: Plan, in integration: String) async -> Told? {
    guard let contact = plan.contact else { return nil }
    do throws(RDStationError) {
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
      return nil
    } catch {
      // The events are there: the state says so, and only this part is tried again.
      var told = Told(error)
      told = Told(
        state: .confirmed,
        reason: told.reason,
        wait: told.wait,
        disposition: told.disposition ?? .retry
      )
      return told
    }
  }
}

extension RDDesk.Told {
  static func told(_ update: RDUpdate) -> Self {
    Self(
      state: .confirmed,
      reason: Reason("rd_told", "RD Station was told: \(update.words).")
    )
  }

  /// No witness can decide: a person has to.
  static let undecidable = Self(
    state: .parked,
    reason: Reason(
      "rd_outcome_undecidable",
      "It cannot be found out whether RD Station took the event; look at the lead there, then retry or discard."
    ),
    disposition: .reject
  )

  var isTold: Bool { state == .confirmed && wait == nil && disposition == nil }

  init(_ error: RDStationError) {
    let reason = Reason("rd_\(error.word)", "\(error).")
    // An answer of 5xx does not say whether the events were taken before it went wrong.
    if case .unavailable = error.code {
      self.init(state: .unknown, reason: reason, wait: .seconds(5))
      return
    }
    switch error.remedy {
    case .readBack:
      self.init(state: .unknown, reason: reason, wait: .seconds(5))
    case .retry:
      self.init(state: .failed, reason: reason, wait: error.retryAfter, disposition: .retry)
    case .reject, .signIn:
      self.init(state: .failed, reason: reason, disposition: .reject)
    }
  }
}

extension RDStationError {
  /// The part of a reason's code that tells the causes apart.
  fileprivate var word: String {
    switch code {
    case .rateLimited: "rate_limited"
    case .unauthorized, .loginExpired: "login_expired"
    case .notFound: "contact_not_found"
    case .refused(let type, _): "refused_\(type.lowercased())"
    case .unavailable: "unavailable"
    case .outcomeUnknown: "outcome_unknown"
    case .notSent: "not_reached"
    case .saleValueOverLimit: "sale_value_over_limit"
    case .invalidSaleValue: "sale_value_invalid"
    case .eventTooLarge: "event_too_large"
    case .noToken: "no_token"
    }
  }
}

extension RDDesk.Plan {
  /// The effect's id is the marker of its conversions.
  fileprivate func events(of message: Message) -> [RDEvent] {
    guard let email = subject.email else { return [] }
    return update.events.map { event in
      switch event {
      case .opportunity: .opportunity(email: email)
      case .sale(let value): .sale(email: email, value: value)
      case .lost(let reason): .lost(email: email, reason: reason)
      case .conversion(let conversion):
        .conversion(
          email: email,
          identifier: conversion.rawValue,
          marker: "\(message.id)",
          fields: [:]
        )
      }
    }
  }

  fileprivate var contact: RDContactID? {
    subject.rdUUID.map(RDContactID.uuid) ?? subject.email.map(RDContactID.email)
  }

  /// Whether one of the events can be found again.
  fileprivate var hasWitness: Bool {
    update.events.contains { event in
      guard case .conversion = event else { return false }
      return true
    }
  }
}
