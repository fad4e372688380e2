import ArgumentParser
package import Operations
import Belt
import CommandLineInterface

struct EditDeadLetter: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "edit",
    abstract: "Corrects the body of an open dead letter, checked as its stage will read it.",
    discussion: """
      Prints what changes, which may be personal data. Nothing is sent: retry does that. The first body \
      is kept. Ids, type, stage and integration are never edited.
      """
  )

  @Argument(help: "The id, as ls prints it.")
  var id: Identifier

  @Option(
    name: .customLong("set"),
    help: "path=value, such as leads.0.email=ana@exemplo.com.br; nothing after = takes it away."
  )
  var places: [DeadLetterEdit.Place] = []

  @Option(help: "A file with the whole new body; - is the standard input.")
  var body: String?

  @Option(help: "Only if the body still has this SHA-256, as show prints it.")
  var expect: String?

  @Flag(help: "Only check, and show what would change.")
  var dryRun = false

  @OptionGroup var output: OutputOptions

  func validate() throws {
    guard places.isEmpty != (body == nil) else {
      throw ValidationError("give either --set path=value, once or more, or --body FILE")
    }
  }

  func run() async throws {
    try await Fleet.open { fleet in
      let edited = try await DeadLetters(pool: fleet.pool).edit(
        id,
        try body.map { .replacing(try InputFile.read($0)) } ?? .setting(places),
        expecting: expect,
        isTrial: dryRun,
        actor: "esteira dead-letters edit"
      )
      output.say(edited.json, text(of: edited))
    }
  }

  private func text(of edit: EditedDeadLetter) -> String {
    guard !edit.differences.isEmpty else { return "nothing differs" }
    var lines: [String] = []
    for difference in edit.differences {
      let path = difference.path.isEmpty ? "the body" : difference.path
      if let old = difference.old { lines.append("- \(path): \(old)") }
      if let new = difference.new { lines.append("+ \(path): \(new)") }
    }
    lines.append(
      dryRun
        ? "it may be changed so; nothing was" : "changed. Send it: esteira dead-letters retry \(id)"
    )
    return lines.joined(separator: "\n")
  }
}

extension DeadLetterEdit.Place: ExpressibleByArgument {
  package init?(argument: String) {
    guard let sign = argument.firstIndex(of: "="), sign != argument.startIndex else { return nil }
    self.init(
      path: String(argument[..<sign]),
      value: String(argument[argument.index(after: sign)...])
    )
  }
}
