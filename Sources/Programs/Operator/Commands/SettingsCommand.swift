import ArgumentParser
import Operations
import SettingsDocument
import StrictJSON
import CommandLineInterface

struct SettingsCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "settings",
    abstract: "Shows the stored versions of an integration's settings, and the document's schema.",
    subcommands: [ListSettings.self, ShowSettings.self, PrintSchema.self]
  )
}

struct ListSettings: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "ls",
    abstract: "Lists the versions of an integration's settings, newest first."
  )

  @Argument(help: "The integration.")
  var integration: String

  @OptionGroup var output: OutputOptions

  func run() async throws {
    try await Fleet.open { fleet in
      let store = SettingsVersions(pool: fleet.pool)
      let versions = try await store.versions(of: integration)
      guard !versions.isEmpty else {
        throw try await store.refusal(ofUnknown: integration)
      }
      output.say(versions.json, Self.text(of: versions))
    }
  }

  private static func text(of versions: [SettingsVersions.Version]) -> String {
    var table = TextTable(["version", "applied at", "by", ""], numbers: [0])
    for version in versions {
      table.add([
        "\(version.number)", version.appliedAt, version.actor ?? "-",
        version.isInForce ? "in force" : "",
      ])
    }
    return table.text
  }
}

struct ShowSettings: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "show",
    abstract: "Prints the document of a version as it was written, comments included."
  )

  @Argument(help: "The integration.")
  var integration: String

  @Option(help: "The version; otherwise the one in force.")
  var version: Int?

  @OptionGroup var output: OutputOptions

  func run() async throws {
    try await Fleet.open { fleet in
      let store = SettingsVersions(pool: fleet.pool)
      let stored = try await store.required(integration, version: version)
      output.say(
        [
          "integration": .string(integration), "version": .number(stored.version),
          "source": .string(stored.source),
        ],
        stored.source.hasSuffix("\n") ? String(stored.source.dropLast()) : stored.source
      )
    }
  }
}

struct PrintSchema: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "schema",
    abstract: "Prints the JSON Schema of the document, for editors.",
    discussion: """
      Put it beside the document, which names it in its first line: \
      # yaml-language-server: $schema=settings.schema.json
      """
  )

  @OptionGroup var output: OutputOptions

  func run() throws {
    let text = SettingsSchema.text
    output.say(try JSON(parsing: Array(text.utf8)), String(text.dropLast()))
  }
}
