import Bootstrap
import BeltStorage
import StrictJSON
import WorkQueues
import Belt

/// A bulk action from its preview to its end.
struct BulkAction {
  let access: FleetAccess
  let output: OutputOptions

  private var store: OperationStore { OperationStore(pool: access.pool) }

  /// Shows what would happen, freezes it, and runs it if that was asked for.
  func perform(
    _ kind: Operation.Kind,
    _ filter: DeadLetterFilter,
    _ bulk: BulkOptions,
    reason: String? = nil,
    actor: String
  ) async throws {
    if bulk.dryRun {
      let shares = try await store.shares(of: filter)
      output.json
        ? Terminal.say(["planned": .null, "shares": .array(shares.map(\.json))])
        : Terminal.say(
          OperationText.preview(kind, shares, pace: bulk.pace)
            + "\nThis was a preview: nothing was "
            + "done or planned."
        )
      return
    }
    guard
      let operation = try await store.plan(
        kind,
        filter,
        reason: reason,
        pace: bulk.pace,
        actor: actor
      )
    else {
      output.json
        ? Terminal.say(["planned": .null, "shares": []])
        : Terminal.say("there are no such open dead letters; nothing was done")
      return
    }
    let shares = try await store.shares(of: operation.id)
    guard bulk.yes else {
      if output.json {
        Terminal.say(["planned": operation.json, "shares": .array(shares.map(\.json))])
      } else {
        Terminal.say(
          OperationText.preview(kind, shares, pace: bulk.pace)
            + "\nNothing was done yet. Do it: esteira operations run \(operation.id)\n"
            + "Forget it: esteira operations cancel \(operation.id)"
        )
      }
      return
    }
    if !output.json { Terminal.complain(OperationText.preview(kind, shares, pace: bulk.pace)) }
    try await run(operation.id, from: [.planned], actor: actor)
  }

  /// Runs one that is in one of some states until it is done, or somebody stops it.
  func run(_ id: Identifier, from states: [Operation.State], actor: String) async throws {
    let operation = try await moved(id, to: .running, from: states, actor: actor)
    let ended =
      switch operation.kind {
      case .discard: try await run(operation) { _ in }
      case .retry:
        try await BrokerOutbox.open(access.settings.brokerEndpoint, logger: access.logger) {
          outbox in
          try await run(operation) { try await outbox.publish($0) }
        }
      }
    say(ended)
  }

  private func run(
    _ operation: Operation,
    publish: @escaping @Sendable ([Outgoing]) async throws -> Void
  ) async throws -> Operation {
    let clock = ContinuousClock()
    var nextWord = clock.now
    return try await OperationRunner(store: store, publish: publish).run(operation) { now in
      guard clock.now >= nextWord else { return }
      Terminal.complain(OperationText.progress(now))
      nextWord = clock.now + .seconds(2)
    }
  }

  func move(
    _ id: Identifier,
    to state: Operation.State,
    from states: [Operation.State],
    actor: String
  ) async throws {
    say(try await moved(id, to: state, from: states, actor: actor))
  }

  private func moved(
    _ id: Identifier,
    to state: Operation.State,
    from states: [Operation.State],
    actor: String
  ) async throws -> Operation {
    if let moved = try await store.move(id, to: state, from: states, actor: actor) { return moved }
    let operation = try await store.required(id)
    // What was asked for is so already.
    if operation.state == state, state != .running { return operation }
    let way = operation.state == .paused ? ". Run: esteira operations resume \(id)" : ""
    throw Refusal("the operation \(id) is \(operation.state.rawValue)\(way)")
  }

  private func say(_ operation: Operation) {
    output.json ? Terminal.say(operation.json) : Terminal.say(OperationText.progress(operation))
  }
}
