import ArgumentParser
import CommandLineInterface

/// The command line for everything an operator does.
@main
struct Esteira: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "esteira",
    abstract: "Operates the fleet that carries leads between RD Station and a CRM.",
    discussion: """
      Settings come from the environment (ESTEIRA_…). Data goes to the standard output, talk to \
      the standard error. Exit status: 0 done, 1 refused or failed, 2 wrong usage or settings, 75 \
      try again.

      Begin with: esteira doctor, esteira ledger, esteira explain ana@exemplo.com.br
      """,
    version: VersionCommand.version,
    subcommands: [
      Migrate.self, TopologyCommand.self, Plan.self, Apply.self, Connect.self, Diff.self,
      Fields.self, SettingsCommand.self, HookURL.self, Explain.self, Simulate.self,
      LedgerCommand.self, HeldCommand.self, IgnoredCommand.self, DeadLettersCommand.self,
      OperationsCommand.self, OpportunityCommand.self, ContactCommand.self, Sweep.self,
      DoctorCommand.self, VersionCommand.self,
    ]
  )

  static func main() async { await runToItsEnd() }
}
