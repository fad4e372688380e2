package import Belt

extension BulkActions {
  /// What a filter means now; nothing is planned.
  package func preview(_ filter: DeadLetterFilter) async throws -> PlannedBulkAction {
    PlannedBulkAction(action: nil, shares: try await shares(of: filter))
  }

  /// Freezes what a filter means, with what that is; without an action when it means nothing.
  package func planned(
    _ kind: BulkAction.Kind,
    _ filter: DeadLetterFilter,
    reason: String? = nil,
    pace: Int,
    actor: String
  ) async throws -> PlannedBulkAction {
    let action = try await plan(kind, filter, reason: reason, pace: pace, actor: actor)
    guard let action else { return PlannedBulkAction(action: nil, shares: []) }
    return PlannedBulkAction(action: action, shares: try await shares(of: action.id))
  }

  /// Runs one that is in one of some states until it is done, or somebody stops it.
  ///
  /// Breaking off loses nothing: another run goes on with it, and two at once are harmless. The progress is
  /// told after each batch; the actor is for the audit.
  ///
  /// - Returns: Done, paused or cancelled.
  /// - Throws: ``Refusal`` when there is none or it is in another state; `BrokerFailure`.
  package func run(
    _ id: Identifier,
    from states: [BulkAction.State],
    actor: String,
    on fleet: Fleet,
    progress: (BulkAction) -> Void = { _ in }
  ) async throws -> BulkAction {
    let action = try await moved(id, to: .running, from: states, actor: actor)
    switch action.kind {
    case .discard:
      return try await BulkActionRunner(actions: self) { _ in }.run(action, progress: progress)
    case .retry:
      return try await fleet.publishing { outbox in
        try await BulkActionRunner(actions: self) { try await outbox.publish($0) }
          .run(action, progress: progress)
      }
    }
  }

  /// Stops one after the items in hand; ``run(_:from:actor:on:progress:)`` goes on with it.
  ///
  /// - Throws: ``Refusal`` when there is none or it has ended.
  package func pause(_ id: Identifier, actor: String) async throws -> BulkAction {
    try await moved(id, to: .paused, from: [.planned, .running], actor: actor)
  }

  /// Ends one for good after the items in hand; what is done stays done.
  ///
  /// - Throws: ``Refusal`` when there is none or it has ended.
  package func cancel(_ id: Identifier, actor: String) async throws -> BulkAction {
    try await moved(id, to: .cancelled, from: [.planned, .running, .paused], actor: actor)
  }

  private func moved(
    _ id: Identifier,
    to state: BulkAction.State,
    from states: [BulkAction.State],
    actor: String
  ) async throws -> BulkAction {
    if let moved = try await move(id, to: state, from: states, actor: actor) { return moved }
    let action = try await required(id)
    // What was asked for is so already.
    if action.state == state, state != .running { return action }
    throw Refusal(
      .conflict,
      "operation_\(action.state.rawValue)",
      "the operation \(id) is \(action.state.rawValue)",
      remedy: action.state == .paused ? "Run: esteira operations resume \(id)" : nil
    )
  }
}
