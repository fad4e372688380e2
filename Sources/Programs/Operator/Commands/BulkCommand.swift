import Operations
import StrictJSON
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
      say(plan, preview + "\nThis was a preview: nothing was done or planned.")
      return
    }
    guard let action = plan.action else {
      say(plan, "there are no such open dead letters; nothing was done")
      return
    }
    guard bulk.yes else {
      say(
        plan,
        preview + "\nNothing was done yet. Do it: esteira operations run \(action.id)\n"
          + "Forget it: esteira operations cancel \(action.id)"
      )
      return
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

  func say(_ action: BulkAction) {
    output.json ? Terminal.say(action.json) : Terminal.say(BulkActionText.progress(action))
  }

  private func say(_ plan: PlannedBulkAction, _ text: String) {
    output.json ? Terminal.say(plan.json) : Terminal.say(text)
  }
}
