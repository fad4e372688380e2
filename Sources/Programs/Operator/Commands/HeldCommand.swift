import ArgumentParser
import Operations
import StrictJSON
import Belt
import Bootstrap
import CommandLineInterface

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

  func validate() throws { try ListLimit.check(limit) }

  func run() async throws {
    try await Fleet.open { fleet in
      try await fleet.check(chosen.integration)
      let holds = Holds(pool: fleet.pool)
      let held = try await Page.items(upTo: limit) { cursor, size in
        try await holds.list(in: chosen.integration, after: cursor, size: size)
      }
      output.say(held.json, Self.text(of: held))
    }
  }

  private static func text(of held: [HeldLead]) -> String {
    let header = ["lead", "integration", "since", "settings", "why"]
    let none = "no lead waits for the settings"
    return TextTable.text(of: held, orElse: none, header, numbers: [3]) { lead in
      [
        lead.email ?? lead.name ?? lead.phone ?? "\(lead.event)", lead.integration, lead.heldAt,
        "\(lead.configVersion)", "\(lead.reason.sentence) [\(lead.reason.code)]",
      ]
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
    try await Fleet.open(.broker) { fleet in
      try await fleet.check(integration)
      let sent = try await Holds(pool: fleet.pool).release(in: integration, publish: fleet.publish)
      output.say(["released": .number(sent)], "\(sent) sent back to their stage")
    }
  }
}
