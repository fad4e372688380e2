import LeadStorage
import Leads
import Workers

/// Stores each lead of each webhook with its event, once, or the reason why it stays out.
struct LeadImporterHandler: Handler {
  let database: LeadDatabase

  func handle(_ batch: [Message]) async throws -> [Outcome] {
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
      return StageWork(
        writes: WebhookArchive.writing(contents.map(\.message))
          + ImportStore.writes(arrivals, known, over: standing),
        settled: contents.map { content in
          let own = arrivals.filter { $0.message.id == content.message.id }
          return Settled(
            content.message,
            .done(follows: own.compactMap(\.follow)),
            journey: own.flatMap { $0.lines(unit) }
          )
        }
      )
    }
  }

  /// What becomes of each lead, what is known by then, and what stood before.
  func decide(_ contents: [WebhookContent], _ unit: Unit) throws -> (
    [ImportStore.Arrival], ImportKnowledge, ImportStanding
  ) {
    var known = try ImportStore.knowledge(in: unit.rows)
    let standing = try ImportStore.standing(in: unit.rows)
    let arrivals = contents.flatMap { content in
      decide(content, unit.settings[content.message.integration], &known, standing)
    }
    return (arrivals, known, standing)
  }

  private func decide(
    _ content: WebhookContent,
    _ stored: StoredSettings?,
    _ known: inout ImportKnowledge,
    _ standing: ImportStanding
  ) -> [ImportStore.Arrival] {
    let integration = content.message.integration
    return content.leads.map { $0.understood(in: stored?.settings) }.map { lead in
      if standing.holds(lead, in: integration) {
        return ImportStore.Arrival(
          message: content.message,
          lead: lead,
          decision: .success(.accept(first: false)),
          isStored: true
        )
      }
      let lead = lead.recognised(by: known, in: integration)
      let decision: Result<ImportDecision, Reason> = lead.item.map { event in
        known.decide(
          event,
          in: integration,
          rules: stored?.settings.importRules ?? ImportRules(),
          arrivedAt: Timestamp(milliseconds: content.message.arrivedAt)
        )
      }.mapError { Reason("body_unreadable", "The webhook body was refused: \($0.detail).") }
      return ImportStore.Arrival(message: content.message, lead: lead, decision: decision)
    }
  }
}

extension ImportStore.Arrival {
  var follow: Message? {
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

  /// What the lead's journey says of it; nothing twice.
  func lines(_ unit: Unit) -> [JourneyEntry] {
    guard !isStored else { return [] }
    var reasons = [explanation]
    if case .success(.accept) = decision, let doubt { reasons.append(doubt) }
    return reasons.map { reason in
      JourneyEntry(
        lead.journey,
        reason,
        subject: event?.leadID(in: message.integration),
        configVersion: unit.settings[message.integration]?.version
      )
    }
  }

  private var explanation: Reason {
    switch decision {
    case .success(.accept(let first)):
      let what =
        event?.kind == .opportunityMark
        ? "was marked as opportunity"
        : event?.identifier.map { "converted on “\($0)”" } ?? "converted on a form without a name"
      return Reason(
        "imported",
        (["The lead \(what) and was imported\(first ? " for the first time" : " again")."]
          + (event?.notes ?? [])).joined(separator: " ")
      )
    case .success(.ignore(let reason)):
      return Reason(
        reason.code,
        ([reason.sentence] + (event?.notes ?? [])).joined(separator: " ")
      )
    case .failure(let reason): return reason
    case .success(.duplicate):
      return Reason("duplicate", "This event was delivered before; nothing was done a second time.")
    }
  }
}
