internal import SandboxLeads
private import StrictJSON
private import Synchronization

/// People of a run convert on forms, and some are marked by hand.
///
/// Both happen when the script says, which is long ago: RD's webhooks come late, and a person's mark
/// is never near in time to one that an integration sets now.
extension RDSimulator {
  /// The webhooks of the mark go out when those of its conversion are through, as they do with RD.
  func convert(_ lead: SimulatedLead, of run: LeadRun) async {
    let account = account(run.plan.account)
    let policy = settings.withLock { $0.webhookPolicy }
    for group in act(lead, in: account, run) {
      await withDiscardingTaskGroup { tasks in
        for webhook in group {
          tasks.addTask { run.count(await self.deliver(webhook, policy)) }
        }
      }
    }
  }

  /// The conversion, and the mark; both have happened before anybody hears of them.
  private func act(_ lead: SimulatedLead, in account: RDAccount, _ run: LeadRun) -> [[DueWebhook]] {
    guard let conversion = lead.facts.lastConversion else { return [] }
    let markedAt = lead.deliveries.last?.facts.markedAt
    let (converted, marked) = account.state.withLock { state in
      var record = state[uuid: lead.facts.uuid] ?? RDContactRecord(newcomer: lead.facts)
      record.convert(conversion)
      let converted = record
      if let markedAt { record.mark(at: markedAt) }
      state[uuid: lead.facts.uuid] = record
      return (converted, record)
    }
    let form = RDAct.conversion(form: conversion.identifier)
    note(form, of: converted.facts, at: conversion.at, account: account, run: run.name)
    if let markedAt {
      note(.mark, of: marked.facts, at: markedAt, account: account, run: run.name)
    }
    run.progress.withLock { progress in
      progress.conversions += 1
      progress.marks += markedAt == nil ? 0 : 1
    }
    let ofConversion = due(
      .converted(identifier: conversion.identifier),
      of: converted,
      at: conversion.at,
      in: account,
      isRepeated: lead.isRepeated
    )
    guard let markedAt else { return [ofConversion] }
    return [
      ofConversion,
      due(.markedOpportunity, of: marked, at: markedAt, in: account, isRepeated: lead.isRepeated),
    ]
  }
}

extension LeadRun {
  /// Counts a webhook and its repeat.
  func count(_ made: [WebhookPoster.Delivery]) {
    progress.withLock { progress in
      progress.attempts += made.reduce(0) { $0 + $1.attempts }
      progress.delivered += made.first?.isDelivered == true ? 1 : 0
      progress.failed += made.first?.isDelivered == true ? 0 : 1
      progress.repeats += made.dropFirst().count(where: \.isDelivered)
    }
  }
}

extension RDContactRecord {
  /// Somebody who has not converted yet.
  init(newcomer: LeadFacts) {
    var facts = newcomer
    facts.conversionCount = 0
    facts.firstConversion = nil
    facts.lastConversion = nil
    self.init(facts: facts)
  }

  /// Counts on from what the person has done, whoever wrote it.
  mutating func convert(_ conversion: ConversionFacts) {
    var conversion = conversion
    facts.conversionCount += 1
    conversion.ordinal = facts.conversionCount
    facts.firstConversion = facts.firstConversion ?? conversion
    facts.lastConversion = conversion
    history.append(
      RDHistoryItem(
        type: "CONVERSION",
        identifier: conversion.identifier,
        at: conversion.at,
        payload: [
          "email": .string(facts.email), "name": .optional(facts.name),
          "conversion_identifier": .string(conversion.identifier),
        ]
      )
    )
  }
}
