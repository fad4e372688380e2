import ArgumentParser
import Bootstrap
import BeltStorage
import StrictJSON
import Belt

struct DeadLetters: AsyncParsableCommand {
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
    try await FleetAccess.open(.broker) { access in
      try await ParkedQueue.drainIfReachable(access)
      try await access.check(selection.chosen.integration)
      let groups = try await DeadLetterDesk(pool: access.pool).groups(selection.filter)
      output.json
        ? Terminal.say(JSON.array(groups.map(\.json))) : Terminal.say(DeadLetterText.text(groups))
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

  func validate() throws {
    guard (1...100_000).contains(limit) else {
      throw ValidationError("--limit is from 1 to 100000")
    }
  }

  func run() async throws {
    try await FleetAccess.open(.broker) { access in
      try await ParkedQueue.drainIfReachable(access)
      try await access.check(selection.chosen.integration)
      let letters = try await DeadLetterDesk(pool: access.pool)
        .list(selection.filter, state: state, limit: limit)
      if output.json {
        Terminal.say(JSON.array(letters.map(\.json)))
        return
      }
      guard !letters.isEmpty else {
        Terminal.say("there are no such dead letters (\(state.rawValue))")
        return
      }
      var table = TextTable(
        ["id", "integration", "group", "attempts", "last", "why"],
        numbers: [3]
      )
      for letter in letters {
        table.add([
          "\(letter.message.id)", letter.message.integration, letter.fingerprint,
          "\(letter.attempts)", letter.lastAt,
          letter.discardReason.map { "discarded: \($0)" } ?? letter.reason.sentence,
        ])
      }
      Terminal.say(table.text)
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
    try await FleetAccess.open { access in
      let letter = try await DeadLetterDesk(pool: access.pool).required([id])[0]
      let body = String(decoding: letter.message.body, as: UTF8.self)
      if output.json {
        guard case .object(var members) = letter.json else { return }
        members["body_sha256"] = .string(letter.bodySHA256)
        members["edited_at"] = .optional(letter.editedAt)
        members["body"] = .string(body)
        Terminal.say(.object(members))
        return
      }
      Terminal.say(DeadLetterText.text(letter) + "\n\n" + body)
    }
  }
}

extension DeadLetterDesk {
  /// - Throws: ``Refusal`` that names those that there are not.
  func required(_ ids: [Identifier], in integration: String? = nil) async throws -> [DeadLetter] {
    let letters = try await find(ids, in: integration)
    let known = Set(letters.map(\.message.id))
    let unknown = ids.filter { !known.contains($0) }
    guard unknown.isEmpty else {
      throw Refusal(
        "there is no dead letter \(unknown.map(\.description).joined(separator: ", ")); "
          + "nothing was done. Run: esteira dead-letters ls"
      )
    }
    return letters
  }
}

struct RecordDeadLetters: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "record",
    abstract: "Moves what was parked on the broker into the list; the other commands do it too."
  )

  @OptionGroup var output: OutputOptions

  func run() async throws {
    try await FleetAccess.open(.broker) { access in
      let recorded = try await ParkedQueue.drain(access)
      output.json
        ? Terminal.say(["recorded": .number(recorded)]) : Terminal.say("\(recorded) recorded")
    }
  }
}
