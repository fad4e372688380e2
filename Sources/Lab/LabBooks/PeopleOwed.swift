package import Leads

/// What a fleet owes people: what they did, read by the settings, and what was won and lost afterwards.
///
/// It follows from the book of their doing alone; no key of ours takes part.
package struct PeopleOwed: Sendable, Hashable {
  /// Somebody converted on a form, or was marked by hand.
  package struct Act: Sendable, Hashable {
    /// In small letters.
    package let email: String
    /// RD Station's id of the person.
    package let contact: String
    /// Nil for a mark by hand.
    package let form: String?
    package let jobTitle: String?
    package let fitLetter: String?
    /// That the person has at RD Station.
    package let tags: [String]

    package init(
      email: String,
      contact: String,
      form: String?,
      jobTitle: String? = nil,
      fitLetter: String? = nil,
      tags: [String] = []
    ) {
      self.email = email
      self.contact = contact
      self.form = form
      self.jobTitle = jobTitle
      self.fitLetter = fitLetter
      self.tags = tags
    }
  }

  /// What RD Station is told of one person.
  package struct Told: Sendable, Hashable {
    /// What of RD Station's book is compared.
    package static let effects: Set = ["conversion", "opportunity", "sale", "lost"]

    package let email: String
    /// One of ``effects``.
    package let effect: String
    /// Of a conversion.
    package let identifier: String?

    package init(email: String, effect: String, identifier: String? = nil) {
      self.email = email
      self.effect = effect
      self.identifier = identifier
    }
  }

  package private(set) var events: [PeopleReader.Event: Int] = [:]
  package private(set) var deals: [PeopleReader.Deal: Int] = [:]
  package private(set) var told: [Told: Int] = [:]
  /// Whether every event makes an opportunity of its own; otherwise one may rightly be missing.
  package let isOneEach: Bool

  /// `held`: events that wait for other settings, which owe nothing yet; `sold`: what became of people's
  /// opportunities.
  package init(
    acts: [Act],
    settings: Settings,
    held: [PeopleReader.Event: Int] = [:],
    sold: PeopleSold = PeopleSold()
  ) {
    isOneEach =
      !settings.oneOpenDealPerLead && settings.triggers.allSatisfy { $0.onRepeat == .new }
    var held = held
    var opportunities: [String: Int] = [:]
    for act in acts {
      let kind: LeadEvent.Kind = act.form == nil ? .opportunityMark : .conversion
      guard settings.importRules.refusal(of: act.event(kind)) == nil else { continue }
      let event = PeopleReader.Event(
        email: act.email,
        kind: kind.rawValue,
        identifier: act.form
      )
      events[event, default: 0] += 1
      guard settings.records.create.contains(.opportunity),
        let trigger = settings.trigger(for: kind, identifier: act.form)?.trigger
      else { continue }
      if let waiting = held[event], waiting > 0 {
        held[event] = waiting - 1
        continue
      }
      deals[.init(email: act.email, pipeline: trigger.pipeline), default: 0] += 1
      opportunities[act.email, default: 0] += 1
      if settings.rdUpdates.opportunityMark, kind == .conversion {
        told[Told(email: act.email, effect: "opportunity"), default: 0] += 1
      }
    }
    owe(opportunities, sold, settings)
  }

  private mutating func owe(
    _ opportunities: [String: Int],
    _ sold: PeopleSold,
    _ settings: Settings
  ) {
    let updates = settings.rdUpdates
    func owe(_ email: String, _ conversion: StandardConversion, _ count: Int) {
      guard count > 0 else { return }
      told[
        Told(email: email, effect: "conversion", identifier: conversion.rawValue)
      ] = count
    }
    for (email, count) in opportunities where updates.standardConversions {
      let sales = sold.won[email] ?? 0
      owe(email, .created, 1)
      owe(email, .evolved, count - 1)
      owe(email, .opportunityCreated, count)
      owe(email, .sale, sales + (updates.saleConversionOnAnyClose ? sold.lost[email] ?? 0 : 0))
      // Several sales make one person a client once, in the CRM whose people are ours.
      if settings.crm.traits.sharesOurPeople { owe(email, .client, min(1, sales)) }
    }
    guard updates.outcomes else { return }
    for (email, count) in sold.won { told[Told(email: email, effect: "sale")] = count }
    for (email, count) in sold.lost { told[Told(email: email, effect: "lost")] = count }
    // A loss took the mark away.
    for (email, count) in sold.reopened where updates.opportunityMark {
      told[Told(email: email, effect: "opportunity"), default: 0] += count
    }
  }
}

extension PeopleOwed.Act {
  /// As far as the import rules look at it.
  fileprivate func event(_ kind: LeadEvent.Kind) -> LeadEvent {
    var lead = LeadProfile()
    lead.email = LeadEmail(email)
    lead.jobTitle = jobTitle
    lead.fitLetter = fitLetter
    return LeadEvent(
      kind: kind,
      lead: lead,
      identifier: form,
      occurredAt: nil,
      origin: nil,
      number: nil,
      key: "",
      in: ""
    )
  }
}
