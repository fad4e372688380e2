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
      let repeated = try ImportStore.repeated(in: unit.rows)
      var bodies: Set<Body> = []
      let arrivals = contents.map { content in
        let message = content.message
        let isNew = bodies.insert(Body(integration: message.integration, bytes: message.body))
          .inserted
        return decide(
          content,
          unit.settings[message.integration],
          &known,
          isRepeat: !isNew || repeated.contains(IntegrationKey(message.integration, message.id))
        )
      }
      let taken = zip(contents, arrivals).filter { !isStillBad($0, $1) }
      return StageWork(
        writes: ImportStore.writes(taken.map(\.0), taken.flatMap(\.1)),
        settled: zip(contents, arrivals).map { settle($0, $1, unit.settings) }
      )
    }
  }

  private struct Body: Hashable {
    let integration: String
    let bytes: [UInt8]
  }

  /// A lead that was put aside and sent again, and is no better: it is the same dead letter.
  private func isStillBad(_ content: WebhookContent, _ arrivals: [ImportStore.Arrival]) -> Bool {
    content.message.isPutAside && arrivals.count == 1 && arrivals[0].refusal != nil
  }

  /// `isRepeat`: the very body has been here.
  private func decide(
    _ content: WebhookContent,
    _ stored: StoredSettings?,
    _ known: inout ImportKnowledge,
    isRepeat: Bool
  ) -> [ImportStore.Arrival] {
    let message = content.message
    return content.leads.map { lead in
      let lead = lead.understood(in: stored?.settings)
        .recognised(by: known, in: message.integration)
      var namesReplaced: [String] = []
      let decision: Result<ImportDecision, Reason>
      switch lead.item {
      case .success(let event):
        namesReplaced = known.namesReplaced(by: event, in: message.integration)
        decision = .success(
          known.decide(
            event,
            in: message.integration,
            rules: stored?.settings.importRules ?? ImportRules(),
            arrivedAt: message.arrivedAt,
            isRepeat: isRepeat
          )
        )
      case .failure(let unreadable) where unreadable.isOfAnotherKind:
        decision = .success(
          .ignore(Reason("not_about_a_lead", "The webhook was left alone: \(unreadable.detail)."))
        )
      case .failure(let unreadable):
        let place = content.leads.count > 1 ? "Lead \(lead.position) of the" : "The"
        decision = .failure(
          Reason("body_unreadable", "\(place) webhook body was refused: \(unreadable.detail).")
        )
      }
      return ImportStore.Arrival(
        message: message,
        lead: lead,
        decision: decision,
        namesReplaced: namesReplaced
      )
    }
  }

  private func settle(
    _ content: WebhookContent,
    _ arrivals: [ImportStore.Arrival],
    _ settings: [String: StoredSettings]
  ) -> Settled {
    let isStillBad = isStillBad(content, arrivals)
    let stored = settings[content.message.integration]
    let outcome: Outcome =
      if isStillBad, let reason = arrivals.first?.refusal {
        .reject(reason)
      } else {
        .done(follows: arrivals.compactMap { $0.follow(stored?.settings) })
      }
    return Settled(
      content.message,
      outcome,
      journey: arrivals.map { arrival in
        JourneyEntry(
          arrival.lead.journey,
          arrival.explanation(isStillBad ? content.message.id : arrival.putAside.id),
          subject: arrival.event?.leadID(in: content.message.integration),
          configVersion: stored?.version
        )
      }
    )
  }
}
