import ArgumentParser
import Bootstrap
import BeltStorage
import StrictJSON
import Belt

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
  var places: [Place] = []

  @Option(help: "A file with the whole new body; - is the standard input.")
  var body: String?

  @Option(help: "Only if the body still has this SHA-256, as show prints it.")
  var expect: String?

  @Flag(help: "Only check, and show what would change.")
  var dryRun = false

  @OptionGroup var output: OutputOptions

  struct Place: ExpressibleByArgument, Hashable {
    let path: String
    let value: String

    init?(argument: String) {
      guard let sign = argument.firstIndex(of: "="), sign != argument.startIndex else { return nil }
      path = String(argument[..<sign])
      value = String(argument[argument.index(after: sign)...])
    }
  }

  func validate() throws {
    guard places.isEmpty != (body == nil) else {
      throw ValidationError("give either --set path=value, once or more, or --body FILE")
    }
  }

  func run() async throws {
    try await FleetAccess.open { access in
      let desk = DeadLetterDesk(pool: access.pool)
      let letter = try await desk.required([id])[0]
      guard letter.state == .open else {
        throw Refusal("the dead letter \(id) is \(letter.state.rawValue), so it is not edited")
      }
      let edit = try change(letter.message)
      if !dryRun, !edit.differences.isEmpty {
        guard
          try await desk.edit(
            letter,
            edit,
            expecting: expect?.lowercased() ?? letter.bodySHA256,
            actor: "esteira dead-letters edit"
          )
        else {
          throw Refusal(
            "somebody edited, sent or discarded it meanwhile; nothing was changed. Run: esteira "
              + "dead-letters show \(id)"
          )
        }
      }
      output.json
        ? Terminal.say([
          "id": .string("\(id)"), "changed": .bool(!dryRun && !edit.differences.isEmpty),
          "differences": .array(edit.differences.map(\.json)),
        ])
        : Terminal.say(text(of: edit))
    }
  }

  private func change(_ message: Message) throws -> DeadLetterEdit {
    do {
      if let body {
        return try DeadLetterEdit(of: message, replacingWith: try InputFile.read(body))
      }
      return try DeadLetterEdit(of: message, setting: places.map { ($0.path, $0.value) })
    } catch let fault as DeadLetterEdit.Fault {
      throw Refusal("\(fault); nothing was changed", code: Refusal.usage)
    }
  }

  private func text(of edit: DeadLetterEdit) -> String {
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

extension DeadLetterEdit.Difference {
  fileprivate var json: JSON {
    ["path": .string(path), "old": .optional(old), "new": .optional(new)]
  }
}
