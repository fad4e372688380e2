package import BeltStorage
import Leads
package import Belt

/// Finds the contact and the company that each lead is, and creates those that are not known.
package struct CentralizerHandler: Handler {
  let database: LeadDatabase

  package init(database: LeadDatabase) { self.database = database }

  package func handle(_ batch: [Message]) async throws -> [Outcome] {
    let (readable, refused) = batch.reading(LeadImported.self)
    let outcomes = try await database.settle(
      .centralizer,
      readable.map(\.message),
      loading: CentralStore.loading(readable)
    ) { connection, unit in
      let subjects = try load(readable, unit)
      let keys = subjects.map { subject in
        LeadKeys(of: subject.lead, settings: unit.settings(of: subject.message))
      }
      var known = try CentralStore.knowledge(
        of: zip(subjects, keys).map { ($0.message.integration, $1) },
        on: connection
      )
      let decided = zip(subjects, keys).map { subject, keys in
        let integration = subject.message.integration
        let decision = CentralDecision(
          for: keys,
          lead: subject.body.lead,
          knowing: known[integration] ?? CentralKnowledge(),
          integration: integration
        )
        known[integration, default: CentralKnowledge()].learn(decision, of: keys)
        return (subject: subject, keys: keys, decision: decision)
      }
      return StageWork(
        writes: CentralStore.writes(decided),
        settled: decided.map { settle($0.subject, $0.decision, unit) }
      )
    }
    return batch.merging(readable.map(\.message), outcomes, refused)
  }

  private func load(_ readable: [(message: Message, body: LeadImported)], _ unit: Unit) throws
    -> [CentralStore.Subject]
  {
    let profiles = try CentralStore.profiles(in: unit.rows)
    let fresh = Set(unit.fresh.map(\.id))
    return readable.compactMap { message, body in
      guard fresh.contains(message.id),
        let lead = profiles[IntegrationKey(message.integration, body.lead)]
      else { return nil }
      return CentralStore.Subject(
        message: message,
        body: body,
        // It may have been stored before its fillers were known as such.
        lead: lead.withoutFillers(in: unit.settings(of: message))
      )
    }
  }

  private func settle(_ subject: CentralStore.Subject, _ decision: CentralDecision, _ unit: Unit)
    -> Settled
  {
    .done(
      subject.message,
      follows: [
        subject.message.following(
          to: .opportunityCreator,
          LeadCentralized(lead: subject.body.lead, event: subject.body.event)
        )
      ],
      Reason("centralized", decision.explanation),
      subject: decision.contact.id,
      configVersion: unit.settings[subject.message.integration]?.version
    )
  }
}
