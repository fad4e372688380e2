import ArgumentParser
import Bootstrap
import LeadStorage
import StrictJSON
import Workers

struct DeadLetters: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "dead-letters",
    abstract: "Shows what was given up, and sends it back to its stage.",
    subcommands: [
      ListDeadLetters.self, ShowDeadLetter.self, RetryDeadLetters.self, RecordDeadLetters.self,
    ]
  )
}

extension Identifier: ExpressibleByArgument {
  package init?(argument: String) { self.init(argument) }
}

struct ListDeadLetters: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "ls",
    abstract: "Lists the open ones, newest first."
  )

  @OptionGroup var chosen: IntegrationOption
  @OptionGroup var output: OutputOptions

  func run() async throws {
    try await FleetAccess.open(.broker) { access in
      try await ParkedQueue.drainIfReachable(access)
      let letters = try await DeadLetterDesk(pool: access.pool).open(in: chosen.integration)
      if output.json {
        Terminal.say(JSON.array(letters.map(\.json)))
        return
      }
      guard !letters.isEmpty else {
        Terminal.say("there are no open dead letters")
        return
      }
      var table = TextTable(
        ["id", "integration", "fingerprint", "attempts", "last", "why"],
        numbers: [3]
      )
      for letter in letters {
        table.add([
          "\(letter.message.id)", letter.message.integration, letter.fingerprint,
          "\(letter.attempts)", letter.lastAt, letter.reason.sentence,
        ])
      }
      Terminal.say(table.text)
    }
  }
}

struct ShowDeadLetter: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "show",
    abstract: "Shows one with its body, which may hold personal data."
  )

  @Argument(help: "The id, as ls prints it.")
  var id: Identifier

  @OptionGroup var output: OutputOptions

  func run() async throws {
    try await FleetAccess.open { access in
      guard let letter = try await DeadLetterDesk(pool: access.pool).find([id]).first else {
        throw Refusal("there is no dead letter \(id). Run: esteira dead-letters ls")
      }
      let body = String(decoding: letter.message.body, as: UTF8.self)
      if output.json {
        guard case .object(var members) = letter.json else { return }
        members["body"] = .string(body)
        Terminal.say(.object(members))
        return
      }
      var table = TextTable(["id", "\(letter.message.id)"])
      table.add(["integration", letter.message.integration])
      table.add(["stage", letter.message.stage])
      table.add(["type", letter.message.type])
      table.add(["why", "\(letter.reason.sentence) [\(letter.reason.code)]"])
      table.add(["attempts", "\(letter.attempts)"])
      table.add(["first", letter.firstAt])
      table.add(["last", letter.lastAt])
      table.add(["state", letter.state.rawValue])
      table.add(["journey", "\(letter.message.journey)"])
      Terminal.say(table.text + "\n\n" + body)
    }
  }
}

struct RetryDeadLetters: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "retry",
    abstract: "Sends dead letters back to their stages; harmless when done twice."
  )

  @Argument(help: "The ids, as ls prints them.")
  var ids: [Identifier] = []

  @Flag(help: "All open ones of one integration.")
  var all = false

  @OptionGroup var chosen: IntegrationOption
  @OptionGroup var output: OutputOptions

  func validate() throws {
    if all == !ids.isEmpty { throw ValidationError("name some ids, or --all --integration NAME") }
    if all, chosen.integration == nil { throw ValidationError("--all needs --integration NAME") }
  }

  func run() async throws {
    try await FleetAccess.open(.broker) { access in
      _ = try await ParkedQueue.drain(access)
      let desk = DeadLetterDesk(pool: access.pool)
      let letters =
        all
        ? try await desk.open(in: chosen.integration)
        : try await desk.find(ids, in: chosen.integration)
      let known = Set(letters.map(\.message.id))
      let unknown = ids.filter { !known.contains($0) }
      guard unknown.isEmpty else {
        throw Refusal(
          "there is no dead letter \(unknown.map(\.description).joined(separator: ", ")); "
            + "nothing was sent. Run: esteira dead-letters ls"
        )
      }
      let sent = try await BrokerOutbox.open(access.settings.brokerEndpoint, logger: access.logger)
      { outbox in
        try await desk.retry(letters, actor: "esteira dead-letters retry") { messages in
          try await outbox.publish(messages)
        }
      }
      let settled = letters.count - sent
      if output.json {
        Terminal.say(["retried": .number(sent), "not_open": .number(settled)])
      } else {
        let rest = settled > 0 ? ", \(settled) had been retried before" : ""
        Terminal.say("\(sent) sent back to their stages\(rest)")
      }
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
    try await FleetAccess.open(.broker) { access in
      let recorded = try await ParkedQueue.drain(access)
      output.json
        ? Terminal.say(["recorded": .number(recorded)]) : Terminal.say("\(recorded) recorded")
    }
  }
}
