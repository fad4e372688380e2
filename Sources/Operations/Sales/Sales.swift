package import EmbeddedCRM
import FoundationEssentials
package import Leads
package import Postgres
package import StrictJSON
import WorkQueues
package import Belt

/// What a salesperson does with opportunities of the embedded CRM, and the fleet being told of it.
package struct Sales: Sendable {
  /// An opportunity after an action, with what its announcement needs.
  package struct Changed: Sendable, JSONForm {
    package let integration: String
    package let journey: Identifier
    package let opportunity: Identifier
    package let state: OpportunityState
    /// The contact that a sale made a client.
    package var client: SalesDesk.Client?

    package var json: JSON {
      [
        "opportunity": .string("\(opportunity)"), "status": .string(state.status.rawValue),
        "stage": .string(state.stage), "value": .optional(state.value),
        "loss_reason": .optional(state.lossReason),
        "tags": .array(state.tags.map(JSON.string)), "version": .number(state.version),
      ]
    }
  }

  let pool: PostgresPool

  package init(pool: PostgresPool) { self.pool = pool }

  /// Does it; repeating it changes nothing, and is announced again under the same ids.
  ///
  /// - Throws: ``Refusal`` for an opportunity that is not known, or a stage that its pipeline does not
  ///   have; nothing is changed then.
  package func act(_ action: SalesDesk.Action, on id: Identifier) async throws -> Changed {
    guard let origin = try await origin(of: id) else {
      throw Refusal(
        .notFound,
        "opportunity_unknown",
        "there is no opportunity \(id)",
        remedy: "Run: esteira opportunity ls"
      )
    }
    if case .move(let stage) = action { try await check(stage, of: id, in: origin.integration) }
    guard
      let changed = try await SalesDesk(pool: pool).act(
        action,
        on: origin.opportunity,
        in: origin.integration
      )
    else {
      throw Refusal(
        .unavailable,
        "opportunity_on_its_way",
        "the opportunity \(id) is not yet in the embedded CRM"
      )
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
  /// - Throws: ``Refusal``: the changes are saved and not announced; doing the same again announces them,
  ///   under the same ids.
  package func announce(
    _ changed: [Changed],
    publish: ([Outgoing]) async throws -> Void
  ) async throws {
    do {
      try await publish(changed.flatMap(Self.announcement).map { Outgoing($0) })
    } catch let failure as BrokerFailure {
      throw Refusal(unannounced: failure)
    }
  }

  /// The CRM's webhook, as any CRM sends it, with an id derived from the opportunity and its version, and
  /// a message of the contact that became a client.
  package static func announcement(of changed: Changed) -> [Message] {
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
      Contacts.announcement(
        of: client.contact,
        version: client.version,
        in: changed.integration,
        journey: changed.journey
      )
    }
    return [ofOpportunity, ofClient].compactMap(\.self)
  }

  private func check(_ stage: String, of id: Identifier, in integration: String) async throws {
    let current = try await SettingsVersions(pool: pool).current(integration)
    let name = try await pipeline(of: id, in: integration)
    // A pipeline that the settings no longer have: its stages are not ours to judge.
    guard let pipeline = current?.settings.catalogue.pipelines.first(where: { $0.name == name })
    else { return }
    guard pipeline.stages.contains(stage) else {
      let stages = pipeline.stages.map { "“\($0)”" }.joined(separator: ", ")
      throw Refusal(
        .invalid,
        "stage_unknown",
        "there is no stage “\(stage)” in pipeline “\(pipeline.name)”; it has \(stages)"
      )
    }
  }
}

extension Refusal {
  init(unannounced failure: BrokerFailure) {
    self.init(
      .unavailable,
      "change_not_announced",
      "the change is saved, but not announced: \(failure)",
      remedy: "Run the same command again."
    )
  }
}

extension Sales {
  /// Decimal text that the database's money columns hold: up to 12 digits, a dot, up to 2 digits.
  package static func isAmount(_ text: String) -> Bool {
    let parts = text.split(separator: ".", omittingEmptySubsequences: false)
    guard let whole = parts.first, parts.count <= 2, (1...12).contains(whole.count) else {
      return false
    }
    let cents = parts.count == 2 ? parts[1] : "0"
    return (1...2).contains(cents.count)
      && (whole + cents).allSatisfy { $0.isASCII && $0.isNumber }
  }
}
