package import BeltStorage
import Leads
package import Belt

/// Stores each lead of each webhook with its event, once, or the reason why it stays out.
package struct LeadImporterHandler: Handler {
  let database: LeadDatabase

  package init(database: LeadDatabase) { self.database = database }

  package func handle(_ batch: [Message]) async throws -> [Outcome] {
    var outcomes: [Outcome] = []
    var portion = Portion()
    for message in batch {
      let content = WebhookContent(of: message)
      if !portion.hasRoom(for: content) {
        outcomes += try await store(portion.contents)
        portion = Portion()
      }
      portion.add(content)
    }
    return outcomes + (portion.contents.isEmpty ? [] : try await store(portion.contents))
  }

  /// One body that cannot be stored whole is stored lead by lead if need be.
  private func store(_ contents: [WebhookContent]) async throws -> [Outcome] {
    do {
      return try await storeWhole(contents)
    } catch let failure as any Failure
      where contents.count == 1 && contents[0].leads.count > 1 && failure.isOfTheWork
    {
      return [try await storeInPieces(contents[0], after: failure)]
    }
  }

  private func storeWhole(_ contents: [WebhookContent]) async throws -> [Outcome] {
    try await database.settle(
      .leadImporter,
      contents.map(\.message),
      loading: ImportStore.loading(contents)
    ) { _, unit in
      let fresh = Set(unit.fresh.map(\.id))
      let contents = contents.filter { fresh.contains($0.message.id) }
      let (arrivals, known, standing) = try decide(contents, unit)
      let taken = zip(contents, arrivals).filter { !isStillBad($0, $1) }
      return StageWork(
        writes: WebhookArchive.writing(taken.map(\.0.message))
          + ImportStore.writes(taken.flatMap(\.1), known, over: standing),
        settled: zip(contents, arrivals).map { settle($0, $1, unit) }
      )
    }
  }

  /// What becomes of each lead of each webhook, what is known by then, and what stood before.
  func decide(_ contents: [WebhookContent], _ unit: Unit) throws -> (
    [[ImportStore.Arrival]], ImportKnowledge, ImportStanding
  ) {
    var known = try ImportStore.knowledge(in: unit.rows)
    let standing = try ImportStore.standing(in: unit.rows)
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
        standing,
        isRepeat: !isNew || repeated.contains(IntegrationKey(message.integration, message.id))
      )
    }
    return (arrivals, known, standing)
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
    _ standing: ImportStanding,
    isRepeat: Bool
  ) -> [ImportStore.Arrival] {
    let message = content.message
    return content.leads.map { $0.understood(in: stored?.settings) }.map { lead in
      if standing.holds(lead, in: message.integration) {
        return ImportStore.Arrival(
          message: message,
          lead: lead,
          decision: .success(.accept(first: false)),
          isStored: true
        )
      }
      let lead = lead.recognised(by: known, in: message.integration)
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
            arrivedAt: Timestamp(milliseconds: message.arrivedAt),
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
    _ unit: Unit
  ) -> Settled {
    let isStillBad = isStillBad(content, arrivals)
    let outcome: Outcome =
      if isStillBad, let reason = arrivals.first?.refusal {
        .reject(reason)
      } else {
        .done(follows: arrivals.compactMap { $0.follow(unit) })
      }
    return Settled(
      content.message,
      outcome,
      journey: arrivals.flatMap { $0.lines(unit, letter: isStillBad ? content.message.id : nil) }
    )
  }
}
