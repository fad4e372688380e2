import EmbeddedCRM
import FoundationEssentials
import BeltStorage
import Leads
import Postgres
import StrictJSON
import WorkQueues
import Belt

/// What a salesperson does in the embedded CRM, and the fleet being told of it.
struct OpportunitySales {
  /// An opportunity after an action, with what its announcement needs.
  struct Changed: Sendable {
    let integration: String
    let journey: Identifier
    let opportunity: Identifier
    let state: OpportunityState
    /// The contact that a sale made a client.
    var client: SalesDesk.Client?
  }

  let access: FleetAccess

  /// - Throws: ``Refusal`` for an opportunity that is not known, or a stage that its pipeline does not
  ///   have; nothing is changed then.
  func act(_ action: SalesDesk.Action, on id: Identifier) async throws -> Changed {
    guard let origin = try await OpportunityListing.origin(of: id, in: access.pool) else {
      throw Refusal("there is no opportunity \(id). Run: esteira opportunity ls")
    }
    if case .move(let stage) = action { try await check(stage, of: id, in: origin.integration) }
    guard
      let changed = try await SalesDesk(pool: access.pool).act(
        action,
        on: origin.opportunity,
        in: origin.integration
      )
    else {
      throw Refusal("the opportunity \(id) is not yet in the embedded CRM", code: Refusal.again)
    }
    return Changed(
      integration: origin.integration,
      journey: origin.journey,
      opportunity: changed.opportunity,
      state: changed.state,
      client: changed.client
    )
  }

  /// Tells the stages that follow the CRM.
  ///
  /// - Throws: ``Refusal`` with status 75: the changes are saved and not announced; the same command
  ///   announces them, under the same ids.
  func announce(_ changed: [Changed], through outbox: BrokerOutbox) async throws {
    let messages = changed.flatMap(Self.announcement)
    do {
      try await outbox.publish(messages.map { Outgoing($0) })
    } catch let failure as BrokerFailure {
      throw Refusal(
        "the change is saved, but not announced: \(failure) Run the same command again.",
        code: Refusal.again
      )
    }
  }

  /// The CRM's webhook, as any CRM sends it, with an id derived from the opportunity and its version, and
  /// a message of the contact that became a client.
  static func announcement(of changed: Changed) -> [Message] {
    let ofOpportunity = Message(
      id: Identifier(
        derivedFrom: "opportunity.changed",
        changed.integration,
        "\(changed.opportunity)",
        "\(changed.state.version)"
      ),
      type: CRMHookReceived.type,
      stage: Flow.rdUpdater.stage,
      integration: changed.integration,
      journey: changed.journey,
      body: EmbeddedCRM.hook(ofOpportunity: changed.opportunity),
      arrivedAt: Int64(Date.now.timeIntervalSince1970 * 1000)
    )
    let ofClient = changed.client.map { client in
      ContactConversions.announcement(
        of: client.contact,
        version: client.version,
        in: changed.integration,
        journey: changed.journey
      )
    }
    return [ofOpportunity, ofClient].compactMap(\.self)
  }

  private func check(_ stage: String, of id: Identifier, in integration: String) async throws {
    let current = try await SettingsStore(pool: access.pool).current(integration)
    let name = try await OpportunityListing.pipeline(of: id, in: integration, access.pool)
    // A pipeline that the settings no longer have: its stages are not ours to judge.
    guard let pipeline = current?.settings.catalogue.pipelines.first(where: { $0.name == name })
    else { return }
    guard pipeline.stages.contains(stage) else {
      let stages = pipeline.stages.map { "“\($0)”" }.joined(separator: ", ")
      throw Refusal(
        "there is no stage “\(stage)” in pipeline “\(pipeline.name)”; it has \(stages)",
        code: Refusal.usage
      )
    }
  }
}
