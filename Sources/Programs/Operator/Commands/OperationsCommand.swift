import ArgumentParser
import Bootstrap
import BeltStorage
import StrictJSON
import Belt

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

  func validate() throws {
    guard (1...10_000).contains(limit) else { throw ValidationError("--limit is from 1 to 10000") }
  }

  func run() async throws {
    try await FleetAccess.open { access in
      let operations = try await OperationStore(pool: access.pool).list(limit: limit)
      output.json
        ? Terminal.say(JSON.array(operations.map(\.json)))
        : Terminal.say(OperationText.text(of: operations))
    }
  }
}

struct ShowOperation: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "show",
    abstract: "Shows one bulk action, and what it is about."
  )

  @Argument(help: "The id, as ls prints it.")
  var id: Identifier

  @OptionGroup var output: OutputOptions

  func run() async throws {
    try await FleetAccess.open { access in
      let store = OperationStore(pool: access.pool)
      let operation = try await store.required(id)
      let shares = try await store.shares(of: id)
      if output.json {
        guard case .object(var members) = operation.json else { return }
        members["shares"] = .array(shares.map(\.json))
        Terminal.say(.object(members))
      } else {
        Terminal.say(
          OperationText.text(of: [operation]) + "\n\n" + OperationText.shares(shares)
        )
      }
    }
  }
}

struct RunOperation: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "run",
    abstract:
      "Runs a planned bulk action, or goes on with one whose runner died; two at once are harmless."
  )

  @Argument(help: "The id, as ls prints it.")
  var id: Identifier

  @OptionGroup var output: OutputOptions

  func run() async throws {
    try await FleetAccess.open(.broker) { access in
      try await BulkAction(access: access, output: output)
        .run(id, from: [.planned, .running], actor: "esteira operations run")
    }
  }
}

struct ResumeOperation: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "resume",
    abstract: "Goes on with a paused bulk action, and runs it."
  )

  @Argument(help: "The id, as ls prints it.")
  var id: Identifier

  @OptionGroup var output: OutputOptions

  func run() async throws {
    try await FleetAccess.open(.broker) { access in
      try await BulkAction(access: access, output: output)
        .run(id, from: [.paused], actor: "esteira operations resume")
    }
  }
}

struct PauseOperation: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "pause",
    abstract: "Stops a bulk action after the items in hand; resume goes on."
  )

  @Argument(help: "The id, as ls prints it.")
  var id: Identifier

  @OptionGroup var output: OutputOptions

  func run() async throws {
    try await FleetAccess.open { access in
      try await BulkAction(access: access, output: output)
        .move(id, to: .paused, from: [.planned, .running], actor: "esteira operations pause")
    }
  }
}

struct CancelOperation: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "cancel",
    abstract: "Ends a bulk action for good after the items in hand; what is done stays done."
  )

  @Argument(help: "The id, as ls prints it.")
  var id: Identifier

  @OptionGroup var output: OutputOptions

  func run() async throws {
    try await FleetAccess.open { access in
      try await BulkAction(access: access, output: output).move(
        id,
        to: .cancelled,
        from: [.planned, .running, .paused],
        actor: "esteira operations cancel"
      )
    }
  }
}

extension OperationStore {
  /// - Throws: ``Refusal`` when there is none.
  func required(_ id: Identifier) async throws -> Operation {
    guard let operation = try await operation(id) else {
      throw Refusal("there is no operation \(id). Run: esteira operations ls")
    }
    return operation
  }
}
