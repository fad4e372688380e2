import ArgumentParser
private import Glibc
import Operations

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
      DoctorCommand.self, Demo.self, Bench.self, VersionCommand.self,
    ]
  )

  static func main() async {
    let command: any ParsableCommand
    do {
      command = try parseAsRoot()
    } catch {
      guard exitCode(for: error) != .success else { exit(withError: error) }
      let mistyped = MistypedCommand(in: Array(CommandLine.arguments.dropFirst()), of: Self.self)
      Terminal.complain(mistyped.map { "esteira: \($0.sentence)" } ?? fullMessage(for: error))
      Glibc.exit(ExitStatus.usage)
    }
    do {
      var command = command
      if var asynchronous = command as? any AsyncParsableCommand {
        try await asynchronous.run()
      } else {
        try command.run()
      }
    } catch let error where exitCode(for: error) == .success {
      // Such as the text that --help asked for.
      exit(withError: error)
    } catch let error as ExitCode {
      Glibc.exit(error.rawValue)
    } catch {
      let refusal = Refusal(error)
      Terminal.complain("esteira: \(refusal.text)")
      Glibc.exit(ExitStatus.of(refusal.kind))
    }
  }
}
