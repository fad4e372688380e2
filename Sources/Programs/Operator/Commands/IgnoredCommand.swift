import ArgumentParser
import Operations
import Belt
import CommandLineInterface

struct IgnoredCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "ignored",
    abstract: "Shows what arrived and was kept out: by a rule, or because it could not be read.",
    subcommands: [ListIgnored.self]
  )
}

struct ListIgnored: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "ls",
    abstract: "Lists the leads that were kept out, newest first, each with why.",
    discussion: """
      What was only delivered a second time is left out unless it is asked for: --code event_known. \
      The lead itself, with its body's address, shows: esteira explain ID.

      Example: esteira ignored ls --integration acme --code email_domain_ignored
      """
  )

  @OptionGroup var chosen: IntegrationOption

  @Option(help: "Kept out for this reason's code, as the ledger counts them.")
  var code: String?

  @Option(help: "At most so many leads, the newest, 1 to 100000.")
  var limit = 100

  @Option(help: "Only what arrived before this one, by its id: the last of the page before.")
  var before: Identifier?

  @OptionGroup var output: OutputOptions

  func validate() throws {
    try ListLimit.check(limit)
    if code == "discarded" {
      throw ValidationError(
        "what was discarded was no arrival that was kept out: esteira dead-letters ls --state discarded"
      )
    }
  }

  func run() async throws {
    try await Fleet.open { fleet in
      try await fleet.check(chosen.integration)
      let arrivals = IgnoredArrivals(pool: fleet.pool)
      let filter = IgnoredArrival.Filter(
        integration: chosen.integration,
        code: code,
        before: before
      )
      let found = try await Page.items(upTo: limit) { cursor, size in
        try await arrivals.list(filter, after: cursor, size: size)
      }
      output.say(found.json, IgnoredText.table(of: found))
      if !output.json, let last = found.last {
        Terminal.complain(IgnoredText.next(after: last, isFull: found.count == limit))
      }
    }
  }
}

enum IgnoredText {
  static func table(of arrivals: [IgnoredArrival]) -> String {
    let none = "nothing of this kind was kept out"
    let header = ["arrived", "integration", "id", "why"]
    return TextTable.text(of: arrivals, orElse: none, header) { arrival in
      [
        arrival.arrivedAt, arrival.integration, "\(arrival.journey)",
        [arrival.sentence, "[\(arrival.code)]"].compactMap(\.self).joined(separator: " "),
      ]
    }
  }

  static func next(after last: IgnoredArrival, isFull: Bool) -> String {
    let more = isFull ? "; older ones: --before \(last.journey)" : ""
    return "one of them, whole: esteira explain ID\(more)"
  }
}
