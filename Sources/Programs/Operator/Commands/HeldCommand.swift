import ArgumentParser
import Bootstrap
import BeltStorage
import StrictJSON
import Belt

struct HeldCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "held",
    abstract: "Shows the leads that wait for the settings to change, and lets them go on.",
    subcommands: [ListHeld.self, ReleaseHeld.self]
  )
}

struct ListHeld: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "ls",
    abstract: "Lists the leads that wait, oldest first, each with what it waits for."
  )

  @OptionGroup var chosen: IntegrationOption

  @Option(help: "At most so many leads, the longest waiting, 1 to 100000.")
  var limit = 1000

  @OptionGroup var output: OutputOptions

  func validate() throws {
    guard (1...100_000).contains(limit) else {
      throw ValidationError("--limit is from 1 to 100000")
    }
  }

  func run() async throws {
    try await FleetAccess.open { access in
      try await access.check(chosen.integration)
      let held = try await HoldDesk(pool: access.pool).waiting(in: chosen.integration, limit: limit)
      if output.json {
        Terminal.say(JSON.array(held.map(\.json)))
        return
      }
      guard !held.isEmpty else {
        Terminal.say("no lead waits for the settings")
        return
      }
      var table = TextTable(["lead", "integration", "since", "settings", "why"], numbers: [3])
      for lead in held {
        table.add([
          lead.email ?? lead.name ?? lead.phone ?? "\(lead.event)", lead.integration, lead.heldAt,
          "\(lead.configVersion)", "\(lead.reason.sentence) [\(lead.reason.code)]",
        ])
      }
      Terminal.say(table.text)
    }
  }
}

struct ReleaseHeld: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "release",
    abstract: "Tries held leads again that newer settings may help; apply does it too.",
    discussion: "Harmless when done twice. One that still does not fit waits on."
  )

  @Argument(help: "The integration.")
  var integration: String

  @OptionGroup var output: OutputOptions

  func run() async throws {
    try await FleetAccess.open(.broker) { access in
      try await access.check(integration)
      let sent = try await HeldLeads.release(in: integration, access)
      output.json
        ? Terminal.say(["released": .number(sent)])
        : Terminal.say("\(sent) sent back to their stage")
    }
  }
}

enum HeldLeads {
  /// Sends what newer settings may help back to its stage; connects to the broker only if there is any.
  static func release(in integration: String, _ access: FleetAccess) async throws -> Int {
    let desk = HoldDesk(pool: access.pool)
    guard try await desk.dueCount(in: integration) > 0 else { return 0 }
    return try await BrokerOutbox.open(access.settings.brokerEndpoint, logger: access.logger) {
      outbox in
      try await desk.release(in: integration) { messages in try await outbox.publish(messages) }
    }
  }
}

extension HeldLead {
  fileprivate var json: JSON {
    [
      "integration": .string(integration), "event": .string("\(event)"),
      "journey": .string("\(journey)"), "name": .optional(name), "email": .optional(email),
      "phone": .optional(phone),
      "code": .string(reason.code), "sentence": .string(reason.sentence),
      "settings_version": .number(configVersion), "held_at": .string(heldAt),
      "due": .bool(isDue),
    ]
  }
}
