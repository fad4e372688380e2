import ArgumentParser
import Operations
import Belt
import Bootstrap
import CommandLineInterface

struct OperationsCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "operations",
    abstract: "Shows, runs, pauses and cancels bulk actions on dead letters.",
    subcommands: [
      ListOperations.self, ShowOperation.self, RunOperation.self, PauseOperation.self,
      ResumeOperation.self, CancelOperation.self,
    ]
  )
}

struct ListOperations: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "ls",
    abstract: "Lists bulk actions on dead letters, newest first."
  )

  @Option(help: "At most so many operations, the newest, 1 to 10000.")
  var limit = 100

  @OptionGroup var output: OutputOptions

  func validate() throws { try ListLimit.check(limit, upTo: 10_000) }

  func run() async throws {
    try await Fleet.open { fleet in
      let store = BulkActions(pool: fleet.pool)
      let actions = try await Page.items(upTo: limit) { cursor, size in
        try await store.list(after: cursor, size: size)
      }
      output.say(actions.json, BulkActionText.text(of: actions))
    }
  }
}

/// The bulk action that a command is about, and how it answers.
struct ChosenOperation: ParsableArguments {
  @Argument(help: "The id, as ls prints it.")
  var id: Identifier

  @OptionGroup var output: OutputOptions

  func run(from states: [BulkAction.State], actor: String) async throws {
    try await Fleet.open(.broker) { fleet in
      try await BulkCommand(fleet: fleet, output: output).run(id, from: states, actor: actor)
    }
  }

  /// Does something to it, and says how it stands then.
  func change(_ body: (BulkActions) async throws -> BulkAction) async throws {
    try await Fleet.open { fleet in
      BulkCommand(fleet: fleet, output: output).say(try await body(BulkActions(pool: fleet.pool)))
    }
  }
}

struct ShowOperation: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "show",
    abstract: "Shows one bulk action, and what it is about."
  )

  @OptionGroup var chosen: ChosenOperation

  func run() async throws {
    try await Fleet.open { fleet in
      let actions = BulkActions(pool: fleet.pool)
      let action = try await actions.required(chosen.id)
      let shares = try await actions.shares(of: chosen.id)
      chosen.output.say(
        action.json(with: shares),
        BulkActionText.text(of: [action]) + "\n\n" + BulkActionText.shares(shares)
      )
    }
  }
}

struct RunOperation: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "run",
    abstract:
      "Runs a planned bulk action, or goes on with one whose runner died; two at once are harmless."
  )

  @OptionGroup var chosen: ChosenOperation

  func run() async throws {
    try await chosen.run(from: [.planned, .running], actor: "esteira operations run")
  }
}

struct ResumeOperation: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "resume",
    abstract: "Goes on with a paused bulk action, and runs it."
  )

  @OptionGroup var chosen: ChosenOperation

  func run() async throws {
    try await chosen.run(from: [.paused], actor: "esteira operations resume")
  }
}

struct PauseOperation: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "pause",
    abstract: "Stops a bulk action after the items in hand; resume goes on."
  )

  @OptionGroup var chosen: ChosenOperation

  func run() async throws {
    try await chosen.change { try await $0.pause(chosen.id, actor: "esteira operations pause") }
  }
}

struct CancelOperation: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "cancel",
    abstract: "Ends a bulk action for good after the items in hand; what is done stays done."
  )

  @OptionGroup var chosen: ChosenOperation

  func run() async throws {
    try await chosen.change { try await $0.cancel(chosen.id, actor: "esteira operations cancel") }
  }
}
