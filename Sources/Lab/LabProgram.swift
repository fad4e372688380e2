import ArgumentParser
import CommandLineInterface

/// What tries a fleet out on this machine; never shipped.
@main
struct LabProgram: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "esteira-lab",
    abstract: "Tries a fleet out: lets made-up people convert at the sandbox, and measures.",
    discussion: """
      Settings come from the environment, like those of the operator's program. Exit status: 0 done, 1 refused, \
      failed or not as it must be, 2 wrong usage or settings, 75 try again.
      """,
    subcommands: [Demo.self, Bench.self]
  )

  static func main() async { await runToItsEnd() }
}
