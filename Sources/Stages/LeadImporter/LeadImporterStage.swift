package import BeltStorage
package import Leads
import Belt

/// Stores each lead of each webhook with its event, once, or the reason why it stays out.
package struct LeadImporterStage: Stage {
  package static let flow = Flow.leadImporter

  package init() {}

  package func decide(_ item: Item<WebhookContent>, _ known: inout ImportKnown) -> Decision<
    ImportedWebhook, Never
  > {
    let content = item.input
    let isRepeat = known.isRepeat(item.message)
    let arrivals = content.leads.map { lead in
      arrival(lead.understood(in: item.settings), of: item, &known, isRepeat: isRepeat)
    }
    // A lead that was put aside and sent again, and is no better: it is the same dead letter.
    if item.message.isPutAside, content.isWhole, arrivals.count == 1,
      let refusal = arrivals[0].refusal
    {
      return .reject(refusal, arrivals[0].lines(letter: item.message.id))
    }
    return .done(
      arrivals.flatMap { $0.lines() },
      follows: arrivals.compactMap(\.follow),
      writes: [ImportedWebhook(content: content, arrivals: arrivals)]
    )
  }

  private func arrival(
    _ lead: WebhookContent.Lead,
    of item: Item<WebhookContent>,
    _ known: inout ImportKnown,
    isRepeat: Bool
  ) -> Arrival {
    let message = item.message
    if known.standing.holds(lead, in: item.integration) {
      let decision = ImportDecision.accept(first: false)
      return Arrival(message: message, lead: lead, decision: .success(decision), isStored: true)
    }
    let lead = lead.recognised(by: known.imports, in: item.integration)
    switch lead.item {
    case .success(let event):
      let namesReplaced = known.imports.namesReplaced(by: event, in: item.integration)
      let decision = known.imports.decide(
        event,
        in: item.integration,
        rules: item.settings.importRules,
        arrivedAt: Timestamp(milliseconds: message.arrivedAt),
        isRepeat: isRepeat
      )
      return Arrival(
        message: message,
        lead: lead,
        decision: .success(decision),
        namesReplaced: namesReplaced
      )
    case .failure(let unreadable) where unreadable.isOfAnotherKind:
      let reason = Reason(
        "not_about_a_lead",
        "The webhook was left alone: \(unreadable.detail)."
      )
      return Arrival(message: message, lead: lead, decision: .success(.ignore(reason)))
    case .failure(let unreadable):
      let place = item.input.leads.count > 1 ? "Lead \(lead.position) of the" : "The"
      let reason = Reason(
        "body_unreadable",
        "\(place) webhook body was refused: \(unreadable.detail)."
      )
      return Arrival(message: message, lead: lead, decision: .failure(reason))
    }
  }

  package func portions(_ taken: [Taken<WebhookContent>]) -> [[Taken<WebhookContent>]] {
    Portion.dividing(taken)
  }

  /// One body that cannot be stored whole is stored lead by lead if need be.
  package func division(of taken: Taken<WebhookContent>) -> Division<WebhookContent>? {
    let content = taken.input
    guard content.leads.count > 1 else { return nil }
    return Division(
      count: content.leads.count,
      part: { content.piece($0) },
      rest: { try content.rest(at: $0) },
      writes: WebhookArchive.writing([content.message])
    )
  }
}

/// One webhook, decided.
package struct ImportedWebhook: Sendable {
  let content: WebhookContent
  let arrivals: [Arrival]
}
