package import ArgumentParser
private import Glibc
import Operations

extension AsyncParsableCommand {
  /// Parses the command line, runs what it names, and ends the process with its ``ExitStatus``.
  ///
  /// For a program's root command. What went wrong is told on the standard error.
  package static func runToItsEnd() async {
    let command: any ParsableCommand
    do {
      command = try parseAsRoot()
    } catch {
      guard exitCode(for: error) != .success else { exit(withError: error) }
      let mistyped = MistypedCommand(in: Array(CommandLine.arguments.dropFirst()), of: Self.self)
      Terminal.complain(
        mistyped.map { "\(_commandName): \($0.sentence)" } ?? fullMessage(for: error)
      )
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
      Terminal.complain("\(_commandName): \(refusal.text)")
      Glibc.exit(ExitStatus.of(refusal.kind))
    }
  }
}
