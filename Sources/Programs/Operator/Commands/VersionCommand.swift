import ArgumentParser
import BeltStorage
import StrictJSON
import CommandLineInterface

struct VersionCommand: AsyncParsableCommand {
  /// Of the whole fleet, which is built and rolled out together.
  static let version = "0.1.0"

  static let configuration = CommandConfiguration(
    commandName: "version",
    abstract: "Prints the version of this program, and the schema that it needs."
  )

  @OptionGroup var output: OutputOptions

  func run() async throws {
    output.json
      ? Terminal.say([
        "version": .string(Self.version), "schema": .number(SchemaVersion.needed),
      ])
      : Terminal.say("esteira \(Self.version), schema \(SchemaVersion.needed)")
  }
}
