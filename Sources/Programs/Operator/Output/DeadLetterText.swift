import BeltStorage
import Operations
import Belt
import CommandLineInterface

/// Dead letters in words.
enum DeadLetterText {
  static func text(_ groups: [DeadLetterGroup]) -> String {
    guard !groups.isEmpty else { return "there are no open dead letters" }
    return groups.map { group in
      let times =
        group.firstAt == group.lastAt ? group.lastAt : "\(group.firstAt) to \(group.lastAt)"
      return """
        \(group.fingerprint): \(group.count) of \(group.integrations.joined(separator: ", ")), \(times)
          why:  \(group.sentence)
          fix:  \(group.fix.sentence)
          type: \(group.fix.command)
        """
    }.joined(separator: "\n\n")
  }

  static func text(of letters: [DeadLetter], _ state: DeadLetter.State) -> String {
    TextTable.text(
      of: letters,
      orElse: "there are no such dead letters (\(state.rawValue))",
      ["id", "integration", "group", "attempts", "last", "why"],
      numbers: [3]
    ) { letter in
      [
        "\(letter.message.id)", letter.message.integration, letter.fingerprint,
        "\(letter.attempts)", letter.lastAt,
        letter.discardReason.map { "discarded: \($0)" } ?? letter.reason.sentence,
      ]
    }
  }

  static func text(_ letter: DeadLetter) -> String {
    var table = TextTable(["id", "\(letter.message.id)"])
    table.add(["integration", letter.message.integration])
    table.add(["stage", letter.message.stage])
    table.add(["type", letter.message.type])
    table.add(["why", "\(letter.reason.sentence) [\(letter.reason.code)]"])
    table.add(["fix", letter.fix.sentence])
    table.add(["attempts", "\(letter.attempts)"])
    table.add(["first", letter.firstAt])
    table.add(["last", letter.lastAt])
    table.add(["state", letter.state.rawValue])
    if let reason = letter.discardReason { table.add(["discarded", reason]) }
    table.add(["journey", "\(letter.message.journey)"])
    if let edited = letter.editedAt { table.add(["edited", edited]) }
    table.add(["sha256", letter.bodySHA256])
    return table.text
  }
}
