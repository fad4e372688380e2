import ArgumentParser
import BeltStorage
import Operations
import StrictJSON
import CommandLineInterface

struct Migrate: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Brings the database's schema up to date; safe to repeat, and from two machines."
  )

  @OptionGroup var output: OutputOptions

  func run() async throws {
    // A step over a large table may take long; only a person should break it off.
    try await Fleet.open(responseTimeout: .seconds(24 * 3600), checksSchema: false) {
      fleet in
      let applied = try await Migrator(pool: fleet.pool).migrate()
      output.say(
        [
          "applied": .array(applied.map { .string($0.label) }),
          "schema": .number(SchemaVersion.needed),
        ],
        applied.isEmpty
          ? "the schema is up to date (\(SchemaVersion.needed))"
          : applied.map { "applied \($0.label)" }.joined(separator: "\n")
      )
    }
  }
}
