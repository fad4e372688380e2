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
}

/// The opportunity that a command changes, and how it answers.
struct ChosenOpportunity: ParsableArguments {
  @Argument(help: "The opportunity.")
  var id: Identifier

  @OptionGroup var output: OutputOptions

  /// Acts, then announces; repeating it changes nothing and announces the same again.
  func act(_ action: SalesDesk.Action) async throws {
    try await Fleet.open(.broker) { fleet in
      let sales = Sales(pool: fleet.pool)
      let changed = try await sales.act(action, on: id)
      try await sales.announce([changed], publish: fleet.publish)
      let state = changed.state
      output.say(
        changed.json,
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
      output.say(found.json, Self.text(of: found))
    }
  }

  private static func text(of found: [ListedOpportunity]) -> String {
    TextTable.text(
      of: found,
      orElse: "there are no such opportunities",
      ["id", "integration", "title", "pipeline", "stage", "owner", "status", "value"],
      numbers: [7]
    ) { item in
      [
        "\(item.id)", item.integration, item.title, item.pipeline, item.stage, item.owner,
        item.status, item.value ?? "",
      ]
    }
  }
}

struct WinOpportunity: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "win",
    abstract: "Wins an opportunity: it was sold, and RD Station is told of the sale.",
    discussion: "Example: esteira opportunity win ID --value 1234.50"
  )

  @OptionGroup var chosen: ChosenOpportunity

  @Option(help: "What it was sold for, such as 1234.50.")
  var value: String?

  func validate() throws {
    guard let value else { return }
    guard Sales.isAmount(value) else {
      throw ValidationError(
        "--value is an amount such as 1234.50, at most 12 digits before the dot"
      )
    }
  }

  func run() async throws { try await chosen.act(.win(value: value)) }
}

struct LoseOpportunity: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "lose",
    abstract: "Loses an opportunity: RD Station is told of the loss and its reason.",
    discussion: "Example: esteira opportunity lose ID --reason Preço"
  )

  @OptionGroup var chosen: ChosenOpportunity

  @Option(help: "Why it was lost.")
  var reason: String?

  func run() async throws { try await chosen.act(.lose(reason: reason)) }
}

struct MoveOpportunity: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "move",
    abstract:
      "Puts an opportunity into a stage of its pipeline, and opens it again when it was closed."
  )

  @OptionGroup var chosen: ChosenOpportunity

  @Option(help: "A stage of its pipeline.")
  var stage: String

  func run() async throws { try await chosen.act(.move(stage: stage)) }
}

struct TagOpportunity: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "tag",
    abstract: "Makes the tags of an opportunity exactly these."
  )

  @OptionGroup var chosen: ChosenOpportunity

  @Option(parsing: .upToNextOption, help: "The tags; none at all removes every tag.")
  var tags: [String] = []

  func run() async throws { try await chosen.act(.tag(tags)) }
}

extension OpportunityState.Status: ExpressibleByArgument {}
