import Operations
import Belt
import CommandLineInterface

/// A bulk action from its preview to its end, as a person sees it.
struct BulkCommand {
  let fleet: Fleet
  let output: OutputOptions

  private var actions: BulkActions { BulkActions(pool: fleet.pool) }

  /// Shows what would happen, freezes it, and runs it if that was asked for.
  func perform(
    _ kind: BulkAction.Kind,
    _ filter: DeadLetterFilter,
    _ bulk: BulkOptions,
    reason: String? = nil,
    actor: String
  ) async throws {
    let plan =
      bulk.dryRun
      ? try await actions.preview(filter)
      : try await actions.planned(kind, filter, reason: reason, pace: bulk.pace, actor: actor)
    let preview = BulkActionText.preview(kind, plan.shares, pace: bulk.pace)
    if bulk.dryRun {
      let note = "\nThis was a preview: nothing was done or planned."
      return output.say(plan.json, preview + note)
    }
    guard let action = plan.action else {
      return output.say(plan.json, "there are no such open dead letters; nothing was done")
    }
    guard bulk.yes else {
      return output.say(
        plan.json,
        preview + "\nNothing was done yet. Do it: esteira operations run \(action.id)\n"
          + "Forget it: esteira operations cancel \(action.id)"
      )
    }
    if !output.json { Terminal.complain(preview) }
    try await run(action.id, from: [.planned], actor: actor)
  }

  /// Runs one that is in one of some states until it is done, or somebody stops it.
  func run(_ id: Identifier, from states: [BulkAction.State], actor: String) async throws {
    let clock = ContinuousClock()
    var nextWord = clock.now
    say(
      try await actions.run(id, from: states, actor: actor, on: fleet) { now in
        guard clock.now >= nextWord else { return }
        Terminal.complain(BulkActionText.progress(now))
        nextWord = clock.now + .seconds(2)
      }
    )
  }

  func say(_ action: BulkAction) { output.say(action.json, BulkActionText.progress(action)) }
}
