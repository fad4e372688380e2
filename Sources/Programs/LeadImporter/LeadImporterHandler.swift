import LeadStorage
import Leads
import Workers

/// Stores each lead of each webhook with its event, once, or the reason why it stays out.
struct LeadImporterHandler: Handler {
  let database: LeadDatabase

  func handle(_ batch: [Message]) async throws -> [Outcome] {
    let contents = batch.map(WebhookContent.init)
    return try await database.settle(
      .leadImporter,
      batch,
      loading: ImportStore.loading(contents)
    ) { _, unit in
      let fresh = Set(unit.fresh.map(\.id))
      let contents = contents.filter { fresh.contains($0.message.id) }
      var known = try ImportStore.knowledge(in: unit.rows)
      let arrivals = contents.flatMap { content in
        decide(content, unit.settings[content.message.integration], &known)
      }
      return StageWork(
        writes: ImportStore.writes(contents, arrivals),
        settled: contents.map { settle($0, arrivals, unit.settings) }
      )
    }
  }

  private func decide(
    _ content: WebhookContent,
    _ stored: StoredSettings?,
    _ known: inout ImportKnowledge
  ) -> [ImportStore.Arrival] {
    content.leads.map { lead in
      let decision: Result<ImportDecision, Reason> = lead.item.map { event in
        known.decide(
          event,
          in: content.message.integration,
          rules: stored?.settings.importRules ?? ImportRules()
        )
      }.mapError { Reason("body_unreadable", "The webhook body was refused: \($0.detail).") }
      return ImportStore.Arrival(message: content.message, lead: lead, decision: decision)
    }
  }

  private func settle(
    _ content: WebhookContent,
    _ arrivals: [ImportStore.Arrival],
    _ settings: [String: StoredSettings]
  ) -> Settled {
    let own = arrivals.filter { $0.message.id == content.message.id }
    return Settled(
      content.message,
      .done(follows: own.compactMap(\.follow)),
      journey: own.map { arrival in
        JourneyEntry(
          arrival.lead.journey,
          arrival.explanation,
          subject: arrival.event?.leadID(in: content.message.integration),
          configVersion: settings[content.message.integration]?.version
        )
      }
    )
  }
}

extension ImportStore.Arrival {
  fileprivate var follow: Message? {
    guard case .success(.accept) = decision, let event,
      let lead = event.leadID(in: message.integration)
    else { return nil }
    return message.following(
      to: .centralizer,
      LeadImported(lead: lead, event: event.id(in: message.integration)),
      journey: self.lead.journey,
      part: String(self.lead.position)
    )
  }

  fileprivate var explanation: Reason {
    switch decision {
    case .success(.accept(let first)):
      let what =
        event?.kind == .opportunityMark
        ? "was marked as opportunity"
        : event?.identifier.map { "converted on “\($0)”" } ?? "converted on a form without a name"
      return Reason(
        "imported",
        "The lead \(what) and was imported\(first ? " for the first time" : " again")."
      )
    case .success(.ignore(let reason)), .failure(let reason):
      return reason
    case .success(.duplicate):
      return Reason("duplicate", "This event was delivered before; nothing was done a second time.")
    }
  }
}
