package import BeltStorage
package import Leads
import Postgres
package import RDStation
package import Belt

/// Keeps the tags of a lead at RD Station and of its opportunities in the CRM equal, by a three-way
/// merge against the set on which both last agreed (R33).
///
/// Writing tags twice does no harm, so a crash between the writes and the commit needs no read-back.
package struct TagSyncHandler: Handler {
  let database: LeadDatabase
  let crms: CRMs
  let client: RDStationClient

  package init(database: LeadDatabase, crms: CRMs, client: RDStationClient) {
    self.database = database
    self.crms = crms
    self.client = client
  }
  /// No call for a batch begins later after its start; two minutes without an end count as stuck.
  var length = Duration.seconds(20)

  private typealias Planned = (message: Message, plan: Plan)

  /// What one message asks for.
  private enum Request: Sendable {
    case created(Identifier), changed(Identifier), tagged(lead: Identifier)
  }

  package func handle(_ batch: [Message]) async throws -> [Outcome] {
    let (requests, refused) = read(batch)
    let readable = batch.filter { requests[$0.id] != nil }
    var (outcomes, planned) = try await database.plan(
      .tagSync,
      readable,
      loading: [loading(readable, requests)]
    ) { _, unit in
      let subjects = try TagStore.subjects(in: unit.rows[0])
      return plan(unit, requests, subjects)
    }
    outcomes.merge(refused) { settled, _ in settled }
    if !planned.isEmpty { try await outcomes.merge(merge(planned)) { _, merged in merged } }
    return batch.answers(from: outcomes)
  }

  private func read(_ batch: [Message]) -> (
    requests: [Identifier: Request], refused: [Identifier: Outcome]
  ) {
    var requests: [Identifier: Request] = [:]
    var refused: [Identifier: Outcome] = [:]
    for message in batch {
      do throws(MessageFault) {
        requests[message.id] = try read(message)
      } catch {
        refused[message.id] = error.outcome(of: message)
      }
    }
    return (requests, refused)
  }

  private func read(_ message: Message) throws(MessageFault) -> Request {
    switch message.type {
    case OpportunityCreated.type:
      .created(try message.body(as: OpportunityCreated.self).opportunity)
    case OpportunityChanged.type:
      .changed(try message.body(as: OpportunityChanged.self).opportunity)
    default: .tagged(lead: try message.body(as: LeadTagged.self).lead)
    }
  }

  private func loading(_ messages: [Message], _ requests: [Identifier: Request]) -> SQL {
    var opportunities: [IntegrationKey] = []
    var leads: [IntegrationKey] = []
    for message in messages {
      switch requests[message.id] {
      case .created(let id)?, .changed(let id)?:
        opportunities.append(IntegrationKey(message.integration, id))
      case .tagged(let lead)?: leads.append(IntegrationKey(message.integration, lead))
      case nil: break
      }
    }
    return TagStore.loading(opportunities: opportunities, leads: leads)
  }

  private struct Plan: Sendable {
    let subjects: [TagStore.Subject]
    let settings: Settings
    /// A change in the CRM: both sides are read anew.
    let fromCRM: Bool
  }

  /// An opportunity that was just created with RD's tags agrees already: nothing to do outside.
  private func plan(
    _ unit: Unit,
    _ requests: [Identifier: Request],
    _ subjects: [String: [TagStore.Subject]]
  ) -> StageWork<Plan> {
    var work = StageWork<Plan>()
    var agreed: [(integration: String, subject: TagStore.Subject, tags: [String])] = []
    for message in unit.fresh {
      let settings = unit.settings(of: message)
      let own = (subjects[message.integration] ?? []).filter { subject in
        switch requests[message.id] {
        case .created(let id)?, .changed(let id)?: subject.opportunity == id
        case .tagged(let lead)?: subject.lead == lead
        case nil: false
        }
      }
      guard settings.tags != .off, !own.isEmpty else {
        work.settled.append(
          .done(
            message,
            Reason(
              "tags_untouched",
              own.isEmpty
                ? "There is no open opportunity to tag."
                : "The settings switch tag synchronisation off."
            ),
            isSaidOnce: true
          )
        )
        continue
      }
      if case .created? = requests[message.id], let subject = own.first {
        let merge = TagPlan(
          base: subject.base,
          rd: subject.rdTags,
          crm: subject.draftTags,
          direction: settings.tags
        )
        if !merge.changesCRM, !merge.changesRD {
          agreed.append((message.integration, subject, merge.merged))
          work.settled.append(.done(message, .tagsAgree, subject: subject.opportunity))
          continue
        }
      }
      var fromCRM = false
      if case .changed? = requests[message.id] { fromCRM = true }
      work.planned.append((message, Plan(subjects: own, settings: settings, fromCRM: fromCRM)))
    }
    work.writes = TagStore.merged(agreed)
    return work
  }

  /// What became of one message.
  private struct Merged: Sendable {
    let outcome: Outcome
    var settled: Settled?
    var tags: [(integration: String, subject: TagStore.Subject, tags: [String])] = []
  }

  /// Reads, merges and writes outside, then keeps what both sides hold.
  ///
  /// The integrations are served beside each other; what is not begun by the batch's end waits.
  private func merge(_ planned: [Planned]) async throws -> [Identifier: Outcome] {
    let end = ContinuousClock.now + length
    let served = await sideBySide(Dictionary(grouping: planned, by: \.message.integration)) {
      _,
      planned in
      await merge(planned, before: end)
    }
    var outcomes: [Identifier: Outcome] = [:]
    var settled: [Settled] = []
    var tags: [(integration: String, subject: TagStore.Subject, tags: [String])] = []
    for result in served {
      for (id, merged) in try result.get() {
        outcomes[id] = merged.outcome
        tags += merged.tags
        if let one = merged.settled { settled.append(one) }
      }
    }
    try await database.record(.tagSync, settled, writes: TagStore.merged(tags))
    return outcomes
  }

  /// Merges the tags of one integration's messages, in their order.
  private func merge(_ planned: [Planned], before end: ContinuousClock.Instant) async
    -> Result<[Identifier: Merged], any Error>
  {
    var merged: [Identifier: Merged] = [:]
    for (message, plan) in planned {
      guard ContinuousClock.now < end else {
        merged[message.id] = Merged(outcome: .snooze(.seconds(5), .rdSlow))
        continue
      }
      do {
        merged[message.id] = try await merge(message, plan, before: end)
      } catch let error as CRMError {
        merged[message.id] = Merged(outcome: error.outcome)
      } catch let error as CallError {
        merged[message.id] = Merged(
          outcome: error.outcome(of: message),
          settled: error.lines(for: message)
        )
      } catch {
        return .failure(error)
      }
    }
    return .success(merged)
  }

  private func merge(_ message: Message, _ plan: Plan, before end: ContinuousClock.Instant)
    async throws -> Merged
  {
    var wrote = false
    var tags: [(integration: String, subject: TagStore.Subject, tags: [String])] = []
    for subject in plan.subjects {
      guard ContinuousClock.now < end else {
        // What was merged is kept.
        let wait = max(.seconds(5), message.waitBeforeAnotherLook)
        return Merged(outcome: .snooze(wait, .rdSlow), tags: tags)
      }
      let merge = try await merge(subject, plan, in: message.integration)
      tags.append((message.integration, subject, merge.merged))
      wrote = wrote || merge.changesCRM || merge.changesRD
    }
    let settled = Settled.done(
      message,
      wrote ? .tagsMerged : .tagsAgree,
      subject: plan.subjects.first?.opportunity,
      isSaidOnce: !wrote
    )
    return Merged(outcome: settled.outcome, settled: settled, tags: tags)
  }

  private func merge(_ subject: TagStore.Subject, _ plan: Plan, in integration: String) async throws
    -> TagPlan
  {
    let crm = try crms.crm(plan.settings.crm)
    let record = subject.crmID.map(CRMRecord.init)
    var state: OpportunityState?
    if let record { state = try await crm.read([record], in: integration).first ?? nil }
    let contact = subject.rdUUID.map(RDContactID.uuid) ?? subject.email.map(RDContactID.email)
    var rdTags = subject.rdTags
    if plan.fromCRM, let contact {
      rdTags = try await client.contact(contact, for: integration)?.tags ?? rdTags
    }
    let merge = TagPlan(
      base: subject.base,
      rd: rdTags,
      crm: state?.tags ?? subject.draftTags,
      direction: plan.settings.tags
    )
    if merge.changesCRM, let record {
      try await crm.setTags(merge.merged, of: record, in: integration)
    }
    if merge.changesRD, let contact {
      try await client.replaceTags(merge.merged, of: contact, for: integration)
    }
    return merge
  }
}

extension Reason {
  fileprivate static let tagsAgree = Reason("tags_agree", "Both sides hold the same tags.")
  fileprivate static let rdSlow = Reason(
    "rd_slow",
    "RD Station answers too slowly; this waits for its turn."
  )
  fileprivate static let tagsMerged = Reason("tags_merged", "The tags of both sides were merged.")
}

extension CallError {
  /// What the journey tells, once, of a login that does not work.
  fileprivate func lines(for message: Message) -> Settled? {
    let reason = reason(of: message)
    guard meaning == .login, reason.isNews(to: message) else { return nil }
    return Settled(
      message,
      outcome(of: message),
      journey: [JourneyEntry(message.journey, reason)]
    )
  }
}
