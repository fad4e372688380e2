import ArgumentParser
import EmbeddedCRM
import Leads
import Operations
import Belt
import Bootstrap
import CommandLineInterface

struct OpportunityCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "opportunity",
    abstract: "Lists, wins, loses, moves and tags opportunities of the embedded CRM.",
    subcommands: [
      ListOpportunities.self, WinOpportunity.self, LoseOpportunity.self, MoveOpportunity.self,
      TagOpportunity.self,
    ]
  )

  /// Acts, then announces; repeating it changes nothing and announces the same again.
  static func act(_ action: SalesDesk.Action, on id: Identifier, _ output: OutputOptions)
    async throws
  {
    try await Fleet.open(.broker) { fleet in
      let sales = Sales(pool: fleet.pool)
      let changed = try await sales.act(action, on: id)
      try await sales.announce([changed], publish: fleet.publish)
      guard !output.json else { return Terminal.say(changed.json) }
      let state = changed.state
      Terminal.say(
        "\(changed.opportunity): \(state.status.rawValue), stage “\(state.stage)”"
          + (state.value.map { ", value \($0)" } ?? "")
          + (state.lossReason.map { ", reason “\($0)”" } ?? "")
          + (state.tags.isEmpty ? "" : ", tags \(state.tags.joined(separator: ", "))")
      )
    }
  }
}

struct ListOpportunities: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "ls",
    abstract: "Lists opportunities, newest first."
  )

  @OptionGroup var chosen: IntegrationOption

  @Option(help: "Only open, won or lost ones.")
  var status: OpportunityState.Status?

  @Option(help: "At most so many opportunities, the newest, 1 to 100000.")
  var limit = 100

  @OptionGroup var output: OutputOptions

  func validate() throws { try ListLimit.check(limit) }

  func run() async throws {
    try await Fleet.open { fleet in
      try await fleet.check(chosen.integration)
      let sales = Sales(pool: fleet.pool)
      let found = try await Page.items(upTo: limit) { cursor, size in
        try await sales.opportunities(
          in: chosen.integration,
          status: status?.rawValue,
          after: cursor,
          size: size
        )
      }
      if output.json {
        Terminal.say(found.json)
        return
      }
      guard !found.isEmpty else {
        Terminal.say("there are no such opportunities")
        return
      }
      var table = TextTable(
        ["id", "integration", "title", "pipeline", "stage", "owner", "status", "value"],
        numbers: [7]
      )
      for item in found {
        table.add([
          "\(item.id)", item.integration, item.title, item.pipeline, item.stage, item.owner,
          item.status, item.value ?? "",
        ])
      }
      Terminal.say(table.text)
    }
  }
}

struct WinOpportunity: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "win",
    abstract: "Wins an opportunity: it was sold, and RD Station is told of the sale.",
    discussion: "Example: esteira opportunity win ID --value 1234.50"
  )

  @Argument(help: "The opportunity.")
  var id: Identifier

  @Option(help: "What it was sold for, such as 1234.50.")
  var value: String?

  @OptionGroup var output: OutputOptions

  func validate() throws {
    guard let value else { return }
    guard Sales.isAmount(value) else {
      throw ValidationError(
        "--value is an amount such as 1234.50, at most 12 digits before the dot"
      )
    }
  }

  func run() async throws { try await OpportunityCommand.act(.win(value: value), on: id, output) }
}

struct LoseOpportunity: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "lose",
    abstract: "Loses an opportunity: RD Station is told of the loss and its reason.",
    discussion: "Example: esteira opportunity lose ID --reason Preço"
  )

  @Argument(help: "The opportunity.")
  var id: Identifier

  @Option(help: "Why it was lost.")
  var reason: String?

  @OptionGroup var output: OutputOptions

  func run() async throws {
    try await OpportunityCommand.act(.lose(reason: reason), on: id, output)
  }
}

struct MoveOpportunity: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "move",
    abstract:
      "Puts an opportunity into a stage of its pipeline, and opens it again when it was closed."
  )

  @Argument(help: "The opportunity.")
  var id: Identifier

  @Option(help: "A stage of its pipeline.")
  var stage: String

  @OptionGroup var output: OutputOptions

  func run() async throws { try await OpportunityCommand.act(.move(stage: stage), on: id, output) }
}

struct TagOpportunity: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "tag",
    abstract: "Makes the tags of an opportunity exactly these."
  )

  @Argument(help: "The opportunity.")
  var id: Identifier

  @Option(parsing: .upToNextOption, help: "The tags; none at all removes every tag.")
  var tags: [String] = []

  @OptionGroup var output: OutputOptions

  func run() async throws { try await OpportunityCommand.act(.tag(tags), on: id, output) }
}

extension OpportunityState.Status: ExpressibleByArgument {}
