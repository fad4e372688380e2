import ArgumentParser
import BeltStorage
import Operations
import StrictJSON
import Belt
import Bootstrap
import CommandLineInterface

struct DeadLettersCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "dead-letters",
    abstract: "Shows what was given up and why, corrects it, sends it back or discards it.",
    subcommands: [
      GroupDeadLetters.self, ListDeadLetters.self, ShowDeadLetter.self, EditDeadLetter.self,
      RetryDeadLetters.self, DiscardDeadLetters.self, RecordDeadLetters.self,
    ]
  )
}

extension Identifier: ExpressibleByArgument {
  package init?(argument: String) { self.init(argument) }
}

struct GroupDeadLetters: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "groups",
    abstract: "Counts the open dead letters by cause, each with what to do about it."
  )

  @OptionGroup var selection: DeadLetterSelection
  @OptionGroup var output: OutputOptions

  func run() async throws {
    try await Fleet.open(.broker) { fleet in
      try await fleet.recordParked()
      try await fleet.check(selection.chosen.integration)
      let groups = try await DeadLetters(pool: fleet.pool).groups(selection.filter)
      output.say(groups.json, DeadLetterText.text(groups))
    }
  }
}

struct ListDeadLetters: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "ls",
    abstract: "Lists dead letters, newest first, each with why it was given up.",
    discussion: """
      Examples:
        esteira dead-letters ls --integration acme --since 2h
        esteira dead-letters ls --group rd-updater:rd_unavailable
        esteira dead-letters ls --state discarded
      """
  )

  @OptionGroup var selection: DeadLetterSelection

  @Option(help: "Open, retried or discarded ones.")
  var state = DeadLetter.State.open

  @Option(help: "At most so many dead letters, the newest, 1 to 100000.")
  var limit = 1000

  @OptionGroup var output: OutputOptions

  func validate() throws { try ListLimit.check(limit) }

  func run() async throws {
    try await Fleet.open(.broker) { fleet in
      try await fleet.recordParked()
      try await fleet.check(selection.chosen.integration)
      let deadLetters = DeadLetters(pool: fleet.pool)
      let letters = try await Page.items(upTo: limit) { cursor, size in
        try await deadLetters.list(selection.filter, state: state, after: cursor, size: size)
      }
      output.say(letters.json, DeadLetterText.text(of: letters, state))
    }
  }
}

extension DeadLetter.State: ExpressibleByArgument {}

struct ShowDeadLetter: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "show",
    abstract: "Shows one dead letter with its body, which may hold personal data."
  )

  @Argument(help: "The id, as ls prints it.")
  var id: Identifier

  @OptionGroup var output: OutputOptions

  func run() async throws {
    try await Fleet.open { fleet in
      let whole = WholeDeadLetter(try await DeadLetters(pool: fleet.pool).required([id])[0])
      output.say(whole.json, DeadLetterText.text(whole.letter) + "\n\n" + whole.body)
    }
  }
}

struct RecordDeadLetters: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "record",
    abstract: "Moves what was parked on the broker into the list; the other commands do it too."
  )

  @OptionGroup var output: OutputOptions

  func run() async throws {
    try await Fleet.open(.broker) { fleet in
      let recorded = try await ParkedQueue.drain(fleet)
      output.say(["recorded": .number(recorded)], "\(recorded) recorded")
    }
  }
}
