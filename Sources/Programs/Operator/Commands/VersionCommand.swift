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
    let schema = SchemaVersion.needed
    output.say(
      ["version": .string(Self.version), "schema": .number(schema)],
      "esteira \(Self.version), schema \(schema)"
    )
  }
}
